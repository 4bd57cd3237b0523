import { type Db, transaction, type Tx } from '../db/client.ts';
import { lastFrozenAt } from '../db/deliveries.ts';
import { settleUnknown } from '../db/unknown.ts';
import { DIGEST_LENGTHS, FREQUENCIES, type Preferences, type Status, type Weekday } from '../subscriber.ts';
import { getSubscriber, lockSubscriber, type SubscriberRow, updatePreferences } from '../db/subscribers.ts';
import { listTopics } from '../db/topics.ts';
import { addDays, isDay } from '../day.ts';
import { OVERALL } from '../paper.ts';
import { maskAddress } from './address.ts';
import { dayIn, nextDue, startOfDay, type Wish } from './schedule.ts';
import { LANGUAGES, languageOf } from '../words/languages.ts';
import type { MessageKey } from '../words/words.ts';
import type { Messages } from '../words/messages.ts';
import { ReaderError } from '../words/reader-error.ts';
import { type Keyring, noLongerWorks, type Purpose } from './tokens.ts';
import { findTimezone } from './zones.ts';

export interface PreferencesInput {
  topics?: readonly string[] | undefined;
  frequency?: string | undefined;
  timezone?: string | undefined;
  sendHour?: number | undefined;
  fresh?: boolean | undefined;
  length?: number | undefined;
  /** 1 = Monday … 7 = Sunday. */
  weeklyOn?: number | undefined;
  /** The day on which digests come again, `YYYY-MM-DD`. */
  pauseUntil?: string | undefined;
  /** The tag of a language. */
  language?: string | null | undefined;
}

export const DEFAULTS: Preferences = {
  topics: [OVERALL],
  frequency: 'daily',
  timezone: 'UTC',
  sendHour: 8,
  wantsFresh: true,
  length: 10,
  weeklyOn: 1,
  pausedUntil: null,
};

/** A longer pause is no pause. */
export const LONGEST_PAUSE_DAYS = 366;

/** A number of one or two digits, as people type it. Number would take "1e1", "0x8" and " 8" too. */
export const numberOf = (text: string): number => (/^\d{1,2}$/.test(text) ? Number(text) : NaN);

const invalid = <Key extends MessageKey>(key: Key, args: Messages[Key]): never => {
  throw new ReaderError('INPUT_INVALID', key, args);
};

/**
 * Turns what a form, the API or a CSV row says into preferences; what is not said gets its default.
 * `mayBe` bars topics that are gone, which stay stored for who holds them. Throws INPUT_INVALID.
 */
export async function parsePreferences(
  db: Tx,
  input: PreferencesInput,
  mayBe: (slug: string) => boolean = () => true,
): Promise<Preferences> {
  const wanted = [...new Set(input.topics ?? [])].filter(Boolean);
  const known = wanted.every((t) => t === OVERALL) ? [] : (await listTopics(db)).map((t) => t.slug);
  return checkPreferences(input, known.filter(mayBe));
}

/** The pure part of `parsePreferences`: `known` are the slugs of all topics. */
export function checkPreferences(input: PreferencesInput, known: readonly string[]): Preferences {
  const topics = [...new Set(input.topics ?? [])].filter(Boolean).sort();
  const stranger = topics.find((t) => t !== OVERALL && !known.includes(t));
  if (stranger !== undefined) invalid('input-topic', { topic: stranger.slice(0, 60) });
  const frequency =
    FREQUENCIES.find((f) => f === (input.frequency || DEFAULTS.frequency)) ??
    invalid('input-frequency', { known: FREQUENCIES.join(', ') });
  const timezone = findTimezone(input.timezone || DEFAULTS.timezone) ?? invalid('input-timezone', null);
  const sendHour = input.sendHour ?? DEFAULTS.sendHour;
  if (!Number.isInteger(sendHour) || sendHour < 0 || sendHour > 23) invalid('input-hour', null);
  const length =
    DIGEST_LENGTHS.find((l) => l === (input.length ?? DEFAULTS.length)) ??
    invalid('input-length', { known: DIGEST_LENGTHS.join(', ') });
  const weeklyOn = input.weeklyOn ?? DEFAULTS.weeklyOn;
  if (input.language && languageOf(input.language) === undefined)
    invalid('input-language', {
      known: LANGUAGES.filter(({ isPseudo }) => !isPseudo)
        .map(({ tag }) => tag)
        .join(', '),
    });
  if (!isWeekday(weeklyOn)) invalid('input-weekday', null);
  // Everything holds every topic: following both would be following everything.
  return {
    topics: topics.length === 0 || topics.includes(OVERALL) ? [OVERALL] : topics,
    frequency,
    timezone,
    sendHour,
    wantsFresh: input.fresh ?? DEFAULTS.wantsFresh,
    length,
    weeklyOn: weeklyOn as Weekday,
    pausedUntil: null,
    ...(input.language && { language: input.language }),
  };
}

const isWeekday = (day: number): day is Weekday => Number.isInteger(day) && day >= 1 && day <= 7;

/**
 * When a pause until a day ends, by the clock of the reader's zone; `null` for none, and for a day
 * that has come.
 */
export function pauseOf(until: string | undefined, timezone: string, now: Date): Date | null {
  if (!until) return null;
  const today = dayIn(now, timezone);
  if (!isDay(until)) invalid('input-pause-day', null);
  if (until > addDays(today, LONGEST_PAUSE_DAYS)) invalid('input-pause-long', null);
  return until <= today ? null : startOfDay(until, timezone);
}

export interface PreferencesDeps {
  db: Db;
  keyring: Keyring;
  now: () => Date;
  /** Whether a topic is still among those of the newsletter. */
  isInForce?: (slug: string) => boolean;
}

/** What a reader finds on the page of their preferences. */
export interface KnownPreferences extends Preferences {
  status: Status;
  /** The address, told so that only its reader knows it. */
  address: string;
}

/** The reader behind a link to the preferences. Throws TOKEN_INVALID. */
export async function readerOf(deps: PreferencesDeps, token: string): Promise<SubscriberRow> {
  const { subscriberId } = deps.keyring.verify('preferences', token, deps.now());
  const known = await getSubscriber(deps.db, subscriberId);
  if (!known || known.status === 'erased') throw noLongerWorks();
  return known;
}

/** The language that the reader of a link chose. What goes wrong here goes wrong again where it is told. */
export async function languageOfReader(
  { db, keyring, now }: PreferencesDeps,
  purpose: Purpose,
  token: string,
): Promise<string | null> {
  try {
    return (await getSubscriber(db, keyring.verify(purpose, token, now()).subscriberId))?.language ?? null;
  } catch {
    return null;
  }
}

export async function getPreferences(deps: PreferencesDeps, token: string): Promise<KnownPreferences> {
  const { status, email, ...known } = await readerOf(deps, token);
  const { topics, frequency, weeklyOn, timezone, sendHour, wantsFresh, length, pausedUntil, language } = known;
  return {
    topics,
    frequency,
    weeklyOn,
    timezone,
    sendHour,
    wantsFresh,
    length,
    pausedUntil,
    ...(language && { language }),
    status,
    address: maskAddress(email),
  };
}

/** Who changes their preferences by the link of a mail has got that mail. */
export async function setPreferences(deps: PreferencesDeps, token: string, input: PreferencesInput): Promise<void> {
  const now = deps.now();
  const mark = deps.keyring.verify('preferences', token, now);
  const held = (await getSubscriber(deps.db, mark.subscriberId))?.topics ?? [];
  const { isInForce = () => true } = deps;
  const parsed = await parsePreferences(deps.db, input, (slug) => held.includes(slug) || isInForce(slug));
  const preferences = { ...parsed, pausedUntil: pauseOf(input.pauseUntil, parsed.timezone, now) };
  const isKept = await transaction(deps.db, (tx) => keepPreferences(tx, mark.subscriberId, preferences, now));
  if (!isKept) throw noLongerWorks();
  await settleUnknown(deps.db, mark, 'accepted', 'answered', now);
}

/**
 * Writes a reader's choices, and when the next digest is due by them: not on the day of the last
 * one. A digest that is owed already stays so, unless a pause holds it. Returns whether there is a
 * reader to keep them for. Inside a transaction.
 */
export async function keepPreferences(tx: Tx, id: number, chosen: Preferences, now: Date): Promise<boolean> {
  // Held until the end: no digest can be frozen between the look and the write.
  const reader = await lockSubscriber(tx, id);
  if (!reader) return false;
  const isOwed = reader.nextDueAt !== null && reader.nextDueAt <= now && chosen.pausedUntil === null;
  const due = isOwed ? reader.nextDueAt : dueBy(chosen, now, await lastFrozenAt(tx, id));
  return updatePreferences(tx, id, chosen, due);
}

/** A pause has no next hour: the dispatch gives one when it ends. */
export const dueBy = (wish: Wish, now: Date, last: Date | null): Date | null =>
  wish.pausedUntil ? null : nextDue(now, wish, last);
