import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FREQUENCIES, type Frequency, type Weekday } from '../../src/subscriber.ts';
import { afterPause, nextDue, startOfDay } from '../../src/subscribers/schedule.ts';
import { TIMEZONES } from '../../src/subscribers/zones.ts';

// A reader who changes their mind at random for two years, and a dispatcher that is always in time. What
// they should get is found another way: by looking at each day's hour on the clock of their zone.

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 0, 1);
const END = START + 730 * DAY;

interface Wish {
  frequency: Frequency;
  weeklyOn: Weekday;
  sendHour: number;
  timezone: string;
}
type Change = { at: number } & (
  { kind: 'choices'; wish: Wish } | { kind: 'pause'; days: number } | { kind: 'unpause' } | { kind: 'erase' }
);

const formats = new Map<string, Intl.DateTimeFormat>();
function clock(at: number, timezone: string): string {
  let format = formats.get(timezone);
  if (!format)
    formats.set(
      timezone,
      (format = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'medium' })),
    );
  return format.format(at);
}
const dayOn = (at: number, timezone: string): string => clock(at, timezone).slice(0, 10);

/** Lives through the changes as the program does; when digests were sent, and by which wish. */
function live(first: Wish, changes: readonly Change[]) {
  const sent: { at: number; wish: Wish }[] = [];
  let wish = first;
  let paused: Date | null = null;
  let due: number | null = nextDue(new Date(START), wish).getTime();
  const last = (): Date | null => (sent.length > 0 ? new Date(sent.at(-1)!.at) : null);
  const dispatchUntil = (until: number): void => {
    for (;;) {
      if (paused && paused.getTime() <= until) {
        due = afterPause({ ...wish, pausedUntil: paused }).getTime();
        paused = null;
      }
      if (due === null || due > until) return;
      sent.push({ at: due, wish });
      due = nextDue(new Date(due), wish).getTime();
    }
  };
  for (const change of changes) {
    dispatchUntil(change.at);
    if (change.kind === 'erase') return sent;
    const now = new Date(change.at);
    if (change.kind === 'choices') wish = change.wish;
    if (change.kind === 'unpause') paused = null;
    if (change.kind === 'pause')
      paused = startOfDay(dayOn(change.at + change.days * DAY, wish.timezone), wish.timezone);
    due = paused ? null : nextDue(now, wish, last()).getTime();
  }
  dispatchUntil(END);
  return sent;
}

const SENDS: Record<Frequency, (weekday: number, wish: Wish) => boolean> = {
  daily: () => true,
  weekdays: (weekday) => weekday <= 5,
  weekly: (weekday, { weeklyOn }) => weekday === weeklyOn,
};

/** The days that a stretch of one wish should bring, looked at on the clock, hour by quarter. */
function wantedDays(wish: Wish, from: number, until: number): string[] {
  const days: string[] = [];
  const hour = `${String(wish.sendHour).padStart(2, '0')}:00`;
  for (let noon = from - (from % DAY) - DAY; noon <= until + DAY; noon += DAY) {
    const day = new Date(noon).toISOString().slice(0, 10);
    const weekday = new Date(noon).getUTCDay() || 7;
    if (!SENDS[wish.frequency](weekday, wish)) continue;
    // Zones differ by up to 14 hours from UTC: a guess by one offset is put right by the next.
    const guess = noon + wish.sendHour * HOUR;
    const off = Date.parse(`${clock(guess, wish.timezone).replace(' ', 'T')}Z`) - guess;
    const at = [
      guess - off,
      guess - off - HOUR,
      guess - off - HOUR / 2,
      guess - off + HOUR / 2,
      guess - off + HOUR,
    ].find((t) => clock(t, wish.timezone).slice(0, 16) === `${day} ${hour}`);
    if (at !== undefined && at > from && at <= until) days.push(day);
  }
  return days;
}

const hour = fc.nat(23);
const wishIn = (zone: fc.Arbitrary<string>) =>
  fc.record({
    frequency: fc.constantFrom(...FREQUENCIES),
    weeklyOn: fc.constantFrom<Weekday>(1, 2, 3, 4, 5, 6, 7),
    sendHour: hour,
    timezone: zone,
  });
const moment = fc.integer({ min: START, max: END });
const change = (zone: fc.Arbitrary<string>): fc.Arbitrary<Change> =>
  fc.oneof(
    fc.record({ at: moment, kind: fc.constant('choices' as const), wish: wishIn(zone) }),
    fc.record({ at: moment, kind: fc.constant('pause' as const), days: fc.integer({ min: 1, max: 90 }) }),
    fc.record({ at: moment, kind: fc.constant('unpause' as const) }),
  );
const life = (zone: string, end: boolean) => {
  const zones = fc.oneof({ weight: 3, arbitrary: fc.constant(zone) }, fc.constantFrom(...TIMEZONES));
  return fc.record({
    first: wishIn(fc.constant(zone)),
    changes: fc.array(change(zones), { maxLength: 8 }),
    erasedAt: end ? moment : fc.constant(null),
  });
};

/** A random life each: in every sixth zone, from another one each time, or in all with CHANGES_ZONES=all. */
const EVERY = process.env['CHANGES_ZONES'] === 'all' ? 1 : 6;
const FIRST = Date.now() % EVERY;

test('whatever a reader changes in two years, in every zone one digest comes on each due day, none in a pause or once erased', () => {
  const lived = [...TIMEZONES.entries()].filter(([i]) => i % EVERY === FIRST);
  const all = lived.flatMap(([i, zone]) => fc.sample(life(zone, i % 3 === 0), { numRuns: 1, seed: i }));
  expect(all.length).toBeGreaterThanOrEqual(Math.floor(TIMEZONES.length / EVERY));
  let digests = 0;
  for (const { first, changes: wild, erasedAt } of all) {
    const changes = wild.toSorted((a, b) => a.at - b.at);
    if (erasedAt !== null) changes.push({ at: erasedAt, kind: 'erase' });
    changes.sort((a, b) => a.at - b.at);
    const sent = live(first, changes);
    digests += sent.length;
    let wish = first;
    let pausedUntil = -Infinity;
    let lastAt: number | null = null;
    const stretches = [...changes, { at: END, kind: 'end' as const }];
    for (const [i, { at: until }] of stretches.entries()) {
      const from = i === 0 ? START : stretches[i - 1]!.at;
      const within = sent.filter(({ at }) => at > from && at <= until);
      // None in a pause, and none twice on a day.
      expect(within.filter(({ at }) => at < pausedUntil)).toEqual([]);
      const days = within.map(({ at }) => dayOn(at, wish.timezone));
      const seen = lastAt === null ? null : dayOn(lastAt, wish.timezone);
      expect(new Set(days).size).toBe(days.length);
      if (seen !== null) expect(days.every((day) => day > seen)).toBe(true);
      // Each day whose hour there is brings one, but for the day of the last digest.
      for (const day of wantedDays(wish, Math.max(from, pausedUntil - 1), until))
        if (seen === null || day > seen) expect(days).toContain(day);
      lastAt = within.at(-1)?.at ?? lastAt;
      const next = stretches[i]!;
      if (next.kind === 'erase') {
        expect(sent.filter(({ at }) => at > next.at)).toEqual([]);
        break;
      }
      if (next.kind === 'choices') wish = next.wish;
      if (next.kind === 'unpause') pausedUntil = -Infinity;
      if (next.kind === 'pause')
        pausedUntil = startOfDay(dayOn(next.at + next.days * DAY, wish.timezone), wish.timezone).getTime();
    }
  }
  expect(digests).toBeGreaterThan(50_000 / EVERY);
}, 60_000);

test('a pause ends on the morning of its day, and a change of hour brings no second digest on a day', () => {
  const wish = { frequency: 'daily', timezone: 'Asia/Tokyo', sendHour: 0 } as const;
  const pausedUntil = startOfDay('2026-08-01', 'Asia/Tokyo');
  expect(pausedUntil.toISOString()).toBe('2026-07-31T15:00:00.000Z');
  expect(afterPause({ ...wish, pausedUntil })).toEqual(pausedUntil);
  const morning = new Date('2026-05-29T08:00:00Z');
  const noon = new Date('2026-05-29T12:00:00Z');
  const evening = { frequency: 'daily', timezone: 'UTC', sendHour: 18 } as const;
  expect(nextDue(noon, evening).toISOString()).toBe('2026-05-29T18:00:00.000Z');
  expect(nextDue(noon, evening, morning).toISOString()).toBe('2026-05-30T18:00:00.000Z');
});
