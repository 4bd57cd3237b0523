import { addDays, isDay } from '../day.ts';
import type { Words } from '../words/words.ts';

/** A week or a month of editions, as its address names it. */
export interface Period {
  kind: 'week' | 'month';
  /** `2026-W21` (ISO 8601, from Monday) or `2026-05`. */
  name: string;
  /** The first and the last day. */
  from: string;
  until: string;
}

const momentOf = (day: string): Date => new Date(`${day}T00:00:00Z`);
const twoDigits = (number: number): string => String(number).padStart(2, '0');

/** 0 for a Monday. */
const weekday = (day: string): number => (momentOf(day).getUTCDay() + 6) % 7;

/** The week of a day. It belongs to the year of its Thursday (ISO 8601). */
export function weekOf(day: string): Period {
  const from = addDays(day, -weekday(day));
  const thursday = momentOf(addDays(from, 3));
  const year = thursday.getUTCFullYear();
  const number = 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * 24 * 3_600_000));
  return {
    kind: 'week',
    name: `${String(year).padStart(4, '0')}-W${twoDigits(number)}`,
    from,
    until: addDays(from, 6),
  };
}

/** The month of a day. */
export function monthOf(day: string): Period {
  const name = day.slice(0, 7);
  const next = addDays(`${name}-28`, 4).slice(0, 7);
  return { kind: 'month', name, from: `${name}-01`, until: addDays(`${next}-01`, -1) };
}

/** The week or the month of that name; `null` where there is none. */
export function periodNamed(name: string): Period | null {
  const week = /^(\d{4})-W(\d\d)$/.exec(name);
  const inside = week ? weekStart(Number(week[1]), Number(week[2])) : `${name}-01`;
  if (inside === null || !isDay(inside)) return null;
  const period = week ? weekOf(inside) : monthOf(inside);
  return period.name === name ? period : null;
}

/** The fourth of January always lies in the first week. */
function weekStart(year: number, number: number): string | null {
  const fourth = `${String(year).padStart(4, '0')}-01-04`;
  return number >= 1 && number <= 53 && isDay(fourth) ? addDays(fourth, 7 * (number - 1)) : null;
}

/** "May 2026", "18–24 May 2026" */
export const periodWords = (words: Words, { kind, from, until }: Period): string =>
  kind === 'month' ? words.date('month', from) : words.days('day', from, until);
