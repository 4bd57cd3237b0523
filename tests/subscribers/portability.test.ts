import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SubscriberRow } from '../../src/db/subscribers.ts';
import { readRecords } from '../../src/subscribers/csv.ts';
import { CSV_HEADER, csvLine, fitsLayout, importRow, layoutOf, namedCells } from '../../src/subscribers/portability.ts';
import { FREQUENCIES } from '../../src/subscriber.ts';

const NOW = new Date('2026-05-29T09:30:00Z');
const TOPICS = ['robotics', 'vision', 'language-models'];
const HEADER = 'email,timezone,send_hour,frequency,topics,status,length,weekly_on,paused_until';
const row = (over: Partial<SubscriberRow> = {}): SubscriberRow => ({
  id: 1,
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
  leftBecause: null,
  tasteAt: null,
  createdAt: NOW,
  requestedAt: null,
  noticeSentAt: null,
  confirmedAt: NOW,
  endedAt: null,
  nextDueAt: NOW,
  lastDigestDate: null,
  ...over,
});
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
    });
    await fc.assert(
      fc.asyncProperty(fc.array(person, { minLength: 1, maxLength: 20 }), async (people) => {
        async function* lines(): AsyncGenerator<string> {
          yield CSV_HEADER;
          for (const one of people) yield csvLine(row(one));
        }
        const layout = layoutOf(CSV_HEADER)!;
        const [header, ...records] = await Array.fromAsync(readRecords(lines(), layout.separator, fitsLayout(layout)));
        expect(header?.cells).toEqual(HEADER.split(','));
        expect(records.map(({ cells }) => importRow(namedCells(cells, layout), TOPICS, NOW))).toMatchObject(
          people.map((one) => ({ ...one, topics: one.topics.toSorted() })),
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
    expect(csvLine(row({ email: '"a,b"@example.org' }))).toBe('"""a,b""@example.org",UTC,8,daily,all,active,10,1,');
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
    expect(csvLine(row({ ...read }))).toBe('a@example.org,Asia/Kolkata,8,weekly,all,active,5,3,2026-08-01');
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
    [{ email: 'a@example.org', status: 'unsubscribed' }, /only active/],
    [{ email: 'a@example.org', status: 'pending' }, /only active/],
  ])('%j is left out, and says why without the address', (record, why) => {
    expect(() => importRow(record as Record<string, string>, TOPICS, NOW)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(why) }),
    );
    expect(() => importRow(record as Record<string, string>, TOPICS, NOW)).not.toThrow(/a@example/);
  });
});
