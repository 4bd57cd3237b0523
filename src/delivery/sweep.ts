import { forgetAnswers } from '../db/api-answers.ts';
import { strandedBatches } from '../db/batches.ts';
import { closeCancelled } from '../db/digests.ts';
import { changeNoticesOwed, forgetOldAddressChanges } from '../db/address-changes.ts';
import { forgetSignUps } from '../db/sign-ups.ts';
import { forgetSpentNotices } from '../db/spent-notices.ts';
import { noticesOwed } from '../db/notices.ts';
import { expirePending, forgetNetworks } from '../db/subscribers.ts';
import { NOTICE_DEADLINE_MS } from './notify.ts';
import type { PlanDeps } from './plan.ts';
import { DAY, HOUR, MINUTE } from '../duration.ts';

/** A request younger than this is still on its way through the queue. */
const NOTICE_GRACE_MS = MINUTE;
/** Links that confirm a new address work for a week. */
const MOVE_LINK_MS = 7 * DAY;
/** After so long the address of a request that was not confirmed is kept no longer. */
const PENDING_MS = 30 * DAY;
/** What a network did before this hour and the last says nothing of it now. */
const NETWORK_MS = 2 * HOUR;
const AT_ONCE = 1000;

/**
 * Finds in Postgres what the queue lost or never got, and enqueues it (again): open batches that
 * are due, notices that are owed. What waits there for another try stays as it is. Ends what a dead
 * worker left of a cancelled digest, and forgets what need not be known any more.
 */
export async function sweep(
  deps: Pick<PlanDeps, 'db' | 'now' | 'enqueueBatch'> & {
    enqueueNotice: (subscriberId: number, requestedAt: Date) => Promise<void>;
  },
): Promise<void> {
  const now = deps.now();
  await closeCancelled(deps.db, now);
  for (const id of await strandedBatches(deps.db, now, AT_ONCE)) await deps.enqueueBatch(id);
  const from = new Date(now.getTime() - NOTICE_DEADLINE_MS);
  const until = new Date(now.getTime() - NOTICE_GRACE_MS);
  for (const { id, requestedAt } of await noticesOwed(deps.db, from, until, AT_ONCE))
    await deps.enqueueNotice(id, requestedAt);
  for (const { subscriberId, askedAt } of await changeNoticesOwed(deps.db, from, until, AT_ONCE))
    await deps.enqueueNotice(subscriberId, askedAt);
  await forget(deps.db, now);
}

async function forget(db: PlanDeps['db'], now: Date): Promise<void> {
  const ago = (ms: number): Date => new Date(now.getTime() - ms);
  await forgetOldAddressChanges(db, ago(MOVE_LINK_MS));
  await expirePending(db, ago(PENDING_MS), { now, limit: AT_ONCE });
  await forgetNetworks(db, ago(NOTICE_DEADLINE_MS));
  await forgetSpentNotices(db, { before: ago(DAY), now });
  await forgetSignUps(db, { hours: ago(NETWORK_MS), now });
  await forgetAnswers(db, ago(DAY));
}
