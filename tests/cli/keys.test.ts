import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashOfKey } from '../../src/api-key.ts';
import { findKey } from '../../src/db/api-keys.ts';
import { readTrail } from '../../src/db/trail.ts';
import { paperboy } from '../support/commands.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

const keys = (...argv: string[]) => paperboy(database, 'keys', ...argv);

test('a key is printed once, listed by its name, and ended for good', async () => {
  const [key, sentence] = await keys('add', 'CRM', '--scope', 'subscribers:read,subscribers:write', 'health:read');
  expect(sentence).toContain('"CRM" may do this: health:read, subscribers:read, subscribers:write');
  expect(await findKey(database.db, hashOfKey(key!)!)).toMatchObject({ name: 'CRM' });
  expect((await keys('list')).join()).toBe('CRM: health:read, subscribers:read, subscribers:write; never used');
  expect((await keys('list', '--json')).join()).not.toContain(key!.slice(3));
  await keys('revoke', 'CRM');
  expect(await findKey(database.db, hashOfKey(key!)!)).toBeNull();
  expect((await keys('list')).join()).toMatch(/^CRM: revoked /);
  await expect(keys('revoke', 'CRM')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const deeds = await readTrail(database.db, { about: 'CRM', limit: 9 });
  expect(deeds.map(({ did, via }) => `${did} ${via}`)).toEqual(['key.revoke command', 'key.add command']);
});

test.each([
  [['add', 'a', '--scope', 'everything'], 'There is no scope "everything"'],
  [['add', 'a', '--scope', ','], 'without a scope opens nothing'],
  [['add', ' ', '--scope', 'health:read'], 'The name of a key'],
  [['add', 'a\nb', '--scope', 'health:read'], 'The name of a key'],
  [['add', 'me@example.org', '--scope', 'health:read'], 'The name of a key'],
])('is refused in one sentence: keys %j', async (argv, words) => {
  await expect(keys(...argv)).rejects.toThrow(words);
});
