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
