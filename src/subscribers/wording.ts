import type { Frequency, Preferences, Weekday } from '../subscriber.ts';
import { OVERALL, type Topic } from '../paper.ts';

/** The days of the week by their numbers, from 1. */
export const WEEKDAY_NAMES: Readonly<Record<Weekday, string>> = {
  1: 'Monday',
  2: 'Tuesday',
  3: 'Wednesday',
  4: 'Thursday',
  5: 'Friday',
  6: 'Saturday',
  7: 'Sunday',
};

/** How a frequency reads within a sentence. */
export function frequencyWords(frequency: Frequency, weeklyOn: Weekday): string {
  if (frequency === 'weekly') return `on ${WEEKDAY_NAMES[weeklyOn]}s`;
  return frequency === 'daily' ? 'every day' : 'Monday to Friday';
}

/** `8` → 08:00 */
export const hourWords = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;

/** `America/New_York` → New York */
export const placeOf = (timezone: string): string => timezone.split('/').at(-1)!.replaceAll('_', ' ');

/** Whose clock an hour is of: UTC, or Berlin time. */
export const clockWords = (timezone: string): string => (timezone === 'UTC' ? 'UTC' : `${placeOf(timezone)} time`);

const listWords = new Intl.ListFormat('en-GB', { type: 'conjunction' });

/**
 * What a reader chose, in one phrase: "Agents and Robotics, Monday to Friday at 08:00 Berlin time".
 * `followed` stands for the topics of who wants none.
 */
export function choiceWords(
  chosen: Pick<Preferences, 'topics' | 'frequency' | 'weeklyOn' | 'sendHour' | 'timezone' | 'followsOnly'>,
  topics: readonly Topic[],
  followed = 'what is new of what you follow',
): string {
  const nameOf = (slug: string): string => topics.find((t) => t.slug === slug)?.name ?? slug;
  const named = chosen.topics.includes(OVERALL)
    ? 'the best of all topics'
    : listWords.format(chosen.topics.map(nameOf));
  const what = chosen.followsOnly === true ? followed : named;
  return (
    `${what}, ${frequencyWords(chosen.frequency, chosen.weeklyOn)} at ${hourWords(chosen.sendHour)} ` +
    clockWords(chosen.timezone)
  );
}

/** The day of a moment as the reader's clock shows it: "Saturday 1 August". */
export const dayWords = (moment: Date, timeZone: string): string =>
  new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', timeZone })
    .format(moment)
    .replace(',', '');

/** A moment as the reader's clock shows it: "Monday 30 November at 08:00, Berlin time". */
export function momentWords(moment: Date, timezone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: timezone,
  });
  const parts = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, value]));
  const { weekday, day, month, hour, minute } = parts;
  return `${weekday} ${day} ${month} at ${hour}:${minute}, ${clockWords(timezone)}`;
}
