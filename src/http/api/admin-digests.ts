import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { digestState, type DigestState } from '../../db/digests.ts';
import { recordDeed } from '../../db/trail.ts';
import { openOf, unknownOf, unknownSums, type UnknownSums } from '../../db/unknown.ts';
import { cancelDigest, pauseDigest, resumeDigest } from '../../delivery/halt.ts';
import { sendDigest } from '../../delivery/plan.ts';
import { createTally } from '../../delivery/tally.ts';
import { closeUnknown, type Decided, listedDates, resendUnknown } from '../../delivery/unknown.ts';
import { AppError } from '../../errors.ts';
import type { AdminDeps } from './admin-deps.ts';
import {
  DateParams,
  Digest,
  DigestMoved,
  DigestSent,
  OncePossible,
  OnceWanted,
  REFUSED,
  REFUSED_ONCE,
  UnknownDecided,
  UnknownOfDigest,
} from './admin-schemas.ts';
import { holderOf } from './key-holder.ts';
import { query } from './schemas.ts';

export const adminDigests: FastifyPluginAsyncTypebox<AdminDeps> = async (app, deps) => {
  const { db, log, now, tools, once } = deps;
  const { enqueueBatch, requireTrueClock } = tools;
  const tallyOf = createTally(db);

  app.get(
    '/digests/:date',
    {
      config: { scope: 'digests:read' },
      schema: {
        operationId: 'getDigest',
        tags: ['Digests'],
        summary: 'The sums of a digest',
        params: DateParams,
        querystring: query({}),
        response: { 200: Digest, ...REFUSED },
      },
    },
    async ({ params: { date } }) => {
      await requireDigest(date);
      const { state, frozen, counts, balances, nextDue } = await tallyOf(date);
      return { date, state: state!, frozen, counts, balances, nextDue: nextDue?.toISOString() ?? null };
    },
  );

  async function requireDigest(date: string): Promise<DigestState> {
    const state = await digestState(db, date);
    if (state === null) throw new AppError('NOT_FOUND', 'There is no digest of this day: no reader was frozen for it.');
    return state;
  }

  /** Pausing and cancelling may be repeated as they are; what makes mail go out asks for a key of its own. */
  const move = (
    name: 'pause' | 'resume' | 'cancel',
    { summary, headers }: { summary: string; headers: typeof OnceWanted | typeof OncePossible },
    work: (date: string) => Promise<void>,
  ): unknown =>
    app.post(
      `/digests/:date/${name}`,
      {
        config: { scope: 'digests:send' },
        schema: {
          operationId: `${name}Digest`,
          tags: ['Digests'],
          summary,
          params: DateParams,
          headers,
          response: { 200: DigestMoved, ...REFUSED_ONCE },
        },
      },
      (request) =>
        once(request, async () => {
          const { date } = request.params;
          await requireDigest(date);
          await work(date);
          await recordDeed(db, holderOf(request), { at: now(), did: `digest.${name}`, about: date });
          return { date, state: await requireDigest(date) };
        }),
    );
  move('pause', { summary: 'Stop a digest until it is resumed', headers: OncePossible }, (date) =>
    pauseDigest({ db, now }, date),
  );
  move('resume', { summary: 'Go on with a paused digest', headers: OnceWanted }, (date) =>
    resumeDigest({ db, now, enqueueBatch }, date),
  );
  move('cancel', { summary: 'End a digest for good', headers: OncePossible }, (date) =>
    cancelDigest({ db, now }, date),
  );

  app.get(
    '/digests/unknown',
    {
      config: { scope: 'digests:read' },
      schema: {
        operationId: 'listUnknown',
        tags: ['Digests'],
        summary: 'The digests of the last 30 days of which it is not known whether all of it arrived',
        querystring: query({}),
        response: { 200: Type.Object({ digests: Type.Array(UnknownOfDigest) }, { title: 'Unknown' }), ...REFUSED },
      },
    },
    async () => ({ digests: (await unknownSums(db, listedDates(now()))).map(unknownOut) }),
  );

  app.get(
    '/digests/:date/unknown',
    {
      config: { scope: 'digests:read' },
      schema: {
        operationId: 'getUnknown',
        tags: ['Digests'],
        summary: 'Of how much of a digest, of any date, it is not known whether it arrived',
        params: DateParams,
        querystring: query({}),
        response: { 200: UnknownOfDigest, ...REFUSED },
      },
    },
    async ({ params: { date } }) => {
      await requireDigest(date);
      return unknownOut(await unknownOf(db, date));
    },
  );

  /** What is sent once more may come twice, so it asks for a key of its own. */
  const decide = (
    name: 'resend' | 'close',
    { summary, headers }: { summary: string; headers: typeof OnceWanted | typeof OncePossible },
    work: (date: string) => Promise<Decided>,
  ): unknown =>
    app.post(
      `/digests/:date/unknown/${name}`,
      {
        config: { scope: 'digests:send' },
        schema: {
          operationId: `${name}Unknown`,
          tags: ['Digests'],
          summary,
          params: DateParams,
          headers,
          response: { 200: UnknownDecided, ...REFUSED_ONCE },
        },
      },
      (request) =>
        once(request, async () => {
          const { date } = request.params;
          await requireDigest(date);
          const { changed } = await work(date);
          if (changed > 0) await recordDeed(db, holderOf(request), { at: now(), did: `digest.${name}`, about: date });
          return { ...unknownOut(await unknownOf(db, date)), changed };
        }),
    );
  decide('resend', { summary: 'Send once more what may not have arrived', headers: OnceWanted }, (date) =>
    resendUnknown({ db, log, now, enqueueBatch }, date),
  );
  decide('close', { summary: 'Leave as it is, for good, what may not have arrived', headers: OncePossible }, (date) =>
    closeUnknown({ db, now }, date),
  );

  app.post(
    '/digests/:date/send',
    {
      config: { scope: 'digests:send' },
      schema: {
        operationId: 'sendDigest',
        tags: ['Digests'],
        summary: 'Freeze a digest for every reader who has not had it, now',
        description: 'The workers send it; the sums tell how far it is. The edition of the day must be frozen.',
        params: DateParams,
        headers: OnceWanted,
        response: { 200: DigestSent, ...REFUSED_ONCE },
      },
    },
    (request) =>
      once(request, async () => {
        const { date } = request.params;
        await requireTrueClock();
        const frozen = await sendDigest({ db, log, now, enqueueBatch }, date);
        await recordDeed(db, holderOf(request), { at: now(), did: 'digest.send', about: date });
        return { date, frozen };
      }),
  );
};

const unknownOut = (sums: UnknownSums) => {
  const { date, unknown, again, closed } = sums;
  return { date, unknown, open: openOf(sums), again, closed };
};
