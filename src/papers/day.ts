import { AppError } from '../errors.ts';

const DAY_MS = 86_400_000;

/** The UTC day of a moment, as `YYYY-MM-DD`. */
export const dayOf = (moment: Date): string => moment.toISOString().slice(0, 10);

export const addDays = (day: string, days: number): string => dayOf(new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS));

/**
 * The moment to act as of: now for today, the last second of the day for a day gone by, so that a replayed day sees and records what
 * that day did. A day to come is refused.
 */
export function asOf(day: string, now: Date): Date {
  const end = new Date(`${day}T23:59:59Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(end.getTime()) || dayOf(end) !== day) {
    throw new AppError('CONFIG_INVALID', `"${day.slice(0, 40)}" is not a date. Write it as YYYY-MM-DD, for example ${dayOf(now)}.`);
  }
  if (day > dayOf(now)) throw new AppError('CONFIG_INVALID', `${day} lies in the future. Name today (${dayOf(now)}, UTC) or an earlier day.`);
  return day === dayOf(now) ? now : end;
}
