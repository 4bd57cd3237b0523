import { beforeAll, afterAll, expect, test } from 'vitest';
import { addEndpoint } from '../../src/db/hook-endpoints.ts';
import { addReader } from '../../src/subscribers/add-reader.ts';
import { importReaders } from '../../src/subscribers/import.ts';
import { layoutOf } from '../../src/subscribers/portability.ts';
import { createKeyring } from '../../src/subscribers/tokens.ts';
import { empty, testDatabase, type TestDatabase } from '../support/database.ts';

const NOW = new Date('2026-05-29T09:30:00Z');
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

const deps = () => ({ db: database.db, now: () => NOW, keyring: createKeyring(['k'.repeat(32)]) });
const importing = (lines: readonly string[], dryRun = false) =>
  importReaders(deps(), {
    lines: (async function* () {
      yield* lines;
    })(),
    layout: layoutOf(lines[0]!)!,
    leavers: null,
    dryRun,
    signal: new AbortController().signal,
    onPortion: async () => {},
  });
const told = async () =>
  (
    await database.db.$client.query<{ type: string; readers: number; sent: number }>(
      `select e.type, count(distinct e.subscriber_id)::int as readers, count(d.id)::int as sent
      from hook_event e
        left join hook_delivery d on d.event_id = e.id
      group by e.type
      order by e.type`,
    )
  ).rows;

test('where no program wants to hear of it, an import leaves nothing to be told', async () => {
  await importing(['email', 'first@example.org']);
  expect(await told()).toEqual([]);
});

test('each reader who is imported is told of once, however they come in', async () => {
  const endpoint = { isNear: false, secret: 'whsec_x', now: NOW };
  const events = ['subscriber.subscribed', 'subscriber.left'] as const;
  await addEndpoint(database.db, { ...endpoint, url: 'https://a.example.org/', events });
  await addEndpoint(database.db, { ...endpoint, url: 'https://b.example.org/', events: ['subscriber.left'] });
  const many = Array.from({ length: 2_500 }, (_, i) => `reader${i}@example.org`);
  await importing(['email', ...many], true);
  expect(await told()).toEqual([]);
  const { sums } = await importing(['email', 'first@example.org', ...many]);
  expect(sums.added).toBe(2_500);
  await importing(['email', ...many]);
  await addReader(deps(), { email: 'one@example.org' });
  expect(await told()).toEqual([{ type: 'subscriber.subscribed', readers: 2_501, sent: 2_501 }]);
});

test('who is new and stands further down as one who left is told of as both', async () => {
  await importing(['email,status', 'gone@example.org,', 'gone@example.org,unsubscribed']);
  expect(await told()).toEqual([
    { type: 'subscriber.left', readers: 1, sent: 2 },
    { type: 'subscriber.subscribed', readers: 2_502, sent: 2_502 },
  ]);
});

test('the first readers of all are told of too', async () => {
  await empty(database.db, 'subscriber', 'hook_event');
  await importing(['email', 'a@example.org', 'b@example.org']);
  expect(await told()).toEqual([{ type: 'subscriber.subscribed', readers: 2, sent: 2 }]);
});
