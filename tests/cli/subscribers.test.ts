import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cannotRead } from '../../src/subscribers/csv-file.ts';
import { openDigest } from '../../src/db/digests.ts';
import { suppress } from '../../src/db/suppressions.ts';
import { empty, testDatabase, type TestDatabase } from '../support/database.ts';
import { addReaders } from '../support/ledger.ts';
import { paperboy } from '../support/commands.ts';
import { createKeyring } from '../../src/subscribers/tokens.ts';

/** Those of the command. */
const KEYRING = createKeyring(['k'.repeat(32)]);

let database: TestDatabase;
const directory = mkdtempSync(path.join(tmpdir(), 'paperboy-csv-'));
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});
beforeEach(() => empty(database.db, 'subscriber', 'suppression'));

const run = (...argv: string[]) => paperboy(database, 'subscribers', ...argv);
const importing = (text: string | Buffer, ...flags: string[]) => {
  const file = path.join(directory, 'readers.csv');
  writeFileSync(file, text);
  return run('import', file, ...(flags.length > 0 ? flags : ['--confirmed']));
};
const stored = async () =>
  (
    await database.db.$client.query(
      'select email::text, status, topics, frequency, timezone, send_hour as hour from subscriber order by email',
    )
  ).rows;

const spoken = async (): Promise<unknown[]> =>
  (
    await database.db.$client.query<{ language: string | null }>(
      `select language from subscriber where status = 'active' order by send_hour desc`,
    )
  ).rows.map(({ language }) => language);

describe('importing', () => {
  test('adds readers who are active at once, with what each line says', async () => {
    const lines = await importing(
      '\ufeffEmail, Timezone,send_hour,frequency,topics\r\na@example.org,Europe/Berlin,7,weekly,vision;agents\r\n\r\n"b@example.org"\r\n',
    );
    expect(lines).toEqual(['2 added, 0 known already or suppressed and left as they are, 0 left out.']);
    expect(await stored()).toEqual([
      {
        email: 'a@example.org',
        status: 'active',
        topics: ['agents', 'vision'],
        frequency: 'weekly',
        timezone: 'Europe/Berlin',
        hour: 7,
      },
      { email: 'b@example.org', status: 'active', topics: ['all'], frequency: 'daily', timezone: 'UTC', hour: 8 },
    ]);
    expect(
      (await database.db.$client.query('select from subscriber where next_due_at > now() and confirmed_at is not null'))
        .rowCount,
    ).toBe(2);
  });

  test('leaves as they are those who are known, who left, and who are suppressed', async () => {
    await importing('email\na@example.org\nleft@example.org\n');
    await database.db.$client.query(
      `update subscriber set status = 'unsubscribed', next_due_at = null where email = 'left@example.org'`,
    );
    await suppress(database.db, KEYRING.hashesOf('bounced@example.org')[0]!, 'bounced', new Date());
    const lines = await importing(
      'email,send_hour\nA@EXAMPLE.org,5\nleft@example.org,5\nBounced@example.org,5\nnew@example.org,5\nnew@example.org,6\nNEW@example.org,7\n',
    );
    expect(lines.at(-1)).toBe('1 added, 5 known already or suppressed and left as they are, 0 left out.');
    expect((await stored()).map((r) => [r.email, r.status, r.hour])).toEqual([
      ['a@example.org', 'active', 8],
      ['left@example.org', 'unsubscribed', 8],
      ['new@example.org', 'active', 5],
    ]);
  });

  test('names the lines that it leaves out by number, without the address', async () => {
    const lines = await importing(
      'email,timezone,send_hour\ngood@example.org,,\nbad address,,\nsecret@example.org,Mars/Olympus,\nsecret@example.org,,99\n',
    );
    expect(lines).toEqual([
      expect.stringMatching(/^Line 3 was left out: .*email address/),
      expect.stringMatching(/^Line 4 was left out: .*time zone/),
      expect.stringMatching(/^Line 5 was left out: .*hour/),
      'Left out: 1 without an address that can be mailed, 2 with a choice that cannot be made here.',
      expect.stringMatching(/with what to do: .*readers\.csv\.report\.csv$/),
      '1 added, 0 known already or suppressed and left as they are, 3 left out.',
    ]);
    expect(lines.join()).not.toContain('secret');
    expect((await importing(`email\nother@example.org\n${'x\n'.repeat(30)}`)).slice(-4)).toEqual([
      '… and 10 more lines.',
      'Left out: 30 without an address that can be mailed.',
      expect.stringContaining('readers.csv.report.csv'),
      '1 added, 0 known already or suppressed and left as they are, 30 left out.',
    ]);
  });

  test('needs consent, and a file', async () => {
    await expect(importing('email\na@example.org\n', '--')).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('--confirmed'),
    });
    await expect(run('import', '/no/such/file.csv', '--confirmed')).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('/no/such/file.csv'),
    });
    await expect(run('import', directory, '--confirmed')).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringMatching(/is a directory/),
    });
  });

  test.each([
    ['Mailchimp', 'Email Address,First Name,TIMEZONE\na@example.org,Ada,Europe/Berlin\n'],
    ['Substack', 'Email,email_disabled\na@example.org,false\nleft@example.org,true\n'],
    ['Ghost', 'id,email,name,subscribed_to_emails\n1,a@example.org,Ada,true\n2,left@example.org,,false\n'],
    [
      'listmonk',
      'uuid,email,name,attributes,status\n1,a@example.org,"Ada, L.","{""a"":1}",enabled\n2,left@example.org,,,blocklisted\n',
    ],
    ['Beehiiv', '"Email","Status"\n"a@example.org","active"\n"left@example.org","inactive"\n'],
    ['Buttondown', 'email_address,subscriber_type\na@example.org,regular\nleft@example.org,unsubscribed\n'],
    ['a spreadsheet in Germany', 'E-Mail-Adresse;Name\r\na@example.org;Ada\r\n'],
    ['a spreadsheet that writes tabs', 'Subscriber Email\tName\na@example.org\tAda\n'],
    ['a spreadsheet with empty cells about', 'email,,\n\na@example.org,,,,,\n,,\n'],
    ['a list without a header', 'a@example.org\n'],
    ['one with all columns', 'a@example.org,UTC,8,daily,all\n'],
    ['an old Mac', 'email\ra@example.org\r'],
  ])('takes the readers of %s', async (_, text) => {
    expect((await importing(text)).at(-1)).toMatch(/^1 added, 0 known/);
    expect((await stored()).map(({ email }) => email)).toEqual(['a@example.org']);
  });

  test.each([
    ['UTF-16 with the low byte first', Buffer.from('\ufeffemail\na@example.org\n', 'utf16le')],
    ['UTF-16 with the high byte first', Buffer.from('\ufeffemail\na@example.org\n', 'utf16le').swap16()],
    ['UTF-16 without a mark', Buffer.from('email\na@example.org\n', 'utf16le')],
    ['UTF-8 with a mark', Buffer.from('\ufeffemail\na@example.org\n')],
  ])('takes a file in %s', async (_, text) => {
    expect(await importing(text)).toEqual([expect.stringContaining('1 added')]);
  });

  test.each([
    ['surplus cells', 'bad@example.org,UTC,surplus'],
    ['a quote amid a cell', 'ba"d@example.org,UTC'],
    ['an open quote', '"bad@example.org,UTC'],
    ['an open quote further on', 'bad@example.org,"UTC'],
    ['a quote that ends too early', '"bad"@example.org,UTC'],
    ['a quote at the end', 'bad@example.org",UTC'],
  ])('leaves out one line with %s, and no other', async (_, line) => {
    const good = ['a@example.org,UTC', '"b@example.org","UTC"', 'c@example.org,UTC'];
    const lines = await importing(['email,timezone', good[0], line, ...good.slice(1)].join('\n'));
    expect(lines).toEqual([
      expect.stringMatching(/^Line 3 was left out: /),
      expect.stringMatching(/^Left out: 1 /),
      expect.stringContaining('.report.csv'),
      '3 added, 0 known already or suppressed and left as they are, 1 left out.',
    ]);
    expect(lines.join()).not.toContain('bad@');
  });

  test('keeps lines of a note together, and counts lines on from there', async () => {
    const lines = await importing(
      'email,note\na@example.org,"first\nother@example.org,second\n"\nbad,x\nb@example.org,"say ""hi"""\n',
    );
    expect(lines.filter((line) => line.startsWith('Line'))).toEqual([expect.stringMatching(/^Line 5 was left out/)]);
    expect(lines.at(-1)).toMatch(/^2 added/);
    expect((await stored()).map(({ email }) => email)).toEqual(['a@example.org', 'b@example.org']);
  });

  test.each([
    ['empty', '', /has no line that can be used/],
    ['a header alone', 'email,timezone\n', /has no line that can be used/],
    ['without a column of addresses', 'name,address\nAda,a@example.org\n', /names no column "email"/],
    ['no text at all', Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0, 0, 0, 0]), /names no column "email"/],
    ['without any lines', 'x'.repeat(2_000_000), /has no lines/],
    ['of lines that cannot be used', 'email\nbad\n', /has no line that can be used/],
  ])('is an error when the file is %s', async (_, text, message) => {
    await expect(importing(text)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringMatching(message),
    });
    expect(await stored()).toEqual([]);
  });

  test('says so when the file may not be read', async () => {
    const file = path.join(directory, 'closed.csv');
    writeFileSync(file, 'email\na@example.org\n', { mode: 0o000 });
    // Root may read everything, so this is what an ordinary user is told.
    const cause = Object.assign(new Error('permission denied'), { code: 'EACCES' });
    const told =
      process.getuid?.() === 0 ? Promise.reject(cannotRead(file, cause)) : run('import', file, '--confirmed');
    await expect(told).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringMatching(/closed\.csv: its permissions do not allow it\. Make it readable/),
    });
  });

  test('may be run again: that all are known already is no error', async () => {
    await importing('email\na@example.org\n');
    expect(await importing('email\na@example.org\n')).toEqual([
      'Known: 1 active.',
      expect.stringMatching(/^0 added, 1 known/),
    ]);
  });

  test('takes thousands', async () => {
    const people = Array.from({ length: 2500 }, (_, i) => `reader${i}@example.org,Asia/Tokyo,${i % 24},weekdays,all`);
    expect(await importing(['email,timezone,send_hour,frequency,topics', ...people].join('\n'))).toEqual([
      '2500 added, 0 known already or suppressed and left as they are, 0 left out.',
    ]);
  });
});

test('an export imports into another installation as it was, but for those who are not active', async () => {
  await importing(
    'email,timezone,send_hour,frequency,topics,language\n+plus@example.org,America/New_York,0,weekly,vision,ar\n=sum@example.org,UTC,23,weekdays,agents;vision,de-CH\n"""a,b""@example.org",UTC,8,daily,,\nleft@example.org,,,,,\n',
  );
  await database.db.$client.query(
    `update subscriber set status = 'unsubscribed', next_due_at = null where email = 'left@example.org'`,
  );
  const csv = await run('export');
  expect(csv[0]).toBe('email,timezone,send_hour,frequency,topics,status,length,weekly_on,paused_until,fresh,language');
  expect(csv.slice(1).filter((line) => /^"?[=+\-@]/.test(line))).toEqual([]);
  const before = (await stored()).filter((r) => r.status === 'active');
  expect(await spoken()).toEqual(['de', null, 'ar']);
  await empty(database.db, 'subscriber');
  const lines = await importing(csv.join('\r\n'));
  expect(lines).toEqual([
    expect.stringMatching(/^Line 5 was left out: .*unsubscribed\. Only readers who want mail/),
    'Left out: 1 unsubscribed elsewhere.',
    expect.stringContaining('.report.csv'),
    '3 added, 0 known already or suppressed and left as they are, 1 left out.',
  ]);
  expect(await spoken()).toEqual(['de', null, 'ar']);
  expect(await stored()).toEqual(before);
});

describe('one reader', () => {
  test('is shown with everything that is stored, and erased with all of it', async () => {
    await importing('email,topics\nreader@example.org,vision\n');
    const shown = JSON.parse((await run('show', 'reader@EXAMPLE.org')).join('\n')) as Record<string, unknown>;
    expect(shown).toMatchObject({ email: 'reader@example.org', status: 'active', topics: ['vision'] });
    expect(Object.keys(shown)).toEqual([
      'id',
      'email',
      'status',
      'topics',
      'frequency',
      'timezone',
      'sendHour',
      'language',
      'wantsFresh',
      'followsOnly',
      'length',
      'weeklyOn',
      'pausedUntil',
      'leftBecause',
      'tasteAt',
      'createdAt',
      'requestedAt',
      'noticeSentAt',
      'confirmedAt',
      'endedAt',
      'nextDueAt',
      'lastDigestDate',
      'suppressed',
      'deliveries',
      'feedback',
      'next',
    ]);
    expect(shown).toMatchObject({ suppressed: false, deliveries: [] });
    expect(await run('erase', 'reader@example.org')).toEqual([expect.stringMatching(/^Erased/)]);
    for (const command of ['show', 'erase'])
      await expect(run(command, 'reader@example.org')).rejects.toMatchObject({
        code: 'NOT_FOUND',
        message: expect.not.stringContaining('reader'),
      });
    expect((await run('export')).slice(1)).toEqual([]);
  });
  test('is shown with the last deliveries, newest first, and the suppression', async () => {
    const [id] = await addReaders(database.db, [{ email: 'reader@example.org' }]);
    await openDigest(database.db, '2026-05-29', new Date());
    await database.db.$client.query(
      `insert into delivery (digest_date, kind, subscriber_id, batch_id, since, state, reason, attempts, last_reply, frozen_at, updated_at)
      select d::date, 'digest', $1, 1, d::date - 1, 'rejected', 'no-such-user', 1, '550 5.1.1 no such user', d, d + interval '1 hour' from generate_series(timestamptz '2026-05-01T00:00Z', '2026-05-31T00:00Z', '1 day') d`,
      [id],
    );
    await suppress(
      database.db,
      KEYRING.hashesOf('reader@example.org')[0]!,
      'bounced',
      new Date('2026-05-31T01:00:00Z'),
    );
    const shown = JSON.parse((await run('show', 'reader@example.org')).join('\n')) as {
      suppressed: unknown;
      deliveries: unknown[];
    };
    expect(shown.suppressed).toMatchObject({ reason: 'bounced', createdAt: '2026-05-31T01:00:00.000Z' });
    expect(shown.deliveries).toHaveLength(30);
    expect(shown.deliveries[0]).toEqual({
      date: '2026-05-31',
      since: '2026-05-30',
      nextAttemptAt: null,
      frozenAt: '2026-05-31T00:00:00.000Z',
      selectionId: null,
      state: 'rejected',
      reason: 'no-such-user',
      attempts: 1,
      lastReply: '550 5.1.1 no such user',
      updatedAt: '2026-05-31T01:00:00.000Z',
    });
  });
  test('of whom only the suppression is left is shown as that', async () => {
    await suppress(
      database.db,
      KEYRING.hashesOf('gone@example.org')[0]!,
      'complained',
      new Date('2026-05-31T01:00:00Z'),
    );
    expect(JSON.parse((await run('show', 'Gone@Example.org')).join('\n'))).toEqual({
      email: 'Gone@example.org',
      status: null,
      suppressed: { reason: 'complained', createdAt: '2026-05-31T01:00:00.000Z', reopenedAt: null },
      deliveries: [],
      feedback: [],
      next: expect.stringContaining('the reader complained'),
    });
    await expect(run('erase', 'gone@example.org')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
  test('who is no address is refused', async () => {
    await expect(run('show', 'nonsense')).rejects.toMatchObject({ code: 'ADDRESS_INVALID' });
  });
});
