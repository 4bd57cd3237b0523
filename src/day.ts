import { AppError } from './errors.ts';
import { DAY, HOUR } from './duration.ts';

/**
 * How a day is written: `YYYY-MM-DD`, from the year 1 on, before which Postgres reads none. Whether
 * the month has that day is another question.
 */
export const DAY_PATTERN = '^(?!0000)\\d{4}-\\d{2}-\\d{2}$';
const WRITTEN = new RegExp(DAY_PATTERN);

/** A real day of the calendar, as `YYYY-MM-DD`. */
export function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return WRITTEN.test(text) && !Number.isNaN(date.getTime()) && dayOf(date) === text;
}

/** The UTC day of a moment, as `YYYY-MM-DD`. */
export const dayOf = (moment: Date): string => moment.toISOString().slice(0, 10);

/** The first moment of a day, in UTC. */
export const startOf = (day: string): Date => new Date(`${day}T00:00:00Z`);

export const addDays = (day: string, days: number): string =>
  dayOf(new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY));

/** How many days lie between two: one from a day to the next. */
export const daysBetween = (from: string, to: string): number =>
  (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY;

/** The newest edition that there can be at a moment: that of the day begins at `editionHour`. */
export const newestEdition = (at: Date, editionHour: number): string =>
  dayOf(new Date(at.getTime() - editionHour * HOUR));

/** When the edition of a day is frozen. */
export const freezesAt = (day: string, editionHour: number): Date =>
  new Date(startOf(day).getTime() + editionHour * HOUR);

/** The last day that an edition can have: it may be made some seconds before its midnight. */
export const lastEditionDay = (now: Date): string => addDays(dayOf(now), 1);

/**
 * The moment to act as of: now for today, the last second of the day for a day gone by, so that a
 * replayed day sees and records what that day did. A day to come is refused.
 */
export function asOf(day: string, now: Date): Date {
  if (!isDay(day)) {
    throw new AppError(
      'CONFIG_INVALID',
      `"${day.slice(0, 40)}" is not a date. Write it as YYYY-MM-DD, for example ${dayOf(now)}.`,
    );
  }
  if (day > dayOf(now))
    throw new AppError(
      'CONFIG_INVALID',
      `${day} lies in the future. Name today (${dayOf(now)}, UTC) or an earlier day.`,
    );
  return day === dayOf(now) ? now : new Date(`${day}T23:59:59Z`);
}
