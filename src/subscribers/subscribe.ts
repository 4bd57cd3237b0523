import { type Db, transaction } from '../db/client.ts';
import { type AskedFollow, askedFollow, takeUpAsked } from '../db/follows.ts';
import { askAgain } from '../db/notices.ts';
import { isSuppressed, liftSuppression } from '../db/suppressions.ts';
import { settleUnknown } from '../db/unknown.ts';
import { activate, end, getSubscriber, type SubscriberRow } from '../db/subscribers.ts';
import type { Preferences } from '../subscriber.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../telemetry.ts';
import { newAddress } from './address.ts';
import type { Challenge, Guard } from './guard.ts';
import type { CheckDomain } from './mail-domain.ts';
import { type FollowInput, parseFollow } from './follows.ts';
import { parsePreferences, type PreferencesInput } from './preferences.ts';
import type { RecordRequest } from './requests.ts';
import { afterCurrent, nextDigest } from './schedule.ts';
import { type Keyring, noLongerWorks, type Purpose } from './tokens.ts';
import { MINUTE, SECOND } from '../duration.ts';

export interface SubscribeDeps {
  db: Db;
  keyring: Keyring;
  now: () => Date;
  log: Logger;
  /** `groupRequests` with QUIET_MS. */
  recordRequest: RecordRequest;
  guard: Guard;
  checkDomain: CheckDomain;
  /** Whether a topic can be asked for: one that was removed stays for who holds it alone. */
  isInForce?: (slug: string) => boolean;
  /** Hears of every address that is taken. */
  onSignUp?: (address: string) => void;
  /**
   * Asks for the notice that a request owes, without waiting for the queue: a sweeper finds what it
   * did not take.
   */
  enqueueNotice: (subscriberId: number) => void;
  /** The hour (UTC) at which the edition of a day is frozen. */
  editionHour: number;
  /**
   * Sends the current edition to a reader who just confirmed. May fail: the next dispatch does it.
   */
  welcome: (subscriberId: number) => Promise<Welcome>;
}

/**
 * What becomes of the current edition for a reader who confirms: those who come back may have had
 * it.
 */
export type Welcome = 'coming' | 'had' | 'nothing';

/** What pressing Confirm led to. */
export interface Confirmed {
  outcome: Welcome | 'already';
  chosen: Preferences;
  /** The reader's next hour with a newer edition; `null` while the first edition is being made. */
  next: Date | null;
}

/** What was asked for and is still to be confirmed. */
export interface Wish {
  chosen: Preferences;
  /** What it was asked for beside topics. */
  asked: AskedFollow | null;
  /** When the digest after the current edition comes, if it is confirmed now. */
  next: Date;
}

/** One address gets at most one notice in this time, however often it is typed in. */
export const QUIET_MS = 10 * MINUTE;

/** What is typed into the form, or sent by a program, and whence. */
export type SignUp = PreferencesInput & {
  email: string;
  follow?: FollowInput | undefined;
  /** The network it came from; without one it is not looked after. */
  network?: string | undefined;
  /** What was done of the challenge that an earlier try was answered with. */
  proof?: string | undefined;
};

/**
 * Takes a wish to subscribe, and returns `null`, or what its network has to do first. The same work
 * is done and the same is returned whether the address is new, pending, active, ended or
 * suppressed: what mail it is sent, if any, is decided later by the worker.
 */
export async function subscribe(deps: SubscribeDeps, input: SignUp): Promise<Challenge | null> {
  const { guard } = deps;
  const { network } = input;
  const email = newAddress(input.email);
  const follow = input.follow === undefined ? null : await parseFollow(deps.db, input.follow, deps.isInForce);
  const topics = follow?.kind === 'topic' ? [follow.value] : input.topics;
  const preferences = await parsePreferences(deps.db, { ...input, topics }, deps.isInForce);
  await deps.checkDomain(email);
  const challenge = network === undefined ? null : await guard.admit(network, input.proof);
  if (challenge !== null) return challenge;
  const from = network === undefined ? null : guard.pseudonymsOf(network);
  const wish = { email, ...preferences, follow, from, requestedAt: deps.now() };
  const { id, noticeOwed } = await deps.recordRequest(wish);
  if (noticeOwed) deps.enqueueNotice(id);
  deps.onSignUp?.(email);
  return null;
}

/**
 * The operator sends another confirmation to a reader who has not confirmed, or has left, for what
 * they chose last. The caps on notices hold. Throws INPUT_INVALID where none can go now.
 */
export async function confirmAgain(
  { db, now, enqueueNotice }: Pick<SubscribeDeps, 'db' | 'now' | 'enqueueNotice'>,
  subscriberId: number,
): Promise<void> {
  if (!(await askAgain(db, subscriberId, now(), QUIET_MS)))
    throw new AppError(
      'INPUT_INVALID',
      'No confirmation was sent: one went within the last ten minutes, their mailbox had its share of the day, or ' +
        'they need none.',
    );
  enqueueNotice(subscriberId);
}

/** Throws TOKEN_INVALID unless the token is genuine and made for this purpose. Changes nothing. */
export const checkToken = (deps: Pick<SubscribeDeps, 'keyring' | 'now'>, purpose: Purpose, token: string): void => {
  deps.keyring.verify(purpose, token, deps.now());
};

/** Links know whole seconds. */
const isBefore = (moment: Date | null, linkMadeAt: Date): boolean =>
  moment === null || moment.getTime() < linkMadeAt.getTime() + SECOND;

/** Whether a link still confirms, as `activate` asks it: its mail knows the newest choices, and the reader stayed. */
const isCurrent = ({ status, requestedAt, endedAt }: SubscriberRow, linkMadeAt: Date): boolean =>
  ['pending', 'active', 'unsubscribed'].includes(status) &&
  isBefore(requestedAt, linkMadeAt) &&
  isBefore(endedAt, linkMadeAt);

/** What a link to confirm is about. Throws TOKEN_INVALID for one that confirms no longer. Changes nothing. */
export async function getWish(
  deps: Pick<SubscribeDeps, 'db' | 'keyring' | 'now' | 'editionHour'>,
  token: string,
): Promise<Wish> {
  const now = deps.now();
  const { subscriberId, issuedAt } = deps.keyring.verify('confirm', token, now);
  const known = await getSubscriber(deps.db, subscriberId);
  if (!known || !isCurrent(known, issuedAt)) throw noLongerWorks();
  const asked = await askedFollow(deps.db, subscriberId);
  return { chosen: known, asked, next: afterCurrent(now, known, deps.editionHour) };
}

/**
 * The reader pressed Confirm: active from now on, and due at once, so that the minute's dispatch
 * sends the first digest if a crash comes before the welcome. Pressing again changes nothing.
 */
export async function confirm(deps: SubscribeDeps, token: string): Promise<Confirmed> {
  const now = deps.now();
  const { subscriberId, issuedAt } = deps.keyring.verify('confirm', token, now);
  const outcome = await activateOnce(deps, subscriberId, issuedAt);
  const reader = await getSubscriber(deps.db, subscriberId);
  if (!reader) throw noLongerWorks();
  const isDueNow = reader.nextDueAt !== null && reader.nextDueAt <= now;
  const { lastDigestDate: had } = reader;
  return {
    outcome,
    chosen: reader,
    next: isDueNow ? null : nextDigest(now, reader, { had, editionHour: deps.editionHour }),
  };
}

async function activateOnce(
  deps: SubscribeDeps,
  subscriberId: number,
  linkMadeAt: Date,
): Promise<Confirmed['outcome']> {
  const isActive = async (): Promise<boolean> => (await getSubscriber(deps.db, subscriberId))?.status === 'active';
  if (await isActive()) return 'already';
  const now = deps.now();
  const activated = await transaction(deps.db, async (tx) => {
    const reader = await activate(tx, subscriberId, linkMadeAt, now);
    if (!reader) return null;
    // Who complained comes back only when the operator let them ask: rolled back with the rest.
    if (await isSuppressed(tx, deps.keyring.hashesOf(reader.email))) throw noLongerWorks();
    await takeUpAsked(tx, subscriberId, now);
    await liftSuppression(tx, deps.keyring.hashesOf(reader.email));
    return reader;
  });
  if (!activated) {
    // Pressed twice at once: the other press did it.
    if (await isActive()) return 'already';
    throw noLongerWorks();
  }
  return deps.welcome(subscriberId).catch((err: unknown): Welcome => {
    deps.log.warn({ err }, 'Cannot send the current edition to a new reader now: the next dispatch will');
    return 'nothing';
  });
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
  const mayComeBack =
    known?.status === 'unsubscribed' && !(await isSuppressed(deps.db, deps.keyring.hashesOf(known.email)));
  return { resubscribeToken: mayComeBack ? deps.keyring.sign('confirm', { subscriberId, issuedAt: now }) : null };
}
