import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isDay } from '../../day.ts';
import { end, erase, findSubscriber, getSubscriber, type SubscriberRow } from '../../db/subscribers.ts';
import { findSuppression } from '../../db/suppressions.ts';
import { recordDeed } from '../../db/trail.ts';
import { messageAsSent, noMessage, partsAsSent } from '../../delivery/sent.ts';
import { AppError } from '../../errors.ts';
import { type Lifted, liftedOf, unsuppress } from '../../subscribers/lift.ts';
import { type FormFields, fieldsOf, textField } from '../plugins/forms.ts';
import { AT_THE_DESK, type DeskDeps, FRAMED, page } from './deps.ts';
import { requireTick, saidOf } from './fields.ts';
import { answerFor } from './reader-answer.ts';
import { readerFacts, sendNewest } from './reader-facts.ts';
import { readerView } from './reader-view.ts';

interface ReaderRoute {
  Params: { id: string };
  Querystring: { done?: string; before?: string };
}
interface MailRoute {
  Params: { id: string; date: string };
  Querystring: { as?: string };
}

const DONE: Readonly<Record<string, string>> = {
  back: 'The suppression is lifted, and they are a reader again.',
  lifted: 'The suppression is lifted: the address may be subscribed.',
  reopened: 'They may ask again now. Nothing was sent to them.',
  confirm: 'The confirmation goes out within a minute.',
  send: 'Their digest is on its way. It stands below, and says within a minute what the relay answered.',
  unsubscribe: 'They are unsubscribed: no digest goes to them any more.',
  erase: 'They are erased: the address, the choices and all that came back are gone.',
  add: 'They are a reader now.',
};

/** What shows a reader, as an answer to any request: the routes that find one share it. */
export interface ReaderPages {
  show(
    request: FastifyRequest,
    reply: FastifyReply,
    reader: SubscriberRow,
    how?: Partial<ShowReader>,
  ): Promise<FastifyReply>;
  stranger(request: FastifyRequest, reply: FastifyReply, email: string, problem?: string): Promise<FastifyReply>;
}

interface ShowReader {
  isShown: boolean;
  said: string | null;
  problem: string | null;
  before: string | null;
}

export function createReaderPages(deps: DeskDeps): ReaderPages {
  const { db, clock, renderDesk, meta, tools, now } = deps;
  const { keyring } = tools;

  return {
    async show(request, reply, reader, { isShown = false, said = null, problem = null, before = null } = {}) {
      const facts = await readerFacts(deps, reader, { isShown, before });
      return page(problem === null ? reply : reply.code(422)).send(
        renderDesk('reader', {
          ...meta(request),
          title: `Reader ${reader.id}`,
          here: 'readers',
          said,
          problem,
          reader: readerView(facts, clock),
        }),
      );
    },
    async stranger(request, reply, email, problem) {
      const suppression = await findSuppression(db, keyring.hashesOf(email));
      const none = { deliveries: [], feedback: [], digest: null, brake: null, newest: null, isClosed: false };
      const notice = { notBefore: null, quietUntil: null };
      const editionHour = deps.config.editionHour;
      const answer = answerFor({ now: now(), reader: null, suppression, notice, editionHour, ...none }, clock);
      return page(problem === undefined ? reply : reply.code(422)).send(
        renderDesk('stranger', {
          ...meta(request),
          title: 'No subscription',
          here: 'readers',
          problem: problem ?? null,
          email,
          answer,
          mayAdd: suppression === null || suppression.reopenedAt !== null,
        }),
      );
    },
  };
}

/** One reader: why no mail came, what was sent, what came back, and what can be done. */
export async function readerDesk(app: FastifyInstance, deps: DeskDeps & { pages: ReaderPages }): Promise<void> {
  const { db, now, pages, actions, renderDesk, meta, clock, tools } = deps;
  const sent = { ...tools, db, topics: deps.topics };

  const readerOf = async ({ id }: { id: string }): Promise<SubscriberRow> => {
    const reader = /^\d{1,15}$/.test(id) ? await getSubscriber(db, Number(id)) : null;
    if (reader === null) throw noReader();
    return reader;
  };

  app.get<ReaderRoute>('/readers/:id', async (request, reply) => {
    const { done, before } = request.query;
    return pages.show(request, reply, await readerOf(request.params), {
      said: saidOf(DONE, done),
      before: before !== undefined && isDay(before) ? before : null,
    });
  });

  /** Showing an address is a deed, and the page that shows it is its answer. */
  app.post<ReaderRoute>('/readers/:id/show', async (request, reply) => {
    const reader = await readerOf(request.params);
    await recordDeed(db, AT_THE_DESK, { at: now(), did: 'reader.show', about: String(reader.id) });
    return pages.show(request, reply, reader, { isShown: true });
  });

  /** Does what a form asks, writes it down and leads back; what cannot be done is said on the page. */
  const act = (
    name: string,
    work: (reader: SubscriberRow, fields: FormFields) => Promise<keyof typeof DONE | undefined>,
  ): void => {
    app.post<ReaderRoute>(`/readers/:id/${name}`, async (request, reply) => {
      const reader = await readerOf(request.params);
      let done;
      try {
        done = await work(reader, fieldsOf(request.body));
        await recordDeed(db, AT_THE_DESK, { at: now(), did: `reader.${name}`, about: String(reader.id) });
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return pages.show(request, reply, reader, { problem: error.message });
      }
      return reply.redirect(`/admin/readers/${reader.id}?done=${done ?? name}`, 303);
    });
  };

  act('lift', async ({ email }): Promise<Lifted> => {
    await tools.requireTrueClock();
    return unsuppress({ db, now, keyring: tools.keyring }, email);
  });
  act('confirm', async ({ id }) => {
    await actions.confirmAgain(id);
    return undefined;
  });
  act('send', async (reader) => {
    await sendNewest(deps, reader);
    return undefined;
  });
  act('unsubscribe', async ({ id }, fields) => {
    requireTick(fields, 'Tick that they asked for it, and press the button again.');
    await end(db, id, 'unsubscribed', now());
    return undefined;
  });
  act('erase', async ({ id }, fields) => {
    requireTick(fields, 'Tick that they are to be forgotten for good, and press the button again.');
    await erase(db, id, now());
    return undefined;
  });

  app.get<MailRoute>('/readers/:id/mail/:date', async (request, reply) => {
    const { reader, date } = await mailOf(request);
    const parts = await partsAsSent(sent, { subscriberId: reader.id, date });
    return page(reply).send(
      renderDesk('mail', {
        ...meta(request),
        title: `The message of ${clock.day(date)}`,
        here: 'readers',
        id: reader.id,
        day: clock.day(date),
        date,
        isThere: parts !== null,
        subject: parts?.subject ?? '',
        isSame: parts?.isSame ?? false,
        path: parts?.path ?? '',
        as: request.query.as === 'text' ? 'text' : 'wide',
      }),
    );
  });

  /** The mail in a frame: its own styles are inline, and nothing in it runs or loads. */
  app.get<MailRoute>('/readers/:id/mail/:date/part', async (request, reply) => {
    const { reader, date } = await mailOf(request);
    const parts = await partsAsSent(sent, { subscriberId: reader.id, date });
    reply.header('content-security-policy', FRAMED);
    const isText = request.query.as === 'text';
    if (parts === null) return reply.code(404).type('text/plain; charset=utf-8').send(noMessage().message);
    return reply.type(`text/${isText ? 'plain' : 'html'}; charset=utf-8`).send(isText ? parts.text : parts.html);
  });

  /** The source names the address and holds the reader's own links: to take it is written down. */
  app.post<MailRoute>('/readers/:id/mail/:date/source', async (request, reply) => {
    const { reader, date } = await mailOf(request);
    const message = await messageAsSent(sent, { subscriberId: reader.id, date });
    if (message === null) throw noMessage();
    await recordDeed(db, AT_THE_DESK, { at: now(), did: 'reader.source', about: String(reader.id), words: date });
    return reply
      .header('content-disposition', `attachment; filename="paperboy-${reader.id}-${date}.eml"`)
      .type('message/rfc822')
      .send(message);
  });

  async function mailOf({ params }: FastifyRequest<MailRoute>): Promise<{ reader: SubscriberRow; date: string }> {
    const reader = await readerOf(params);
    if (!isDay(params.date) || reader.status === 'erased') throw noMessage();
    return { reader, date: params.date };
  }

  /** A suppression outlives its reader: it is lifted by the address alone. */
  app.post('/readers/lift', async (request, reply) => {
    const email = textField(fieldsOf(request.body), 'email') ?? '';
    const known = await findSubscriber(db, email);
    try {
      await tools.requireTrueClock();
      const lifted = await unsuppress({ db, now, keyring: tools.keyring }, email);
      await recordDeed(db, AT_THE_DESK, { at: now(), did: 'reader.lift', about: liftedOf(known) });
      return await reply.redirect(`/admin/readers?done=${lifted}`, 303);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return pages.stranger(request, reply, email, error.message);
    }
  });
}

const noReader = (): AppError =>
  new AppError('NOT_FOUND', 'There is no reader of this number: find them by their address under Readers.');
