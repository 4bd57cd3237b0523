import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase, openKeyedDatabase, transaction } from '../../src/db/client.ts';
import { holdBatch, type HeldBatch, releaseBatch, strandedBatches } from '../../src/db/batches.ts';
import { type Outcome, type ReadyDelivery, readReady } from '../../src/db/deliveries.ts';
import { digestSums, isUnderWay, openDigest } from '../../src/db/digests.ts';
import { freeze } from '../../src/db/freeze.ts';
import { recordAndBegin } from '../../src/db/record-and-begin.ts';
import { markClosed, reopenUnknown, settleUnknown } from '../../src/db/unknown.ts';
import { LEASE_MS } from '../../src/delivery/lease.ts';
import { createLedger } from '../../src/delivery/ledger.ts';
import { empty, testDatabase, type TestDatabase } from '../support/database.ts';
import { addReaders, ageLeases, batches, ledger, type LedgerRow, manyReaders } from '../support/ledger.ts';
import { until } from '../support/until.ts';
import { KEYRING } from '../support/keys.ts';

const DATE = '2026-05-29';
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(() => empty(database.db, 'subscriber', 'delivery', 'batch', 'digest'));

describe('the ledger’s months', () => {
  const partitions = async () =>
    (
      await database.db.$client.query(
        `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'delivery'::regclass order by 1`,
      )
    ).rows.map((r) => r.name);
  test('are made when they are needed, by whoever comes first', async () => {
    const other = openDatabase(database.address);
    await Promise.all(
      [database.db, other, database.db, other].flatMap((db) =>
        ['2027-12-31', '2028-01-01', '2028-02-29', '2028-02-01'].map((date) => openDigest(db, date, new Date())),
      ),
    );
    await other.$client.end();
    expect(await partitions()).toEqual(
      expect.arrayContaining(['delivery_2027_12', 'delivery_2028_01', 'delivery_2028_02']),
    );
  });
  test('hold their first and last day', async () => {
    const [id] = await addReaders(database.db, [{}]);
    for (const date of ['2029-12-01', '2029-12-31']) {
      await openDigest(database.db, date, new Date());
      await transaction(database.db, (tx) => freeze(tx, { date, ids: [id!], now: new Date() }));
    }
    expect((await database.db.$client.query('select count(*)::int as n from delivery_2029_12')).rows).toEqual([
      { n: 2 },
    ]);
  });
});

test('a digest of which nothing is known adds up to nothing', async () => {
  expect(await digestSums(database.db, '1999-01-01')).toEqual({
    date: '1999-01-01',
    frozen: 0,
    accepted: 0,
    deferred: 0,
    rejected: 0,
    unknown: 0,
    skipped: 0,
    pending: 0,
    seconds: 0,
  });
});

/** What a worker does to begin some: it reads, and begins what it has read. */
async function begin(
  batch: HeldBatch,
  { now, limit, resend }: { now: Date; limit: number; resend: boolean },
): Promise<ReadyDelivery[]> {
  const ready = await readReady(database.db, batch, { now, limit, resend, after: 0 });
  const begun = await recordAndBegin(
    database.db,
    ready.map((delivery) => ({ batch, move: { begin: delivery, selectionId: null } })),
    now,
  );
  return ready
    .filter(({ subscriberId }) => begun.has(subscriberId))
    .map((delivery) => ({ ...delivery, attempts: delivery.attempts + 1 }));
}
const record = (batch: HeldBatch, outcomes: readonly Outcome[], now: Date) =>
  recordAndBegin(
    database.db,
    outcomes.map((outcome) => ({ batch, move: { outcome } })),
    now,
  );

test('the ledger reads the rows it is asked for and few others, also when its statements were planned while the month was empty and nothing was known of it', async () => {
  const keyed = openKeyedDatabase(database.address, 1);
  const date = '2031-05-29';
  const now = new Date('2031-05-29T08:00:00Z');
  const freezeFor = async (ids: readonly number[], sizes: number[]) =>
    transaction(database.db, (tx) => freeze(tx, { date, ids, now, cut: () => sizes }));
  const sendSome = async (batchId: number): Promise<number> => {
    const batch = (await holdBatch(keyed, batchId, { leaseMs: 60_000, now }))!;
    const ready = await readReady(keyed, batch, { now, limit: 10, resend: true, after: 0 });
    return (
      await recordAndBegin(
        keyed,
        ready.map((delivery) => ({ batch, move: { begin: delivery, selectionId: null } })),
        now,
      )
    ).size;
  };
  const rowsRead = async (): Promise<number> => {
    await keyed.$client.query('select pg_stat_force_next_flush()');
    return Number(
      (
        await keyed.$client.query(
          `select sum(seq_tup_read + idx_tup_fetch) as n from pg_stat_user_tables where relname in ('delivery_2031_05', 'batch', 'suppression')`,
        )
      ).rows[0].n,
    );
  };
  const ids = await addReaders(database.db, manyReaders(3001));
  await database.db.$client.query(
    `insert into suppression (address_hash, reason, created_at) select sha256(i::text::bytea), 'bounced', now() from generate_series(1, 1000) i`,
  );
  await openDigest(database.db, date, now);
  const first = await freezeFor(ids.slice(0, 1), [1]);
  expect(await sendSome(first.batchIds[0]!)).toBe(1);
  const { batchIds } = await freezeFor(ids.slice(1), Array<number>(300).fill(10));
  const before = await rowsRead();
  expect(await sendSome(batchIds[200]!)).toBe(10);
  expect((await rowsRead()) - before).toBeLessThan(100);
  await keyed.$client.end();
});

test('a batch is taken and let go without reading its whole day, also when what is known of the month is a day old', async () => {
  const keyed = openKeyedDatabase(database.address, 1);
  const now = new Date('2032-05-29T08:00:00Z');
  await addReaders(database.db, manyReaders(4000));
  const freezeFor = async (date: string) => {
    await openDigest(database.db, date, now);
    return transaction(database.db, (tx) =>
      freeze(tx, { date, ids: null, limit: 4000, now, cut: () => Array<number>(400).fill(10) }),
    );
  };
  await freezeFor('2032-05-28');
  await database.db.$client.query('analyze');
  const { batchIds } = await freezeFor('2032-05-29');
  const pagesRead = async (): Promise<number> => {
    await keyed.$client.query('select pg_stat_force_next_flush()');
    return Number(
      (
        await keyed.$client.query(
          `select heap_blks_hit + heap_blks_read as n from pg_statio_user_tables where relname = 'delivery_2032_05'`,
        )
      ).rows[0].n,
    );
  };
  const before = await pagesRead();
  const kept = createLedger({ db: keyed, keyring: KEYRING, now: () => now });
  const batch = (await kept.hold(batchIds[200]!, 60_000))!;
  expect(await kept.release(batch, { retryAt: null, resend: true })).toBe('open');
  expect((await pagesRead()) - before).toBeLessThan(60); // the day has more than a hundred
  await keyed.$client.end();
});

test('a delivery that can be begun is read with its reader’s topics, and with the millisecond at which it was frozen', async () => {
  const now = new Date('2026-05-29T08:00:00.999Z');
  await addReaders(database.db, [{ topics: ['agents', 'language-models'] }, { email: 'none@example.org', topics: [] }]);
  await openDigest(database.db, DATE, now);
  const { batchIds } = await transaction(database.db, (tx) => freeze(tx, { date: DATE, ids: null, now }));
  const batch = (await holdBatch(database.db, batchIds[0]!, { leaseMs: LEASE_MS, now }))!;
  const ready = await readReady(database.db, batch, { now, limit: 10, resend: true, after: 0 });
  expect(ready.map(({ topics, frozenAt }) => ({ topics, frozenAt }))).toEqual([
    { topics: ['agents', 'language-models'], frozenAt: now },
    { topics: [], frozenAt: now },
  ]);
});

test('a resend that goes back to wait stays one, however often that is written', async () => {
  const now = new Date('2026-05-29T08:00:00Z');
  await addReaders(database.db, [{}]);
  await openDigest(database.db, DATE, now);
  const { batchIds } = await transaction(database.db, (tx) => freeze(tx, { date: DATE, ids: null, now }));
  const batch = (await holdBatch(database.db, batchIds[0]!, { leaseMs: LEASE_MS, now }))!;
  const [first] = await begin(batch, { now, limit: 1, resend: true });
  const outcome = (attempts: number, state: Outcome['state']): Outcome => ({
    subscriberId: first!.subscriberId,
    attempts,
    state,
    reason: state === 'unknown' ? 'lost' : null,
    lastReply: null,
    nextAttemptAt: null,
  });
  await record(batch, [outcome(1, 'unknown')], now);
  await begin(batch, { now, limit: 1, resend: true });
  for (let times = 0; times < 2; times++) await record(batch, [outcome(2, 'pending')], now);
  expect(await ledger(database.db)).toMatchObject([{ state: 'unknown', reason: 'again', attempts: 1 }]);
});

/**
 * What may happen to a batch, by any number of workers, on time and late, and by what readers,
 * bounces and the operator say meanwhile.
 */
type Step =
  | { do: 'settle'; reader: number; as: 'accepted' | 'rejected' }
  | { do: 'reopen' }
  | { do: 'leave' }
  | { do: 'hold' }
  | { do: 'claim'; limit: number }
  | { do: 'record'; worker: number; states: Outcome['state'][] }
  | { do: 'release'; worker: number }
  | { do: 'wait'; seconds: number };

const state = fc.constantFrom<Outcome['state']>('accepted', 'deferred', 'rejected', 'skipped', 'unknown', 'pending');
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('hold' as const) }),
  fc.record({ do: fc.constant('claim' as const), limit: fc.integer({ min: 1, max: 5 }) }),
  fc.record({
    do: fc.constant('record' as const),
    worker: fc.nat(3),
    states: fc.array(state, { minLength: 5, maxLength: 5 }),
  }),
  fc.record({ do: fc.constant('release' as const), worker: fc.nat(3) }),
  fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(1, 15, 25, 90) }),
  fc.record({
    do: fc.constant('settle' as const),
    reader: fc.nat(5),
    as: fc.constantFrom('accepted' as const, 'rejected' as const),
  }),
  fc.constantFrom({ do: 'reopen' as const }, { do: 'leave' as const }),
);

/**
 * Where docs/delivery-states.md draws arrows to; what is unknown goes wherever a late word puts it,
 * but not everywhere to `sending`.
 */
const DRAWN: Readonly<Record<string, readonly string[]>> = {
  pending: ['sending'],
  deferred: ['sending'],
  accepted: [],
  rejected: [],
  skipped: [],
  sending: ['pending', 'deferred', 'accepted', 'rejected', 'skipped', 'unknown'],
  unknown: ['pending', 'deferred', 'accepted', 'rejected', 'skipped', 'sending'],
};

function expectDrawn(before: readonly LedgerRow[], after: readonly LedgerRow[], resend: boolean): void {
  for (const [i, was] of before.entries()) {
    const is = after[i]!;
    if (was.state !== is.state)
      expect(DRAWN[was.state], `${was.state} (${was.reason}) to ${is.state} (${is.reason})`).toContain(is.state);
    if (was.state === 'unknown' && is.state === 'sending')
      expect(resend ? ['lost', 'again'] : ['again']).toContain(was.reason);
  }
}

test('a digest that waits for the relay is under way; one of which only later attempts are left is not', async () => {
  const { db } = database;
  await addReaders(db, manyReaders(2));
  const now = new Date('2026-05-29T08:00:00Z');
  await openDigest(db, DATE, now);
  const {
    batchIds: [batchId],
  } = await transaction(db, (tx) => freeze(tx, { date: DATE, ids: null, now }));
  await db.$client.query('update batch set due_at = $1 where id = $2', [new Date('2026-05-29T08:00:30Z'), batchId]);
  expect(await isUnderWay(db, DATE, now)).toBe(true);
  await db.$client.query(`update delivery set state = 'deferred', next_attempt_at = $1`, [
    new Date('2026-05-29T08:00:30Z'),
  ]);
  expect(await isUnderWay(db, DATE, now)).toBe(false);
});

test('a late word of a delivery that is to be tried again opens its batch anew', async () => {
  const { db } = database;
  await addReaders(db, manyReaders(1));
  const [start, later] = [new Date('2026-05-29T08:00:00Z'), new Date('2026-05-29T08:00:21Z')];
  await openDigest(db, DATE, start);
  const {
    batchIds: [batchId],
  } = await transaction(db, (tx) => freeze(tx, { date: DATE, ids: null, now: start }));
  const slow = (await holdBatch(db, batchId!, { leaseMs: LEASE_MS, now: start }))!;
  const [claimed] = await begin(slow, { now: start, limit: 1, resend: false });
  await ageLeases(db, LEASE_MS);
  const next = (await holdBatch(db, batchId!, { leaseMs: LEASE_MS, now: later }))!;
  expect(await releaseBatch(db, next, { retryAt: null, resend: false, now: later })).toBe('done');
  const word: Outcome = {
    subscriberId: claimed!.subscriberId,
    attempts: 1,
    state: 'deferred',
    reason: '451',
    lastReply: null,
    nextAttemptAt: later,
  };
  await record(slow, [word], later);
  expect(await ledger(db)).toMatchObject([{ state: 'deferred' }]);
  expect(await strandedBatches(db, new Date('2026-05-29T08:00:42Z'), 10)).toEqual([batchId]);
});

/** A held batch whose one delivery is unknown. */
async function oneUnknown(now: Date): Promise<HeldBatch> {
  const { db } = database;
  await addReaders(db, manyReaders(1));
  await openDigest(db, DATE, now);
  const {
    batchIds: [batchId],
  } = await transaction(db, (tx) => freeze(tx, { date: DATE, ids: null, now }));
  const batch = (await holdBatch(db, batchId!, { leaseMs: LEASE_MS, now }))!;
  const [begun] = await begin(batch, { now, limit: 1, resend: false });
  await record(
    batch,
    [
      {
        subscriberId: begun!.subscriberId,
        attempts: 1,
        state: 'unknown',
        reason: 'lost',
        lastReply: null,
        nextAttemptAt: null,
      },
    ],
    now,
  );
  return batch;
}

test('a delivery that was closed after a worker had read it is not begun', async () => {
  const now = new Date('2026-05-29T08:00:00Z');
  const batch = await oneUnknown(now);
  const [ready] = await readReady(database.db, batch, { now, limit: 1, resend: true, after: 0 });
  await markClosed(database.db, DATE, now);
  expect(await recordAndBegin(database.db, [{ batch, move: { begin: ready!, selectionId: null } }], now)).toEqual(
    new Set(),
  );
  expect(await ledger(database.db)).toMatchObject([{ state: 'unknown', reason: 'closed', attempts: 1 }]);
});

test('what is to be sent again while its batch is being let go finds the batch open', async () => {
  const { db } = database;
  const now = new Date('2026-05-29T08:00:00Z');
  const batch = await oneUnknown(now);
  const [released] = await transaction(db, async (tx) => {
    expect(await reopenUnknown(tx, DATE, now)).toEqual([batch.id]);
    const release = releaseBatch(db, batch, { retryAt: null, resend: false, now });
    await until(
      'the release to meet the lock',
      async () =>
        (
          await db.$client.query(
            `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
          )
        ).rowCount === 1,
    );
    return [release]; // as an array, because it waits for our commit
  });
  expect(await released).toBe('open');
  expect(await strandedBatches(db, now, 10)).toEqual([batch.id]);
});

test('whatever workers, readers and the operator do, and in whatever order, the states add up to what was frozen, and each goes only where it is drawn to go', async () => {
  const { db } = database;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), fc.boolean(), async (steps, resend) => {
      await empty(db, 'subscriber', 'delivery', 'batch', 'digest');
      const readers = await addReaders(db, manyReaders(6));
      let now = new Date('2026-05-29T08:00:00Z');
      await openDigest(db, DATE, now);
      const {
        batchIds: [batchId],
      } = await transaction(db, (tx) => freeze(tx, { date: DATE, ids: null, now }));
      const workers: { batch: HeldBatch; claimed: ReadyDelivery[] }[] = [];
      let before = await ledger(db);
      for (const s of steps) {
        const worker = 'worker' in s ? workers[s.worker % Math.max(1, workers.length)] : workers.at(-1);
        if (s.do === 'wait') {
          now = new Date(now.getTime() + s.seconds * 1000);
          await ageLeases(db, s.seconds * 1000);
        }
        if (s.do === 'hold') {
          const batch = await holdBatch(db, batchId!, { leaseMs: LEASE_MS, now });
          if (batch) workers.push({ batch, claimed: [] });
        }
        if (s.do === 'claim' && worker)
          worker.claimed.push(...(await begin(worker.batch, { now, limit: s.limit, resend })));
        if (s.do === 'record' && worker) {
          const outcomes = worker.claimed.splice(0).map(({ subscriberId, attempts }, i): Outcome => {
            const to = s.states[i % s.states.length]!;
            return {
              subscriberId,
              attempts,
              state: to,
              reason: to === 'unknown' ? 'lost' : null,
              lastReply: null,
              nextAttemptAt: to === 'deferred' ? new Date(now.getTime() + 60_000) : null,
            };
          });
          await record(worker.batch, outcomes, now);
        }
        if (s.do === 'settle')
          await settleUnknown(
            db,
            { subscriberId: readers[s.reader]!, issuedAt: new Date('2026-05-29T08:00:00Z') },
            s.as,
            'answered',
            now,
          );
        if (s.do === 'reopen') await reopenUnknown(db, DATE, now);
        if (s.do === 'leave') await markClosed(db, DATE, now);
        if (s.do === 'release' && worker) await releaseBatch(db, worker.batch, { retryAt: null, resend, now });
        const { frozen, seconds: _, date: __, ...sums } = await digestSums(db, DATE);
        expect(frozen).toBe(6);
        expect(Object.values(sums).reduce((a, b) => a + b)).toBe(6);
        const rows = await ledger(db);
        for (const row of rows) expect(row.attempts).toBeGreaterThanOrEqual(0);
        expectDrawn(before, rows, resend);
        before = rows;
        // A batch is only done when nothing of it is left to do.
        const [batch] = await batches(db);
        if (batch!.state === 'done')
          expect(
            rows.filter(
              (r) =>
                ['pending', 'sending', 'deferred'].includes(r.state) ||
                (r.state === 'unknown' && (r.reason === 'again' || (resend && r.reason === 'lost'))),
            ),
          ).toEqual([]);
      }
    }),
    { numRuns: 20 },
  );
}, 30_000);

test('a word that is written twice is heard once: the number of an attempt that was not charged is never used again', async () => {
  const { db } = database;
  const [start, later] = [new Date('2026-05-29T08:00:00Z'), new Date('2026-05-29T08:00:21Z')];
  await addReaders(db, manyReaders(1));
  await openDigest(db, DATE, start);
  const {
    batchIds: [batchId],
  } = await transaction(db, (tx) => freeze(tx, { date: DATE, ids: null, now: start }));
  const slow = (await holdBatch(db, batchId!, { leaseMs: LEASE_MS, now: start }))!;
  const [claimed] = await begin(slow, { now: start, limit: 1, resend: false });
  const word: Outcome = {
    subscriberId: claimed!.subscriberId,
    attempts: claimed!.attempts,
    state: 'pending',
    reason: null,
    lastReply: null,
    nextAttemptAt: null,
  };
  await record(slow, [word], start);
  expect(await ledger(db)).toMatchObject([{ state: 'pending', attempts: 0 }]);
  await ageLeases(db, LEASE_MS);
  const next = (await holdBatch(db, batchId!, { leaseMs: LEASE_MS, now: later }))!;
  const [again] = await begin(next, { now: later, limit: 1, resend: false });
  await record(slow, [word], later);
  expect(await ledger(db)).toMatchObject([{ state: 'sending', attempts: 1 }]);
  await record(next, [{ ...word, attempts: again!.attempts, state: 'accepted' }], later);
  expect(await ledger(db)).toMatchObject([{ state: 'accepted', attempts: 1 }]);
});

test.each(['pending', 'deferred'] as const)('what the operator closed is not opened by a late "%s"', async (state) => {
  const now = new Date('2026-05-29T08:00:00Z');
  const batch = await oneUnknown(now);
  await markClosed(database.db, DATE, now);
  const [{ subscriberId }] = (await ledger(database.db)) as [LedgerRow];
  await record(
    batch,
    [
      {
        subscriberId,
        attempts: 1,
        state,
        reason: null,
        lastReply: null,
        nextAttemptAt: state === 'deferred' ? now : null,
      },
    ],
    now,
  );
  expect(await ledger(database.db)).toMatchObject([{ state: 'unknown', reason: 'closed' }]);
});
