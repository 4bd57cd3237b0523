import { setTimeout as wait } from 'node:timers/promises';
import type { Db } from '../db/client.ts';
import { type HeldBatch, holdBatch, releaseBatch } from '../db/batches.ts';
import { type Outcome, type ReadyDelivery, readReady } from '../db/deliveries.ts';
import { type Move, recordAndBegin } from '../db/record-and-begin.ts';
import { suppressedAmong } from '../db/suppressions.ts';
import { MINUTE } from '../duration.ts';
import type { Keyring } from '../subscribers/tokens.ts';

/**
 * How long the ledger is tried for while the database is away, and how often. What the relay said
 * is known here and nowhere else.
 */
const PATIENCE_MS = MINUTE;
const RETRY_MS = 500;

/** The ledger as those who send see it. */
export interface Ledger {
  /** Takes a batch under a lease. `null`: another worker has it, or nothing is left to do. */
  hold(batchId: number, leaseMs: number): Promise<HeldBatch | null>;
  /**
   * Up to `limit` deliveries of a batch that can be begun, `after` one of them. With `resend`,
   * those that are `unknown` are taken up once more.
   */
  ready(
    batch: HeldBatch,
    portion: { limit: number; after: ReadyDelivery | null; resend: boolean },
  ): Promise<ReadyDelivery[]>;
  /** Moves a delivery to `sending`, with what it will hold. False: it is not (any more) ours to begin. */
  begin(batch: HeldBatch, delivery: ReadyDelivery, selectionId?: number | null): Promise<boolean>;
  /** Writes what became of it. */
  record(batch: HeldBatch, outcome: Outcome): Promise<void>;
  /**
   * Lets a batch go: done, or open and due again at `retryAt` at the earliest. With `resend`, what
   * is `unknown` keeps it open.
   */
  release(batch: HeldBatch, options: { retryAt: Date | null; resend: boolean }): Promise<'done' | 'open'>;
}

interface LedgerDeps {
  db: Db;
  keyring: Pick<Keyring, 'hashesOf'>;
  now: () => Date;
}

interface Entry extends Move {
  settle: (begun: boolean) => void;
  fail: (error: unknown) => void;
}

/**
 * Begins and records for all batches of a process, one statement at a time: what is asked for while
 * one is under way goes out with the next, so that statements get larger as mail gets faster. `db`
 * is a keyed one.
 */
export function createLedger({ db, keyring, now }: LedgerDeps): Ledger {
  let queue: Entry[] = [];
  let writing = false;

  const writeAll = async (): Promise<void> => {
    writing = true;
    while (queue.length > 0) {
      const entries = takeOnePerReader();
      for (const group of Map.groupBy(entries, ({ batch }) => batch.digestDate).values()) await writeGroup(group);
    }
    writing = false;
  };

  /**
   * What a batch's second holder asks (this process lost the batch and took it again) waits for the
   * next statement, which tells rows apart by their reader, and holders by their batch.
   */
  const takeOnePerReader = (): Entry[] => {
    const seen = new Set<number>();
    const fences = new Map<number, number>();
    const [first, later]: [Entry[], Entry[]] = [[], []];
    for (const entry of queue) {
      const reader = 'begin' in entry.move ? entry.move.begin.subscriberId : entry.move.outcome.subscriberId;
      const { id, fence } = entry.batch;
      if (!fences.has(id)) fences.set(id, fence);
      (seen.has(reader) || fences.get(id) !== fence ? later : first).push(entry);
      seen.add(reader);
    }
    queue = later;
    return first;
  };

  const writeGroup = async (group: readonly Entry[]): Promise<void> => {
    try {
      const begun = await patiently(() => recordAndBegin(db, group, now()));
      for (const entry of group) entry.settle('begin' in entry.move && begun.has(entry.move.begin.subscriberId));
    } catch (error) {
      for (const entry of group) entry.fail(error);
    }
  };

  const write = (batch: HeldBatch, move: Entry['move']): Promise<boolean> =>
    new Promise((settle, fail) => {
      queue.push({ batch, move, settle, fail });
      if (!writing) void writeAll();
    });

  return {
    hold: (batchId, leaseMs) => holdBatch(db, batchId, { leaseMs, now: now() }),
    async ready(batch, { limit, after, resend }) {
      const rows = await readReady(db, batch, { now: now(), limit, resend, after: after?.subscriberId ?? 0 });
      const suppressed = await suppressedAmong(
        db,
        rows.map(({ email }) => keyring.hashesOf(email)),
      );
      for (const place of suppressed) rows[place]!.skip ??= 'suppressed';
      return rows;
    },
    begin: (batch, begin, selectionId = null) => write(batch, { begin, selectionId }),
    record: (batch, outcome) => write(batch, { outcome }).then(() => {}),
    release: (batch, options) => releaseBatch(db, batch, { ...options, now: now() }),
  };
}

/**
 * To write the same twice changes nothing: each row's `attempts`, which only grow, say which of its
 * states is meant. A begin that was written while its answer got lost is told as refused: its row
 * stays `sending`, nothing of it leaves, and the next holder calls it unknown.
 */
async function patiently<T>(write: () => Promise<T>): Promise<T> {
  for (const since = performance.now(); ;) {
    try {
      return await write();
    } catch (error) {
      if (performance.now() - since > PATIENCE_MS) throw error;
      await wait(RETRY_MS);
    }
  }
}
