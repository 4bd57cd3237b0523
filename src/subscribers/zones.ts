import { LRUCache } from 'lru-cache';
import { dayOf } from '../day.ts';

/**
 * Names that CLDR, and with it Intl, still lists, and what the IANA database (its file `backward`)
 * calls these zones today.
 */
const RETIRED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'Africa/Asmera': 'Africa/Asmara',
    'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
    'America/Catamarca': 'America/Argentina/Catamarca',
    'America/Coral_Harbour': 'America/Atikokan',
    'America/Cordoba': 'America/Argentina/Cordoba',
    'America/Godthab': 'America/Nuuk',
    'America/Indianapolis': 'America/Indiana/Indianapolis',
    'America/Jujuy': 'America/Argentina/Jujuy',
    'America/Louisville': 'America/Kentucky/Louisville',
    'America/Mendoza': 'America/Argentina/Mendoza',
    'Asia/Calcutta': 'Asia/Kolkata',
    'Asia/Katmandu': 'Asia/Kathmandu',
    'Asia/Rangoon': 'Asia/Yangon',
    'Asia/Saigon': 'Asia/Ho_Chi_Minh',
    'Atlantic/Faeroe': 'Atlantic/Faroe',
    'Europe/Kiev': 'Europe/Kyiv',
    'Pacific/Enderbury': 'Pacific/Kanton',
    'Pacific/Ponape': 'Pacific/Pohnpei',
    'Pacific/Truk': 'Pacific/Chuuk',
  }),
);

const renamed = (zone: string): string => RETIRED.get(zone) ?? zone;

const FORMER: ReadonlyMap<string, string> = new Map([...RETIRED].map(([old, today]) => [today, old]));

/** What a zone was called before, where programs may still call it so. */
export const formerTimezone = (timezone: string): string | null => FORMER.get(timezone) ?? null;

/** Every zone by today's name, sorted. */
export const TIMEZONES: readonly string[] = [
  ...new Set(['UTC', ...Intl.supportedValuesOf('timeZone').map(renamed)]),
].toSorted();

/** The right spelling of a name by its lower case. */
const SPELLINGS = new Map([...TIMEZONES, ...RETIRED.keys()].map((zone) => [zone.toLowerCase(), zone]));

/**
 * To ask Intl takes a tenth of a sign-up. Spellings differ in case, so that their number is bounded
 * here.
 */
const asked = new LRUCache<string, { zone: string | null }>({ max: 1000 });

/**
 * The name as it was chosen, in its right case, or `null` when there is no such zone. Intl would
 * put another in its place: Calcutta for Kolkata.
 */
export function spelledTimezone(timezone: string): string | null {
  const spelled = SPELLINGS.get(timezone.toLowerCase());
  if (spelled !== undefined) return spelled;
  const canonical = askIntl(timezone);
  return canonical?.toLowerCase() === timezone.toLowerCase() ? canonical : canonical && timezone;
}

const plainly = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z]+/g, ' ')
    .trim();

/** Zones by the name of their place; `null` where two places share it. */
const BY_PLACE = new Map<string, string | null>();
for (const zone of TIMEZONES) {
  const place = plainly(zone.split('/').at(-1)!);
  BY_PLACE.set(place, BY_PLACE.has(place) ? null : zone);
}

/** The zone that a reader means: by its name, or by its place alone ("Berlin", "new york"). */
export const findTimezone = (text: string): string | null =>
  spelledTimezone(text) ?? BY_PLACE.get(plainly(text.split('(')[0]!)) ?? null;

/** What the zone is called today, for one that may have been chosen under an older name. */
export function todaysTimezone(timezone: string): string {
  const spelled = SPELLINGS.get(timezone.toLowerCase()) ?? askIntl(timezone) ?? timezone;
  return renamed(spelled);
}

function askIntl(timezone: string): string | null {
  const known = asked.get(timezone) ?? { zone: resolve(timezone) };
  asked.set(timezone, known);
  return known.zone;
}

function resolve(timezone: string): string | null {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: timezone }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

let offsets: { day: string; byZone: ReadonlyMap<string, string> } = { day: '', byZone: new Map() };

/**
 * How far each zone is from UTC now: `UTC+05:30`. All of them take 70 ms, so they are found once a
 * day, as public pages are.
 */
export function timezoneOffsets(now: Date): ReadonlyMap<string, string> {
  const day = dayOf(now);
  if (offsets.day !== day) offsets = { day, byZone: new Map(TIMEZONES.map((zone) => [zone, offsetOf(zone, now)])) };
  return offsets.byZone;
}

function offsetOf(timeZone: string, now: Date): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts(now);
  const offset = parts.find((part) => part.type === 'timeZoneName')?.value ?? '';
  return offset === 'GMT' ? 'UTC+00:00' : offset.replace('GMT', 'UTC').replace('-', '−');
}
