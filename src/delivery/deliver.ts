import { setTimeout as wait } from 'node:timers/promises';
import type { Db } from '../db/client.ts';
import { type ClaimedDelivery, closeCancelled, digestState, type HeldBatch, holdBatch, leaseEnd, mayContinue, type Outcome, recordAndClaim, releaseBatch, renewLease } from '../db/deliveries.ts';
import { end, suppress } from '../db/subscribers.ts';
import type { Logger } from '../telemetry.ts';
import { addressHash } from '../subscribers/address.ts';
import type { Pace } from './pacing.ts';
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
  /** Lets a message go when the rate allows it. Without it there is no limit. */
  pace?: Pace | undefined;
  /** Counts an outcome for the metrics. */
  count?: (state: Outcome['state']) => void;
}

/** A worker that falls silent for this long has lost its batch. Far above a pause of the event loop, far below a reader's patience. */
const LEASE_MS = 20_000;
/** How often a worker asks whether its batch was paused or cancelled: half of the second within which it has to stop. */
const POLL_MS = 500;
/** How long a batch rests when the relay cannot be reached. */
const RELAY_DOWN_MS = 30_000;

/** How long outcomes are kept for a database that is away, and how often it is tried. */
const LEDGER_PATIENCE_MS = 60_000;
const LEDGER_RETRY_MS = 500;
/** Outcomes are written at the latest this long after they are known, so that a slow relay's are not left open to a crash. */
const FLUSH_MS = 200;

/**
 * Delivers one batch: takes its lease, then keeps `transport.connections` deliveries claimed until none is left, the lease is
 * lost, the digest is paused or cancelled, the relay is down or `signal` says to stop. Whatever stops it, every delivery keeps a recorded state, and what a crash
 * leaves unrecorded is never more than what was claimed.
 * Returns when to ask again: while another worker holds the batch, which may be dead and the lease all that is left of it; and at once
 * when a pause ended before its batch was let go.
 */
export async function deliverBatch(deps: DeliverDeps, batchId: number, signal?: AbortSignal): Promise<Date | null> {
  const started = deps.now();
  const batch = await holdBatch(deps.db, batchId, started, new Date(started.getTime() + LEASE_MS));
  if (!batch) return leaseEnd(deps.db, batchId, started);
  const lease = keepLease(deps, batch, signal);
  const resend = deps.onUnknown === 'resend';
  let done: Progress = { sums: {}, relayDown: false };
  let state: 'done' | 'open';
  try {
    done = await stream(deps, batch, lease.over);
    if (done.relayDown) deps.log.warn({ batchId }, 'The mail relay cannot be reached: the batch waits');
  } catch (error) {
    lease.end(); // nothing more may leave for rows that the next holder takes up
    throw error;
  } finally {
    lease.stop();
    const retryAt = done.relayDown ? new Date(deps.now().getTime() + RELAY_DOWN_MS) : null;
    state = await releaseBatch(deps.db, batch, { retryAt, resend, now: deps.now() });
    if (state === 'open') await closeCancelled(deps.db, deps.now());
    deps.log.info({ batchId, date: batch.digestDate, ...done.sums, state, seconds: (deps.now().getTime() - started.getTime()) / 1000 }, 'Batch delivered');
  }
  const halted = state === 'open' && lease.over.aborted && !signal?.aborted;
  return halted && (await digestState(deps.db, batch.digestDate)) === 'sending' ? deps.now() : null;
}

interface Progress { sums: Partial<Record<Outcome['state'], number>>; relayDown: boolean }

/**
 * Claims, sends and records without a pause: while one half of the claimed deliveries is on the wire, the outcomes of the other are
 * written and as many new ones claimed, in one statement.
 */
async function stream(deps: DeliverDeps, batch: HeldBatch, over: AbortSignal): Promise<Progress> {
  const window = deps.transport.connections;
  const resend = deps.onUnknown === 'resend';
  const progress: Progress = { sums: {}, relayDown: false };
  const settled = createOutbox(Math.max(1, Math.floor(window / 2)));
  let ledgerAwaySince: number | null = null;
  let claiming = true;
  let after = 0;
  for (let inFlight = 0; ;) {
    const outcomes = settled.take();
    progress.relayDown ||= !over.aborted && outcomes.some((o) => o.state === 'pending');
    const limit = over.aborted || progress.relayDown || !claiming ? 0 : window - inFlight + outcomes.length;
    try {
      const claimed = await recordAndClaim(deps.db, batch, outcomes, { resend, now: deps.now(), limit, after });
      ledgerAwaySince = null;
      inFlight += claimed.length - outcomes.length;
      after = claimed.reduce((last, { subscriberId }) => Math.max(last, subscriberId), after);
      note(deps, progress, outcomes);
      for (const delivery of claimed) void attempt(deps, batch, delivery, over).then(settled.put);
    } catch (error) {
      // What the relay said is known here and nowhere else: hold on to it, claim nothing more, and try again for a while.
      ledgerAwaySince ??= Date.now();
      claiming = false;
      if (Date.now() - ledgerAwaySince > LEDGER_PATIENCE_MS) throw error;
      outcomes.forEach(settled.put);
      await wait(LEDGER_RETRY_MS);
      continue;
    }
    if (inFlight === 0) {
      // A last round from the beginning that finds nothing: what was recorded as unknown may be there to be sent again.
      if (outcomes.length === 0 && after === 0) return progress;
      after = 0;
      continue;
    }
    await settled.worthTaking(inFlight);
  }
}

function note(deps: DeliverDeps, progress: Progress, outcomes: readonly Outcome[]): void {
  for (const { state } of outcomes) {
    progress.sums[state] = (progress.sums[state] ?? 0) + 1;
    deps.count?.(state);
  }
}

/** Gathers outcomes until `enough` are there, all that are awaited, or the first has waited long enough. */
function createOutbox(enough: number) {
  let outcomes: Outcome[] = [];
  let wanted = enough;
  let wake: (() => void) | null = null;
  let timer: NodeJS.Timeout | undefined;
  const ring = (): void => {
    clearTimeout(timer);
    timer = undefined;
    wake?.();
    wake = null;
  };
  return {
    put(outcome: Outcome): void {
      outcomes.push(outcome);
      if (outcomes.length >= wanted) ring();
      else timer ??= setTimeout(ring, FLUSH_MS);
    },
    take(): Outcome[] {
      const taken = outcomes;
      outcomes = [];
      return taken;
    },
    /** Resolves when it is time to `take`; `awaited` more outcomes are to come at most. */
    worthTaking(awaited: number): Promise<void> {
      wanted = Math.min(enough, awaited);
      if (outcomes.length >= wanted) return Promise.resolve();
      if (outcomes.length > 0) timer ??= setTimeout(ring, FLUSH_MS);
      return new Promise((resolve) => { wake = resolve; });
    },
  };
}

/**
 * Renews the lease while the batch is worked on: a slow relay may hold one message for minutes. `over` fires when `stop` does, and when
 * the lease is lost or the digest paused or cancelled.
 */
function keepLease(deps: DeliverDeps, batch: HeldBatch, stop?: AbortSignal): { readonly over: AbortSignal; end(): void; stop(): void } {
  let validUntil = deps.now().getTime() + LEASE_MS;
  const over = new AbortController();
  const complain = (err: unknown): void => deps.log.warn({ err, batchId: batch.id }, 'Cannot renew the lease of a batch');
  const end = (): void => over.abort();
  const endUnless = (mine: boolean): void => { if (!mine) end(); };
  const renew = setInterval(() => {
    const now = deps.now();
    const until = new Date(now.getTime() + LEASE_MS);
    renewLease(deps.db, batch, now, until).then((mine) => {
      if (mine) validUntil = until.getTime();
      endUnless(mine);
    }, complain);
  }, LEASE_MS / 4);
  const poll = setInterval(() => {
    // A database that cannot be asked cannot tell us that the lease is lost: the clock does.
    if (deps.now().getTime() >= validUntil) end();
    else mayContinue(deps.db, batch, deps.now()).then(endUnless, () => {}); // the renewal reports a database that is away
  }, POLL_MS);
  stop?.addEventListener('abort', end);
  if (stop?.aborted) end();
  return {
    over: over.signal,
    end,
    stop() {
      clearInterval(renew);
      clearInterval(poll);
      stop?.removeEventListener('abort', end);
    },
  };
}

async function attempt(deps: DeliverDeps, batch: HeldBatch, delivery: ClaimedDelivery, over: AbortSignal): Promise<Outcome> {
  const skipped = (reason: string): Outcome => ({ ...outcomeOf(delivery), state: 'skipped', reason });
  if (delivery.skip) return skipped(delivery.skip);
  let result: SendResult;
  try {
    const outgoing = await deps.compose(batch.digestDate, delivery);
    if (!outgoing) return skipped('nothing-new');
    const go = deps.pace === undefined || (await deps.pace(over));
    result = go ? await deps.transport.send(outgoing, over) : { kind: 'withdrawn', text: 'stopped before its turn' };
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
  if (verdict.state === 'rejected' && verdict.suppress) {
    await forget(deps, delivery, now).catch((err: unknown) => deps.log.warn({ err }, 'Cannot suppress an address that does not exist: the next digest will find out again'));
  }
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
