import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type pg from 'pg';
import { expect, test } from 'vitest';
import { connectionOptions, keyedTransaction, openDatabase, openKeyedDatabase } from '../../src/db/client.ts';
import { LEASE_MS } from '../../src/delivery/lease.ts';
import { QueuePool } from '../../src/jobs/queue-pool.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

const cut = ({ db }: TestDatabase, pid: number) => db.$client.query('select pg_terminate_backend($1)', [pid]);
/** Until the news has come. */
const LATER = 100;

test('a connection that is lost between two statements of a transaction fails that transaction, and nothing else', async () => {
  await using database = await testDatabase();
  const db = openDatabase(database.address, 1);
  const transaction = db.transaction(async (tx) => {
    const {
      rows: [own],
    } = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
    await cut(database, own!.pid);
    await wait(LATER); // an 'error' that nobody listens to would end the process now
    await tx.execute(sql`select 1`);
  });
  await expect(transaction).rejects.toThrow();
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
    await pool.end();
  }
});
