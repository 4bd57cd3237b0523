import { createHash } from 'node:crypto';
import type { SQL } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { PgDialect } from 'drizzle-orm/pg-core';
import pg from 'pg';
import * as schema from './schema.ts';
import { MINUTE } from '../duration.ts';

export type Db = NodePgDatabase<typeof schema> & { $client: pg.Pool };
/** Query functions take this first, so that they run alone or inside a caller's transaction. */
export type Tx = NodePgDatabase<typeof schema>;

/** Where a Postgres is: a URL, or the socket directory and names of the embedded one. */
export type DatabaseAddress = { url: string } | { host: string; port: number; user: string; database: string };

export const connectionOptions = (address: DatabaseAddress): pg.ClientConfig =>
  'url' in address ? { connectionString: address.url } : address;

/**
 * A new connection reads the catalogue and plans its statements anew, which takes longer than a page
 * or a search: it is kept for the next. Left to itself the pool closes it after ten seconds.
 */
const IDLE_MS = 10 * MINUTE;

/** Opens a pool of at most `max` connections. Close it with `db.$client.end()`. */
export function openDatabase(address: DatabaseAddress, max = 10): Db {
  return drizzle(openPool(address, max, { idleTimeoutMillis: IDLE_MS }), { schema });
}

const KEYED_SETTINGS = [
  'set plan_cache_mode = force_generic_plan',
  ...['jit', 'enable_seqscan', 'enable_bitmapscan', 'enable_hashjoin', 'enable_mergejoin'].map(
    (name) => `set ${name} = off`,
  ),
].join('; ');

/**
 * Opens connections for statements that look rows up by key. Left to itself, Postgres plans a
 * prepared one anew each time, which takes six times as long as to run it (350 µs of 400,
 * measured). Or it plans it once, while a month is small, so as to read all of it, and goes on
 * doing so when a million rows have come. A server that vanished is given up after fifteen seconds,
 * because all deliveries of a process wait for one statement: before a lease ends, and after what a
 * process that stands still has locked is free again.
 */
export function openKeyedDatabase(address: DatabaseAddress, max: number): Db {
  return drizzle(openPool(address, max, { settings: KEYED_SETTINGS, query_timeout: 15_000 }), { schema });
}

/** A statement of a search may take so long. */
const SEARCH_MS = 1_000;
/** Who waits longer for a connection is told so. */
const SEARCH_PATIENCE_MS = 4_000;

/** Left to itself, Postgres reads a whole table where it takes a word for common. */
const SEARCH_SETTINGS = [
  'set plan_cache_mode = force_generic_plan',
  `set statement_timeout = ${SEARCH_MS}`,
  'set max_parallel_workers_per_gather = 0',
  ...['jit', 'enable_seqscan', 'enable_hashjoin', 'enable_mergejoin'].map((name) => `set ${name} = off`),
].join('; ');

/**
 * Opens connections for searches. They are few: on two cores more at once wait for each other, and
 * those that wait their turn wait about equally long. Mail and pages have connections of their own.
 */
export function openSearchDatabase(address: DatabaseAddress, max = SEARCHES_AT_ONCE): Db {
  const options = {
    settings: SEARCH_SETTINGS,
    connectionTimeoutMillis: SEARCH_PATIENCE_MS,
    idleTimeoutMillis: IDLE_MS,
  };
  return drizzle(openPool(address, max, options), { schema });
}

const SEARCHES_AT_ONCE = 4;

/** Asks for the rows of one statement. */
export type Ask = <Row extends object>(query: SQL) => Promise<Row[]>;

/** Asks through drizzle, in the midst of other work. */
export const asking =
  (tx: Tx): Ask =>
  async <Row extends object>(query: SQL) =>
    (await tx.execute(query)).rows as Row[];

const dialect = new PgDialect();

/**
 * Runs `work` on one connection, each statement for itself. Postgres reads and plans a statement
 * once for each connection: a search has few, and their words are values.
 */
export async function onConnection<T>(db: Db, work: (ask: Ask) => Promise<T>): Promise<T> {
  const client = await db.$client.connect();
  const ask: Ask = async (query) => {
    const { sql: text, params } = dialect.sqlToQuery(query);
    const name = createHash('sha1').update(text).digest('base64url');
    return (await client.query({ name, text, values: params })).rows;
  };
  try {
    const done = await work(ask);
    client.release();
    return done;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/**
 * Runs `work` in a transaction. Drizzle's own one keeps the client when BEGIN fails, and hands one
 * back whose ROLLBACK failed (its issues 6023, 6114, 6241, 6341). Here a client on which anything
 * went wrong is given up: the server then undoes what it began. Handed back, it could still be in
 * the midst of the transaction after a silence, and what the next statement writes would hang on
 * its end.
 */
export const transaction = <T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> => inTransaction(db, 'begin', work);

/** What `work` reads is as it stood at one moment, over all its statements. It writes nothing. */
export const snapshot = <T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> =>
  inTransaction(db, 'begin isolation level repeatable read, read only', work);

/** A transaction on a keyed connection, planned for the values at hand: the month is known then. */
export const keyedTransaction = <T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> =>
  inTransaction(db, 'begin; set local plan_cache_mode = auto', work);

async function inTransaction<T>(db: Db, begin: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await db.$client.connect();
  try {
    await client.query(begin);
    const done = await work(drizzle(client, { schema }));
    await commit(client);
    client.release();
    return done;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/**
 * After a statement that failed, Postgres takes a COMMIT for a ROLLBACK, and calls that no error.
 */
async function commit(client: pg.ClientBase): Promise<void> {
  const { command } = await client.query('commit');
  if (command !== 'COMMIT') throw new Error('A statement of the transaction had failed, and all of it was undone');
}

/**
 * A process that stands still in the midst of a transaction (frozen, or its machine is gone) would
 * keep what it locked, and no other could take up its batches. The server ends it: well before
 * their lease does, and long after any transaction of ours.
 */
export const IDLE_IN_TRANSACTION_MS = 10_000;

/**
 * A server that vanished without a word is given up after this long: no query of ours takes as
 * much.
 */
export const QUERY_MS = MINUTE;

/** Without it the system asks after a silent connection only when two hours are over. */
export const KEEP_ALIVE_MS = 10_000;

function openPool(
  address: DatabaseAddress,
  max: number,
  { settings = '', ...more }: pg.PoolConfig & { settings?: string } = {},
): pg.Pool {
  const onConnect = async (client: pg.ClientBase): Promise<void> => {
    await client.query(`set idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}; ${settings}`);
  };
  const pool = new pg.Pool({
    ...connectionOptions(address),
    max,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    connectionTimeoutMillis: 5_000,
    query_timeout: QUERY_MS,
    application_name: 'paperboy',
    // oxlint-disable-next-line typescript/no-misused-promises -- pg-pool waits for it, though its types do not say so
    onConnect,
    ...more,
  });
  surviveLostConnections(pool);
  return pool;
}

/**
 * A connection of one's own, for migrations. It takes as long as another process migrates to wait
 * for their lock, so nothing bounds a statement.
 */
export function singleClient(address: DatabaseAddress): pg.Client {
  const client = new pg.Client({
    ...connectionOptions(address),
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  });
  client.on('error', () => {});
  return client;
}

/**
 * A connection that dies (a Postgres restart) is replaced by the pool, and what was asked of it
 * fails. Without a listener it would end the process: an idle one, and also one that is taken and
 * waits between two statements of a transaction, to which the pool does not listen.
 */
export function surviveLostConnections(pool: pg.Pool): void {
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
}

/**
 * What `work` does to the database is seen by `work` alone: all of it is undone at the end, and
 * only its answer is kept.
 */
export async function pretend<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await db.$client.connect();
  try {
    await client.query('begin');
    return await work(drizzle(client, { schema }));
  } finally {
    client.release(true);
  }
}
