import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { openDatabase, openSearchDatabase, type DatabaseAddress, type Db } from '../../src/db/client.ts';
import { addressOf, administer, urlOf } from './server.ts';

export interface TestDatabase extends AsyncDisposable {
  address: DatabaseAddress;
  /** What DATABASE_URL would say. */
  url: string;
  db: Db;
  searchDb: Db;
}

/**
 * A migrated, empty database of the caller's own, about 50 ms away; or one that nothing was ever
 * done to. Dispose of it in `afterAll`, or hold it with `await using`.
 */
export async function testDatabase({ migrated = true } = {}): Promise<TestDatabase> {
  const { server, template, strategy } = inject('postgres');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(
    server,
    `CREATE DATABASE ${name} TEMPLATE ${migrated ? template : 'template0'} STRATEGY ${strategy}`,
  );
  const address = addressOf(server, name);
  const db = openDatabase(address);
  const searchDb = openSearchDatabase(address);
  return {
    address,
    url: urlOf(address),
    db,
    searchDb,
    async [Symbol.asyncDispose]() {
      for (const { $client } of [db, searchDb]) if (!$client.ended) await $client.end();
      await administer(server, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/**
 * Takes all rows out of tables, in this order: one that refers to another comes before it. This takes
 * a tenth of the time of truncate, which makes each table and index anew.
 */
export const empty = (db: Db, ...tables: readonly string[]): Promise<unknown> =>
  db.$client.query(tables.map((table) => `delete from ${table}`).join('; '));

/**
 * Takes out all editions, readers and digests, and before them what the caller names: of what other
 * tables hold, that may refer to these.
 */
export const emptyOfDigests = (db: Db, ...before: readonly string[]): Promise<unknown> =>
  empty(db, ...before, ...DIGESTS);
const DIGESTS = ['edition_entry', 'fresh_pick', 'subscriber', 'delivery', 'batch', 'selection', 'edition', 'digest'];
