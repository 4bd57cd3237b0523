import { sameSecret } from '../../same-secret.ts';
import { createHash } from 'node:crypto';
import { classifyReply, codeOfReply, enhancedOf } from '../../mail/classify-reply.ts';
import { HARD, type Reason } from '../../mail/reply-rules.ts';
import { AppError } from '../../errors.ts';
import { MINUTE } from '../../duration.ts';
import type { Returned } from '../report.ts';

/** One thing that a provider tells of one recipient. */
export interface WebhookEvent extends Returned {
  /** As the provider calls it. */
  event: string;
  /** The Message-ID that we gave, where the provider keeps it; else its own. */
  messageId: string | null;
  /** The same for every repetition of the event. */
  id: string;
  at: Date | null;
}

/** Whether a request is the provider's; `why` is for the operator's log, and holds nothing secret. */
export type Verified = { ok: true } | { ok: false; why: string };

export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface SignedRequest {
  /** Their names in small letters. */
  headers: RequestHeaders;
  /** As it came: signatures are over bytes. */
  body: Buffer;
  now: Date;
}

export const VERIFIED: Verified = { ok: true };
export const refused = (why: string): Verified => ({ ok: false, why });

/** How far a signed time may be from now. Providers sign each attempt anew. */
export const TOLERANCE = 15 * MINUTE;

export const isFresh = (at: Date, now: Date, span = TOLERANCE): boolean =>
  Math.abs(now.getTime() - at.getTime()) <= span;

export function headerOf(headers: RequestHeaders, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

/**
 * A secret that the operator gave the provider: as `Authorization: Bearer`, as `X-Webhook-Token`, or
 * as Basic (then it is `user:password`). Every key is compared, so that none answers sooner.
 */
export function verifySharedSecret({ headers }: Pick<SignedRequest, 'headers'>, keys: readonly string[]): Verified {
  const authorization = headerOf(headers, 'authorization');
  const [scheme = '', given = ''] = authorization.split(/ +/, 2);
  const secret = secretOf(scheme.toLowerCase(), given) || headerOf(headers, 'x-webhook-token');
  if (secret === '') return refused('the request has no secret');
  const matches = keys.filter((key) => key !== '').map((key) => sameSecret(key, secret));
  return matches.includes(true) ? VERIFIED : refused('the secret is not ours');
}

function secretOf(scheme: string, given: string): string {
  if (scheme === 'bearer') return given;
  return scheme === 'basic' ? Buffer.from(given, 'base64').toString('utf8') : '';
}

/** The body as JSON, or INPUT_INVALID. */
export function jsonOf(body: Buffer, provider: string): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw unreadable(provider, cause);
  }
}

export const unreadable = (provider: string, cause?: unknown): AppError =>
  new AppError(
    'INPUT_INVALID',
    `Cannot read what ${provider} sent: the body is not what its documentation says. Check that the webhook is of ` +
      'the right kind.',
    { cause },
  );

/** A field of JSON from outside, by its path. */
export function fieldOf(value: unknown, ...path: readonly string[]): unknown {
  let at = value;
  for (const name of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}

/** The same as text; numbers too, and '' for everything else. */
export function textOf(value: unknown, ...path: readonly string[]): string {
  const found = fieldOf(value, ...path);
  return typeof found === 'string' || typeof found === 'number' ? String(found) : '';
}

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A time in seconds or milliseconds since 1970, or as text; null when it is none. */
export function timeOf(text: string): Date | null {
  const seconds = /^\d{9,11}(?:\.\d+)?$/.test(text) ? Number(text) * 1000 : NaN;
  const millis = /^\d{12,14}$/.test(text) ? Number(text) : NaN;
  const at = new Date([seconds, millis, Date.parse(text)].find((time) => !Number.isNaN(time)) ?? NaN);
  return Number.isNaN(at.getTime()) ? null : at;
}

/** `<id>`, however the provider writes it. */
export const messageIdOf = (text: string): string | null => {
  const id = text.trim().replace(/^<|>$/g, '');
  return id === '' ? null : `<${id}>`;
};

/** An id for an event that has none: the same for the same words. */
export const idOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 32);

const MOST_DIAGNOSTIC = 500;

type Meaning = Omit<Returned, 'recipient'>;

/**
 * A bounce as the provider judged it. Its "hard" holds unless the server's words say that it is
 * something else: full, spam and policy are often called hard.
 */
export function bounced(judged: 'hard' | 'soft', said: string, otherwise: Reason = 'other'): Meaning {
  const enhanced = enhancedOf(said);
  const code = codeOfReply(said) ?? (enhanced?.startsWith('4') || judged === 'soft' ? 450 : 550);
  const read = classifyReply(code, enhanced, said);
  const reason = read.reason === 'other' ? otherwise : read.reason;
  const verdict = reason === read.reason ? read : classifyReply(550, null, '');
  const hard = judged === 'hard' && (HARD.has(reason) || reason === 'other');
  return {
    kind: hard ? 'hard' : 'soft',
    permanent: judged === 'hard',
    whose: verdict.whose,
    rule: hard && reason === 'other' ? 'unknown-user' : reason,
    diagnostic: said.replace(/\s+/g, ' ').trim().slice(0, MOST_DIAGNOSTIC),
    because: read.because,
  };
}

/** What is no bounce. */
export function told(
  kind: 'complaint' | 'unsubscribe' | 'auto-reply' | 'unrelated',
  rule: Returned['rule'],
  words: string,
): Meaning {
  const diagnostic = words.slice(0, MOST_DIAGNOSTIC);
  return { kind, permanent: false, whose: null, rule, diagnostic, because: words.slice(0, 100) };
}
