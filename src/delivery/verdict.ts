import { withoutAddresses } from '../mail/classify-reply.ts';
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
  | { state: 'rejected'; reason: string; suppress: boolean }
  | { state: 'unknown'; reason: 'lost' }
  | { state: 'wait' };

/**
 * Replies that say the mailbox does not exist. RFC 3463: X.1.1 bad destination mailbox, X.1.2 bad
 * destination system, X.1.10 null MX (RFC 7505), X.1.6 mailbox has moved. Servers that answer
 * 5.1.0, 5.0.0 or no enhanced code say it in words. Everything else in 5.x.x (full, blocked, spam,
 * policy, no PTR) is about the message or us, and must never cost a reader the subscription.
 */
const UNKNOWN_USER = [
  /(?<![\d.])5\.1\.(?:1|2|6|10)(?!\.?\d)/,
  /\bno such (?:user|recipient|mailbox|address|account|person)\b/i,
  /\b(?:user|recipient|mailbox|account|address)(?: name)? (?:is |was )?(?:unknown|not (?:known|found)|does(?:n['’]t| not) exist|disabled|deactivated|closed|no longer (?:exists|active|available|in use|valid))\b/i,
  /\bunknown (?:or (?:illegal|invalid) )?(?:user|recipient|mailbox|account|alias|local[- ]part)\b/i,
  /\b(?:no mailbox (?:here|by that name)|invalid (?:mailbox|recipient)|not a valid (?:mailbox|user|recipient)|unrouteable address)\b/i,
];
const ABOUT_US =
  /\b5\.7\.\d+\b|\b(?:sender|mail from|helo|ehlo|spam|blocked|blacklist|block ?list|policy|dnsbl|rbl|spf|dkim|dmarc|ptr)\b/i;

/** Without the addresses that the reply quotes: a reader may well be called policy@ or blocked@. */
function isUnknownUser(reply: string): boolean {
  const text = withoutAddresses(reply, ' ');
  return !ABOUT_US.test(text) && UNKNOWN_USER.some((rule) => rule.test(text));
}

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
    // "User unknown" said of our own address (a sender that the relay does not know) says nothing
    // about the reader's.
    const suppress = result.about !== 'sender' && isUnknownUser(text);
    return { state: 'rejected', reason: suppress ? 'unknown-user' : statusOf(code, text), suppress };
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
