import pg from 'pg';
import { connectionOptions, type DatabaseAddress } from '../../src/db/client.ts';

/** The same server, another database on it. */
export function addressOf(server: DatabaseAddress, database: string): DatabaseAddress {
  if (!('url' in server)) return { ...server, database };
  const url = new URL(server.url);
  url.pathname = database;
  return { url: url.href };
}

/** What DATABASE_URL would say, for programs started by a test. */
export function urlOf(address: DatabaseAddress): string {
  if ('url' in address) return address.url;
  const query = new URLSearchParams({ host: address.host, port: String(address.port), user: address.user });
  return `postgres:///${address.database}?${query}`;
}

/** Runs one statement outside of any test's database. */
export async function administer(server: DatabaseAddress, statement: string): Promise<void> {
  const client = new pg.Client(connectionOptions(server));
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
