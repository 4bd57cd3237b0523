import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { getSubscriber, recordRequests } from '../../src/db/subscribers.ts';
import { sweep } from '../../src/delivery/sweep.ts';
import { DAY } from '../../src/duration.ts';
import { empty, testDatabase, type TestDatabase } from '../support/database.ts';

const ASKED = new Date('2026-05-29T09:30:00Z');
const WISH = {
  email: 'reader@example.org',
  topics: ['all'],
  frequency: 'daily' as const,
  timezone: 'UTC',
  sendHour: 8,
  wantsFresh: true,
  length: 10 as const,
  weeklyOn: 1 as const,
  requestedAt: ASKED,
  from: ['today', 'yesterday'],
};

describe('a request that is not confirmed', () => {
  let database: TestDatabase;
  let id: number;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database[Symbol.asyncDispose]());
  beforeEach(async () => {
    await empty(database.db, 'subscriber');
    id = (await recordRequests(database.db, [WISH], 0))[0]!.id;
  });
  const sweepAfter = (ms: number) =>
    sweep({
      db: database.db,
      now: () => new Date(ASKED.getTime() + ms),
      enqueueBatch: async () => {},
      enqueueNotice: async () => {},
    });
  const everything = async () => JSON.stringify((await database.db.$client.query('select * from subscriber')).rows);

  test('is kept for thirty days, and then nothing of it but a number', async () => {
    await sweepAfter(30 * DAY);
    expect(await getSubscriber(database.db, id)).toMatchObject({ status: 'pending', email: WISH.email });
    await sweepAfter(30 * DAY + 1);
    expect(await getSubscriber(database.db, id)).toMatchObject({ status: 'erased', requestedAt: null });
    expect(await everything()).not.toContain('reader@');
    expect((await recordRequests(database.db, [WISH], 0))[0]!.id).not.toBe(id);
  });

  test('by one who had left leaves them as who left: an import must not bring them back', async () => {
    await database.db.$client.query('update subscriber set ended_at = created_at');
    await sweepAfter(31 * DAY);
    expect(await getSubscriber(database.db, id)).toMatchObject({ status: 'unsubscribed', email: WISH.email });
  });

  test('was asked from a network, which is forgotten after a day', async () => {
    await sweepAfter(DAY - 1);
    expect(await everything()).toContain('yesterday');
    await sweepAfter(DAY + 1);
    expect(await everything()).not.toContain('yesterday');
  });

  test('does not touch readers', async () => {
    await database.db.$client.query(`update subscriber set status = 'active'`);
    await sweepAfter(400 * DAY);
    expect(await getSubscriber(database.db, id)).toMatchObject({ status: 'active', email: WISH.email });
  });
});
