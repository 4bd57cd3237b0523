import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isDay } from '../../day.ts';
import { digestState } from '../../db/digests.ts';
import { recordDeed } from '../../db/trail.ts';
import { unknownOf } from '../../db/unknown.ts';
import { closeUnknown, type Decided, resendUnknown } from '../../delivery/unknown.ts';
import { AppError } from '../../errors.ts';
import { fieldsOf } from '../plugins/forms.ts';
import { AT_THE_DESK, type DeskDeps, page } from './deps.ts';
import { requireTick } from './fields.ts';
import { unknownView } from './unknown-view.ts';

interface UnknownRoute {
  Params: { date: string };
}

/** What may or may not have arrived of a digest: the operator has it sent once more, or leaves it. */
export async function unknownPage(app: FastifyInstance, deps: DeskDeps): Promise<void> {
  const { config, db, log, now, clock, renderDesk, meta, tools } = deps;

  async function show(
    request: FastifyRequest<UnknownRoute>,
    reply: FastifyReply,
    problem: string | null = null,
  ): Promise<FastifyReply> {
    const { date } = request.params;
    const state = isDay(date) ? await digestState(db, date) : null;
    if (state === null) throw noDigest();
    const facts = { sums: await unknownOf(db, date), state, onUnknown: config.onUnknown, relays: tools.relays };
    const view = unknownView(facts, clock);
    return page(problem === null ? reply : reply.code(422)).send(
      renderDesk('unknown', {
        ...meta(request),
        title: `Unknown of ${clock.day(date)}`,
        here: 'today',
        ...view,
        problem,
      }),
    );
  }

  app.get<UnknownRoute>('/digests/:date/unknown', (request, reply) => show(request, reply));

  const decide = (name: 'resend' | 'close', tick: string, work: (date: string) => Promise<Decided>): void => {
    app.post<UnknownRoute>(`/digests/:date/unknown/${name}`, async (request, reply) => {
      const { date } = request.params;
      if (!isDay(date)) throw noDigest();
      let decided: Decided;
      try {
        requireTick(fieldsOf(request.body), tick);
        decided = await work(date);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return show(request, reply, error.message);
      }
      const { as, changed } = decided;
      if (changed > 0) await recordDeed(db, AT_THE_DESK, { at: now(), did: `digest.${name}`, about: date });
      return reply.redirect(`/admin?done=${as}&count=${changed}`, 303);
    });
  };
  decide('resend', 'Tick that they may get it twice, and press the button again.', (date) =>
    resendUnknown({ db, log, now, enqueueBatch: tools.enqueueBatch }, date),
  );
  decide('close', 'Tick that they are left as they are, and press the button again.', (date) =>
    closeUnknown({ db, now }, date),
  );
}

const noDigest = (): AppError =>
  new AppError('NOT_FOUND', 'There is no digest of this day: no reader was frozen for it. Go back to Today.');
