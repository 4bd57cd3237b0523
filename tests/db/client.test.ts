import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type pg from 'pg';
import { describe, expect, test } from 'vitest';
import {
  connectionOptions,
  type Db,
  keyedTransaction,
  openDatabase,
  openKeyedDatabase,
  transaction,
} from '../../src/db/client.ts';
import { LEASE_MS } from '../../src/delivery/lease.ts';
import { QueuePool } from '../../src/jobs/queue-pool.ts';
import { blackHole } from '../support/black-hole.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

const cut = ({ db }: TestDatabase, pid: number) => db.$client.query('select pg_terminate_backend($1)', [pid]);
/** Until the news has come. */
const LATER = 100;

test('a connection that is lost between two statements of a transaction fails that transaction, and nothing else', async () => {
  await using database = await testDatabase();
  const db = openDatabase(database.address, 1);
  const lost = transaction(db, async (tx) => {
    const {
      rows: [own],
    } = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
    await cut(database, own!.pid);
    await wait(LATER); // an 'error' that nobody listens to would end the process now
    await tx.execute(sql`select 1`);
  });
  await expect(lost).rejects.toThrow();
  expect((await db.execute(sql`select 1 as one`)).rows).toEqual([{ one: 1 }]);
  await db.$client.end();
});

test('a keyed connection on which a transaction failed is not used again, and one on which it did not is', async () => {
  await using database = await testDatabase();
  const keyed = openKeyedDatabase(database.address, 1);
  const pidOf = async (tx: Pick<typeof keyed, 'execute'>): Promise<number> =>
    (await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`)).rows[0]!.pid;
  const first = await pidOf(keyed);
  expect(await keyedTransaction(keyed, pidOf)).toBe(first);
  await expect(
    keyedTransaction(keyed, async (tx) => {
      await tx.execute(sql`create table half_done (id int)`);
      throw new Error('broken');
    }),
  ).rejects.toThrow('broken');
  expect(await pidOf(keyed)).not.toBe(first);
  expect((await keyed.execute(sql`select to_regclass('half_done') as name`)).rows).toEqual([{ name: null }]);
  await keyed.$client.end();
});

test('nor does a connection of the queue end the process when it is lost while it is taken', async () => {
  await using database = await testDatabase();
  const pool: pg.Pool = new QueuePool({ ...connectionOptions(database.address), max: 1, schema: 'public' });
  const client = await pool.connect();
  const {
    rows: [own],
  } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  await cut(database, own!.pid);
  await wait(LATER);
  await expect(client.query('select 1')).rejects.toThrow();
  client.release(true);
  await pool.end();
});

test('what a process has locked that stands still in the midst of a transaction is given up by the server, long before a lease ends', async () => {
  await using database = await testDatabase();
  const [db, keyed] = [openDatabase(database.address, 1), openKeyedDatabase(database.address, 1)];
  const pools: pg.Pool[] = [
    db.$client,
    keyed.$client,
    new QueuePool({ ...connectionOptions(database.address), max: 1, schema: 'public' }),
  ];
  for (const pool of pools) {
    const {
      rows: [patience],
    } = await pool.query<{ ms: number }>(
      `select setting::int as ms from pg_settings where name = 'idle_in_transaction_session_timeout'`,
    );
    expect(patience!.ms).toBeGreaterThan(0);
    expect(patience!.ms).toBeLessThanOrEqual(LEASE_MS / 2);
    // Nor does a statement wait for ever for an answer, or a silent connection go unnoticed.
    expect(pool.options.query_timeout).toBeGreaterThan(0);
    expect(pool.options.keepAliveInitialDelayMillis).toBeGreaterThan(0);
    await pool.end();
  }
});

describe('by a way on which packets vanish', () => {
  const numbers = async (database: TestDatabase): Promise<number[]> =>
    (await database.db.$client.query<{ n: number }>('select n from written order by n')).rows.map(({ n }) => n);
  const write = (db: Pick<Db, 'execute'>, n: number) => db.execute(sql`insert into written values (${n})`);
  async function scene(max: number) {
    const database = await testDatabase();
    await database.db.$client.query('create table written (n int)');
    const hole = await blackHole(database.address, { query_timeout: '300' });
    const db = openDatabase({ url: hole.url }, max);
    return {
      database,
      hole,
      db,
      async [Symbol.asyncDispose]() {
        await db.$client.end();
        await hole[Symbol.asyncDispose]();
        await database[Symbol.asyncDispose]();
      },
    };
  }

  test('transactions that cannot begin cost the pool no connection', async () => {
    await using there = await scene(12);
    const { db, hole } = there;
    const all = <T>(work: () => Promise<T>) => Promise.allSettled(Array.from({ length: 12 }, work));
    await all(() => db.execute(sql`select pg_sleep(0.05)`));
    expect(db.$client.totalCount).toBe(12);
    hole.swallow();
    const begun = await all(() => transaction(db, (tx) => write(tx, 1)));
    expect(begun.map(({ status }) => status)).toEqual(Array(12).fill('rejected'));
    expect(db.$client.totalCount).toBe(0);
    hole.giveBack();
    const after = await all(() => transaction(db, (tx) => write(tx, 2)));
    expect(after.map(({ status }) => status)).toEqual(Array(12).fill('fulfilled'));
  });

  test('what a statement writes that answers is there, although the one before it on the way timed out', async () => {
    await using there = await scene(1);
    const { database, db, hole } = there;
    const broken = transaction(db, async (tx) => {
      await write(tx, 1);
      hole.swallow();
      await write(tx, 2);
    });
    await expect(broken).rejects.toThrow();
    hole.giveBack();
    await write(db, 3);
    await transaction(db, (tx) => write(tx, 4));
    expect(await numbers(database)).toEqual([3, 4]);
  });
});

test('a transaction of which a statement failed unheard says that it was undone', async () => {
  await using database = await testDatabase();
  const db = openDatabase(database.address, 1);
  const unheard = transaction(db, async (tx) => {
    await tx.execute(sql`create table half_done (id int)`);
    await tx.execute(sql`select 1 / 0`).catch(() => {});
  });
  await expect(unheard).rejects.toThrow('undone');
  expect((await db.execute(sql`select to_regclass('half_done') as name`)).rows).toEqual([{ name: null }]);
  await db.$client.end();
});
