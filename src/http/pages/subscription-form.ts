import { OVERALL, type Topic } from '../../paper.ts';
import { topicsIn } from '../../papers/topic-words.ts';
import type { Topics } from '../../papers/topics.ts';
import { DEFAULTS, numberOf, type PreferencesInput } from '../../subscribers/preferences.ts';
import type { Brand } from '../../brand/brand.ts';
import { capitalised } from '../../figures.ts';
import { DIGEST_LENGTHS, FREQUENCIES } from '../../subscriber.ts';
import { clockWords, frequencyWords, hourWords, weekdayName, WEEKDAYS } from '../../subscribers/wording.ts';
import { findTimezone, formerTimezone, TIMEZONES, timezoneOffsets, todaysTimezone } from '../../subscribers/zones.ts';
import { type Language, languageOf } from '../../words/languages.ts';
import type { MessageKey, Words } from '../../words/words.ts';
import { type FormFields, listField, textField } from '../plugins/forms.ts';

/** What is wrong with what was filled in, in words to show where it was. */
export interface Problems {
  email?: string;
  choices?: string;
}

/** A part of the world, as the names of zones have it; of those without one, UTC. */
const regionName = (words: Words, region: string): string => {
  const key = REGION_NAMES[region];
  return key === undefined ? region : words.t(key);
};

const REGION_NAMES: Readonly<Record<string, `region-${string}` & MessageKey>> = {
  '': 'region-universal',
  Africa: 'region-africa',
  America: 'region-america',
  Antarctica: 'region-antarctica',
  Arctic: 'region-arctic',
  Asia: 'region-asia',
  Atlantic: 'region-atlantic',
  Australia: 'region-australia',
  Europe: 'region-europe',
  Indian: 'region-indian',
  Pacific: 'region-pacific',
};

/** What a network that sends many sign-ups has to do before the form is taken. */
export interface ChallengeView {
  text: string;
  /** From which minute (UTC) it is taken without the work, `HH:MM`. */
  opens: string;
}

/** What the form shows beside what was filled in. */
export interface FormMore {
  languages?: readonly Language[];
  problems?: Problems;
  /** The address that was probably meant. */
  suggestion?: string;
  challenge?: ChallengeView;
}

/**
 * The subscription form as its template draws it: what is chosen, what can be, and what was wrong.
 */
export interface FormView {
  email: string;
  topics: { slug: string; name: string; checked: boolean }[];
  /** `words`: how it reads in the summary. */
  frequencies: (Option & { words: string })[];
  hours: Option[];
  /** The day of a weekly digest, and how many papers it holds. */
  weekdays: Option[];
  lengths: Option[];
  wantsFresh: boolean;
  /** The zone as it was filled in, for a field that is typed in. */
  zone: string;
  /** The day on which a pause ends, `YYYY-MM-DD`; empty for none. */
  pauseUntil: string;
  zones: { region: string; zones: ZoneOption[] }[];
  /**
   * What is chosen, in one line. The page's script writes it anew: `all` is what it says of topics
   * when none is ticked; in `several`, `line` and `clock` stand * for what is filled in, in its order.
   */
  summary: { all: string; several: string; line: string; clock: string; text: string };
  /** The languages that can be chosen; empty where there is but one. */
  languages: Option[];
  /** Whether the zone is a reader's own choice, which the page's script then leaves alone. */
  zoneChosen: boolean;
  problems: Problems;
  suggestion: string | null;
  challenge: ChallengeView | null;
}
interface Option {
  value: string;
  label: string;
  chosen: boolean;
}
interface ZoneOption extends Option {
  /** An older name, which browsers may still know it by. */
  once: string | null;
}

/** `America/Argentina/Buenos_Aires` → Argentina, Buenos Aires */
const zoneLabel = (zone: string, comma: string): string =>
  (zone.split('/').slice(1).join(comma) || zone).replaceAll('_', ' ');

/** UTC first: that is what the form says until a zone is chosen. */
const REGIONS = [
  ...Map.groupBy(
    TIMEZONES.toSorted((a, b) => Number(b === 'UTC') - Number(a === 'UTC')),
    (zone) => (zone.includes('/') ? zone.split('/', 1)[0]! : ''),
  ),
];

/** Reads the form's fields as they are; the subscribers' own rules judge them. */
export function readChoices(fields: FormFields): PreferencesInput {
  const number = (name: string): number | undefined => {
    const text = textField(fields, name);
    return text ? numberOf(text) : undefined;
  };
  return {
    topics: listField(fields, 'topics'),
    frequency: textField(fields, 'frequency'),
    timezone: textField(fields, 'timezone'),
    sendHour: number('sendHour'),
    length: number('length'),
    weeklyOn: number('weeklyOn'),
    pauseUntil: textField(fields, 'pauseUntil'),
    fresh: isTicked(listField(fields, 'fresh')),
    language: textField(fields, 'language'),
  };
}

/** A box that is not ticked sends nothing, so its form says "no" ahead of it. */
const isTicked = (values: readonly string[]): boolean | undefined =>
  values.length === 0 ? undefined : values.includes('yes');

/**
 * The topics that a form offers: one that an operator took away is kept for who follows it, and no
 * edition of it comes any more.
 */
export const offered = (words: Words, topics: readonly Topic[], inForce: Pick<Topics, 'list'>): Topic[] =>
  topicsIn(
    words,
    topics.filter(({ slug }) => inForce.list.some((topic) => topic.slug === slug)),
  );

export function formView(
  words: Words,
  topics: readonly Topic[],
  now: Date,
  filled: PreferencesInput & { email?: string } = {},
  { languages = [], problems = {}, suggestion, challenge }: FormMore = {},
): FormView {
  const frequency = FREQUENCIES.find((f) => f === filled.frequency) ?? DEFAULTS.frequency;
  const sendHour = HOURS.find((h) => h === filled.sendHour) ?? DEFAULTS.sendHour;
  const weeklyOn = WEEKDAYS.find((day) => day === filled.weeklyOn) ?? DEFAULTS.weeklyOn;
  const length = DIGEST_LENGTHS.find((l) => l === filled.length) ?? DEFAULTS.length;
  const zone = filled.timezone ? findTimezone(filled.timezone) : null;
  const timezone = todaysTimezone(zone ?? DEFAULTS.timezone);
  const choosable = topics
    .filter((t) => t.slug !== OVERALL)
    .map(({ slug, name }) => ({ slug, name, checked: filled.topics?.includes(slug) ?? false }));
  const followed = choosable.filter((t) => t.checked).map((t) => t.name);
  return {
    email: filled.email ?? '',
    topics: choosable,
    frequencies: FREQUENCIES.map((value) => ({
      value,
      words: frequencyWords(words, value, weeklyOn),
      label: capitalised(frequencyWords(words, value, weeklyOn)),
      chosen: value === frequency,
    })),
    hours: HOURS.map((hour) => ({ value: String(hour), label: hourWords(hour), chosen: hour === sendHour })),
    weekdays: WEEKDAYS.map((day) => ({ value: String(day), label: weekdayName(words, day), chosen: day === weeklyOn })),
    lengths: DIGEST_LENGTHS.map((l) => ({
      value: String(l),
      label: words.t('papers', { papers: l }),
      chosen: l === length,
    })),
    zone: zone ?? filled.timezone ?? '',
    pauseUntil: filled.pauseUntil ?? '',
    wantsFresh: filled.fresh ?? DEFAULTS.wantsFresh,
    zones: zoneGroups(words, timezone, now),
    summary: {
      all: words.t('form-all-topics'),
      several: words.t('form-topics', { topics: '*' }),
      line: words.t('choice', { what: '*1', when: '*2', hour: '*3', clock: '*4' }),
      clock: words.t('clock', { place: '*' }),
      text: words.t('choice', {
        what: topicsInShort(words, followed),
        when: frequencyWords(words, frequency, weeklyOn),
        hour: hourWords(sendHour),
        clock: clockWords(words, timezone),
      }),
    },
    languages: languages.map((language) => ({
      value: language.tag,
      label: language.name,
      chosen: language.tag === (filled.language ?? words.language.tag),
    })),
    zoneChosen: zone !== null,
    problems,
    suggestion: suggestion ?? null,
    challenge: challenge ?? null,
  };
}

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** As the page's script tells it of what is ticked: templates/assets/form.js. */
const topicsInShort = (words: Words, names: readonly string[]): string =>
  names.length > 1
    ? words.t('form-topics', { topics: words.number(names.length) })
    : (names[0] ?? words.t('form-all-topics'));

/** The languages that readers can choose from; none where there is but the newsletter's. */
export function languagesOf({ language, languages }: Pick<Brand, 'language' | 'languages'>): Language[] {
  const tags = new Set([language, ...languages]);
  return tags.size < 2 ? [] : [...tags].flatMap((tag) => languageOf(tag) ?? []);
}

/** A reader's zone may be one that is not listed, an offset, say; it is offered all the same. */
function zoneGroups(words: Words, chosen: string, now: Date): FormView['zones'] {
  const offsets = timezoneOffsets(now);
  const comma = words.t('comma');
  const option = (value: string): ZoneOption => {
    const offset = offsets.get(value);
    return {
      value,
      once: formerTimezone(value),
      label: zoneLabel(value, comma) + (offset && value !== 'UTC' ? ` (${offset})` : ''),
      chosen: value === chosen,
    };
  };
  const own = offsets.has(chosen) ? [] : [{ region: words.t('form-zone-yours'), zones: [option(chosen)] }];
  return [
    ...own,
    ...REGIONS.map(([region, zones]) => ({ region: regionName(words, region), zones: zones.map(option) })),
  ];
}
