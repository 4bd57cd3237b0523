import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { getStanding } from '../../src/subscribers/standing.ts';
import { createKeyring } from '../../src/subscribers/tokens.ts';
import { empty, type TestDatabase, testDatabase } from '../support/database.ts';
import { addReaders } from '../support/ledger.ts';

const keyring = createKeyring(['a secret of the tests, long enough to be one']);
const now = (): Date => new Date('2026-05-27T12:00:00Z');

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(() => empty(database.db, 'subscriber'));

/** When the next digest comes to one who rests until the 29th at 7, and gets mail at 8. */
async function nextOf(lastDigestDate: string | null): Promise<string | undefined> {
  const [id] = await addReaders(database.db, [{ sendHour: 8, lastDigestDate }]);
  await database.db.$client.query(`update subscriber set paused_until = '2026-05-29T07:00Z' where id = $1`, [id]);
  const token = keyring.sign('preferences', { subscriberId: id!, issuedAt: now() });
  return (await getStanding({ db: database.db, keyring, now, editionHour: 4 }, token)).next?.toISOString();
}

test('a reader who rests is told the first hour after the rest', async () => {
  expect(await nextOf('2026-05-26')).toBe('2026-05-29T08:00:00.000Z');
});
test('and one who had the digest of that hour by hand is told the hour that brings something', async () => {
  expect(await nextOf('2026-05-29')).toBe('2026-05-30T08:00:00.000Z');
});
