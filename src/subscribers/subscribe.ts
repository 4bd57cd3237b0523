import type { Db } from '../db/client.ts';
import { settleUnknown } from '../db/unknown.ts';
import { activate, end, getSubscriber, recordRequest, type SubscriberRow } from '../db/subscribers.ts';
import type { Logger } from '../telemetry.ts';
import { newAddress } from './address.ts';
import { parsePreferences, type PreferencesInput } from './preferences.ts';
import { type Keyring, noLongerWorks, type Purpose } from './tokens.ts';
import { MINUTE } from '../duration.ts';

export interface SubscribeDeps {
  db: Db;
  keyring: Keyring;
  now: () => Date;
  log: Logger;
  /**
   * Asks for the notice that a request owes, without waiting for the queue: a sweeper finds what it
   * did not take.
   */
  enqueueNotice: (subscriberId: number) => void;
  /**
   * Sends the current edition to a reader who just confirmed, and tells whether there is one for
   * them. May fail: the next dispatch does it.
   */
  welcome: (subscriberId: number) => Promise<boolean>;
}

/**
 * What pressing Confirm led to: the current edition is on its way, the first one comes later, or
 * the reader was active already.
 */
export type Confirmed = 'welcomed' | 'later' | 'already';

/** One address gets at most one notice in this time, however often it is typed in. */
const QUIET_MS = 10 * MINUTE;

/**
 * Takes a wish to subscribe. The same work is done and the same nothing is returned whether the
 * address is new, pending, active, ended or suppressed: what mail it is sent, if any, is decided
 * later by the worker.
 */
export async function subscribe(deps: SubscribeDeps, input: PreferencesInput & { email: string }): Promise<void> {
  const email = newAddress(input.email);
  const preferences = await parsePreferences(deps.db, input);
  const now = deps.now();
  const { id, noticeOwed } = await recordRequest(deps.db, { email, ...preferences }, now, QUIET_MS);
  if (noticeOwed) deps.enqueueNotice(id);
}

/** Throws TOKEN_INVALID unless the token is genuine and made for this purpose. Changes nothing. */
export const checkToken = (deps: Pick<SubscribeDeps, 'keyring' | 'now'>, purpose: Purpose, token: string): void => {
  deps.keyring.verify(purpose, token, deps.now());
};

/**
 * The reader pressed Confirm: active from now on, and due at once, so that the minute's dispatch
 * sends the first digest if a crash comes before the welcome. Pressing again changes nothing.
 */
export async function confirm(deps: SubscribeDeps, token: string): Promise<Confirmed> {
  const now = deps.now();
  const { subscriberId, issuedAt } = deps.keyring.verify('confirm', token, now);
  const isActive = (reader: SubscriberRow | null): boolean => reader?.status === 'active';
  const known = await getSubscriber(deps.db, subscriberId);
  if (!known) throw noLongerWorks();
  if (isActive(known)) return 'already';
  if (!(await activate(deps.db, subscriberId, issuedAt, now))) {
    // Pressed twice at once: the other press did it.
    if (isActive(await getSubscriber(deps.db, subscriberId))) return 'already';
    throw noLongerWorks();
  }
  const welcomed = await deps
    .welcome(subscriberId)
    .catch((err: unknown) =>
      deps.log.warn({ err }, 'Cannot send the current edition to a new reader now: the next dispatch will'),
    );
  return welcomed ? 'welcomed' : 'later';
}

/**
 * RFC 8058: works for the life of the mail, without anything but the token, and again and again.
 * Who presses it has got that mail.
 */
export async function unsubscribe(
  deps: Pick<SubscribeDeps, 'db' | 'keyring' | 'now'>,
  token: string,
): Promise<{ resubscribeToken: string | null }> {
  const now = deps.now();
  const mark = deps.keyring.verify('unsubscribe', token, now);
  const { subscriberId } = mark;
  await end(deps.db, subscriberId, 'unsubscribed', now);
  await settleUnknown(deps.db, mark, 'accepted', 'answered', now);
  const known = await getSubscriber(deps.db, subscriberId);
  return {
    resubscribeToken:
      known?.status === 'unsubscribed' ? deps.keyring.sign('confirm', { subscriberId, issuedAt: now }) : null,
  };
}
