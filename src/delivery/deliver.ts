import type { Db } from '../db/client.ts';
import {
  claimDeliveries, type ClaimedDelivery, type HeldBatch, holdBatch, leaseEnd, type Outcome, recordOutcomes, releaseBatch, renewLease,
} from '../db/deliveries.ts';
import { end, suppress } from '../db/subscribers.ts';
import type { Logger } from '../telemetry.ts';
import { addressHash } from '../subscribers/address.ts';
import type { Outgoing, SendResult, Transport } from './transport.ts';
import { nextAttempt, verdictOf } from './verdict.ts';

export interface DeliverDeps {
  db: Db;
  transport: Transport;
  now: () => Date;
  log: Logger;
  onUnknown: 'resend' | 'hold';
  /** Makes one reader's message, or `null` when their topics brought nothing. Pure but for loading the edition once. */
  compose: (digestDate: string, delivery: ClaimedDelivery) => Promise<Outgoing | null>;
  /** Counts an outcome for the metrics. */
  count?: (state: Outcome['state']) => void;
}

/** A worker that falls silent for this long has lost its batch. Far above a pause of the event loop, far below a reader's patience. */
const LEASE_MS = 20_000;
/** How long a batch rests when the relay cannot be reached. */
const RELAY_DOWN_MS = 30_000;

/**
 * Delivers one batch: takes its lease, then claims, sends and records a handful of deliveries at a time until none is left,
 * the lease is lost, the relay is down or `signal` says to stop. Whatever stops it, every delivery keeps a recorded state.
 * Returns when to ask again while another worker holds the batch: it may be dead, and the lease all that is left of it.
 */
export async function deliverBatch(deps: DeliverDeps, batchId: number, signal?: AbortSignal): Promise<Date | null> {
  const started = deps.now();
  const batch = await holdBatch(deps.db, batchId, started, new Date(started.getTime() + LEASE_MS));
  if (!batch) return leaseEnd(deps.db, batchId, started);
  const lease = keepLease(deps, batch);
  const resend = deps.onUnknown === 'resend';
  let retryAt: Date | null = null;
  const sums: Record<string, number> = {};
  try {
    while (!signal?.aborted && !lease.lost) {
      const claimed = await claimDeliveries(deps.db, batch, { now: deps.now(), limit: deps.transport.connections, resend });
      if (claimed.length === 0) break;
      const outcomes = await Promise.all(claimed.map((delivery) => attempt(deps, batch, delivery)));
      await recordOutcomes(deps.db, batch, outcomes, deps.now());
      for (const { state } of outcomes) {
        sums[state] = (sums[state] ?? 0) + 1;
        deps.count?.(state);
      }
      if (outcomes.some((o) => o.state === 'pending')) {
        retryAt = new Date(deps.now().getTime() + RELAY_DOWN_MS);
        deps.log.warn({ batchId }, 'The mail relay cannot be reached: the batch waits');
        break;
      }
    }
  } finally {
    lease.stop();
    const state = await releaseBatch(deps.db, batch, { retryAt, resend, now: deps.now() });
    deps.log.info({ batchId, date: batch.digestDate, ...sums, state, seconds: (deps.now().getTime() - started.getTime()) / 1000 }, 'Batch delivered');
  }
  return null;
}

/** Renews the lease while the batch is worked on: a slow relay may hold one message for minutes. */
function keepLease(deps: DeliverDeps, batch: HeldBatch): { readonly lost: boolean; stop(): void } {
  let lost = false;
  const timer = setInterval(() => {
    const now = deps.now();
    renewLease(deps.db, batch, now, new Date(now.getTime() + LEASE_MS)).then(
      (kept) => { lost ||= !kept; },
      (err: unknown) => deps.log.warn({ err, batchId: batch.id }, 'Cannot renew the lease of a batch'),
    );
  }, LEASE_MS / 4);
  return { get lost() { return lost; }, stop: () => clearInterval(timer) };
}

async function attempt(deps: DeliverDeps, batch: HeldBatch, delivery: ClaimedDelivery): Promise<Outcome> {
  const skipped = (reason: string): Outcome => ({ ...outcomeOf(delivery), state: 'skipped', reason });
  if (delivery.skip) return skipped(delivery.skip);
  let result: SendResult;
  try {
    const outgoing = await deps.compose(batch.digestDate, delivery);
    if (!outgoing) return skipped('nothing-new');
    result = await deps.transport.send(outgoing);
  } catch (err) {
    // A digest that cannot be composed must not stop the others of its group, whose answers are still to be recorded.
    deps.log.error({ err, batchId: batch.id }, 'Cannot compose a digest: it is tried again later');
    result = { kind: 'unsent', relayDown: false, text: 'not composed' };
  }
  return judge(deps, delivery, result);
}

const outcomeOf = ({ subscriberId, attempts }: ClaimedDelivery): Omit<Outcome, 'state'> => ({ subscriberId, attempts, reason: null, lastReply: null, nextAttemptAt: null });

/** Turns a result into the row's next state, and ends a subscription whose mailbox does not exist. */
async function judge(deps: DeliverDeps, delivery: ClaimedDelivery, result: SendResult): Promise<Outcome> {
  const verdict = verdictOf(result);
  const now = deps.now();
  const base = { ...outcomeOf(delivery), lastReply: replyFor(result) };
  if (verdict.state === 'wait') return { ...base, state: 'pending' };
  if (verdict.state === 'deferred') {
    const nextAttemptAt = nextAttempt({ attempts: delivery.attempts, frozenAt: delivery.frozenAt, now });
    return nextAttemptAt ? { ...base, ...verdict, nextAttemptAt } : { ...base, state: 'rejected', reason: 'expired' };
  }
  if (verdict.state === 'rejected' && verdict.suppress) await forget(deps, delivery, now);
  return { ...base, state: verdict.state, reason: 'reason' in verdict ? verdict.reason : null };
}

async function forget(deps: DeliverDeps, delivery: ClaimedDelivery, now: Date): Promise<void> {
  await deps.db.transaction(async (tx) => {
    await suppress(tx, addressHash(delivery.email), 'bounced', now);
    await end(tx, delivery.subscriberId, 'bounced', now);
  });
}

/** The server's words, for the ledger: without any address they quote, on one line, bounded. */
const replyFor = (result: SendResult): string =>
  `${result.kind === 'reply' ? `${result.code} ` : ''}${result.text}`.replace(/\S+@\S+/g, '<address>').replace(/[\x00-\x1f\x7f]+/g, ' ').slice(0, 300);
