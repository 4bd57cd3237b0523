import type { PastFeedback } from '../db/feedback.ts';
import type { Reason } from '../mail/reply-rules.ts';
import type { Share } from '../db/brakes.ts';

/** What becomes of a subscription: how it ends, and why its address is never mailed again, if so. */
export interface Ending {
  status: 'bounced' | 'complained' | 'unsubscribed';
  suppress: 'bounced' | 'complained' | 'refused' | null;
}

/** A mailbox that two days of mail did not find is not there. */
const HARD_DAYS = 2;
/** Of refusals that no one could explain. */
const REFUSED_DAYS = 5;
/** In days: what was heard longer ago is forgotten. Five weekly digests fit in. */
export const REMEMBERED_DAYS = 60;

/**
 * What no one can explain and the mailbox may be to blame for. All else that is permanent by its code
 * ends nothing: it is full, switched off for a while or greylists, a name server failed, or it is our
 * message or our server that is not wanted.
 */
const UNEXPLAINED: ReadonlySet<string> = new Set<Reason>(['other', 'loop']);

/**
 * What is to be done about a reader of whom all this was heard. Pure. One refusal ends nothing: what
 * is hard on two different days does, a complaint does at once, and what no one can explain stops the
 * mail after five.
 */
export function endingOf(heard: readonly Omit<PastFeedback, 'subscriberId'>[]): Ending | null {
  if (heard.some(({ kind }) => kind === 'complaint')) return { status: 'complained', suppress: 'complained' };
  if (heard.some(({ kind }) => kind === 'unsubscribe')) return { status: 'unsubscribed', suppress: null };
  const daysOf = (is: (one: Omit<PastFeedback, 'subscriberId'>) => boolean): number =>
    new Set(heard.filter(is).map(({ day }) => day)).size;
  if (daysOf(({ kind }) => kind === 'hard') >= HARD_DAYS) return { status: 'bounced', suppress: 'bounced' };
  const isRefused = ({ kind, permanent, reason }: Omit<PastFeedback, 'subscriberId'>): boolean =>
    kind === 'hard' || (kind === 'soft' && permanent && UNEXPLAINED.has(reason));
  return daysOf(isRefused) >= REFUSED_DAYS ? { status: 'bounced', suppress: 'refused' } : null;
}

/** Of fewer readers a share says nothing. */
const BRAKE_FROM = 20;
const BRAKE_SHARE = 0.05;

/** Of so many readers, so many unknown ones are no reason to pull the brake. Pure. */
export const noReasonUpTo = (frozen: number): number => Math.floor(BRAKE_SHARE * Math.max(frozen, BRAKE_FROM));

/**
 * Whether so many of a digest's readers, or of one domain's, are told to be unknown that the server
 * is wrong and not they. Of all frozen, so that it does not depend on who was sent first. Pure.
 */
export const isTooMuch = ({ unknown, frozen }: Pick<Share, 'unknown' | 'frozen'>): boolean =>
  frozen >= BRAKE_FROM && unknown > noReasonUpTo(frozen);
