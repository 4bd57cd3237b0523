import { type Db, transaction, type Tx } from '../db/client.ts';
import { askForDigest, digestState, openDigest } from '../db/digests.ts';
import { addBatches, endBatch } from '../db/batches.ts';
import {
  claimDue,
  claimRested,
  dueBefore,
  endPauses,
  freeze,
  type Frozen,
  type LateSubscriber,
  setNextDue,
  skipLate,
  withoutDigest,
} from '../db/freeze.ts';
import { editionState, hasPlaces, latestEditionDate } from '../db/editions.ts';
import { recentDeliveries } from '../db/deliveries.ts';
import { findSubscriber, lockActive } from '../db/subscribers.ts';
import { servedUntil } from '../editions/due.ts';
import { requireOpenGate } from './gate.ts';
import { AppError } from '../errors.ts';
import { dayOf, newestEdition } from '../day.ts';
import { afterPause, lastDue, nextDue } from '../subscribers/schedule.ts';
import type { Welcome } from '../subscribers/subscribe.ts';
import type { Logger } from '../telemetry.ts';
import { inSpan } from '../tracing/spans.ts';

export interface PlanDeps {
  db: Db;
  now: () => Date;
  log: Logger;
  /** Asks for a batch to be delivered. May fail: a sweeper finds every open batch. */
  enqueueBatch: (batchId: number, options?: { urgent?: boolean }) => Promise<void>;
}

interface DispatchDeps extends PlanDeps {
  editionHour: number;
  /** A digest whose turn comes so long after its reader's hour is not sent any more. */
  lateMs: number;
}

/** How many readers are frozen in one transaction. */
const FREEZE_SIZE = 2000;
/**
 * How many deliveries one job carries at least and at most: at most some tenths of a second of work
 * at full speed, so that a worker that dies leaves little behind.
 */
const BATCH_SIZE = { least: 25, most: 1000 };
/** Into how many a digest is cut: some for each of several workers. */
const BATCHES = 16;

/**
 * Cuts readers into batches of a sixteenth of all that are known to get the digest, `before` of
 * them frozen before: a small digest is shared among all workers however slow the relay is, and a
 * large one does not cost many jobs. Pure.
 */
export const cutAfter =
  (before: number) =>
  (readers: number): number[] => {
    const size = Math.max(BATCH_SIZE.least, Math.min(BATCH_SIZE.most, Math.ceil((before + readers) / BATCHES)));
    return Array.from({ length: Math.ceil(readers / size) }, (_, i) => Math.min(size, readers - i * size));
  };

/** What was frozen of a digest in one transaction, which began at `startedAt`. */
interface Planned extends Pick<Frozen, 'batchIds' | 'frozen'> {
  date: string;
  startedAt: Date;
}

async function enqueue(
  deps: PlanDeps,
  { date, batchIds, frozen, startedAt }: Planned,
  options?: { urgent?: boolean },
): Promise<void> {
  if (batchIds.length === 0) return;
  const attributes = { 'paperboy.digest.date': date, 'paperboy.digest.frozen': frozen };
  await inSpan('plan digest', { day: date, startTime: startedAt, kind: 'PRODUCER', attributes }, async (span) => {
    span.setAttribute('messaging.batch.message_count', batchIds.length);
    for (const batchId of batchIds) {
      await deps
        .enqueueBatch(batchId, options)
        .catch((err: unknown) => deps.log.warn({ err, batchId }, 'Cannot enqueue a batch: the sweeper will'));
    }
  });
}

/**
 * Freezes a digest for every reader whose hour has come, in batches. Who is due at the edition's
 * hour or later waits for the edition of the day while it is to come. Rows and hours move in one
 * transaction, so that however long Paperboy was down a reader gets one digest late and never two.
 * While there is no edition at all everybody stays due: the first one goes out as soon as it is
 * frozen. Returns how many deliveries were frozen.
 */
export async function dispatchDue(deps: DispatchDeps): Promise<number> {
  const { db, now, editionHour } = deps;
  const started = now();
  await wakeRested(deps);
  // Asked before the newest there is: what is frozen between the two goes to those who need not wait,
  // and to the others next.
  const newest = await editionState(db, newestEdition(started, editionHour));
  const until = servedUntil({ now: started, editionHour, newest });
  const date = await latestEditionDate(db, { onOrBefore: dayOf(started) });
  if (date === null) return 0;
  await passOver(deps);
  await openDigest(db, date, started);
  let total = 0;
  for (;;) {
    const startedAt = now();
    const { due, frozen } = await dispatchSome(deps, { date, until, before: total });
    if (frozen) await enqueue(deps, { ...frozen, date, startedAt });
    total += frozen?.frozen ?? 0;
    if (due < FREEZE_SIZE) return total;
  }
}

/**
 * Skips the digests of readers whose last hour is longer ago than `lateMs`: they are recorded under
 * the day that they were for, so that the next one is not in their way.
 */
async function passOver(deps: DispatchDeps): Promise<void> {
  const { db, editionHour, lateMs, log } = deps;
  const now = deps.now();
  const before = new Date(now.getTime() - lateMs);
  let skipped = 0;
  for (let after: LateSubscriber | null | undefined = null; after !== undefined;) {
    const waiting: LateSubscriber[] = await dueBefore(db, { before, after, limit: FREEZE_SIZE });
    const late = waiting
      .map((reader) => ({ ...reader, missed: laterOf(reader.dueAt, lastDue(now, reader)) }))
      .filter(({ missed }) => missed < before);
    for (const [date, readers] of Map.groupBy(late, ({ missed }) => newestEdition(missed, editionHour))) {
      await openDigest(db, date, now);
      skipped += await transaction(db, async (tx) => {
        const [batchId] = await addBatches(tx, date, 1, now);
        await endBatch(tx, batchId!);
        const [ids, next] = [readers.map(({ id }) => id), readers.map((reader) => nextDue(now, reader))];
        return skipLate(tx, { date, before, batchId: batchId!, ids, next, now });
      });
    }
    after = waiting.at(-1);
  }
  if (skipped > 0) log.warn({ skipped }, 'Digests were too late to be sent: LATE_HOURS says how late they may be');
}

const laterOf = (one: Date, other: Date): Date => (one > other ? one : other);

/** Gives readers whose pause is over the first hour after it, which may have gone by meanwhile. */
async function wakeRested({ db, now }: PlanDeps): Promise<void> {
  for (let woken = FREEZE_SIZE; woken === FREEZE_SIZE;)
    woken = await transaction(db, async (tx) => {
      const rested = await claimRested(tx, now(), FREEZE_SIZE);
      if (rested.length === 0) return 0;
      const times = rested.map(afterPause);
      await endPauses(
        tx,
        rested.map(({ id }) => id),
        times,
      );
      return rested.length;
    });
}

async function dispatchSome(deps: PlanDeps, { date, until, before }: { date: string; until: Date; before: number }) {
  const now = deps.now();
  return transaction(deps.db, async (tx) => {
    const due = await claimDue(tx, until, FREEZE_SIZE);
    if (due.length === 0) return { due: 0, frozen: null };
    await setNextDue(
      tx,
      due.map((d) => d.id),
      due.map((d) => nextDue(now, d)),
    );
    const ids = await withoutDigest(
      tx,
      due.map((d) => d.id),
      date,
    );
    const frozen =
      ids.length === 0 || (await isCancelled(tx, date))
        ? null
        : await freeze(tx, { date, ids, now, cut: cutAfter(before) });
    return { due: due.length, frozen };
  });
}

/**
 * Does for a reader who just confirmed, and so is due, what the minute's dispatch would do, but at
 * once: freezes the newest edition and moves the hour on, in one transaction. Returns what became
 * of that edition for the reader. Without any edition the reader stays due.
 */
export async function welcome(deps: PlanDeps, subscriberId: number): Promise<Welcome> {
  const now = deps.now();
  const date = await latestEditionDate(deps.db, { onOrBefore: dayOf(now) });
  if (date === null) return 'nothing';
  await openDigest(deps.db, date, now);
  const welcomed = await transaction(deps.db, async (tx) => {
    const reader = await lockActive(tx, subscriberId);
    if (!reader) return null;
    await setNextDue(tx, [reader.id], [nextDue(now, reader)]);
    if (await isCancelled(tx, date)) return null;
    return { ...(await freeze(tx, { date, ids: [reader.id], now })), topics: reader.topics };
  });
  if (welcomed) await enqueue(deps, { ...welcomed, date, startedAt: now }, { urgent: true });
  if (welcomed === null || !(await holdsSomething(deps.db, date, welcomed.topics))) return 'nothing';
  return welcomed.frozen > 0 ? 'coming' : standing(deps.db, subscriberId);
}

/** What became of the edition for a reader who was frozen for it before, and left since. */
async function standing(db: Db, subscriberId: number): Promise<Welcome> {
  const [last] = await recentDeliveries(db, subscriberId, 1);
  switch (last?.state) {
    case 'accepted':
      return 'had';
    case 'pending':
    case 'sending':
    case 'deferred':
      return 'coming';
    default:
      return 'nothing';
  }
}

/** What is cancelled goes to no reader: its papers stay for the next digest. */
const isCancelled = async (tx: Tx, date: string): Promise<boolean> => (await digestState(tx, date)) === 'cancelled';

async function holdsSomething(db: Db, date: string, topics: readonly string[]): Promise<boolean> {
  return hasPlaces(db, date, topics);
}

/**
 * Freezes the digest of `date` for every active reader who has not had it, or for one of them;
 * `signal` ends it between two batches. Returns how many were frozen by this call.
 */
export async function freezeDigest(
  deps: PlanDeps,
  input: { date: string; to?: string | undefined; signal?: AbortSignal },
): Promise<number> {
  const now = deps.now();
  await openDigest(deps.db, input.date, now);
  if (input.to !== undefined) return freezeOne(deps, input.date, input.to, now);
  await askForDigest(deps.db, input.date, now);
  let total = 0;
  for (let afterId = 0; !input.signal?.aborted;) {
    const next = { afterId, limit: FREEZE_SIZE, cut: cutAfter(total) };
    const startedAt = deps.now();
    const frozen: Frozen = await transaction(deps.db, (tx) =>
      freeze(tx, { date: input.date, ids: null, now, ...next }),
    );
    await enqueue(deps, { ...frozen, date: input.date, startedAt });
    total += frozen.frozen;
    if (frozen.lastId === null) break;
    afterId = frozen.lastId;
  }
  return total;
}

/** Throws INPUT_INVALID for a digest that is cancelled. */
export async function refuseCancelled({ db }: Pick<PlanDeps, 'db'>, date: string): Promise<void> {
  if (await isCancelled(db, date))
    throw new AppError(
      'INPUT_INVALID',
      `The digest of ${date} is cancelled, and that is for good. The next day's goes out as usual.`,
    );
}

/** The same as a wish of an operator, of a day whose edition is frozen. */
export async function sendDigest(deps: PlanDeps, date: string): Promise<number> {
  await requireOpenGate(deps.db);
  await refuseCancelled(deps, date);
  if ((await editionState(deps.db, date)) !== 'frozen')
    throw new AppError('NOT_FOUND', `There is no edition of ${date}: its digest can be sent once it is frozen.`);
  return freezeDigest(deps, { date });
}

async function freezeOne(deps: PlanDeps, date: string, email: string, now: Date): Promise<number> {
  await requireOpenGate(deps.db);
  const reader = await findSubscriber(deps.db, email);
  if (reader?.status !== 'active') {
    throw new AppError(
      'NOT_FOUND',
      'No active subscriber has that address. Check it with "paperboy subscribers show EMAIL".',
    );
  }
  const one = await transaction(deps.db, (tx) => freeze(tx, { date, ids: [reader.id], now }));
  await enqueue(deps, { ...one, date, startedAt: now }, { urgent: true });
  return one.frozen;
}
