import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { comesAt, nextDigest, nextDue } from '../../src/subscribers/schedule.ts';
import { FREQUENCIES, type Frequency } from '../../src/subscriber.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ZONES = Intl.supportedValuesOf('timeZone');
const clocks = new Map<string, Intl.DateTimeFormat>();

/**
 * The wall clock as a string, made another way than the code under test makes it: `Mon 2026-03-29
 * 08:00:00`.
 */
function clock(at: Date | number, timezone: string): string {
  let format = clocks.get(timezone);
  if (!format)
    clocks.set(
      timezone,
      (format = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'medium' })),
    );
  const text = format.format(at);
  return `${['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][new Date(`${text.slice(0, 10)}T00:00:00Z`).getUTCDay()]} ${text}`;
}

const next = (after: string | Date, timezone: string, sendHour: number, frequency: Frequency = 'daily') =>
  nextDue(new Date(after), { timezone, sendHour, frequency });
/** The next few, each asked for at the one before, as the dispatcher does. */
function following(
  after: string,
  timezone: string,
  sendHour: number,
  count: number,
  frequency: Frequency = 'daily',
): string[] {
  const out: string[] = [];
  for (let at = new Date(after); out.length < count;) {
    at = next(at, timezone, sendHour, frequency);
    out.push(at.toISOString().slice(0, 16));
  }
  return out;
}

/**
 * Whether this hour does not come on the day of `due`: in the first hours of a spring change, which
 * moves clocks by up to an hour.
 */
const skipped = (due: Date, timezone: string, sendHour: number): boolean => {
  const day = clock(due, timezone).slice(4, 14);
  for (let t = due.getTime() - 3 * HOUR; t <= due.getTime() + 3 * HOUR; t += 15 * 60_000) {
    if (clock(t, timezone).slice(4, 20) === `${day} ${String(sendHour).padStart(2, '0')}:00`) return false;
  }
  return true;
};

const zone = fc.constantFrom(...ZONES);
const hour = fc.nat(23);
const instant = fc.date({
  min: new Date('2020-01-01T00:00:00Z'),
  max: new Date('2035-12-31T00:00:00Z'),
  noInvalidDate: true,
});

describe('the next hour of a reader', () => {
  test('is later, within eight days, at the hour on a day of the frequency, in every zone of the world', () => {
    fc.assert(
      fc.property(zone, hour, fc.constantFrom(...FREQUENCIES), instant, (timezone, sendHour, frequency, after) => {
        const due = next(after, timezone, sendHour, frequency);
        expect(due.getTime()).toBeGreaterThan(after.getTime());
        expect(due.getTime() - after.getTime()).toBeLessThanOrEqual(
          (frequency === 'daily' ? 1 : frequency === 'weekdays' ? 3 : 7) * DAY + HOUR,
        );
        const [weekday, , time] = clock(due, timezone).split(' ');
        if (time !== `${String(sendHour).padStart(2, '0')}:00:00`) expect(skipped(due, timezone, sendHour)).toBe(true);
        if (frequency === 'weekly') expect(weekday).toBe('Mon');
        if (frequency === 'weekdays') expect(weekday).not.toMatch(/Sat|Sun/);
      }),
      { numRuns: 4000 },
    );
  });

  test('is the first such hour: nothing between is passed over', () => {
    fc.assert(
      fc.property(zone, hour, instant, (timezone, sendHour, after) => {
        const due = next(after, timezone, sendHour);
        const wanted = ` ${String(sendHour).padStart(2, '0')}:00`;
        for (let t = Math.floor(after.getTime() / 900_000) * 900_000 + 900_000; t < due.getTime(); t += 900_000) {
          // The hour that autumn brings twice has had its turn the first time.
          if (clock(t, timezone).slice(14, 20) === wanted)
            expect(next(new Date(t - DAY / 2), timezone, sendHour).getTime()).toBeLessThan(t);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('asked for again and again comes once a day through a year, in every zone', () => {
    fc.assert(
      fc.property(zone, hour, fc.integer({ min: 2020, max: 2034 }), (timezone, sendHour, year) => {
        const days: string[] = [];
        for (let at = new Date(Date.UTC(year, 0, 3)); days.length < 370;) {
          at = next(at, timezone, sendHour);
          days.push(clock(at, timezone).slice(4, 14));
        }
        const first = Date.parse(days[0]!);
        expect(days).toEqual(days.map((_, i) => new Date(first + i * DAY).toISOString().slice(0, 10)));
      }),
      { numRuns: 25 },
    );
  });

  test.each<[string, number, string, string[]]>([
    ['Europe/Berlin', 8, '2026-03-28T00:00Z', ['2026-03-28T07:00', '2026-03-29T06:00', '2026-03-30T06:00']],
    ['Europe/Berlin', 2, '2026-03-28T00:00Z', ['2026-03-28T01:00', '2026-03-29T01:00', '2026-03-30T00:00']], // 2 o'clock is skipped: 3 o'clock
    ['Europe/Berlin', 2, '2026-10-24T00:00Z', ['2026-10-25T00:00', '2026-10-26T01:00']], // comes twice: the first
    ['America/New_York', 2, '2026-03-07T12:00Z', ['2026-03-08T07:00', '2026-03-09T06:00']],
    ['America/New_York', 1, '2026-10-31T12:00Z', ['2026-11-01T05:00', '2026-11-02T06:00']],
    // half an hour forward at 2: 2:30
    ['Australia/Lord_Howe', 2, '2026-10-03T00:00Z', ['2026-10-03T15:30', '2026-10-04T15:00']],
    ['Australia/Lord_Howe', 8, '2026-04-03T12:00Z', ['2026-04-03T21:00', '2026-04-04T21:30']], // and back
    ['Asia/Kathmandu', 8, '2026-01-01T00:00Z', ['2026-01-01T02:15', '2026-01-02T02:15']],
    // no 30 December there
    ['Pacific/Apia', 8, '2011-12-28T20:00Z', ['2011-12-29T18:00', '2011-12-30T18:00', '2011-12-31T18:00']],
    ['Africa/Casablanca', 2, '2026-02-14T12:00Z', ['2026-02-15T01:00', '2026-02-16T02:00']], // Ramadan: back an hour at 3, so 2 o'clock comes twice
    ['America/Sao_Paulo', 0, '2018-11-03T12:00Z', ['2018-11-04T03:00', '2018-11-05T02:00']], // midnight was skipped: 1 o'clock
    ['Pacific/Kiritimati', 8, '2026-01-01T00:00Z', ['2026-01-01T18:00', '2026-01-02T18:00']],
    ['America/Los_Angeles', 23, '2026-03-07T20:00Z', ['2026-03-08T07:00', '2026-03-09T06:00']],
  ])('in %s at %i, after %s', (timezone, sendHour, after, wanted) => {
    expect(following(after, timezone, sendHour, wanted.length)).toEqual(wanted);
  });

  test('is strictly later even when asked at the hour itself', () => {
    expect(next('2026-05-29T08:00:00.000Z', 'UTC', 8).toISOString()).toBe('2026-05-30T08:00:00.000Z');
    expect(next('2026-05-29T07:59:59.999Z', 'UTC', 8).toISOString()).toBe('2026-05-29T08:00:00.000Z');
  });

  test('of a weekly reader is Monday’s there, of a weekday reader none of the weekend', () => {
    expect(following('2026-05-29T12:00Z', 'Pacific/Auckland', 8, 2, 'weekly')).toEqual([
      '2026-05-31T20:00',
      '2026-06-07T20:00',
    ]);
    expect(following('2026-05-28T12:00Z', 'UTC', 8, 3, 'weekdays')).toEqual([
      '2026-05-29T08:00',
      '2026-06-01T08:00',
      '2026-06-02T08:00',
    ]);
    // The Friday that Samoa left out is nobody's weekday.
    expect(following('2011-12-29T20:00Z', 'Pacific/Apia', 8, 1, 'weekdays')).toEqual(['2012-01-01T18:00']);
  });
});

describe('the next digest of a reader', () => {
  const digest = (after: string, had: string | null, wish = {}) =>
    nextDigest(
      new Date(after),
      { timezone: 'UTC', sendHour: 8, frequency: 'daily', ...wish },
      { had, editionHour: 4 },
    ).toISOString();
  test('is at their next hour, if the edition of that day is one that they have not had', () => {
    expect(digest('2026-05-29T07:00:00Z', null)).toBe('2026-05-29T08:00:00.000Z');
    expect(digest('2026-05-29T07:00:00Z', '2026-05-28')).toBe('2026-05-29T08:00:00.000Z');
    expect(digest('2026-05-29T07:00:00Z', '2026-05-29')).toBe('2026-05-30T08:00:00.000Z');
  });
  test('is not before the hour at which that edition is made', () => {
    expect(digest('2026-05-29T02:00:00Z', '2026-05-28', { sendHour: 3 })).toBe('2026-05-30T03:00:00.000Z');
    expect(digest('2026-05-29T02:00:00Z', '2026-05-28', { sendHour: 4 })).toBe('2026-05-29T04:00:00.000Z');
  });
  test('of a weekly reader who had Monday’s at once is next Monday’s', () => {
    expect(digest('2026-06-01T07:00:00Z', '2026-06-01', { frequency: 'weekly' })).toBe('2026-06-08T08:00:00.000Z');
  });
});

describe('the digest that comes to an active reader', () => {
  const comes = (nextDueAt: string | null, lastDigestDate: string | null) =>
    comesAt(
      {
        timezone: 'UTC',
        sendHour: 8,
        frequency: 'daily',
        nextDueAt: nextDueAt === null ? null : new Date(nextDueAt),
        lastDigestDate,
      },
      4,
    )?.toISOString() ?? null;
  test.each([
    ['2026-05-29T08:00:00.000Z', null, '2026-05-29T08:00:00.000Z'],
    ['2026-05-29T08:00:00.000Z', '2026-05-28', '2026-05-29T08:00:00.000Z'],
    // Who confirms is due at once, at no hour of theirs.
    ['2026-05-29T11:12:13.000Z', null, '2026-05-29T11:12:13.000Z'],
    // They got it by hand: their hour of that day brings nothing.
    ['2026-05-29T08:00:00.000Z', '2026-05-29', '2026-05-30T08:00:00.000Z'],
    [null, '2026-05-29', null],
  ])('due %s after the digest of %s: %s', (due, had, at) => {
    expect(comes(due, had)).toBe(at);
  });
});
