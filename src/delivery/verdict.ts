import { classifyReply, enhancedOf } from '../mail/classify-reply.ts';
import { HARD, type Reason } from '../mail/reply-rules.ts';
import type { SendResult } from '../mail/transport.ts';
import { DAY, MINUTE } from '../duration.ts';

/**
 * Where a delivery goes after an attempt. `wait`: the relay is down or the message was taken back,
 * and the reader is not charged an attempt.
 */
export type Verdict =
  | { state: 'accepted' }
  /** `slowDown`: the reader's domain wants less mail, or none for now. */
  | { state: 'deferred'; reason: string; slowDown: boolean }
  /** `hard`: there is no such mailbox, says `because`. */
  | { state: 'rejected'; reason: string; hard: boolean; because: Reason }
  | { state: 'unknown'; reason: 'lost' }
  | { state: 'wait' };

/** The reason of a refusal that says that the mailbox does not exist. */
export const UNKNOWN_USER = 'unknown-user';

/**
 * Of a 4xx: about one address or mailbox (RFC 3463 X.1, X.2), or greylisting, which wants to see
 * each message again and not fewer of them.
 */
const isAboutOne = (reply: string): boolean => /(?<![\d.])4\.[12]\.\d/.test(reply) || /\bgr[ae]y-?list/i.test(reply);

/**
 * A 421 that does not speak of policy (RFC 3463 X.7) is a server that closes: about itself, and no
 * reader's domain.
 */
const isAboutRelay = (code: number, reply: string): boolean => code === 421 && !/(?<![\d.])4\.7\.\d/.test(reply);

/** The enhanced status code (RFC 2034) of a reply, or its plain code. */
const statusOf = (code: number, text: string): string =>
  /^\s*([245]\.\d{1,3}\.\d{1,3})\b/.exec(text)?.[1] ?? String(code);

/** Reads what the transport brought back. Pure. */
export function verdictOf(result: SendResult): Verdict {
  if (result.kind === 'lost') return { state: 'unknown', reason: 'lost' };
  if (result.kind === 'withdrawn') return { state: 'wait' };
  if (result.kind === 'unsent')
    return result.relayDown ? { state: 'wait' } : { state: 'deferred', reason: 'connection', slowDown: false };
  const { code, text } = result;
  if (code >= 200 && code < 300) return { state: 'accepted' };
  if (code >= 500 && code < 600) {
    const { reason: because } = classifyReply(code, enhancedOf(text), text);
    // "User unknown" said of our own address (a sender that the relay does not know) says nothing
    // about the reader's.
    if (result.about === 'sender')
      return { state: 'rejected', reason: statusOf(code, text), hard: false, because: 'sender' };
    const hard = HARD.has(because);
    return { state: 'rejected', reason: hard ? UNKNOWN_USER : statusOf(code, text), hard, because };
  }
  return {
    state: 'deferred',
    reason: statusOf(code, text),
    slowDown: code >= 400 && code < 500 && result.about !== 'sender' && !isAboutOne(text) && !isAboutRelay(code, text),
  };
}

/** Minutes from one attempt to the next; the last repeats until the deadline. */
const BACKOFF = [1, 5, 15, 60, 120, 240, 360];
/** How long a digest is worth delivering after it was frozen. */
const DEADLINE = DAY;

/** When to try again after attempt number `attempts` failed for now. Pure. */
export const nextAttempt = (attempts: number, now: Date): Date =>
  new Date(now.getTime() + (BACKOFF[Math.min(attempts, BACKOFF.length) - 1] ?? BACKOFF[0]!) * MINUTE);

/**
 * One that was tried less often had to wait for something else, a pause or the relay, and has as
 * long again.
 */
const FAIR_TRIES = 2;

/** Whether a digest that was tried so often is no longer worth delivering at that time. Pure. */
export const isPastDeadline = (frozenAt: Date, at: Date, tries: number): boolean =>
  at.getTime() > frozenAt.getTime() + (tries < FAIR_TRIES ? 2 : 1) * DEADLINE;
