import { dayOf, newestEdition } from '../day.ts';
import type { Preferences } from '../subscriber.ts';
import { DAY, HOUR } from '../duration.ts';

const MONDAY = 1;
/** A weekly reader who had a digest today waits for the same day of the next week. */
const LONGEST_WAIT_DAYS = 15;

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(timezone: string): Intl.DateTimeFormat {
  let found = formatters.get(timezone);
  if (!found) {
    found = new Intl.DateTimeFormat('en-US-u-ca-iso8601', {
      timeZone: timezone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formatters.set(timezone, found);
  }
  return found;
}

/** What a clock on the wall of `timezone` shows at `instant`, as if it were UTC (milliseconds). */
function wallClock(instant: number, timezone: string): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatter(timezone).formatToParts(instant)) parts[type] = Number(value);
  return Date.UTC(parts['year']!, parts['month']! - 1, parts['day'], parts['hour'], parts['minute'], parts['second']);
}

/**
 * The instant at which the wall clock of `timezone` shows `wall`. An hour that is skipped in spring
 * means the moment just after the gap by as much as was asked for; an hour that comes twice in
 * autumn means its first time.
 */
function instantOf(wall: number, timezone: string): number {
  const before = wallClock(wall - DAY, timezone) - (wall - DAY);
  const after = wallClock(wall + DAY, timezone) - (wall + DAY);
  const candidates = [wall - before, wall - after].sort((a, b) => a - b);
  return candidates.find((t) => wallClock(t, timezone) === wall) ?? wall - before;
}

/** 1 = Monday … 7 = Sunday, of a wall clock. */
const weekday = (wall: number): number => new Date(wall).getUTCDay() || 7;

function sendsOn({ frequency, weeklyOn = MONDAY }: Wish, day: number): boolean {
  if (frequency === 'weekdays') return day <= 5;
  return frequency === 'daily' || day === weeklyOn;
}

/** The number of the day that a clock on the wall of `timezone` shows at `instant`. */
const localDay = (instant: number, timezone: string): number => Math.floor(wallClock(instant, timezone) / DAY);

/** The day of a moment in a zone, as `YYYY-MM-DD`. */
export const dayIn = (moment: Date, timezone: string): string =>
  dayOf(new Date(localDay(moment.getTime(), timezone) * DAY));

/** The first moment of a day (`YYYY-MM-DD`) in a zone. */
export const startOfDay = (day: string, timezone: string): Date =>
  new Date(instantOf(Date.parse(`${day}T00:00:00Z`), timezone));

/** When a reader wants digests. */
export type Wish = Pick<Preferences, 'timezone' | 'sendHour' | 'frequency'> &
  Partial<Pick<Preferences, 'weeklyOn' | 'pausedUntil'>>;

/**
 * The first instant strictly after `after` at which it is `sendHour` o'clock in `timezone` on a day
 * of that frequency, no pause holds, and which is no day of the last digest, if that is told. Right
 * through daylight-saving changes, and for zones whose offset is not a whole hour.
 */
export function nextDue(after: Date, wish: Wish, last: Date | null = null): Date {
  const { timezone } = wish;
  const from = Math.max(after.getTime(), (wish.pausedUntil?.getTime() ?? 0) - 1);
  const lastDay = last === null ? -Infinity : localDay(last.getTime(), timezone);
  const today = localDay(from, timezone);
  for (let day = today - 1; day <= today + LONGEST_WAIT_DAYS; day++) {
    const instant = instantOf(day * DAY + wish.sendHour * HOUR, timezone);
    const wall = wallClock(instant, timezone);
    if (instant > from && Math.floor(wall / DAY) > lastDay && sendsOn(wish, weekday(wall))) return new Date(instant);
  }
  throw new Error(`no sending day within ${LONGEST_WAIT_DAYS} days in ${timezone}`);
}

/**
 * The last instant at or before `at` at which it was the reader's hour. Pauses are not looked at.
 */
export function lastDue(at: Date, wish: Wish): Date {
  const today = localDay(at.getTime(), wish.timezone);
  for (let day = today + 1; day >= today - LONGEST_WAIT_DAYS; day--) {
    const instant = instantOf(day * DAY + wish.sendHour * HOUR, wish.timezone);
    if (instant <= at.getTime() && sendsOn(wish, weekday(wallClock(instant, wish.timezone)))) return new Date(instant);
  }
  throw new Error(`no sending day within ${LONGEST_WAIT_DAYS} days in ${wish.timezone}`);
}

/** The first hour after a pause: that of its last day counts, if it begins with that. */
export const afterPause = (wish: Wish & { pausedUntil: Date }): Date => nextDue(new Date(0), wish);

/**
 * When the digest after the current edition comes, for a reader who gets that one now.
 */
export const afterCurrent = (now: Date, wish: Wish, editionHour: number): Date =>
  nextDigest(now, wish, { had: newestEdition(now, editionHour), editionHour });

/**
 * When the next digest comes to an active reader; `null`: none is due. To one whose last digest was of
 * the edition of that hour, as after one by hand, the hour brings nothing.
 */
export function comesAt(
  reader: Wish & { nextDueAt: Date | null; lastDigestDate: string | null },
  editionHour: number,
): Date | null {
  const { nextDueAt: due, lastDigestDate: had } = reader;
  if (due === null || had === null || newestEdition(due, editionHour) > had) return due;
  return nextDigest(due, reader, { had, editionHour });
}

/**
 * The reader's next hour at which there can be a newer edition than the one they had: the hours
 * before it bring nothing. `had` is its date, `null` of a reader who had none.
 */
export function nextDigest(
  after: Date,
  wish: Wish,
  { had, editionHour }: { had: string | null; editionHour: number },
): Date {
  let due = nextDue(after, wish);
  while (had !== null && newestEdition(due, editionHour) <= had) due = nextDue(due, wish);
  return due;
}
