import { TransactionRollbackError } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import * as schema from './schema.ts';

export type Db = NodePgDatabase<typeof schema> & { $client: pg.Pool };
/** Query functions take this first, so that they run alone or inside a caller's transaction. */
export type Tx = NodePgDatabase<typeof schema>;

/** Where a Postgres is: a URL, or the socket directory and names of the embedded one. */
export type DatabaseAddress = { url: string } | { host: string; port: number; user: string; database: string };

export const connectionOptions = (address: DatabaseAddress): pg.ClientConfig =>
  'url' in address ? { connectionString: address.url } : address;

/** Opens a pool of at most `max` connections. Close it with `db.$client.end()`. */
export function openDatabase(address: DatabaseAddress, max = 10): Db {
  const pool = new pg.Pool({ ...connectionOptions(address), max, keepAlive: true, connectionTimeoutMillis: 5_000, application_name: 'paperboy' });
  // An idle connection that dies (a Postgres restart) is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => {});
  return drizzle(pool, { schema });
}

/** What `work` does to the database is seen by `work` alone: all of it is undone at the end, and only its answer is kept. */
export async function pretend<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  const kept: T[] = [];
  await db.transaction(async (tx) => {
    kept.push(await work(tx));
    tx.rollback();
  }).catch((error: unknown) => {
    if (!(error instanceof TransactionRollbackError)) throw error;
  });
  return kept[0]!;
}
