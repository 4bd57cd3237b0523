import { strandedBatches } from '../db/batches.ts';
import { closeCancelled } from '../db/digests.ts';
import { noticesOwed } from '../db/subscribers.ts';
import { NOTICE_DEADLINE_MS } from './notify.ts';
import type { PlanDeps } from './plan.ts';
import { MINUTE } from '../duration.ts';

/** A request younger than this is still on its way through the queue. */
const NOTICE_GRACE_MS = MINUTE;
const AT_ONCE = 1000;

/**
 * Finds in Postgres what the queue lost or never got, and enqueues it (again): open batches that
 * are due, notices that are owed. What waits there for another try stays as it is. Ends what a dead
 * worker left of a cancelled digest.
 */
export async function sweep(
  deps: Pick<PlanDeps, 'db' | 'now' | 'enqueueBatch'> & {
    enqueueNotice: (subscriberId: number, requestedAt: Date) => Promise<void>;
  },
): Promise<void> {
  const now = deps.now();
  await closeCancelled(deps.db, now);
  for (const id of await strandedBatches(deps.db, now, AT_ONCE)) await deps.enqueueBatch(id);
  const owed = await noticesOwed(
    deps.db,
    new Date(now.getTime() - NOTICE_DEADLINE_MS),
    new Date(now.getTime() - NOTICE_GRACE_MS),
    AT_ONCE,
  );
  for (const { id, requestedAt } of owed) await deps.enqueueNotice(id, requestedAt);
}
