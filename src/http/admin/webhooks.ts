import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { newestDeliveries } from '../../db/hook-deliveries.ts';
import { type HookEndpoint, listEndpoints } from '../../db/hook-endpoints.ts';
import { AppError } from '../../errors.ts';
import { HOOK_EVENTS } from '../../hook-events.ts';
import {
  addWebhook,
  hostOf,
  removeWebhook,
  replayDelivery,
  replayWebhook,
  rotateWebhook,
  switchWebhookOn,
  testWebhook,
} from '../../hooks/endpoints.ts';
import { requireOpenGate } from '../../delivery/gate.ts';
import { sendDue } from '../../hooks/send.ts';
import { type FormFields, fieldsOf, listField, textField } from '../plugins/forms.ts';
import { AT_THE_DESK, type DeskDeps, page } from './deps.ts';
import { requireTick, saidOf } from './fields.ts';
import { type WebhooksFacts, webhooksView } from './webhooks-view.ts';

const SHOWN = 10;

const DONE: Readonly<Record<string, string>> = {
  test: 'The test was sent: the first line below says what was answered.',
  on: 'It is told again.',
  replay: 'It was sent again: the lines below say what was answered.',
  remove: 'It is told nothing any more.',
};

type Shown = Partial<Omit<WebhooksFacts, 'endpoints'>>;
interface IdRoute {
  Params: { id: string };
}

/** Where programs of the operator are told of events. */
export async function webhooksDesk(app: FastifyInstance, deps: DeskDeps): Promise<void> {
  const { db, clock, renderDesk, meta } = deps;
  const withDeliveries = async (endpoint: HookEndpoint) => ({
    ...endpoint,
    deliveries: await newestDeliveries(db, { endpointId: endpoint.id, limit: SHOWN }),
  });

  async function show(request: FastifyRequest, reply: FastifyReply, shown: Shown = {}): Promise<FastifyReply> {
    const endpoints = await Promise.all((await listEndpoints(db)).map(withDeliveries));
    const typed = { url: '', isNear: false, events: HOOK_EVENTS };
    const view = webhooksView({ endpoints, made: null, said: null, problem: null, typed, ...shown }, clock);
    return page(view.problem === null ? reply : reply.code(422)).send(
      renderDesk('webhooks', { ...meta(request), title: 'Webhooks', ...view }),
    );
  }

  app.get('/webhooks', (request, reply) => {
    const { done } = request.query as { done?: unknown };
    return show(request, reply, { said: saidOf(DONE, done) });
  });

  // The answer holds the secret, which no address to be led to may.
  app.post('/webhooks', async (request, reply) => {
    const fields = fieldsOf(request.body);
    const events = listField(fields, 'event');
    const typed = { url: textField(fields, 'url') ?? '', isNear: textField(fields, 'near') === 'yes', events };
    try {
      if (events.length === 0) throw new AppError('INPUT_INVALID', 'Tick at least one event that it is to be told of.');
      const { secret } = await addWebhook(deps, AT_THE_DESK, typed);
      return await show(request, reply, { made: { host: hostOf(typed.url), secret } });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return show(request, reply, { problem: error.message, typed });
    }
  });

  app.post<IdRoute>('/webhooks/:id(^\\d{1,15}$)/rotate', async (request, reply) => {
    const id = Number(request.params.id);
    const secret = await rotateWebhook(deps, AT_THE_DESK, id);
    const { url } = (await listEndpoints(db)).find((one) => one.id === id)!;
    return show(request, reply, { made: { host: hostOf(url), secret } });
  });

  /** What is asked is done, and what is due there sent at once, so that the page can say what was answered. */
  const act = (name: keyof typeof DONE, work: (id: number, fields: FormFields) => Promise<unknown>): void => {
    app.post<IdRoute>(`/webhooks/:id(^\\d{1,15}$)/${name}`, async (request, reply) => {
      const id = Number(request.params.id);
      await requireOpenGate(db);
      await work(id, fieldsOf(request.body));
      await sendDue(deps, { only: id });
      return reply.redirect(`/admin/webhooks?done=${name}`, 303);
    });
  };
  act('test', (id) => testWebhook(deps, AT_THE_DESK, id));
  act('on', (id) => switchWebhookOn(deps, AT_THE_DESK, id));
  act('replay', (id, fields) => {
    const delivery = textField(fields, 'delivery');
    return delivery === undefined
      ? replayWebhook(deps, AT_THE_DESK, id)
      : replayDelivery(deps, AT_THE_DESK, /^\d{1,15}$/.test(delivery) ? Number(delivery) : 0);
  });

  app.post<IdRoute>('/webhooks/:id(^\\d{1,15}$)/remove', async (request, reply) => {
    requireTick(fieldsOf(request.body), 'Tick that it is to be told nothing any more, and press the button again.');
    await removeWebhook(deps, AT_THE_DESK, Number(request.params.id));
    return reply.redirect('/admin/webhooks?done=remove', 303);
  });
}
