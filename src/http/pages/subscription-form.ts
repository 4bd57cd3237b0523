import { OVERALL, type Topic } from '../../paper.ts';
import { DEFAULTS, hourOf, type PreferencesInput } from '../../subscribers/preferences.ts';
import { FREQUENCIES, type Frequency } from '../../subscriber.ts';
import { type FormFields, listField, textField } from '../plugins/forms.ts';

/** What is wrong with what was filled in, in words to show where it was. */
export interface Problems {
  email?: string;
  choices?: string;
}

/**
 * The subscription form as its template draws it: what is chosen, what can be, and what was wrong.
 */
export interface FormView {
  email: string;
  topics: { slug: string; name: string; checked: boolean }[];
  frequencies: Option[];
  hours: Option[];
  zones: { region: string; zones: Option[] }[];
  /** What is chosen under "when", in one line, for the closed fold. */
  summary: string;
  /** Whether the zone is a reader's own choice, which the page's script then leaves alone. */
  zoneChosen: boolean;
  problems: Problems;
}
interface Option {
  value: string;
  label: string;
  chosen: boolean;
}

const FREQUENCY_LABELS: Readonly<Record<Frequency, string>> = {
  daily: 'Every day',
  weekdays: 'Monday to Friday',
  weekly: 'On Mondays',
};

const hourLabel = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;
const zoneLabel = (zone: string): string => (zone.split('/').slice(1).join(', ') || zone).replaceAll('_', ' ');

const ZONE_NAMES = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((z) => z !== 'UTC')];
const REGIONS = [...Map.groupBy(ZONE_NAMES, (zone) => (zone.includes('/') ? zone.split('/', 1)[0]! : 'Universal'))];

/** Reads the form's fields as they are; the subscribers' own rules judge them. */
export function readChoices(fields: FormFields): PreferencesInput {
  const hour = textField(fields, 'sendHour');
  return {
    topics: listField(fields, 'topics'),
    frequency: textField(fields, 'frequency'),
    timezone: textField(fields, 'timezone'),
    sendHour: hour ? hourOf(hour) : undefined,
  };
}

export function formView(
  topics: readonly Topic[],
  filled: PreferencesInput & { email?: string } = {},
  problems: Problems = {},
): FormView {
  const frequency = FREQUENCIES.find((f) => f === filled.frequency) ?? DEFAULTS.frequency;
  const sendHour = filled.sendHour ?? DEFAULTS.sendHour;
  return {
    email: filled.email ?? '',
    topics: topics
      .filter((t) => t.slug !== OVERALL)
      .map(({ slug, name }) => ({ slug, name, checked: filled.topics?.includes(slug) ?? false })),
    frequencies: FREQUENCIES.map((value) => ({ value, label: FREQUENCY_LABELS[value], chosen: value === frequency })),
    hours: Array.from({ length: 24 }, (_, hour) => ({
      value: String(hour),
      label: hourLabel(hour),
      chosen: hour === sendHour,
    })),
    zones: zoneGroups(filled.timezone || DEFAULTS.timezone),
    summary: `${FREQUENCY_LABELS[frequency]} at ${hourLabel(Number.isInteger(sendHour) ? sendHour : DEFAULTS.sendHour)}`,
    zoneChosen: Boolean(filled.timezone),
    problems,
  };
}

/**
 * A reader's zone may go by a name that Intl does not list (Asia/Kolkata, say, beside
 * Asia/Calcutta); it is offered all the same.
 */
function zoneGroups(chosen: string): FormView['zones'] {
  const option = (value: string): Option => ({ value, label: zoneLabel(value), chosen: value === chosen });
  const own = ZONE_NAMES.includes(chosen) ? [] : [{ region: 'Yours', zones: [option(chosen)] }];
  return [...own, ...REGIONS.map(([region, zones]) => ({ region, zones: zones.map(option) }))];
}
