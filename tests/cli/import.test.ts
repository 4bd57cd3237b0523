import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { suppress } from '../../src/db/suppressions.ts';
import { createKeyring } from '../../src/subscribers/tokens.ts';
import { readerAdder, type ReaderRow, readerPages } from '../../src/db/import.ts';
import { DEFAULTS } from '../../src/subscribers/preferences.ts';
import { CSV_HEADER, csvLine } from '../../src/subscribers/portability.ts';
import { FREQUENCIES } from '../../src/subscriber.ts';
import { empty, testDatabase, type TestDatabase } from '../support/database.ts';
import { paperboy, paperboyWith } from '../support/commands.ts';

/** Those of the command. */
const KEYRING = createKeyring(['k'.repeat(32)]);

let database: TestDatabase;
const directory = mkdtempSync(path.join(tmpdir(), 'paperboy-import-'));
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});
beforeEach(() => empty(database.db, 'subscriber', 'suppression'));

const written = (name: string, text: string | Buffer): string => {
  const file = path.join(directory, name);
  writeFileSync(file, text);
  return file;
};
let files = 0;
const importing = (text: string | Buffer, ...flags: string[]): Promise<string[]> =>
  paperboy(database, 'subscribers', 'import', written(`readers${++files}.csv`, text), '--confirmed', ...flags);
const reportOf = (name: string): Record<string, string>[] =>
  parse(readFileSync(path.join(directory, name)), { columns: true });
const lastReport = (): Record<string, string>[] => {
  const name = `readers${files}.csv.report.csv`;
  return existsSync(path.join(directory, name)) ? reportOf(name) : [];
};
const stored = async (): Promise<string[]> =>
  (
    await database.db.$client.query<{ email: string }>(
      `select email::text from subscriber where status = 'active' order by email`,
    )
  ).rows.map(({ email }) => email);
const everything = async (): Promise<unknown> => {
  const { rows: tables } = await database.db.$client.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const held: Record<string, unknown> = {};
  for (const { name } of tables)
    held[name] = (await database.db.$client.query(`select * from ${name} t order by t::text`)).rows;
  const { rows: counters } = await database.db.$client.query(
    'select schemaname, sequencename, last_value from pg_sequences',
  );
  return { held, counters };
};

const good = (n: number): string[] => Array.from({ length: n }, (_, i) => `good${i + 1}@example.org`);
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const note = '"two lines,\r\nand a ""quote"""';

/** Twelve files as they come: how many readers each has, and how many lines that are none. */
const DIRTY: [string, { file: string | Buffer; readers: number; others: number }][] = [
  [
    'Windows-1252 with umlauts, semicolons and CRLF',
    {
      file: latin1(
        'E-Mail;Name\r\ngood1@example.org;J\xfcrgen\r\ngood2@example.org;\x80uro\r\n"good3@example.org";Ren\xe9\r\nno-address;M\xfcller\r\n',
      ),
      readers: 3,
      others: 1,
    },
  ],
  [
    'UTF-16 with the high byte first, tabs, and no address in places',
    {
      file: Buffer.from(
        `\ufeffEmail\tName\ngood1@example.org\tJürgen\n\tnobody\ngood2@example.org\t日本\ngood3@example.org\n`,
        'utf16le',
      ).swap16(),
      readers: 3,
      others: 1,
    },
  ],
  [
    'two exports put together, with their marks and heads, in two encodings',
    {
      file: Buffer.concat([
        Buffer.from('\ufeffemail,name\ngood1@example.org,Zoë\n'),
        latin1('email,name\ngood2@example.org,Zo\xeb\n'),
        Buffer.from('good3@example.org,Zoë\n'),
      ]),
      readers: 3,
      others: 1,
    },
  ],
  [
    'ragged rows: short, long, and long by empty cells',
    {
      file: 'email,name,timezone\ngood1@example.org\ngood2@example.org,Ada,UTC,,,\nbad1@example.org,Lovelace, Ada,UTC\ngood3@example.org,Ada\n',
      readers: 3,
      others: 1,
    },
  ],
  [
    'quotes: never closed, amid a cell, closed too early',
    {
      file: `email,name\ngood1@example.org,"Ada ""the first"""\n"bad1@example.org,Ada\ngood2@example.org,${note}\nba"d2@example.org,x\n"bad3"@example.org,x\ngood3@example.org,x`,
      readers: 3,
      others: 3,
    },
  ],
  [
    'line ends of three kinds, blank lines, and lines of separators alone',
    {
      file: 'email,name\r\rgood1@example.org,a\r\n\r\n,\n  \ngood2@example.org,b\r,,,\ngood3@example.org,c',
      readers: 3,
      others: 0,
    },
  ],
  [
    'NULs: in a name, in an address, and at the end',
    {
      file: `email,name\ngood1@example.org,A\0da\nbad\0@example.org,x\ngood2@example.org,\0\nbad2@exa\0mple.org,y\ngood3@example.org,z\n${'\0'.repeat(4096)}`,
      readers: 3,
      others: 2,
    },
  ],
  [
    'one line of three megabytes',
    {
      file: `email|name\ngood1@example.org|a\nbad1@example.org|${'x'.repeat(3_000_000)}\ngood2@example.org|b\ngood3@example.org|c\n`,
      readers: 3,
      others: 1,
    },
  ],
  [
    'the same address in other cases, and with blanks about',
    {
      file: 'email\ngood1@example.org\nGOOD1@EXAMPLE.ORG\n  good1@Example.org\t\n\u00a0good2@example.org\u00a0\ngood2@example.org\ngood3@example.org\n',
      readers: 3,
      others: 3,
    },
  ],
  [
    'choices that cannot be made here',
    {
      file: 'email,timezone,send_hour,frequency,topics\ngood1@example.org,berlin,7,weekly,vision\nbad1@example.org,Mars/Olympus,,,\nbad2@example.org,,25,,\nbad3@example.org,,,hourly,\nbad4@example.org,,,,golf\ngood2@example.org,,,,\ngood3@example.org,America/New_York,0,daily,agents; vision\n',
      readers: 3,
      others: 4,
    },
  ],
  [
    'a note for a spreadsheet first, and formulas, guarded and not',
    {
      file: "sep=;\nemail;name\ngood1@example.org;=cmd|calc\n'=good2@example.org;x\n=HYPERLINK(1);x\n'+good3@example.org;y\n",
      readers: 3,
      others: 1,
    },
  ],
  [
    'those of everywhere who want no mail',
    {
      file: 'email,status,subscribed_to_emails,deleted_at,UNSUB_TIME,CLEAN_TIME\ngood1@example.org,active,true,,,\nbad1@example.org,unsubscribed,,,,\nbad2@example.org,,false,,,\nbad3@example.org,,true,2024-01-01T00:00:00Z,,\nbad4@example.org,,,,2024-01-01 00:00:00,\nbad5@example.org,,,,,2024-01-01 00:00:00\nbad6@example.org,unreachable,,,,\nbad7@example.org,pending,,,,\nbad8@example.org,blocklisted,,,,\ngood2@example.org,Subscribed,,,0000-00-00 00:00:00,NULL\ngood3@example.org,,,,,\nbad1@example.org,active,true,,,\n',
      readers: 3,
      others: 9,
    },
  ],
];

describe('a dirty file', () => {
  test.each(DIRTY)('loses no good line and admits no bad one: %s', async (_, { file, readers, others }) => {
    const lines = await importing(file);
    expect(await stored()).toHaveLength(readers);
    expect((await stored()).every((email) => /good\d@example\.org$/.test(email))).toBe(true);
    expect(lastReport()).toHaveLength(others);
    expect(lines.at(-1)).toMatch(new RegExp(`^${readers} added`));
  });

  test('says that it guessed the encoding, and where first', async () => {
    expect(await importing(latin1('email,name\na@example.org,Ada\nb@example.org,J\xfcrgen\n'))).toEqual([
      '1 lines are no UTF-8 and were read as Windows-1252; the first is line 3.',
      expect.stringMatching(/^2 added/),
    ]);
  });

  test('is read alike in every encoding, and wherever its chunks end', async () => {
    const text = `email,name\n${Array.from({ length: 3_000 }, (_, i) => `reader${i}@example.org,Zoë ${i}`).join('\r\n')}\n`;
    const encoded = [
      Buffer.from(text),
      latin1(text),
      Buffer.from(`\ufeff${text}`, 'utf16le'),
      Buffer.from(text, 'utf16le').swap16(),
    ];
    for (const file of encoded) {
      await empty(database.db, 'subscriber');
      expect((await importing(file)).at(-1)).toBe(
        '3000 added, 0 known already or suppressed and left as they are, 0 left out.',
      );
    }
  });
});

describe('the report', () => {
  test('tells each line, what is wrong and what to do, and is for the operator alone', async () => {
    await importing('email\na@example.org\nbad\na@example.org\n');
    expect(lastReport()).toEqual([
      {
        line: '3',
        kind: 'address',
        email: 'bad',
        what: expect.stringContaining('it should read like name@example.org'),
      },
      { line: '4', kind: 'twice', email: 'a@example.org', what: expect.stringMatching(/earlier line.*Remove one/) },
    ]);
    expect(statSync(path.join(directory, `readers${files}.csv.report.csv`)).mode & 0o777).toBe(0o600);
  });

  test('is made where it is asked for, and by default only when there is something to say', async () => {
    const lines = await importing('email\na@example.org\n');
    expect(existsSync(path.join(directory, `readers${files}.csv.report.csv`))).toBe(false);
    expect(lines).toHaveLength(1);
    const report = path.join(directory, 'asked-for.csv');
    await importing('email\nb@example.org\nbad\n', '--report', report);
    expect(reportOf('asked-for.csv')).toMatchObject([{ line: '3', kind: 'address' }]);
    await expect(importing('email\nc@example.org\n', '--report', '/no/such/place.csv')).rejects.toMatchObject({
      code: 'OUTPUT_FAILED',
      message: expect.stringMatching(/\/no\/such\/place\.csv \(ENOENT\)\. Name another file with --report/),
    });
    expect(await stored()).toEqual(['a@example.org', 'b@example.org']);
  });

  test('and what is printed count by kind who is known here, and how', async () => {
    await importing('email\nactive@example.org\nleft@example.org\nbounced@example.org\npending@example.org\n');
    await database.db.$client.query(`update subscriber set status = split_part(email::text, '@', 1), next_due_at = null
      where email in ('bounced@example.org', 'pending@example.org')`);
    await database.db.$client.query(
      `update subscriber set status = 'unsubscribed', next_due_at = null where email = 'left@example.org'`,
    );
    await suppress(database.db, KEYRING.hashesOf('never@example.org')[0]!, 'complained', new Date());
    const lines = await importing(
      'email,status\nactive@example.org,\nleft@example.org,\nbounced@example.org,\npending@example.org,\nnever@example.org,\nnew@example.org,\n',
    );
    expect(lines).toEqual([
      'Known: 1 active, 1 suppressed here, 2 left here, 1 not confirmed here.',
      expect.stringContaining('.report.csv'),
      '1 added, 5 known already or suppressed and left as they are, 0 left out.',
    ]);
    expect(lastReport().map(({ line, kind }) => [line, kind])).toEqual([
      ['3', 'left'],
      ['4', 'left'],
      ['5', 'pending'],
      ['6', 'suppressed'],
    ]);
    expect(await stored()).toEqual(['active@example.org', 'new@example.org']);
  });
});

describe('a reader who left elsewhere', () => {
  test('and is active here stays as they are, and is counted', async () => {
    await importing('email\na@example.org\n');
    const lines = await importing(
      'Email,Status\nA@example.org,unsubscribed\nb@example.org,unreachable\nc@example.org,active\n',
    );
    expect(lines).toContain('Left out: 1 unsubscribed elsewhere, 1 bounced elsewhere.');
    expect(lines).toContain('1 of these are active here and stay so.');
    expect(lastReport()[0]!['what']).toMatch(/Here the reader is active and stays so/);
    expect(await stored()).toEqual(['a@example.org', 'c@example.org']);
  });

  test('in a later line than the one that adds them is ended again, and who was here before stays', async () => {
    await importing('email\nhere@example.org\n');
    await suppress(database.db, KEYRING.hashesOf('never@example.org')[0]!, 'bounced', new Date());
    const text = [
      'email,status',
      'a@example.org,subscribed',
      'b@example.org,subscribed',
      'here@example.org,subscribed',
      'never@example.org,subscribed',
      ...good(2_500).map((email) => `${email},active`),
      'A@example.org,unsubscribed',
      'b@example.org,complained',
      'good2500@example.org,bounced',
      'here@example.org,unsubscribed',
      'never@example.org,unsubscribed',
      'a@example.org,unsubscribed',
    ].join('\n');
    const file = written('later.csv', text);
    const dry = await paperboy(database, 'subscribers', 'import', file, '--dry-run');
    expect(dry).toContain('3 of these would be added by an earlier line, and unsubscribed again.');
    const lines = await paperboy(database, 'subscribers', 'import', file, '--confirmed');
    expect(lines).toContain('3 of these were added by an earlier line, and unsubscribed again.');
    expect(lines).toContain('1 of these are active here and stay so.');
    expect(reportOf('later.csv.report.csv').find(({ line }) => line === '2506')!['what']).toMatch(/unsubscribed again/);
    expect(await stored()).toEqual([...good(2_499), 'here@example.org'].toSorted());
    // Run again, it brings none of them back.
    await paperboy(database, 'subscribers', 'import', file, '--confirmed');
    expect(await stored()).toEqual([...good(2_499), 'here@example.org'].toSorted());
  });

  test('is not made active by a later line of the file', async () => {
    await importing('email,status\na@example.org,unsubscribed\nb@example.org,active\na@example.org,active\n');
    expect(await stored()).toEqual(['b@example.org']);
  });

  test.each([
    'unsubscribed_segment_export_1.csv',
    'cleaned_email_audience_export_1.csv',
    'nonsubscribed_segment_export_1.csv',
  ])("is known by the name of Mailchimp's file: %s", async (name) => {
    const file = written(name, 'Email Address,First Name\na@example.org,Ada\n');
    await expect(paperboy(database, 'subscribers', 'import', file, '--confirmed')).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    });
    expect(await stored()).toEqual([]);
  });
});

describe('a dry run', () => {
  test('says what an import would, writes nothing, and needs no consent', async () => {
    await importing('email\nactive@example.org\nleft@example.org\n');
    await database.db.$client.query(
      `update subscriber set status = 'unsubscribed', next_due_at = null where email = 'left@example.org'`,
    );
    await suppress(database.db, KEYRING.hashesOf('never@example.org')[0]!, 'bounced', new Date());
    const text =
      'email,status\nactive@example.org,\nleft@example.org,\nnever@example.org,\nnew@example.org,\nNEW@example.org,\nbad,\ngone@example.org,unsubscribed\n';
    const before = await everything();
    const file = written('dry.csv', text);
    const dry = await paperboy(database, 'subscribers', 'import', file, '--dry-run');
    const dryReport = reportOf('dry.csv.report.csv');
    expect(await everything()).toEqual(before);
    const real = await paperboy(database, 'subscribers', 'import', file, '--confirmed');
    expect(dryReport).toEqual(reportOf('dry.csv.report.csv'));
    expect(dry.filter((line) => line !== 'A dry run: nothing was written.')).toEqual(
      real.map((line) => line.replace('1 added', '1 would be added')),
    );
    expect(real.at(-1)).toBe('1 added, 4 known already or suppressed and left as they are, 2 left out.');
  });
});

describe('an import of many', () => {
  const many = `email\n${good(12_345).join('\n')}\n`;

  test('that is stopped leaves whole portions, says how many, and goes on when it is run again', async () => {
    const stop = new AbortController();
    const file = written('many.csv', many);
    const printed: string[] = [];
    // The signal comes while the second portion is under way.
    let portions = 0;
    const { $client } = database.db;
    await $client.query(
      `create or replace function noticed() returns trigger language plpgsql as $$ begin perform pg_notify('portion', ''); return null; end $$`,
    );
    await $client.query(
      'create trigger noticed after insert on subscriber for each statement execute function noticed()',
    );
    const listener = await $client.connect();
    listener.on('notification', () => {
      if (++portions === 2) stop.abort(new Error('stopped'));
    });
    await listener.query('listen portion');
    await expect(
      paperboyWith(
        { onPrint: (line) => printed.push(line), signal: stop.signal },
        database,
        'subscribers',
        'import',
        file,
        '--confirmed',
      ),
    ).rejects.toThrow('stopped');
    listener.release(true);
    await $client.query('drop trigger noticed on subscriber; drop function noticed()');
    const inside = (await stored()).length;
    expect(inside).toBeGreaterThan(0);
    expect(inside).toBeLessThan(12_345);
    expect(inside % 1000).toBe(0);
    expect(printed).toContain(`Stopped: what stands up to line ${inside + 1} was seen to. Run it again for the rest.`);
    expect(printed.at(-1)).toBe(`${inside} added, 0 known already or suppressed and left as they are, 0 left out.`);
    expect((await paperboy(database, 'subscribers', 'import', file, '--confirmed')).at(-1)).toBe(
      `${12_345 - inside} added, ${inside} known already or suppressed and left as they are, 0 left out.`,
    );
    expect(await stored()).toHaveLength(12_345);
  });

  test('into an empty database leaves one as they are who signs up meanwhile', async () => {
    const add = await readerAdder(database.db);
    await database.db.$client.query(
      `insert into subscriber (email, status, topics, frequency, timezone, send_hour, created_at)
      values ('Meanwhile@example.org', 'pending', '{all}', 'daily', 'UTC', 8, now())`,
    );
    const row = { ...DEFAULTS, pausedUntil: null, nextDueAt: new Date() };
    const emails = ['a@example.org', 'meanwhile@example.org', 'z@example.org'];
    for (let twice = 0; twice < 2; twice++)
      expect([
        ...(await add(
          emails.map((email) => ({ ...row, email })),
          new Date(),
        )),
      ]).toEqual(twice === 0 ? ['a@example.org', 'z@example.org'] : []);
    expect(await stored()).toEqual(['a@example.org', 'z@example.org']);
  });

  test('goes out in the order in which it came in, page by page, and none twice', async () => {
    await importing(many);
    const pages = await Array.fromAsync(readerPages(database.db, 1_000));
    expect(pages.map((page) => page.length)).toEqual([...Array.from({ length: 12 }, () => 1_000), 345]);
    expect(new Set(pages.flat().map(({ email }) => email)).size).toBe(12_345);
    expect(await paperboy(database, 'subscribers', 'export')).toHaveLength(12_346);
  });
});

test('readers of any kind are the same after an export and an import into an empty database', async () => {
  const local = fc.stringMatching(/^[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]{1,20}$/);
  const reader = fc.record({
    email: fc
      .oneof(local, fc.constantFrom('"a,b"', '"a;b|c"', '"a""b"'.replace('""', '\\"'), "'=x", '+1'))
      .map((name) => `${name}@example.org`),
    topics: fc.subarray(['agents', 'robotics', 'vision'], { minLength: 1 }).map((topics) => topics.toSorted()),
    frequency: fc.constantFrom(...FREQUENCIES),
    timezone: fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata', 'Pacific/Chatham'),
    sendHour: fc.nat(23),
    wantsFresh: fc.boolean(),
    length: fc.constantFrom(5 as const, 10 as const, 20 as const),
    weeklyOn: fc.integer({ min: 1, max: 7 }) as fc.Arbitrary<1>,
    status: fc.constantFrom('active' as const, 'active' as const, 'unsubscribed' as const, 'pending' as const),
    pausedUntil: fc.constant(null),
  });
  const exported = async (): Promise<string[]> =>
    (await paperboy(database, 'subscribers', 'export')).slice(1).toSorted();
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(reader, { minLength: 1, maxLength: 30, selector: ({ email }) => email.toLowerCase() }),
      async (people: ReaderRow[]) => {
        await empty(database.db, 'subscriber');
        const active = people.filter(({ status }) => status === 'active');
        const text = [CSV_HEADER, ...people.map(csvLine)].join('\r\n');
        if (active.length === 0) await expect(importing(text)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
        else await importing(text);
        const once = await exported();
        expect(once).toEqual(active.map(csvLine).toSorted());
        if (once.length === 0) return;
        await empty(database.db, 'subscriber');
        await importing([CSV_HEADER, ...once].join('\n'));
        expect(await exported()).toEqual(once);
      },
    ),
    { numRuns: 12 },
  );
});
