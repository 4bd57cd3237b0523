import { expect, test } from 'vitest';
import { holdBatch, leaseLeft, mayContinue, renewLease, strandedBatches } from '../../src/db/batches.ts';
import { openDatabase } from '../../src/db/client.ts';
import { keepLease, LEASE_MS, stopwatch } from '../../src/delivery/lease.ts';
import { createLedger } from '../../src/delivery/ledger.ts';
import { freezeDigest } from '../../src/delivery/plan.ts';
import { createLogger } from '../../src/telemetry.ts';
import { testDatabase } from '../support/database.ts';
import { addReaders, ageLeases, manyReaders } from '../support/ledger.ts';
import { freePort } from '../support/ports.ts';
import { until } from '../support/until.ts';
import { KEYRING } from '../support/keys.ts';

const log = createLogger('silent');
const DATE = '2026-05-29';

test('a lease that cannot be renewed because the database is away ends by the clock: at once for who asks, and soon for who listens', async () => {
  let time = new Date('2026-05-29T08:00:00Z');
  const now = (): Date => time;
  const db = openDatabase({ url: `postgres://127.0.0.1:${await freePort()}/nowhere` });
  const batch = { id: 1, digestDate: DATE, fence: 1, askedAt: null };
  const lease = keepLease({ db, now, log }, { batch, asked: stopwatch(now, () => 0) });
  time = new Date(time.getTime() + LEASE_MS - 1);
  expect([lease.runs(), lease.over.aborted]).toEqual([true, false]);
  time = new Date(time.getTime() + 1);
  expect(lease.runs()).toBe(false);
  await until('the lease to be over', () => lease.over.aborted);
  lease.release();
  await db.$client.end();
});

test('a worker lets a batch go in time though its clock is set back, and though its machine slept', () => {
  let [wall, steady] = [new Date('2026-05-29T08:00:00Z'), 0];
  const age = stopwatch(
    () => wall,
    () => steady,
  );
  [wall, steady] = [new Date('2025-05-29T08:00:00Z'), 5_000];
  expect(age()).toBe(5_000);
  [wall, steady] = [new Date('2026-05-29T08:01:00Z'), 5_001];
  expect(age()).toBe(60_000);
});

test.each([-3_600_000, -30_000, 30_000, 3_600_000])(
  'a worker whose clock is %d ms ahead neither takes a batch that another holds, nor loses its own',
  async (ahead) => {
    await using database = await testDatabase();
    const { db } = database;
    await addReaders(db, manyReaders(2));
    let id = 0;
    const now = (): Date => new Date();
    const enqueueBatch = async (batchId: number): Promise<void> => {
      id = batchId;
    };
    await freezeDigest({ db, now, log, enqueueBatch }, { date: DATE });
    const elsewhere = { leaseMs: LEASE_MS, now: new Date(Date.now() + ahead) };

    const held = (await holdBatch(db, id, { leaseMs: LEASE_MS, now: now() }))!;
    expect(await holdBatch(db, id, elsewhere)).toBeNull();
    expect(await strandedBatches(db, new Date(Date.now() + 3_600_000), 10)).toEqual([]);
    expect(await leaseLeft(db, id)).toBeGreaterThan(LEASE_MS - 5_000);
    expect(await leaseLeft(db, id)).toBeLessThanOrEqual(LEASE_MS);

    const ledger = createLedger({ db, keyring: KEYRING, now: () => elsewhere.now });
    const [one, other] = await ledger.ready(held, { limit: 2, after: null, resend: true });
    expect(await ledger.begin(held, one!)).toBe(true);

    await ageLeases(db, LEASE_MS);
    expect(await ledger.begin(held, other!)).toBe(false);
    expect([await renewLease(db, held, LEASE_MS), await mayContinue(db, held)]).toEqual([false, false]);
    const taken = (await holdBatch(db, id, elsewhere))!;
    expect(taken.fence).toBe(held.fence + 1);
    expect([await renewLease(db, taken, LEASE_MS), await mayContinue(db, taken)]).toEqual([true, true]);
  },
);
