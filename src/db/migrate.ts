import path from 'node:path';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator';
import type pg from 'pg';
import { AppError, codeOf } from '../errors.ts';
import { type DatabaseAddress, singleClient } from './client.ts';

const MIGRATIONS = path.join(import.meta.dirname, '..', '..', 'migrations');
const OLDEST_POSTGRES = 15;
/**
 * Any fixed number: it only has to differ from other programs' advisory locks in the same database.
 */
const LOCK = 7_143_012_501;

/**
 * Brings the database to the current schema. Any number of processes may call it at once: drizzle's
 * migrator takes no lock of its own, so ours (held by the session, so it falls with the connection)
 * lets one work while the others wait.
 */
export async function migrate(address: DatabaseAddress): Promise<void> {
  const client = singleClient(address);
  try {
    await connect(client, 'url' in address);
    await requireVersion(client);
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await client.query('set client_min_messages = warning');
    await applyMigrations(drizzle(client), { migrationsFolder: MIGRATIONS });
  } finally {
    await client.end().catch(() => {});
  }
}

async function connect(client: pg.Client, external: boolean): Promise<void> {
  try {
    await client.connect();
  } catch (cause) {
    const name = external ? 'the database in DATABASE_URL' : 'the embedded database';
    throw new AppError(
      'DATABASE_UNAVAILABLE',
      `Cannot connect to ${name} (${codeOf(cause) ?? 'no answer'}). Check that DATABASE_URL is right and that Postgres is running and reachable from here.`,
      { cause },
    );
  }
}

async function requireVersion(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ server_version_num: string }>('show server_version_num');
  const major = Math.floor(Number(rows[0]?.server_version_num) / 10_000);
  if (major < OLDEST_POSTGRES) {
    throw new AppError(
      'DATABASE_UNAVAILABLE',
      `The database in DATABASE_URL is Postgres ${major}, and Paperboy needs ${OLDEST_POSTGRES} or newer. Upgrade it or point DATABASE_URL elsewhere.`,
    );
  }
}
