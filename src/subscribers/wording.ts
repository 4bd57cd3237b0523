import type { Frequency, Preferences, Weekday } from '../subscriber.ts';
import { OVERALL, type Topic } from '../paper.ts';
import type { TasteLine } from '../db/say.ts';
import { topicNameIn, topicNamesIn } from '../papers/topic-words.ts';
import { slugIn } from '../papers/taste.ts';
import type { DateForm } from '../words/dates.ts';
import type { Words } from '../words/words.ts';

/** The days of the week by their numbers, from 1. */
export const WEEKDAYS: readonly Weekday[] = [1, 2, 3, 4, 5, 6, 7];

/** 5 January 1970 was a Monday. */
export const weekdayName = (words: Words, weekday: Weekday): string =>
  words.date('name', new Date(Date.UTC(1970, 0, 4 + weekday)));

/** How a frequency reads within a sentence. */
export function frequencyWords(words: Words, frequency: Frequency, weeklyOn: Weekday): string {
  if (frequency === 'weekly') return words.t('frequency-weekly', { day: weekdayName(words, weeklyOn) });
  return frequency === 'daily' ? words.t('frequency-daily') : words.t('frequency-weekdays');
}

/** `8` → 08:00 */
export const hourWords = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;

/** `America/New_York` → New York */
export const placeOf = (timezone: string): string => timezone.split('/').at(-1)!.replaceAll('_', ' ');

/** Whose clock an hour is of: UTC, or Berlin time. */
export const clockWords = (words: Words, timezone: string): string =>
  timezone === 'UTC' ? 'UTC' : words.t('clock', { place: placeOf(timezone) });

/**
 * What a reader chose, in one phrase: "Agents and Robotics, Monday to Friday at 08:00 Berlin time".
 * `followed` stands for the topics of who wants none.
 */
export function choiceWords(
  words: Words,
  chosen: Pick<Preferences, 'topics' | 'frequency' | 'weeklyOn' | 'sendHour' | 'timezone' | 'followsOnly'>,
  topics: readonly Topic[],
  followed = words.t('choice-followed'),
): string {
  const names = topicNamesIn(words, topics);
  const named = chosen.topics.includes(OVERALL)
    ? words.t('choice-all')
    : words.list(chosen.topics.map((slug) => names.get(slug) ?? slug));
  return words.t('choice', {
    what: chosen.followsOnly === true ? followed : named,
    when: frequencyWords(words, chosen.frequency, chosen.weeklyOn),
    hour: hourWords(chosen.sendHour),
    clock: clockWords(words, chosen.timezone),
  });
}

/** What a line of a taste is about. Topics were written down by their English names. */
export function traitWords(words: Words, { trait, label }: Pick<TasteLine, 'trait' | 'label'>): string {
  const slug = slugIn(trait);
  return slug === null ? label : topicNameIn(words, slug, label);
}

/** A moment as the reader's clock shows it: "Monday 30 November at 08:00, Berlin time". */
export const momentWords = (words: Words, moment: Date, timezone: string, form: DateForm = 'weekday'): string =>
  words.t('moment', {
    day: words.date(form, moment, timezone),
    hour: clockAt(timezone).format(moment),
    clock: clockWords(words, timezone),
  });

/** "08:00", as an hour is chosen in every language. */
const clockAt = (timeZone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone });
