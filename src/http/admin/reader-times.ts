import { daysBetween } from '../../day.ts';
import { dayIn } from '../../subscribers/schedule.ts';
import { placeOf } from '../../subscribers/wording.ts';

/** Moments as a reader's own clock shows them, told from now. */
export interface ReaderTimes {
  /** "today", "tomorrow", "on Monday", "on 25 May". */
  day(moment: Date): string;
  /** "today at 07:00 in Lisbon". */
  at(moment: Date): string;
  /** "07:00:48". */
  second(moment: Date): string;
  /** "Mon 25 May". */
  date(moment: Date): string;
  /** "Thu 28 May, 07:00 in Lisbon". */
  moment(moment: Date): string;
  /** "Lisbon time, UTC + 1". */
  zone: string;
}

const NEAR = new Map([
  [-1, 'yesterday'],
  [0, 'today'],
  [1, 'tomorrow'],
]);
/** A day of the week is clear as long as there is one of its name alone. */
const WEEK = 7;

export function readerTimes(timeZone: string, now: Date): ReaderTimes {
  const format = (options: Intl.DateTimeFormatOptions) => {
    const formatter = new Intl.DateTimeFormat('en-GB', { timeZone, hourCycle: 'h23', ...options });
    return (moment: Date): string => formatter.format(moment).replace(',', '');
  };
  const weekday = format({ weekday: 'long' });
  const thisYear = format({ day: 'numeric', month: 'long' });
  const anyYear = format({ day: 'numeric', month: 'long', year: 'numeric' });
  const hour = format({ hour: '2-digit', minute: '2-digit' });
  const short = format({ weekday: 'short', day: 'numeric', month: 'short' });
  const today = dayIn(now, timeZone);
  const there = timeZone === 'UTC' ? ' UTC' : ` in ${placeOf(timeZone)}`;

  const day = (moment: Date): string => {
    const date = dayIn(moment, timeZone);
    const apart = daysBetween(today, date);
    const near = NEAR.get(apart);
    if (near !== undefined) return near;
    if (Math.abs(apart) < WEEK) return `on ${weekday(moment)}`;
    return `on ${date.slice(0, 4) === today.slice(0, 4) ? thisYear(moment) : anyYear(moment)}`;
  };
  return {
    day,
    at: (moment) => `${day(moment)} at ${hour(moment)}${there}`,
    second: format({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    date: short,
    moment: (moment) => `${short(moment)}, ${hour(moment)}${there}`,
    zone: timeZone === 'UTC' ? 'UTC' : `${placeOf(timeZone)} time, ${offsetOf(timeZone, now)}`,
  };
}

/** "UTC + 1", as it is on that day. */
function offsetOf(timeZone: string, at: Date): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'shortOffset' }).formatToParts(at);
  const name = parts.find(({ type }) => type === 'timeZoneName')!.value;
  return name.replace('GMT', 'UTC').replace('+', ' + ').replace('-', ' − ');
}
