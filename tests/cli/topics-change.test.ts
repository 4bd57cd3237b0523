import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writePapers } from '../../src/db/papers.ts';
import { readTrail } from '../../src/db/trail.ts';
import { paperboyWith } from '../support/commands.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { faultServer } from '../support/smtp-fault-server.ts';
import { paper } from '../support/papers.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'paperboy-desk-topics-'));
const file = path.join(directory, 'topic.json');
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  const firstSeenAt = new Date(Date.now() - 86_400_000);
  await writePapers(database.db, [paper('arxiv:2605.00001', { firstSeenAt, title: 'On knitting' })], new Date());
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

const run = (...argv: string[]) => paperboyWith({ env: { PAPERBOY_DATA: directory } }, database, ...argv);
const KNITTING = { slug: 'knitting', name: 'Knitting', keywords: { strong: ['knitting'] } };
const deeds = async () => (await readTrail(database.db, { limit: 10 })).map(({ did, about }) => `${did} ${about}`);

test('a topic is tried, made, shown as it was said, and removed, by commands', async () => {
  writeFileSync(file, JSON.stringify(KNITTING));
  expect((await run('topics', 'try', file)).join('\n')).toMatch(
    /1 papers .* 0 stay under knitting[^]*1 come:\n.*On knitting/,
  );
  expect((await run('topics', 'list')).join()).not.toContain('knitting');
  expect(await deeds()).toEqual([]);
  await run('topics', 'put', file);
  expect(await run('topics', 'list')).toContain('knitting  Knitting  (your own)');
  expect(JSON.parse((await run('topics', 'show', 'knitting')).join('\n'))).toEqual(KNITTING);
  expect((await run('topics', 'remove', 'knitting')).join()).toContain('is gone');
  expect(await deeds()).toEqual(['topic.remove knitting', 'topic.change knitting']);
  await expect(run('topics', 'show', 'knitting')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(run('topics', 'remove', 'knitting')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a topic that ships is added to, and is as it ships again', async () => {
  const shown = JSON.parse((await run('topics', 'show', 'robotics')).join('\n'));
  writeFileSync(file, JSON.stringify({ ...shown, keywords: { strong: ['knitting'] } }));
  await run('topics', 'put', file);
  expect((await run('topics', 'list')).find((line) => line.startsWith('robotics'))).toContain('was added to');
  expect((await run('topics', 'remove', 'robotics')).join()).toBe('robotics is as it ships again.');
});

test.each([
  ['no JSON', '{', 'is no JSON'],
  ['no topic', '{"name": "x"}', 'slug'],
  ['a list', '[]', 'Cannot use this topic'],
])('a file that holds %s is refused in one sentence', async (_, text, words) => {
  writeFileSync(file, text);
  for (const verb of ['try', 'put']) await expect(run('topics', verb, file)).rejects.toThrow(words);
  await expect(run('topics', 'put', `${file}.gone`)).rejects.toThrow('ENOENT');
});

test('sources tell what their last run brought, and what went wrong', async () => {
  expect((await run('sources'))[0]).toMatch(/never asked\. "paperboy ingest --source/);
  const name = /^[^:]+/.exec((await run('sources'))[0]!)![0];
  await database.db.$client.query(
    `insert into ingest_run (source, as_of, started_at, finished_at, papers, skipped, error)
    values ($1, '2026-05-28', '2026-05-28T06:00Z', '2026-05-28T06:01Z', 7, 1, null), ($1, '2026-05-29', '2026-05-29T06:00Z', '2026-05-29T06:01Z', 0, 0, 'It answered 503.')`,
    [name],
  );
  expect((await run('sources'))[0]).toBe(
    `${name}: 0 papers, 0 unreadable entries skipped, 2026-05-29T06:00:00.000Z; failed: It answered 503. It last answered 2026-05-28T06:00:00.000Z.`,
  );
  const { sources } = JSON.parse((await run('sources', '--json')).join(''));
  expect(sources[0]).toMatchObject({ name, answeredAt: '2026-05-28T06:00:00.000Z', run: { papers: 0 } });
});

test('the operator is mailed a test where an address is named, and told why not otherwise', async () => {
  await using relay = await faultServer({});
  const test = (env: Record<string, string>) =>
    paperboyWith({ env: { SMTP_URL: relay.url, ...env } }, database, 'alert', 'test');
  await expect(test({})).rejects.toThrow('ALERT_TO names no address');
  expect((await test({ ALERT_TO: 'me@example.org' })).join()).toContain('The test is sent');
  expect(relay.bodies.join()).toContain('This is a test');
  expect((await deeds())[0]).toBe('alert.test installation');
});
