import { addDays, dayOf } from '../day.ts';
import type { Db } from '../db/client.ts';
import { type DigestState, digestState } from '../db/digests.ts';
import { markClosed, reopenUnknown } from '../db/unknown.ts';
import { AppError } from '../errors.ts';
import { capitalised, counted } from '../figures.ts';
import { requireOpenGate } from './gate.ts';
import type { PlanDeps } from './plan.ts';

/** How far back lists go: what is unknown of older digests is told for one date. */
export const LISTED_DAYS = 30;
export function listedDates(now: Date): { since: string; until: string } {
  const today = dayOf(now);
  return { since: addDays(today, -LISTED_DAYS), until: addDays(today, 1) };
}

interface UnknownDeps {
  db: Db;
  now: () => Date;
}

/** What was decided: `later` is sent once more when the paused digest is resumed. */
export const DECISIONS = ['resend', 'later', 'close'] as const;
export interface Decided {
  as: (typeof DECISIONS)[number];
  /** How many deliveries: none, where a second window or a reader's link was sooner. */
  changed: number;
}

/** What the operator's word came to, in a sentence. Pure. */
export function decidedWords({ as, changed }: Decided): string {
  if (changed === 0) return 'Nothing was changed: none of them waits for your word any more.';
  const messages = capitalised(counted(changed, 'message is', 'messages are'));
  switch (as) {
    case 'resend':
      return `${messages} sent once more, with the same Message-ID.`;
    case 'later':
      return `${messages} sent once more, with the same Message-ID, when you resume the digest: it is paused.`;
    case 'close':
      return `${messages} left for good, and not sent again.`;
  }
}

/**
 * The operator's word on the unknown deliveries of a digest: each is sent once more, with the same
 * Message-ID. Workers begin at once, or within a minute where the queue is away.
 */
export async function resendUnknown(
  { db, now, log, enqueueBatch }: UnknownDeps & Pick<PlanDeps, 'enqueueBatch' | 'log'>,
  date: string,
): Promise<Decided> {
  await requireOpenGate(db);
  const state = await stateOf(db, date);
  if (state === 'cancelled')
    throw new AppError(
      'INPUT_INVALID',
      `The digest of ${date} is cancelled, and that is for good: nothing of it is sent again.`,
    );
  const { changed, batches } = await reopenUnknown(db, date, now());
  for (const id of batches)
    await enqueueBatch(id).catch((err: unknown) =>
      log.warn({ err, batchId: id }, 'Cannot enqueue a batch: the sweeper will'),
    );
  return { as: state === 'paused' ? 'later' : 'resend', changed };
}

/** The operator's word on the unknown deliveries of a digest: none is sent again. */
export async function closeUnknown({ db, now }: UnknownDeps, date: string): Promise<Decided> {
  await stateOf(db, date);
  return { as: 'close', changed: await markClosed(db, date, now()) };
}

async function stateOf(db: Db, date: string): Promise<DigestState> {
  const state = await digestState(db, date);
  if (state === null)
    throw new AppError(
      'NOT_FOUND',
      `There is no digest of ${date}. "paperboy digest unknown" lists those of which something is unknown.`,
    );
  return state;
}
