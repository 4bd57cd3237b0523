import { type Db, transaction } from '../db/client.ts';
import { isSuppressed } from '../db/suppressions.ts';
import { activate, keepLeavingReason, lockSubscriber, updatePreferences } from '../db/subscribers.ts';
import { lastFrozenAt } from '../db/deliveries.ts';
import { DAY } from '../duration.ts';
import { LEAVING_REASONS, type LeavingReason, type Preferences } from '../subscriber.ts';
import { DEFAULTS, dueBy, pauseOf } from './preferences.ts';
import { dayIn, nextDue } from './schedule.ts';
import { type Keyring, noLongerWorks } from './tokens.ts';

/** What a reader who left is offered in the place of nothing. */
export const OFFERS = ['weekly', 'fewer', 'pause'] as const;
export type Offer = (typeof OFFERS)[number];

export const isOffer = (text: string): text is Offer => (OFFERS as readonly string[]).includes(text);
export const isLeavingReason = (text: string): text is LeavingReason =>
  (LEAVING_REASONS as readonly string[]).includes(text);

const PAUSE_DAYS = 28;

interface LeavingDeps {
  db: Db;
  keyring: Keyring;
  now: () => Date;
}

/** What came of an offer that was taken. */
export interface CameBack {
  chosen: Preferences;
  next: Date;
}

/** What an offer makes of a reader's choices. Pure. */
export function offered(offer: Offer, chosen: Preferences, now: Date): Preferences {
  if (offer === 'weekly') return { ...chosen, frequency: 'weekly', weeklyOn: DEFAULTS.weeklyOn, pausedUntil: null };
  if (offer === 'fewer') return { ...chosen, length: 5, pausedUntil: null };
  const until = dayIn(new Date(now.getTime() + PAUSE_DAYS * DAY), chosen.timezone);
  return { ...chosen, pausedUntil: pauseOf(until, chosen.timezone, now) };
}

/**
 * A reader who left takes an offer, by a link to confirm that the page gave them: active again, by
 * the changed choices, and without a digest at once. Throws TOKEN_INVALID.
 */
export async function comeBack({ db, keyring, now }: LeavingDeps, token: string, offer: Offer): Promise<CameBack> {
  const moment = now();
  const { subscriberId, issuedAt } = keyring.verify('confirm', token, moment);
  return transaction(db, async (tx) => {
    const active = await activate(tx, subscriberId, issuedAt, moment);
    // Pressed twice: the choices are as the first press left them.
    const reader = active ?? (await lockSubscriber(tx, subscriberId));
    if (reader?.status !== 'active' || (await isSuppressed(tx, keyring.hashesOf(reader.email)))) throw noLongerWorks();
    const chosen = active ? offered(offer, reader, moment) : reader;
    const last = await lastFrozenAt(tx, subscriberId);
    // What became due by coming back is not owed: an offer begins with the next hour.
    if (active) await updatePreferences(tx, subscriberId, chosen, dueBy(chosen, moment, last));
    return { chosen, next: nextDue(moment, chosen, last) };
  });
}

/** Why a reader left, in a word of ours. Kept of one who is unsubscribed. */
export async function sayWhy({ db, keyring, now }: LeavingDeps, token: string, reason: LeavingReason): Promise<void> {
  const { subscriberId } = keyring.verify('unsubscribe', token, now());
  await keepLeavingReason(db, subscriberId, reason);
}
