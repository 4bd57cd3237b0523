import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { groupRequests } from '../../src/subscribers/requests.ts';
import { empty, testDatabase, type TestDatabase } from '../support/database.ts';

const ASKED = new Date('2026-05-29T09:30:00Z');
const QUIET_MS = 600_000;
const wish = (email: string, more: { topics?: string[]; timezone?: string } = {}) => ({
  email,
  topics: ['all'],
  frequency: 'daily' as const,
  timezone: 'UTC',
  sendHour: 8,
  wantsFresh: true,
  length: 10 as const,
  weeklyOn: 1 as const,
  requestedAt: ASKED,
  ...more,
});

describe('requests that come at once', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database[Symbol.asyncDispose]());
  beforeEach(() => empty(database.db, 'subscriber'));

  const rows = async () =>
    (
      await database.db.$client.query<{ id: string; email: string; topics: string[] }>(
        'select id, email::text as email, topics from subscriber',
      )
    ).rows;

  test('are each answered with their own subscription', async () => {
    const record = groupRequests(database.db, QUIET_MS);
    const emails = Array.from({ length: 500 }, (_, i) => `reader-${(i * 7919) % 500}@example.org`);
    const answers = await Promise.all(emails.map((email) => record(wish(email))));
    const known = new Map((await rows()).map((row) => [row.email, Number(row.id)]));
    expect(known.size).toBe(500);
    expect(answers).toEqual(emails.map((email) => ({ id: known.get(email), noticeOwed: true })));
  });

  test('for one address in several spellings make one subscription and owe one notice', async () => {
    const record = groupRequests(database.db, QUIET_MS);
    const spellings = ['Reader@Example.org', 'reader@example.org', 'READER@EXAMPLE.ORG', 'other@example.org'];
    // Asked a moment later: at the very same one it could not be told who asked first.
    const answers = await Promise.all(
      spellings.map((email, i) => record({ ...wish(email), requestedAt: new Date(ASKED.getTime() + i) })),
    );
    expect(new Set(answers.slice(0, 3).map((answer) => answer.id)).size).toBe(1);
    expect(answers.map((answer) => answer.noticeOwed)).toEqual([true, false, false, true]);
    expect(await rows()).toHaveLength(2);
  });

  test('do not fail with one that the database takes for the address of another', async () => {
    const record = groupRequests(database.db, QUIET_MS);
    // Postgres folds İ to i, JavaScript to i with a dot of its own.
    const emails = ['first@example.org', 'im@example.org', '\u0130m@example.org', 'last@example.org'];
    const answers = await Promise.allSettled(emails.map((email) => record(wish(email))));
    expect(answers.map((answer) => answer.status)).toEqual(Array(4).fill('fulfilled'));
    expect(await rows()).toHaveLength(3);
  });

  test('do not fail with one that the database refuses', async () => {
    const record = groupRequests(database.db, QUIET_MS);
    const answers = await Promise.allSettled([
      record(wish('first@example.org')),
      record(wish('good@example.org')),
      record({ ...wish('bad@example.org'), sendHour: 99 }),
      record(wish('last@example.org')),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(await rows()).toHaveLength(3);
  });
});
