import { dropBrakes, releaseBrakes } from '../db/brakes.ts';
import { type Db, transaction } from '../db/client.ts';
import { openBatches, reopenForgotten } from '../db/batches.ts';
import { askForDigest, closeCancelled, type DigestState, digestState, moveDigest, skipWaiting } from '../db/digests.ts';
import { AppError } from '../errors.ts';
import type { PlanDeps } from './plan.ts';

interface HaltDeps {
  db: Db;
  now: () => Date;
}

/**
 * Stops a digest until it is resumed. Workers notice within a second: what they have not announced
 * to the relay waits again.
 */
export const pauseDigest = ({ db }: HaltDeps, date: string): Promise<void> =>
  move(db, date, { from: ['sending', 'paused'], to: 'paused' });

/**
 * Goes on with a paused digest, and asks for its batches at once. Who was refused while its brake was on gets it too.
 */
export async function resumeDigest(
  { db, now, enqueueBatch }: HaltDeps & Pick<PlanDeps, 'enqueueBatch'>,
  date: string,
): Promise<void> {
  await move(db, date, { from: ['sending', 'paused'], to: 'sending' });
  await transaction(db, async (tx) => {
    await askForDigest(tx, date, now());
    await releaseBrakes(tx, date, now());
    await reopenForgotten(tx, date, now());
  });
  for (const id of await openBatches(db, date)) await enqueueBatch(id);
}

/**
 * Ends a digest for good: a reader who has not got it does not get it. What is on the wire at this
 * moment still arrives.
 */
export async function cancelDigest({ db, now }: HaltDeps, date: string): Promise<void> {
  // In three steps, so that every worker sees the first at once; after a crash between them, cancel
  // again or leave it to the sweeper.
  await move(db, date, { from: ['sending', 'paused', 'cancelled'], to: 'cancelled' });
  await skipWaiting(db, date, now());
  await dropBrakes(db, date, now());
  await closeCancelled(db, now());
}

async function move(
  db: Parameters<typeof moveDigest>[0],
  date: string,
  { from, to }: { from: readonly DigestState[]; to: DigestState },
): Promise<void> {
  if (await moveDigest(db, date, from, to)) return;
  throw (await digestState(db, date)) === null
    ? new AppError('NOT_FOUND', `There is no digest of ${date}. "paperboy digest send --date ${date}" makes one.`)
    : new AppError(
        'INPUT_INVALID',
        `The digest of ${date} is cancelled, and that is for good: it cannot be paused or resumed.`,
      );
}
