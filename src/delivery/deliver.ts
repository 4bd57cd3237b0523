import type { Db } from '../db/client.ts';
import { batchDue, type HeldBatch, leaseLeft } from '../db/batches.ts';
import { HELD_BACK, WARM_UP, type Outcome, type ReadyDelivery } from '../db/deliveries.ts';
import { LATE } from '../db/freeze.ts';
import { keepBoth } from '../db/selections.ts';
import { closeCancelled, digestState } from '../db/digests.ts';
import { type Feedback, keepFeedback } from '../db/feedback.ts';
import { MINUTE } from '../duration.ts';
import type { Logger } from '../telemetry.ts';
import type { Span } from '../tracing/spans.ts';
import { domainOf } from '../subscribers/address.ts';
import type { Keyring } from '../subscribers/tokens.ts';
import type { Brakes } from './brakes.ts';
import type { Composer, Held } from './compose.ts';
import { handOverOf } from './hand-over.ts';
import { keepLease, type Lease, LEASE_MS, stopwatch } from './lease.ts';
import type { Ledger } from './ledger.ts';
import type { Pace } from './pacing.ts';
import { keptWords } from '../mail/kept-words.ts';
import type { Permit, SendResult, Transport } from '../mail/transport.ts';
import { readAhead } from './read-ahead.ts';
import type { Shaping } from './shaping.ts';
import { inBatchSpan, tellBatch, tellIfFailed } from './trace.ts';
import { createTurn } from './turn.ts';
import { isPastDeadline, nextAttempt, type Verdict, UNKNOWN_USER, verdictOf } from './verdict.ts';

export interface DeliverDeps {
  db: Db;
  keyring: Pick<Keyring, 'hashesOf'>;
  transport: Transport;
  now: () => Date;
  log: Logger;
  onUnknown: 'resend' | 'hold';
  ledger: Ledger;
  /**
   * What bounds the messages that are handed over and not recorded; all batches of a process share
   * it, as they do the ledger.
   */
  permits: (ours: () => boolean) => Permit;
  composer: Composer<ReadyDelivery>;
  /** Lets a message be handed over when the rate allows it. Without it there is no limit. */
  pace?: Pace | undefined;
  shaping: Shaping;
  /** Domains whose mail is held. */
  brakes: Brakes;
  /** Asks for what came back to be judged soon: so much of it is "unknown user" that it cannot wait. */
  enqueueJudge: () => Promise<void>;
  /**
   * How long a batch is worked on at a stretch, and how long its slowest message is waited for
   * then, when not `TURN`.
   */
  turn?: typeof TURN;
  /** What waited so long for its turn is not sent any more. Without it nothing is late. */
  lateMs?: number | undefined;
  /** Counts an outcome for the metrics. */
  count?: (state: Outcome['state']) => void;
}

/**
 * After so long a batch goes back to the queue: a worker takes several at once, and where the relay
 * is slow others would wait for work that it is sitting on. At full speed no batch takes half a
 * second. A message that hangs keeps its batch here.
 */
const TURN = { ms: 5_000, patience: 10_000 };
/**
 * What a host takes within so long is asked for then. For the rest there is the sweeper, which
 * looks once a minute.
 */
const SOON_MS = 1.5 * MINUTE;
/** How long a batch rests when the relay cannot be reached. */
const RELAY_DOWN_MS = 30_000;

/**
 * Delivers one batch: takes its lease, then keeps as many deliveries begun as there are
 * connections, until none is left, the lease is lost, the digest is paused or cancelled, the relay
 * is down, its turn is over or `signal` says to stop. However it stops, every delivery keeps a
 * recorded state. Returns when to ask again: while another worker holds the batch, which may be
 * dead and the lease all that is left of it; at once when its turn was over, or a pause ended
 * before its batch was let go; and when a host soon takes what was held back.
 */
export async function deliverBatch(deps: DeliverDeps, batchId: number, signal?: AbortSignal): Promise<Date | null> {
  const started = deps.now();
  const asked = stopwatch(deps.now); // before the database counts: our lease ends first
  const batch = await deps.ledger.hold(batchId, LEASE_MS);
  if (!batch) return leaseEnd(deps, batchId);
  return inBatchSpan(batch, started, (span) => deliverHeld(deps, { batch, started, asked }, { span, signal }));
}

interface Taken {
  batch: HeldBatch;
  started: Date;
  asked: ReturnType<typeof stopwatch>;
}

async function deliverHeld(
  deps: DeliverDeps,
  { batch, started, asked }: Taken,
  { span, signal }: { span: Span; signal: AbortSignal | undefined },
): Promise<Date | null> {
  const batchId = batch.id;
  const lease = keepLease(deps, { batch, asked }, signal);
  const resend = deps.onUnknown === 'resend';
  const done: Progress = { sums: {}, unknownUsers: 0, relayDown: false, turnOver: false };
  let state: 'done' | 'open';
  try {
    await stream(deps, batch, lease, done);
    if (done.relayDown) deps.log.warn({ batchId }, 'The mail relay cannot be reached: the batch waits');
  } catch (error) {
    lease.end(); // nothing more may leave for rows that the next holder takes up
    throw error;
  } finally {
    lease.release();
    const retryAt = done.relayDown ? new Date(deps.now().getTime() + RELAY_DOWN_MS) : null;
    state = await deps.ledger.release(batch, { retryAt, resend });
    if (state === 'open') await closeCancelled(deps.db, deps.now());
    tellBatch(span, { sums: done.sums, state, relayDown: done.relayDown });
    if (done.unknownUsers > SUSPICIOUS_SHARE * sumOf(done.sums))
      await deps.enqueueJudge().catch((err: unknown) => deps.log.warn({ err }, 'The minute judges what was refused'));
    deps.log.info(
      {
        batchId,
        date: batch.digestDate,
        ...done.sums,
        state,
        seconds: (deps.now().getTime() - started.getTime()) / 1000,
      },
      'Batch delivered',
    );
  }
  const interrupted = state === 'open' && !done.relayDown && !signal?.aborted && (lease.over.aborted || done.turnOver);
  if (interrupted) return (await digestState(deps.db, batch.digestDate)) === 'sending' ? deps.now() : null;
  return state === 'open' && !done.relayDown && !signal?.aborted ? dueSoon(deps, batchId) : null;
}

/** When a host takes the next of the batch, if that is sooner than the sweeper can be trusted to look. */
async function dueSoon({ db, now }: DeliverDeps, batchId: number): Promise<Date | null> {
  const due = await batchDue(db, batchId);
  const wait = due === null ? 0 : due.getTime() - now().getTime();
  return wait > 0 && wait < SOON_MS ? due : null;
}

async function leaseEnd({ db, now }: DeliverDeps, batchId: number): Promise<Date | null> {
  const left = await leaseLeft(db, batchId);
  return left === null ? null : new Date(now().getTime() + left);
}

/** Of a batch whose readers are told to be unknown: a digest's brake falls at as much of all its readers. */
const SUSPICIOUS_SHARE = 0.05;
const sumOf = (sums: Progress['sums']): number => Object.values(sums).reduce((sum, count) => sum + count, 0);

interface Progress {
  sums: Partial<Record<Outcome['state'], number>>;
  unknownUsers: number;
  relayDown: boolean;
  turnOver: boolean;
}

/**
 * Passes through the batch until nothing of it can be begun: what a pass recorded as unknown may be
 * there to be sent again.
 */
async function stream(deps: DeliverDeps, batch: HeldBatch, lease: Lease, progress: Progress): Promise<void> {
  while (
    !lease.over.aborted &&
    !progress.relayDown &&
    !progress.turnOver &&
    (await pass(deps, batch, lease, progress)) > 0
  );
}

/**
 * Sends what of the batch can be begun, as many at a time as there are connections: other batches
 * share them, so that while some messages are on the wire others are written to the ledger. Returns
 * how many were begun, when all of them are recorded.
 */
async function pass(deps: DeliverDeps, batch: HeldBatch, lease: Lease, progress: Progress): Promise<number> {
  const { ledger, transport, onUnknown, composer } = deps;
  const next = readAhead<ReadyDelivery>(async (after, limit) => {
    const ready = await ledger.ready(batch, { limit, after, resend: onUnknown === 'resend' });
    deps.shaping.expect(ready.map(({ email }) => domainOf(email)));
    return ready;
  }, 4 * transport.connections);
  const recorded: Promise<void>[] = [];
  const failures: unknown[] = [];
  // Not AbortSignal.any: asked for each message, such a signal looks through its sources each time.
  const halting = new AbortController();
  const halt = halting.signal;
  const stop = (): void => halting.abort();
  lease.over.addEventListener('abort', stop);
  if (lease.over.aborted) stop();
  const turn = createTurn({ lanes: transport.connections, ...(deps.turn ?? TURN) });
  let begun = 0;
  let uncomposed = 0;
  const complain = (err: unknown): void => {
    if (uncomposed++ === 0)
      deps.log.error(
        { err, batchId: batch.id },
        'Cannot compose a digest: it is tried again later, as others of its batch may be',
      );
  };

  const lane = async (): Promise<void> => {
    while (!halt.aborted && !progress.relayDown) {
      if (turn.isOver() && !(await turn.mayGoOn())) {
        progress.turnOver = true;
        return;
      }
      const ready = await next();
      if (!ready) return;
      // Written before it leaves: what a reader had is known after a crash too.
      const held = await composer.hold(batch.digestDate, ready).catch(() => undefined);
      if (!(await ledger.begin(batch, ready, await heldByAll(deps, batch, { ready, held })))) continue;
      begun++;
      const begunAt = new Date();
      const permit = deps.permits(() => lease.runs());
      const outcome = await attempt(
        deps,
        batch,
        { ...ready, attempts: ready.attempts + 1 },
        { held, permit, over: halt, complain },
      );
      tellIfFailed(outcome, begunAt);
      progress.relayDown ||= outcome.state === 'pending' && !halt.aborted && lease.runs();
      recorded.push(record(outcome, permit).catch(fail));
    }
  };
  const record = async (outcome: Outcome, permit: Permit): Promise<void> => {
    try {
      await ledger.record(batch, outcome);
    } finally {
      permit.giveBack(); // if it could not be recorded, the next holder calls it unknown
    }
    progress.sums[outcome.state] = (progress.sums[outcome.state] ?? 0) + 1;
    if (outcome.reason === UNKNOWN_USER) progress.unknownUsers++;
    deps.count?.(outcome.state);
  };
  const fail = (error: unknown): void => {
    failures.push(error);
    stop();
  };

  await Promise.all(Array.from({ length: transport.connections }, () => lane().catch(fail).finally(turn.laneEnded)));
  await Promise.all(recorded);
  lease.over.removeEventListener('abort', stop);
  if (failures.length > 0) throw failures[0];
  return begun;
}

/** What the reader will have had, with what an earlier copy held that may have arrived. */
async function heldByAll(
  { db }: DeliverDeps,
  { digestDate }: HeldBatch,
  { ready, held }: { ready: ReadyDelivery; held: Held | null | undefined },
): Promise<number | undefined> {
  if (!held || ready.selectionId === null || ready.selectionId === held.selectionId) return held?.selectionId;
  return keepBoth(db, digestDate, held.selectionId, ready.selectionId);
}

interface Try {
  /** The digest as it was chosen; `undefined`: that failed, and is tried once more. */
  held: Held | null | undefined;
  permit: Permit;
  over: AbortSignal;
  complain: (err: unknown) => void;
}

async function attempt(
  deps: DeliverDeps,
  batch: HeldBatch,
  delivery: ReadyDelivery,
  { held, permit, over, complain }: Try,
): Promise<Outcome> {
  const skipped = (reason: string): Outcome => ({ ...open(delivery), state: 'skipped', reason });
  if (delivery.skip) return skipped(delivery.skip);
  if (isLate(deps, batch, delivery)) return skipped(LATE);
  const domain = domainOf(delivery.email);
  // What an operator has to let go of waits for as long as that takes.
  const braked = deps.brakes.admit(batch.digestDate, domain);
  if (braked) return { ...open(delivery), state: 'deferred', reason: HELD_BACK, nextAttemptAt: braked };
  const asked = deps.shaping.admit(domain, `${batch.digestDate} ${delivery.subscriberId}`);
  // Most hosts answer at once, and a promise costs every message a turn of the loop.
  const hold = asked instanceof Promise ? await asked : asked;
  const worthSince = later(delivery.frozenAt, deps.brakes.letGoAt(batch.digestDate));
  if (hold) return putOff(delivery, { ...hold, worthSince, tries: charged(delivery) - 1 });
  let result: SendResult;
  try {
    const outgoing = await deps.composer.compose(batch.digestDate, delivery, held);
    if (!outgoing) {
      deps.shaping.unused(domain);
      return skipped('empty');
    }
    const handOver = handOverOf(deps, delivery, permit, over);
    result = await deps.transport.send(outgoing, over, handOver);
    if (result.kind === 'withdrawn' || result.kind === 'unsent') deps.shaping.unused(domain);
    if (result.kind === 'withdrawn' && handOver.gone) return skipped(handOver.gone);
  } catch (err) {
    // A digest that cannot be composed must not stop the others of its batch, whose answers are
    // still to be recorded.
    complain(err);
    deps.shaping.unused(domain);
    result = { kind: 'unsent', relayDown: false, text: 'not composed' };
  }
  const verdict = verdictOf(result);
  if (verdict.state === 'rejected')
    await keepFeedback(deps.db, [feedbackOf(batch, delivery, { verdict, result, now: deps.now() })]).catch(
      (err: unknown) => deps.log.warn({ err }, 'Cannot keep what a relay refused: the next digest will find out again'),
    );
  return judge(deps, delivery, { result, verdict, worthSince });
}

const open = ({ subscriberId, attempts }: ReadyDelivery): Omit<Outcome, 'state'> => ({
  subscriberId,
  attempts,
  reason: null,
  lastReply: null,
  nextAttemptAt: null,
});

/**
 * Whether its turn came too late, counted from the freeze or from a word of the operator's. What was
 * tried has had its turn, and what a warm-up holds waits by its plan: both have deadlines of theirs.
 */
function isLate(deps: DeliverDeps, { digestDate, askedAt }: HeldBatch, delivery: ReadyDelivery): boolean {
  if (deps.lateMs === undefined || charged(delivery) > 1 || delivery.reason === WARM_UP) return false;
  const since = later(later(delivery.frozenAt, askedAt), deps.brakes.letGoAt(digestDate));
  return deps.now().getTime() - since.getTime() > deps.lateMs;
}

interface Delay {
  reason: string;
  at: Date;
  tries: number;
  /** When it was frozen, or let go of after a brake. */
  worthSince: Date;
}

const later = (one: Date, other: Date | null): Date => (other !== null && other > one ? other : one);

/** What a warm-up held until it is too late was refused by no one, and the operator knows of it. */
function putOff(delivery: ReadyDelivery, { reason, at, tries, worthSince }: Delay): Outcome {
  if (!isPastDeadline(worthSince, at, tries))
    return { ...open(delivery), state: 'deferred', reason, nextAttemptAt: at };
  return reason === WARM_UP
    ? { ...open(delivery), state: 'skipped', reason }
    : { ...open(delivery), state: 'rejected', reason: 'expired' };
}

/** Attempts that count against the reader, the one under way included. */
const charged = ({ attempts, uncharged }: ReadyDelivery): number => attempts - uncharged;

/** Turns a result into the row's next state. */
function judge(
  deps: DeliverDeps,
  delivery: ReadyDelivery,
  { result, verdict, worthSince }: { result: SendResult; verdict: Verdict; worthSince: Date },
): Outcome {
  const base = { ...open(delivery), lastReply: replyFor(result) };
  if (result.kind === 'reply' && result.about !== 'sender' && verdict.state !== 'accepted')
    deps.shaping.refused(domainOf(delivery.email), result, 'slowDown' in verdict && verdict.slowDown);
  if (verdict.state === 'wait') return { ...base, state: 'pending' };
  if (verdict.state === 'deferred') {
    return {
      ...putOff(delivery, {
        reason: verdict.reason,
        at: nextAttempt(charged(delivery), deps.now()),
        tries: charged(delivery),
        worthSince,
      }),
      lastReply: base.lastReply,
    };
  }
  return { ...base, state: verdict.state, reason: 'reason' in verdict ? verdict.reason : null };
}

/** A refusal as feedback: what becomes of the reader is decided when all of the digest's are seen. */
function feedbackOf(
  { digestDate }: HeldBatch,
  { subscriberId, email, attempts }: ReadyDelivery,
  { verdict, result, now }: { verdict: Verdict & { state: 'rejected' }; result: SendResult; now: Date },
): Feedback {
  return {
    key: `smtp ${digestDate} ${subscriberId} ${attempts}`,
    subscriberId,
    email,
    digestDate,
    kind: verdict.hard ? 'hard' : 'soft',
    permanent: true,
    reason: verdict.because,
    via: 'smtp',
    words: replyFor(result),
    heardAt: now,
  };
}

/** The server's words, for the ledger. */
const replyFor = (result: SendResult): string =>
  keptWords(`${result.kind === 'reply' ? `${result.code} ` : ''}${result.text}`);
