import { newestEdition } from '../day.ts';
import type { Frequency, Preferences } from '../subscriber.ts';
import { DAY, HOUR } from '../duration.ts';

/** The weekly digest goes out on this weekday (1 = Monday … 7 = Sunday). */
const WEEKLY_ON = 1;

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

const sendsOn: Record<Frequency, (day: number) => boolean> = {
  daily: () => true,
  weekdays: (day) => day <= 5,
  weekly: (day) => day === WEEKLY_ON,
};

/** When a reader wants digests. */
type Wish = Pick<Preferences, 'timezone' | 'sendHour' | 'frequency'>;

/**
 * The first instant strictly after `after` at which it is `sendHour` o'clock in `timezone` on a day
 * of that frequency. Right through daylight-saving changes, and for zones whose offset is not a
 * whole hour.
 */
export function nextDue(after: Date, input: Wish): Date {
  const midnight = Math.floor(wallClock(after.getTime(), input.timezone) / DAY) * DAY;
  for (let days = -1; days <= 9; days++) {
    const wall = midnight + days * DAY + input.sendHour * HOUR;
    const instant = instantOf(wall, input.timezone);
    if (instant > after.getTime() && sendsOn[input.frequency](weekday(wallClock(instant, input.timezone))))
      return new Date(instant);
  }
  throw new Error(`no sending day within nine days in ${input.timezone}`);
}

/**
 * When the digest after the current edition comes, for a reader who gets that one now.
 */
export const afterCurrent = (now: Date, wish: Wish, editionHour: number): Date =>
  nextDigest(now, wish, { had: newestEdition(now, editionHour), editionHour });

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
