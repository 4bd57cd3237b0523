import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openDatabase, openKeyedDatabase, transaction } from '../../src/db/client.ts';
import { type HeldBatch, holdBatch } from '../../src/db/batches.ts';
import type { Outcome, ReadyDelivery } from '../../src/db/deliveries.ts';
import { openDigest } from '../../src/db/digests.ts';
import { freeze } from '../../src/db/freeze.ts';
import { LEASE_MS } from '../../src/delivery/lease.ts';
import { createLedger, type Ledger } from '../../src/delivery/ledger.ts';
import { freezeDigest } from '../../src/delivery/plan.ts';
import { createLogger } from '../../src/telemetry.ts';
import { empty, testDatabase, type TestDatabase } from '../support/database.ts';
import { addReaders, ledger as rows, manyReaders } from '../support/ledger.ts';
import { KEYRING } from '../support/keys.ts';

const DATE = '2026-05-29';
const now = (): Date => new Date('2026-05-29T08:00:00Z');
let database: TestDatabase;
let ledger: Ledger;
let statements: number;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(async () => {
  await empty(database.db, 'subscriber', 'delivery', 'batch', 'digest');
  statements = 0;
  ledger = createLedger({ db: database.db, keyring: KEYRING, now });
});

async function held(readers: number): Promise<{ batch: HeldBatch; ready: ReadyDelivery[] }> {
  await addReaders(database.db, manyReaders(readers));
  await openDigest(database.db, DATE, now());
  const { batchIds } = await transaction(database.db, (tx) => freeze(tx, { date: DATE, ids: null, now: now() }));
  const batch = (await holdBatch(database.db, batchIds[0]!, { leaseMs: LEASE_MS, now: now() }))!;
  return { batch, ready: await ledger.ready(batch, { limit: 100, after: null, resend: true }) };
}
const accepted = ({ subscriberId }: ReadyDelivery, attempts = 1): Outcome => ({
  subscriberId,
  attempts,
  state: 'accepted',
  reason: null,
  lastReply: '250 ok',
  nextAttemptAt: null,
});

test('what is asked for while a statement is under way goes out with the next: two hundred changes take four', async () => {
  const { batch, ready } = await held(100);
  const { $client: client } = database.db;
  const query = client.query.bind(client);
  const counting = Object.assign(Object.create(database.db), {
    $client: {
      query: (...args: Parameters<typeof query>) => {
        statements++;
        return query(...args);
      },
    },
  });
  const counted = createLedger({ db: counting, keyring: KEYRING, now });
  expect(await Promise.all(ready.map((delivery) => counted.begin(batch, delivery)))).toEqual(Array(100).fill(true));
  await Promise.all(ready.map((delivery) => counted.record(batch, accepted(delivery))));
  expect((await rows(database.db)).every(({ state, attempts }) => state === 'accepted' && attempts === 1)).toBe(true);
  expect(statements).toBe(4);
});

test('a delivery is begun by one of those who want to', async () => {
  const {
    batch,
    ready: [delivery],
  } = await held(1);
  const other = createLedger({ db: database.db, keyring: KEYRING, now });
  const began = await Promise.all([
    ledger.begin(batch, delivery!),
    other.begin(batch, delivery!),
    ledger.begin(batch, delivery!),
  ]);
  expect(began.filter(Boolean)).toHaveLength(1);
});

test('nothing is begun for who lost the batch, and yet every word about what was handed over is written', async () => {
  const {
    batch,
    ready: [first, second],
  } = await held(2);
  await ledger.begin(batch, first!);
  await database.db.$client.query('update batch set fence = fence + 1');
  const [began] = await Promise.all([ledger.begin(batch, second!), ledger.record(batch, accepted(first!))]);
  expect(began).toBe(false);
  expect((await rows(database.db)).map(({ state }) => state)).toEqual(['accepted', 'pending']);
});

test('who lost a batch and took it again begins what is left of it, beside a late word of before', async () => {
  const {
    batch,
    ready: [first, second, third],
  } = await held(3);
  await ledger.begin(batch, first!);
  await database.db.$client.query('update batch set lease_until = null');
  const again = (await holdBatch(database.db, batch.id, { leaseMs: LEASE_MS, now: now() }))!;
  const [, , begun, late] = await Promise.all([
    ledger.begin(again, second!),
    ledger.record(batch, accepted(first!)),
    ledger.begin(again, third!),
    ledger.begin(batch, second!),
  ]);
  expect([begun, late]).toEqual([true, false]);
  expect((await rows(database.db)).map(({ state }) => state)).toEqual(['accepted', 'sending', 'sending']);
});

test('what worker after worker died of is sent again each time, but not for ever', async () => {
  const { batch } = await held(1);
  let holder: HeldBatch | null = batch;
  let times = 0;
  for (let minute = 1; holder; minute++) {
    const [delivery] = await ledger.ready(holder, { limit: 1, after: null, resend: true });
    if (!delivery) break;
    expect(await ledger.begin(holder, delivery)).toBe(true);
    times++;
    await database.db.$client.query('update batch set lease_until = null'); // it dies
    holder = await holdBatch(database.db, batch.id, { leaseMs: LEASE_MS, now: now() });
  }
  expect(times).toBe(5);
  expect(await rows(database.db)).toMatchObject([{ state: 'unknown', reason: 'resent', attempts: 5 }]);
});

test('batches of two dates are written side by side', async () => {
  const {
    batch,
    ready: [delivery],
  } = await held(1);
  await freezeDigest(
    { db: database.db, now, log: createLogger('silent'), enqueueBatch: async () => {} },
    { date: '2026-05-30' },
  );
  const {
    rows: [next],
  } = await database.db.$client.query<{ id: string }>(`select id from batch where digest_date = '2026-05-30'`);
  const later = (await holdBatch(database.db, Number(next!.id), { leaseMs: LEASE_MS, now: now() }))!;
  const [laterDelivery] = await ledger.ready(later, { limit: 1, after: null, resend: true });
  expect(await Promise.all([ledger.begin(batch, delivery!), ledger.begin(later, laterDelivery!)])).toEqual([
    true,
    true,
  ]);
});

test('while the database is away nothing is lost, and it is written when the database is back', async () => {
  const {
    batch,
    ready: [delivery],
  } = await held(1);
  const away = openDatabase(database.address, 1);
  const patient = createLedger({ db: away, keyring: KEYRING, now });
  await patient.begin(batch, delivery!);
  const { database: name } = database.address as { database: string };
  await database.db.$client.query(`alter role current_user in database ${name} set default_transaction_read_only = on`);
  await database.db.$client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()`,
  );
  const recorded = patient.record(batch, accepted(delivery!));
  await new Promise((resolve) => setTimeout(resolve, 700)); // more than one try
  expect((await rows(database.db))[0]).toMatchObject({ state: 'sending' });
  await database.db.$client.query(
    `begin read write; alter role current_user in database ${name} reset default_transaction_read_only; commit`,
  );
  await database.db.$client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()`,
  );
  await recorded;
  expect((await rows(database.db))[0]).toMatchObject({ state: 'accepted' });
  await away.$client.end();
});

test('rows are looked up by key, although the statements were planned when the month was empty', async () => {
  const keyed = openKeyedDatabase(database.address, 1);
  const explained: string[] = [];
  await keyed.$client.query('set plan_cache_mode = force_generic_plan');
  await createLedger({ db: keyed, keyring: KEYRING, now }).ready(
    { id: 1, digestDate: DATE, fence: 1, askedAt: null },
    { limit: 1, after: null, resend: true },
  );
  await createLedger({ db: keyed, keyring: KEYRING, now }).begin({ id: 1, digestDate: DATE, fence: 1, askedAt: null }, {
    subscriberId: 1,
    attempts: 0,
  } as ReadyDelivery);
  for (const [name, parameters] of [
    ['read-ready', `'${DATE}', 1, now(), 10, true, 0`],
    [
      'record-and-begin',
      `'${DATE}', '{1}', '{1}', now(), '{1}', '{0}', '{1}', '{null}', '{sending}', '{null}', '{null}', '{null}'`,
    ],
  ] as const) {
    const { rows: plan } = await keyed.$client.query<{ 'QUERY PLAN': string }>(
      `explain execute "${name}" (${parameters})`,
    );
    explained.push(plan.map((line) => line['QUERY PLAN']).join('\n'));
  }
  for (const plan of explained)
    expect(plan).not.toMatch(/Seq Scan on (?:delivery|subscriber|batch)|Bitmap|Hash Join|Merge Join/);
  expect(explained[0]).toContain('batch_id_subscriber_id_idx');
  expect(explained[1]).toContain('_pkey');
  await keyed.$client.end();
});
