import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReaderRow } from '../../src/db/import.ts';
import { readRecords } from '../../src/subscribers/csv.ts';
import {
  CSV_HEADER,
  csvLine,
  fitsLayout,
  importRow,
  type Judged,
  judgeRecord,
  keptDue,
  layoutOf,
} from '../../src/subscribers/portability.ts';
import { nextDue } from '../../src/subscribers/schedule.ts';
import { FREQUENCIES } from '../../src/subscriber.ts';

const NOW = new Date('2026-05-29T09:30:00Z');
const TOPICS = ['robotics', 'vision', 'language-models'];
const HEADER = 'email,timezone,send_hour,frequency,topics,status,length,weekly_on,paused_until,fresh,language';
const row = (over: Partial<ReaderRow> = {}): ReaderRow => ({
  email: 'reader@example.org',
  status: 'active',
  topics: ['all'],
  frequency: 'daily',
  timezone: 'UTC',
  sendHour: 8,
  wantsFresh: true,
  length: 10,
  weeklyOn: 1,
  pausedUntil: null,
  ...over,
});
const judge = (
  header: string,
  cells: Parameters<typeof judgeRecord>[0],
  leavers: null | 'unsubscribed' = null,
): Judged => judgeRecord(cells, { layout: layoutOf(header)!, topics: TOPICS, leavers, dueAfter: nextDue }, NOW);
const read = (line: string) => (parse(`${HEADER}\n${line}`, { columns: true }) as Record<string, string>[])[0]!;
const local = fc.stringMatching(/^[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]{1,20}$/);

describe('an export', () => {
  test('of many readers is what an import takes as a whole', async () => {
    const person = fc.record({
      email: fc.tuple(local, fc.constantFrom('@example.org', '@xn--mller-kva.example')).map((parts) => parts.join('')),
      topics: fc.subarray(TOPICS, { minLength: 1 }),
      frequency: fc.constantFrom(...FREQUENCIES),
      timezone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York'),
      sendHour: fc.nat(23),
      wantsFresh: fc.boolean(),
      length: fc.constantFrom(5, 10, 20),
      weeklyOn: fc.integer({ min: 1, max: 7 }),
    }) as fc.Arbitrary<Omit<ReaderRow, 'status' | 'pausedUntil'>>;
    await fc.assert(
      fc.asyncProperty(fc.array(person, { minLength: 1, maxLength: 20 }), async (people) => {
        async function* lines(): AsyncGenerator<string> {
          yield CSV_HEADER;
          for (const one of people) yield csvLine(row(one));
        }
        const layout = layoutOf(CSV_HEADER)!;
        const [header, ...records] = await Array.fromAsync(readRecords(lines(), layout.separator, fitsLayout(layout)));
        expect(header?.cells).toEqual(HEADER.split(','));
        expect(records.map(({ cells }) => judge(CSV_HEADER, cells))).toMatchObject(
          people.map((one) => ({ row: { ...one, topics: one.topics.toSorted() } })),
        );
      }),
      { numRuns: 50 },
    );
  });

  test('is what an import reads, whatever the address starts with', () => {
    fc.assert(
      fc.property(
        local,
        fc.subarray(TOPICS, { minLength: 1 }),
        fc.constantFrom(...FREQUENCIES),
        fc.nat(23),
        (name, topics, frequency, sendHour) => {
          const person = row({
            email: `${name}@example.org`,
            topics: topics.toSorted(),
            frequency,
            sendHour,
            timezone: 'America/New_York',
          });
          expect(importRow(read(csvLine(person)), TOPICS, NOW)).toMatchObject({
            email: person.email,
            topics: person.topics,
            frequency,
            sendHour,
            timezone: person.timezone,
          });
        },
      ),
    );
  });
  test.each(['=cmd|calc', '+1', '-1', '@SUM(A1)', `'=1`, `''+1`])('holds no formula: %s', (start) => {
    expect(csvLine(row({ email: `${start}@example.org` }))).toMatch(/^"?'/);
  });
  test('quotes what CSV must quote', () => {
    expect(csvLine(row({ email: '"a,b"@example.org' }))).toBe(
      '"""a,b""@example.org",UTC,8,daily,all,active,10,1,,yes,',
    );
    expect(read(csvLine(row({ email: '"a,b"@example.org' })))['email']).toBe('"a,b"@example.org');
  });
});

describe('a line of an import', () => {
  test('needs nothing but an address', () => {
    expect(importRow({ email: ' Reader@EXAMPLE.org ' }, TOPICS, NOW)).toEqual({
      email: 'Reader@example.org',
      topics: ['all'],
      frequency: 'daily',
      timezone: 'UTC',
      sendHour: 8,
      wantsFresh: true,
      length: 10,
      weeklyOn: 1,
      pausedUntil: null,
      nextDueAt: new Date('2026-05-30T08:00:00Z'),
    });
  });
  test('is taken with all of it, spaced as people space it', () => {
    expect(
      importRow(
        {
          email: 'a@example.org',
          timezone: 'Europe/Berlin',
          send_hour: '0',
          frequency: 'weekly',
          topics: ' vision; robotics ;;vision',
        },
        TOPICS,
        NOW,
      ),
    ).toMatchObject({
      topics: ['robotics', 'vision'],
      frequency: 'weekly',
      timezone: 'Europe/Berlin',
      sendHour: 0,
      wantsFresh: true,
      nextDueAt: new Date('2026-05-31T22:00:00Z'),
    });
  });
  test('may say how many papers, on which day of the week, and until when it rests', () => {
    const more = { length: '5', weekly_on: '3', paused_until: '2026-08-01', timezone: 'Asia/Kolkata' };
    const read = importRow({ email: 'a@example.org', frequency: 'weekly', ...more }, TOPICS, NOW);
    expect(read).toMatchObject({
      length: 5,
      weeklyOn: 3,
      pausedUntil: new Date('2026-07-31T18:30:00Z'),
      nextDueAt: null,
    });
    expect(csvLine(row({ ...read }))).toBe('a@example.org,Asia/Kolkata,8,weekly,all,active,5,3,2026-08-01,yes,');
  });
  test('has no column by the name of what every object has', () => {
    expect(layoutOf('email,constructor,toString')).toMatchObject({ columns: ['email', null, null] });
  });
  test.each([
    [{}, /column "email"/],
    [{ email: 'nonsense' }, /email address/],
    [{ email: 'a@example.org', send_hour: '24' }, /hour/],
    [{ email: 'a@example.org', send_hour: '8:00' }, /hour/],
    [{ email: 'a@example.org', send_hour: '1e1' }, /hour/],
    [{ email: 'a@example.org', send_hour: '0x8' }, /hour/],
    [{ email: 'a@example.org', send_hour: '008' }, /hour/],
    [{ email: 'a@example.org', length: '7' }, /papers/],
    [{ email: 'a@example.org', weekly_on: '8' }, /day of the week/],
    [{ email: 'a@example.org', paused_until: '2026-02-30' }, /calendar/],
    [{ email: 'a@example.org', paused_until: '2028-01-01' }, /year/],
    [{ email: 'root@localhost' }, /public internet/],
    [{ email: 'a@[169.254.169.254]' }, /public internet/],
    [{ email: 'a@example.org', frequency: 'hourly' }, /frequency/],
    [{ email: 'a@example.org', timezone: 'CESTT' }, /time zone/],
    [{ email: 'a@example.org', topics: 'golf' }, /golf/],
  ])('%j is left out, and says why without the address', (record, why) => {
    expect(() => importRow(record as Record<string, string>, TOPICS, NOW)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(why) }),
    );
    expect(() => importRow(record as Record<string, string>, TOPICS, NOW)).not.toThrow(/a@example/);
  });

  test.each([
    ['email,status', ['a@example.org', 'unsubscribed'], 'unsubscribed'],
    ['email,status', ['a@example.org', 'Pending'], 'unconfirmed'],
    ['email,status,subscription_status', ['a@example.org', 'enabled', 'unsubscribed'], 'unsubscribed'],
    ['email,UNSUB_TIME,CLEAN_TIME', ['a@example.org', '', '2024-01-01 10:00:00'], 'bounced'],
    ['email,subscribed_to_emails,deleted_at', ['a@example.org', 'true', '2024-01-01'], 'stopped'],
    ['email,status', ['bad', 'complained'], 'complained'],
    ['email,name', ['nonsense', 'Ada'], 'address'],
    ['email,topics', ['a@example.org', 'golf'], 'choice'],
    ['email', ['a@example.org', 'surplus'], 'cells'],
    ['email', 'quotes', 'quotes'],
    ['email', 'size', 'size'],
  ] as [string, string[] | 'quotes' | 'size', string][])('%s %j makes no reader: %s', (header, cells, kind) => {
    expect(judge(header, cells)).toMatchObject({ leftOut: kind });
  });
  test('of a file of those who left makes no reader either', () => {
    expect(judge('email', ['a@example.org'], 'unsubscribed')).toMatchObject({
      leftOut: 'unsubscribed',
      email: 'a@example.org',
    });
  });
  test('is due when it would be without what is kept in mind', () => {
    const due = keptDue();
    let now = NOW.getTime();
    const wish = fc.record({
      timezone: fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata'),
      sendHour: fc.nat(23),
      frequency: fc.constantFrom(...FREQUENCIES),
      weeklyOn: fc.constantFrom(1, 4, 7) as fc.Arbitrary<1 | 4 | 7>,
    });
    fc.assert(
      fc.property(fc.nat(8 * 3_600_000), wish, (later, one) => {
        now += later;
        expect(due(new Date(now), one)).toEqual(nextDue(new Date(now), one));
      }),
      { numRuns: 300 },
    );
  });
});
