import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writePapers } from '../../src/db/papers.ts';
import { createKeyring } from '../../src/subscribers/tokens.ts';
import { paper } from '../support/papers.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { addReaders, manyReaders } from '../support/ledger.ts';
import { paperboy, paperboyWith } from '../support/commands.ts';
import { mailReceiver } from '../support/receiver.ts';

const DATE = '2026-05-29';
const directory = mkdtempSync(path.join(tmpdir(), 'paperboy-preview-'));
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await writePapers(
    database.db,
    [
      paper('arxiv:2605.00001', { title: 'Robots & co: ∇ƒ', keywords: ['robot'] }),
      paper('arxiv:2605.00002', { title: 'Another one' }),
    ],
    new Date(),
  );
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});
const run = (...argv: string[]) => paperboy(database, ...argv);

describe('an edition', () => {
  test('is built once, and told so the second time', async () => {
    expect(await run('edition', 'build', '--date', DATE)).toEqual([`The edition of ${DATE} is frozen: 2 papers.`]);
    expect(await run('edition', 'build', '--date', DATE)).toEqual([
      `The edition of ${DATE} was frozen before and stays as it is: 2 papers.`,
    ]);
    await expect(run('edition', 'build', '--date', '2020-01-01')).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('paperboy ingest --date 2020-01-01'),
    });
  });
  test('is shown to people and to programs', async () => {
    const lines = await run('edition', 'show', '--date', DATE);
    expect(lines[0]).toMatch(/^ 1\. /);
    const shown = JSON.parse((await run('edition', 'show', '--date', DATE, '--json')).at(-1)!) as {
      entries: { rank: number; paper: { id: string } }[];
    };
    expect(shown).toMatchObject({ date: DATE, topic: 'all', sample: false });
    expect(shown.entries.map((e) => e.rank)).toEqual([1, 2]);
    expect(
      JSON.parse((await run('edition', 'show', '--date', DATE, '--topic', 'robotics', '--json')).at(-1)!),
    ).toMatchObject({ topic: 'robotics', entries: [{ paper: { id: 'arxiv:2605.00001' } }] });
    await expect(run('edition', 'show', '--date', DATE, '--topic', 'golf')).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringMatching(/^There is no topic "golf"\. Choose one of these: all, .*robotics/),
    });
  });
});

test('a preview of a day that is not frozen leaves it open to what still comes', async () => {
  await using fresh = await testDatabase();
  await writePapers(fresh.db, [paper('arxiv:2605.00003', { title: 'Early bird' })], new Date());
  const text = (await paperboy(fresh, 'digest', 'preview', '--date', DATE, '--format', 'text')).join('\n');
  expect(text).toContain('Early bird');
  await writePapers(fresh.db, [paper('arxiv:2605.00004', { title: 'Late bird' })], new Date());
  expect(await paperboy(fresh, 'edition', 'build', '--date', DATE)).toEqual([
    `The edition of ${DATE} is frozen: 2 papers.`,
  ]);
});

describe('a preview', () => {
  const preview = (...more: string[]) => run('digest', 'preview', '--date', DATE, ...more);
  test('is the mail that a reader would get, and signs nothing that works for one', async () => {
    const mail = await simpleParser((await preview('--format', 'eml')).join('\n'));
    expect(mail).toMatchObject({
      subject: expect.stringContaining('1 more'),
      from: { value: [{ name: 'Paperboy', address: 'paperboy@papers.example' }] },
    });
    expect(mail.html).toContain('Robots &amp; co: ∇ƒ');
    expect(mail.text).toContain('https://papers.example/papers/arxiv:2605.00002');
    expect(mail.text).toContain('1 Print Lane');
    const token = /\/unsubscribe\/([\w.-]+)/.exec(mail.text!)![1]!;
    expect(createKeyring(['k'.repeat(32)]).verify('unsubscribe', token, new Date()).subscriberId).toBe(0);
  });
  test('is also its page or its text alone, for topics, and goes into a file', async () => {
    expect((await preview()).join('\n')).toMatch(/^<!doctype html>[^]*Another one[^]*<\/html>\s*$/i);
    const text = (await preview('--format', 'text', '--topics', 'robotics')).join('\n');
    expect(text).toContain('Robots & co: ∇ƒ');
    expect(text).not.toMatch(/Another one|<\w/);
    const out = path.join(directory, 'digest.html');
    expect(await preview('--out', out)).toEqual([`Written to ${out}.`]);
    expect(readFileSync(out, 'utf8')).toContain('Another one');
  });
  test.each([
    [path.join(directory, 'nowhere', 'x.html'), 'there is no such directory'],
    [directory, 'that is a directory'],
  ])('that cannot be written to %s is told in one sentence', async (out, reason) => {
    await expect(preview('--out', out)).rejects.toMatchObject({
      code: 'OUTPUT_FAILED',
      message: `Cannot write ${out}: ${reason}. Name another file with --out.`,
    });
  });
  test('of nothing, or for topics that are none, says what to do', async () => {
    await expect(run('digest', 'preview', '--date', '2020-01-01')).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('ingest'),
    });
    await expect(preview('--topics', 'golf')).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });
});

test('a test goes to any address, and leaves no mark', async () => {
  await using receiver = await mailReceiver();
  const env = { SMTP_URL: receiver.url };
  const counts = async () =>
    (
      await database.db.$client.query(`
        select
          (select count(*) from delivery) as deliveries,
          (select count(*) from digest) as digests,
          (select count(*) from selection) as selections,
          (select count(*) from subscriber) as readers,
          (select count(*) from edition) as editions`)
    ).rows[0];
  const before = await counts();
  const lines = await paperboyWith({ env }, database, 'digest', 'test', '--to', 'me@example.org', '--date', DATE);
  expect(lines.at(-1)).toMatch(/^The digest of .* was sent/);
  expect(receiver.received.map(({ to }) => to)).toEqual(['me@example.org']);
  expect(await counts()).toEqual(before);
});

test('the message of a digest is printed as it was sent to one reader, and the trail says so', async () => {
  await using fresh = await testDatabase();
  await writePapers(fresh.db, [paper('arxiv:2605.00005', { title: 'One' })], new Date());
  const [, id] = await addReaders(fresh.db, manyReaders(2));
  await using receiver = await mailReceiver();
  const env = { SMTP_URL: receiver.url };
  await paperboyWith({ env }, fresh, 'digest', 'send', '--date', DATE);
  const message = (...more: string[]) => paperboy(fresh, 'subscribers', 'message', ...more);
  const sent = receiver.received.find(({ to }) => to === 'reader1@example.org')!.source!;
  expect(await message('reader1@example.org', '--date', DATE)).toEqual(sent.toString().split('\n'));
  const out = path.join(directory, 'sent.eml');
  expect((await message('reader1@example.org', '--date', DATE, '--out', out)).join()).toContain(`Written to ${out}.`);
  expect(readFileSync(out).equals(sent)).toBe(true);
  expect(statSync(out).mode & 0o777).toBe(0o600);
  expect(await paperboy(fresh, 'trail', '--about', String(id))).toEqual(
    [1, 2].map(() => expect.stringContaining(`operator (command)  reader.source ${id}: ${DATE}`)),
  );
  await expect(message('reader1@example.org', '--date', '2026-05-01')).rejects.toThrow('cannot be made again');
  await expect(message('stranger@example.org', '--date', DATE)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a send to a relay that calls everyone unknown ends by itself, says that the brake is on, and ends no one', async () => {
  await using fresh = await testDatabase();
  await writePapers(fresh.db, [paper('arxiv:2605.00005', { title: 'One' })], new Date());
  await addReaders(fresh.db, manyReaders(30));
  await using receiver = await mailReceiver({ answer: () => ({ code: 550, text: '5.1.1 User unknown' }) });
  const env = { SMTP_URL: receiver.url };
  const lines = await paperboyWith({ env }, fresh, 'digest', 'send', '--date', DATE);
  expect(lines.join('\n')).toMatch(/30 rejected[^]*The brake is on: 30 of 30 readers were called unknown/);
  const { rows } = await fresh.db.$client.query('select distinct status from subscriber');
  expect(rows).toEqual([{ status: 'active' }]);
});

test('without a digest there are no sums, and that is said', async () => {
  await using fresh = await testDatabase();
  await expect(paperboy(fresh, 'digest', 'status')).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining('no digest yet'),
  });
  await fresh.db.$client.query(
    `insert into digest (digest_date, kind, state, frozen_at) values ('2026-05-28', 'digest', 'sending', now()), ('2026-05-27', 'digest', 'sending', now())`,
  );
  expect(await paperboy(fresh, 'digest', 'status')).toEqual([expect.stringMatching(/^Digest of 2026-05-28: 0 frozen/)]);
  await expect(paperboy(fresh, 'digest', 'status', '--date', '2026-05-01')).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringMatching(/^There is no digest of 2026-05-01\. The newest is that of 2026-05-28/),
  });
});

test('the sums of a digest are one line for people and one object for programs', async () => {
  const [id] = await addReaders(database.db, [{}]);
  await database.db.$client.query(
    `create table if not exists delivery_2026_05 partition of delivery for values from ('2026-05-01') to ('2026-06-01')`,
  );
  await database.db.$client.query(
    `insert into delivery (digest_date, kind, subscriber_id, batch_id, since, state, frozen_at, updated_at)
    values ($1, 'digest', $2, 1, '2026-05-28', 'accepted', '2026-05-29T08:00:00Z', '2026-05-29T08:00:01.5Z'), ($1, 'digest', $2 + 1, 1, '2026-05-28', 'sending', '2026-05-29T08:00:00Z', '2026-05-29T08:00:00Z')`,
    [DATE, id],
  );
  const last = (await run('digest', 'status', '--date', DATE, '--json')).at(-1)!;
  expect(JSON.parse(last)).toEqual({
    date: DATE,
    frozen: 2,
    accepted: 1,
    deferred: 0,
    rejected: 0,
    unknown: 0,
    skipped: 0,
    pending: 1,
    seconds: 1.5,
  });
  expect(Object.keys(JSON.parse(last) as object)).toEqual([
    'date',
    'frozen',
    'accepted',
    'deferred',
    'rejected',
    'unknown',
    'skipped',
    'pending',
    'seconds',
  ]);
  await database.db.$client.query(
    `insert into digest (digest_date, kind, state, frozen_at) values ($1, 'digest', 'sending', now())`,
    [DATE],
  );
  expect(await run('digest', 'status', '--date', DATE)).toEqual([
    `Digest of ${DATE}: 2 frozen = 1 accepted + 0 deferred + 0 rejected + 0 unknown + 0 skipped + 1 pending, in 1.5 s.`,
  ]);
  expect(JSON.parse((await run('digest', 'status', '--date', '1999-01-01', '--json')).at(-1)!)).toMatchObject({
    frozen: 0,
    seconds: 0,
  });
});

test('a digest is paused, resumed and cancelled, and a cancelled one is not sent', async () => {
  const date = '2026-05-30';
  await expect(run('digest', 'pause', '--date', date)).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining(date),
  });
  await database.db.$client.query(
    `insert into digest (digest_date, kind, state, frozen_at) values ($1, 'digest', 'sending', now())`,
    [date],
  );
  expect(await run('digest', 'pause', '--date', date)).toEqual([
    expect.stringMatching(/^Digest of 2026-05-30 \(paused\): 0 frozen = /),
  ]);
  expect(await run('digest', 'status', '--date', date)).toEqual([expect.stringContaining('(paused)')]);
  expect(await run('digest', 'resume', '--date', date)).toEqual([expect.stringMatching(/^Digest of 2026-05-30: /)]);
  expect(await run('digest', 'cancel', '--date', date)).toEqual([expect.stringContaining('(cancelled)')]);
  expect(await run('trail', '--about', date)).toEqual(
    ['pause', 'resume', 'cancel'].map((did) => expect.stringContaining(`operator (command)  digest.${did} ${date}`)),
  );
  await expect(run('digest', 'send', '--date', date)).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringContaining('cancelled'),
  });
});

test.each([
  ['edition', 'build'],
  ['edition', 'show'],
  ['digest', 'preview'],
  ['digest', 'send'],
  ['digest', 'status'],
  ['digest', 'pause'],
  ['digest', 'resume'],
  ['digest', 'cancel'],
  ['ingest'],
])('%s %s refuses what is no day', async (...argv) => {
  for (const date of [
    'yesterday',
    '2026-02-30',
    '2026-5-1',
    '20260529',
    '2026-05-29T00:00:00Z',
    '2026-13-01',
    '0000-01-01',
    ' 2026-05-29',
    '',
  ]) {
    await expect(run(...argv.filter(Boolean), '--date', date)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('--date'),
    });
  }
});

describe('the command', { timeout: 30_000 }, () => {
  /** The program as people start it. */
  async function start(argv: string[], env: Record<string, string> = {}) {
    const child = spawn(process.execPath, [path.join(import.meta.dirname, '../../src/paperboy.js'), ...argv], {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const [code] = (await once(child, 'close')) as [number];
    return { code, stdout, stderr };
  }

  test.concurrent('tells what it can do', async () => {
    const { code, stdout } = await start(['--help']);
    expect(code).toBe(0);
    for (const word of [
      'start',
      'api',
      'worker',
      'scheduler',
      'migrate',
      'doctor',
      'ingest',
      'edition',
      'digest',
      'subscribers',
    ])
      expect(stdout).toMatch(new RegExp(`^  ${word}\\b`, 'm'));
  });
  test.concurrent('says which version it is', async () => {
    expect(await start(['--version'])).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      stderr: '',
    });
  });
  test.concurrent('fails in one line when it is misspelt or misconfigured', async () => {
    const [unknown, day, malformed] = await Promise.all([
      start(['digset']),
      start(['digest', 'status', '--date', 'x']),
      start(['migrate'], { PORT: 'eighty' }),
    ]);
    expect(unknown).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/unknown command 'digset'/) });
    expect(day).toEqual({
      code: 1,
      stdout: '',
      stderr: 'paperboy: --date must be a day written as YYYY-MM-DD, such as 2026-05-29.\n',
    });
    expect(malformed).toEqual({
      code: 1,
      stdout: '',
      stderr: 'paperboy: PORT must be a whole number from 0 to 65535. Correct it in the environment and start again.\n',
    });
  });
});
