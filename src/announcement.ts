import { addDays, dayOf } from './day.ts';
import { HOUR, MINUTE } from './duration.ts';

/** When arXiv stops taking papers for its next announcement, in New York. */
const DEADLINE_HOUR = 14;
const SATURDAY = 6;
const SUNDAY = 0;

/** Where a submission stands in arXiv's week. */
export interface Announcement {
  /** The UTC day that finds it announced: the announcement comes at 20:00 of the evening before. */
  morning: string;
  /** From its submission to the deadline that it was in time for. */
  hoursBefore: number;
}

/**
 * The announcement that a submission belongs to. Deadlines are at 14:00 in New York from Monday to
 * Friday; what comes until Friday's is announced on Sunday evening, what comes later on Monday's.
 */
export function announcementOf(submittedAt: Date): Announcement {
  const local = inNewYork(submittedAt);
  let deadline = dayOf(new Date(local.getTime() + (24 - DEADLINE_HOUR) * HOUR));
  while (isWeekend(deadline)) deadline = addDays(deadline, 1);
  let morning = addDays(deadline, 1);
  while (isWeekend(morning)) morning = addDays(morning, 1);
  const end = Date.parse(`${deadline}T${DEADLINE_HOUR}:00:00Z`);
  return { morning, hoursBefore: (end - local.getTime()) / HOUR };
}

/**
 * What is announced on a morning: submissions from `from` on, before `until`; `null` on a morning
 * without an announcement.
 */
export function announcedOn(morning: string): { from: Date; until: Date } | null {
  if (isWeekend(morning)) return null;
  const last = weekdayBefore(morning);
  return { from: deadlineOf(weekdayBefore(last)), until: deadlineOf(last) };
}

function weekdayBefore(day: string): string {
  const before = addDays(day, -1);
  return isWeekend(before) ? weekdayBefore(before) : before;
}

/** The hour is not one at which clocks change. */
function deadlineOf(day: string): Date {
  const written = new Date(`${day}T${DEADLINE_HOUR}:00:00Z`);
  return new Date(written.getTime() + (written.getTime() - inNewYork(written).getTime()));
}

const weekday = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay();
const isWeekend = (day: string): boolean => [SATURDAY, SUNDAY].includes(weekday(day));

const offset = new Intl.DateTimeFormat('en-US', { timeZone: 'America/New_York', timeZoneName: 'longOffset' });

/** The same clock reading as New York's, as if it were UTC. */
function inNewYork(moment: Date): Date {
  const name = offset.formatToParts(moment).find(({ type }) => type === 'timeZoneName')!.value;
  const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(name)!;
  const shift = Number(hours) * HOUR + Number(minutes) * MINUTE;
  return new Date(moment.getTime() + (sign === '-' ? -shift : shift));
}
