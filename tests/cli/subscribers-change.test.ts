import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { findSubscriber } from '../../src/db/subscribers.ts';
import { suppress } from '../../src/db/suppressions.ts';
import { readTrail } from '../../src/db/trail.ts';
import { createKeyring } from '../../src/subscribers/tokens.ts';
import { paperboy } from '../support/commands.ts';
import { empty, testDatabase, type TestDatabase } from '../support/database.ts';

const ADA = 'ada@example.org';
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(() => empty(database.db, 'subscriber', 'suppression', 'trail'));

const run = (...argv: string[]) => paperboy(database, 'subscribers', ...argv);
const deeds = async () => (await readTrail(database.db, { limit: 10 })).map(({ via, did, about }) => [via, did, about]);

test('one is added at once where their consent is sure, with what they chose, and never twice', async () => {
  const chosen = ['--topics', 'vision,agents', '--hour', '6', '--zone', 'Europe/Berlin', '--language', 'de'];
  const [said] = await run('add', 'Ada@Example.org', '--confirmed', ...chosen);
  const { id, ...reader } = (await findSubscriber(database.db, ADA))!;
  expect(said).toBe(`Reader ${id} gets digests from now on.`);
  expect(reader).toMatchObject({
    status: 'active',
    topics: ['agents', 'vision'],
    sendHour: 6,
    timezone: 'Europe/Berlin',
    language: 'de',
  });
  expect(await run('add', ADA, '--confirmed')).toEqual([`Reader ${id} is active already, and left as it is.`]);
  expect(await deeds()).toEqual([['command', 'reader.add', String(id)]]);
  expect((await run('export'))[1]).toMatch(/,no?,|yes,de$/);
});

test('one is asked where it is not, and is a reader once they confirm', async () => {
  expect((await run('add', ADA, '--hour', '6')).join()).toMatch(/^The confirmation goes out within a minute/);
  expect(await findSubscriber(database.db, ADA)).toMatchObject({ status: 'pending', sendHour: 6, topics: ['all'] });
  expect(await deeds()).toEqual([['command', 'reader.ask', 'a new reader']]);
  await expect(run('confirm', ADA)).rejects.toThrow('No confirmation was sent: one went within the last ten minutes');
  await database.db.$client.query(`update subscriber set requested_at = requested_at - interval '1 hour'`);
  await run('confirm', ADA);
  const { id } = (await findSubscriber(database.db, ADA))!;
  expect((await deeds())[0]).toEqual(['command', 'reader.confirm', String(id)]);
});

test('who is suppressed is not brought in, and what is mistyped is refused in one sentence', async () => {
  await suppress(database.db, createKeyring(['k'.repeat(32)]).hashesOf(ADA)[0]!, 'complained', new Date());
  await expect(run('add', ADA, '--confirmed')).rejects.toThrow('suppressed here');
  for (const [flag, value, words] of [
    ['--topics', 'knitting', 'knitting'],
    ['--hour', '25', 'hour'],
    ['--zone', 'Mars/Olympus', 'time zone'],
    ['--language', 'tlh', 'language'],
  ] as const)
    await expect(run('add', 'b@example.org', '--confirmed', flag, value)).rejects.toThrow(words);
  await expect(run('add', 'nonsense')).rejects.toMatchObject({ code: 'ADDRESS_INVALID' });
  expect(await deeds()).toEqual([]);
});

test('one is unsubscribed once, and that is written down under a number', async () => {
  await run('add', ADA, '--confirmed');
  const { id } = (await findSubscriber(database.db, ADA))!;
  await run('unsubscribe', ADA);
  expect((await findSubscriber(database.db, ADA))?.status).toBe('unsubscribed');
  await expect(run('unsubscribe', ADA)).rejects.toThrow('gets no digests already, as unsubscribed');
  expect((await deeds())[0]).toEqual(['command', 'reader.unsubscribe', String(id)]);
  for (const command of ['unsubscribe', 'confirm'])
    await expect(run(command, 'stranger@example.org')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('readers are listed page by page, by state, without their addresses', async () => {
  await database.db.$client.query(
    `insert into subscriber (email, status, topics, frequency, timezone, send_hour, created_at)
    select 'reader' || n || '@example.org', case when n = 3 then 'bounced' else 'active' end, '{all}', 'daily', 'UTC', 8, now()
    from generate_series(1, 150) n`,
  );
  const lines = await run('list');
  expect(lines).toHaveLength(101);
  expect(lines.join()).not.toContain('reader1@');
  const before = /--before (\d+)/.exec(lines.at(-1)!)![1]!;
  expect(await run('list', '--before', before)).toHaveLength(50);
  const { subscribers, next } = JSON.parse((await run('list', '--state', 'bounced', '--json')).join(''));
  expect([subscribers.length, subscribers[0].status, subscribers[0].email, next]).toEqual([
    1,
    'bounced',
    undefined,
    null,
  ]);
  await expect(run('list', '--state', 'erased')).rejects.toThrow('erased');
  await expect(run('list', '--before', 'x')).rejects.toThrow('--before must be');
});

test('that addresses were exported is written down', async () => {
  await run('export');
  expect(await deeds()).toEqual([['command', 'readers.export', 'all readers']]);
});
