import { addDays, dayOf } from '../day.ts';
import type { Db } from '../db/client.ts';
import { digestState } from '../db/digests.ts';
import { markClosed, reopenUnknown } from '../db/unknown.ts';
import { AppError } from '../errors.ts';
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

/**
 * The operator's word on the unknown deliveries of a digest: each is sent once more, with the same
 * Message-ID. Workers begin at once.
 */
export async function resendUnknown(
  { db, now, enqueueBatch }: UnknownDeps & Pick<PlanDeps, 'enqueueBatch'>,
  date: string,
): Promise<void> {
  if ((await stateOf(db, date)) === 'cancelled')
    throw new AppError(
      'INPUT_INVALID',
      `The digest of ${date} is cancelled, and that is for good: nothing of it is sent again.`,
    );
  for (const id of await reopenUnknown(db, date, now())) await enqueueBatch(id);
}

/** The operator's word on the unknown deliveries of a digest: none is sent again. */
export async function closeUnknown({ db, now }: UnknownDeps, date: string): Promise<void> {
  await stateOf(db, date);
  await markClosed(db, date, now());
}

async function stateOf(db: Db, date: string): Promise<string> {
  const state = await digestState(db, date);
  if (state === null)
    throw new AppError(
      'NOT_FOUND',
      `There is no digest of ${date}. "paperboy digest unknown" lists those of which something is unknown.`,
    );
  return state;
}
