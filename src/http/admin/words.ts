import { figure } from '../../figures.ts';
import { addDays, dayOf } from '../../day.ts';

/** "6½ min left": as exact as one plans by. */
export function timeLeft(seconds: number): string {
  if (seconds < 50) return 'a minute';
  const minutes = seconds / 60;
  if (minutes < 10) return `${halves(minutes)} min`;
  if (minutes < 100) return `${Math.round(minutes)} min`;
  return `${halves(minutes / 60)} h`;
}

function halves(value: number): string {
  const rounded = Math.round(value * 2) / 2;
  const whole = Math.floor(rounded);
  if (rounded === whole) return String(whole);
  return whole === 0 ? '½' : `${whole}½`;
}

/** Moments and days as one operator reads them, on the clock of the machine. */
export interface Clock {
  timeZone: string;
  /** "Berlin’s", or "UTC". */
  place: string;
  /** "08:21", with the day where that is another one. */
  time(moment: Date): string;
  /** "Wednesday, 27 May 2026, 08:14". */
  moment(moment: Date): string;
  /** "27 May" of an edition's date. */
  day(date: string): string;
  /** The date that the clock shows. */
  date(moment: Date): string;
}

export function createClock(timeZone: string, now: () => Date): Clock {
  const format = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat('en-GB', { timeZone, ...options });
  const time = format({ hour: '2-digit', minute: '2-digit' });
  const long = format({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  const short = format({ day: 'numeric', month: 'short' });
  const iso = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const dayOnly = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' });
  const date = (moment: Date): string => iso.format(moment);
  return {
    timeZone,
    place: timeZone === 'UTC' ? 'UTC' : `${timeZone.split('/').at(-1)!.replaceAll('_', ' ')}’s`,
    date,
    time: (moment) =>
      date(moment) === date(now()) ? time.format(moment) : `${time.format(moment)} on ${short.format(moment)}`,
    moment: (moment) => `${long.format(moment).replace(' ', ', ').replace(',,', ',')}, ${time.format(moment)}`,
    day: (day) => dayOnly.format(new Date(`${day}T00:00:00Z`)),
  };
}

/** "from 09:56 to 10:20", "at 09:56" where that is one minute. */
export function span(from: Date, to: Date, clock: Pick<Clock, 'time'>): string {
  const [first, last] = [clock.time(from), clock.time(to)];
  return first === last ? `at ${first}` : `from ${first} to ${last}`;
}

/** "today’s", "yesterday’s", "tomorrow’s", or "of 27 May" behind what it belongs to. */
export function whose(date: string, now: Date, thing: string, clock: Clock): string {
  const today = dayOf(now);
  if (date === today) return `today’s ${thing}`;
  if (date === addDays(today, -1)) return `yesterday’s ${thing}`;
  if (date === addDays(today, 1)) return `tomorrow’s ${thing}`;
  return `the ${thing} of ${clock.day(date)}`;
}

/** "4.9 GB", "312 MB": as a file manager has it. */
export function sizeOf(bytes: number): string {
  if (bytes < 1e6) return `${Math.max(1, Math.round(bytes / 1e3))} kB`;
  return bytes < 1e9 ? `${figure(Math.round(bytes / 1e6))} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
