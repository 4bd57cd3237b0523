import type { Db, Tx } from '../db/client.ts';
import { settleUnknown } from '../db/unknown.ts';
import { FREQUENCIES, type Preferences, type Status } from '../subscriber.ts';
import { getSubscriber, updatePreferences } from '../db/subscribers.ts';
import { listTopics } from '../db/topics.ts';
import { AppError } from '../errors.ts';
import { OVERALL } from '../paper.ts';
import { nextDue } from './schedule.ts';
import { type Keyring, noLongerWorks } from './tokens.ts';
import { spelledTimezone } from './zones.ts';

export interface PreferencesInput {
  topics?: readonly string[] | undefined;
  frequency?: string | undefined;
  timezone?: string | undefined;
  sendHour?: number | undefined;
  fresh?: boolean | undefined;
}

export const DEFAULTS: Preferences = {
  topics: [OVERALL],
  frequency: 'daily',
  timezone: 'UTC',
  sendHour: 8,
  wantsFresh: true,
};

/** An hour as people type it. Number would take "1e1", "0x8" and " 8" too. */
export const hourOf = (text: string): number => (/^\d{1,2}$/.test(text) ? Number(text) : NaN);

const invalid = (sentence: string): never => {
  throw new AppError('INPUT_INVALID', sentence);
};

/**
 * Turns what a form, the API or a CSV row says into preferences; what is not said gets its default.
 * Throws INPUT_INVALID.
 */
export async function parsePreferences(db: Tx, input: PreferencesInput): Promise<Preferences> {
  const wanted = [...new Set(input.topics ?? [])].filter(Boolean);
  const known = wanted.every((t) => t === OVERALL) ? [] : (await listTopics(db)).map((t) => t.slug);
  return checkPreferences(input, known);
}

/** The pure part of `parsePreferences`: `known` are the slugs of all topics. */
export function checkPreferences(input: PreferencesInput, known: readonly string[]): Preferences {
  const topics = [...new Set(input.topics ?? [])].filter(Boolean).sort();
  const stranger = topics.find((t) => t !== OVERALL && !known.includes(t));
  if (stranger !== undefined)
    invalid(`There is no topic named "${stranger.slice(0, 60)}". Choose from the topics listed on the site.`);
  const frequency =
    FREQUENCIES.find((f) => f === (input.frequency || DEFAULTS.frequency)) ??
    invalid(`The frequency must be one of ${FREQUENCIES.join(', ')}.`);
  const timezone =
    spelledTimezone(input.timezone || DEFAULTS.timezone) ??
    invalid('That is not a time zone we know. Use a name such as Europe/Berlin or America/New_York.');
  const sendHour = input.sendHour ?? DEFAULTS.sendHour;
  if (!Number.isInteger(sendHour) || sendHour < 0 || sendHour > 23)
    invalid('The hour must be a whole number from 0 to 23.');
  // Everything holds every topic: following both would be following everything.
  return {
    topics: topics.length === 0 || topics.includes(OVERALL) ? [OVERALL] : topics,
    frequency,
    timezone,
    sendHour,
    wantsFresh: input.fresh ?? DEFAULTS.wantsFresh,
  };
}

interface PreferencesDeps {
  db: Db;
  keyring: Keyring;
  now: () => Date;
}

export async function getPreferences(deps: PreferencesDeps, token: string): Promise<Preferences & { status: Status }> {
  const { subscriberId } = deps.keyring.verify('preferences', token, deps.now());
  const known = await getSubscriber(deps.db, subscriberId);
  if (!known || known.status === 'erased') throw noLongerWorks();
  const { topics, frequency, timezone, sendHour, wantsFresh, status } = known;
  return { topics, frequency, timezone, sendHour, wantsFresh, status };
}

/** Who changes their preferences by the link of a mail has got that mail. */
export async function setPreferences(deps: PreferencesDeps, token: string, input: PreferencesInput): Promise<void> {
  const now = deps.now();
  const mark = deps.keyring.verify('preferences', token, now);
  const preferences = await parsePreferences(deps.db, input);
  if (!(await updatePreferences(deps.db, mark.subscriberId, preferences, nextDue(now, preferences))))
    throw noLongerWorks();
  await settleUnknown(deps.db, mark, 'accepted', 'answered', now);
}
