import { addAbortListener } from 'node:events';
import path from 'node:path';
import { readMigrationFiles } from 'drizzle-orm/migrator';
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
 * lets one work while the others wait. A fired `signal` ends the wait with its reason.
 */
export async function migrate(address: DatabaseAddress, signal?: AbortSignal): Promise<void> {
  await connected(address, (client) => migrateBy(client, address, signal)).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw error;
  });
}

async function migrateBy(client: pg.Client, address: DatabaseAddress, signal: AbortSignal | undefined): Promise<void> {
  // The server undoes what was not committed.
  using _hangUp = signal && addAbortListener(signal, () => void client.end().catch(() => {}));
  await client.query('select pg_advisory_lock($1)', [LOCK]);
  await requireNotNewer(client, address);
  await client.query('set client_min_messages = warning');
  await applyMigrations(drizzle(client), { migrationsFolder: MIGRATIONS });
}

/**
 * Makes the schema as it was after the migration of `from`, lets `fill` write into it and brings it
 * up to date: inside the client's transaction, and into a database that has none.
 */
export async function migrateWithin(client: pg.ClientBase, from: number, fill: () => Promise<void>): Promise<void> {
  const known = readMigrationFiles({ migrationsFolder: MIGRATIONS });
  // As drizzle's migrator keeps them.
  await client.query(`
    create schema drizzle;
    create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)`);
  const apply = async (migrations: typeof known): Promise<void> => {
    for (const { sql, hash, folderMillis } of migrations) {
      for (const statement of sql) await client.query(statement);
      await client.query('insert into drizzle.__drizzle_migrations (hash, created_at) values ($1, $2)', [
        hash,
        folderMillis,
      ]);
    }
  };
  await apply(known.filter(({ folderMillis }) => folderMillis <= from));
  await fill();
  await apply(known.filter(({ folderMillis }) => folderMillis > from));
}

/** The moments by which the migrations that this Paperboy brings are known, the oldest first. */
export const knownMigrations = (): number[] =>
  readMigrationFiles({ migrationsFolder: MIGRATIONS }).map(({ folderMillis }) => folderMillis);

/**
 * Refuses a database that a newer Paperboy has brought forward. Who runs already goes on, because
 * migrations add; who starts would write what the newer one no longer reads (ADR 22).
 */
async function requireNotNewer(client: pg.ClientBase, address: DatabaseAddress): Promise<void> {
  const known = knownMigrations();
  if ((await lastApplied(client)) <= known.at(-1)!) return;
  const { rows } = await client.query<{ found: number }>(
    'select count(*)::int as found from drizzle.__drizzle_migrations',
  );
  const where = 'url' in address ? 'in DATABASE_URL' : 'in the data directory';
  throw new AppError(
    'DATABASE_NEWER',
    `The database ${where} is at version ${rows[0]!.found}, and this Paperboy knows no more than version ` +
      `${known.length}. Install the newer Paperboy that it was used with, or restore a backup from before it.`,
  );
}

/**
 * How many migrations the database has had, and how many this Paperboy brings. Changes nothing, and
 * refuses one that is newer.
 */
export async function schemaVersion(address: DatabaseAddress): Promise<{ found: number; wanted: number }> {
  const known = readMigrationFiles({ migrationsFolder: MIGRATIONS });
  const last = await connected(address, async (client) => {
    await requireNotNewer(client, address);
    return lastApplied(client);
  });
  return { found: known.filter(({ folderMillis }) => folderMillis <= last).length, wanted: known.length };
}

/**
 * By the moment it was made, which is how drizzle's migrator tells; 0 for a database that never had
 * one.
 */
export async function lastApplied(client: pg.ClientBase): Promise<number> {
  const { rows: found } = await client.query<{ there: boolean }>(
    `select to_regclass('drizzle.__drizzle_migrations') is not null as there`,
  );
  if (!found[0]!.there) return 0;
  const { rows } = await client.query<{ last: string | null }>(
    'select max(created_at) as last from drizzle.__drizzle_migrations',
  );
  return Number(rows[0]!.last);
}

async function connected<T>(address: DatabaseAddress, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = singleClient(address);
  try {
    await connect(client, 'url' in address);
    await requireVersion(client);
    return await work(client);
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
      `Cannot connect to ${name} (${codeOf(cause) ?? 'no answer'}). Check that DATABASE_URL is right and that ` +
        'Postgres is running and reachable from here.',
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
      `The database in DATABASE_URL is Postgres ${major}, and Paperboy needs ${OLDEST_POSTGRES} or newer. Upgrade ` +
        'it or point DATABASE_URL elsewhere.',
    );
  }
}
