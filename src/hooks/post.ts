import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { SECOND } from '../duration.ts';
import { codeOf } from '../errors.ts';
import { keptWords } from '../mail/kept-words.ts';
import { isPublic } from '../public-address.ts';

export const PATIENCE_MS = 15 * SECOND;
/** So much of an answer is kept to be shown; the rest is not read. */
const MOST_READ = 1024;

export type PostAnswer =
  { kind: 'answer'; status: number; words: string; retryAfterMs: number | null } | { kind: 'none'; words: string };

export interface PostWish {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  /** Whether it may lead to this machine or its network. */
  isNear: boolean;
  signal?: AbortSignal | undefined;
}

/** The ways out, which tests put others in place of. */
export interface PostWays {
  lookup?: typeof systemLookup;
  /** Certificates to trust instead of the system's, as PEM. */
  ca?: string;
  patienceMs?: number;
}

class NotPublic extends Error {}

/**
 * Posts a message once. Redirects are answers, and lead nowhere. The address that is checked is the one that is
 * connected to, and the DNS is not asked again.
 */
export function post(
  { url, headers, body, isNear, signal }: PostWish,
  { lookup = systemLookup, ca, patienceMs = PATIENCE_MS }: PostWays = {},
): Promise<PostAnswer> {
  const target = new URL(url);
  const host = target.hostname.replace(/^\[(.*)\]$/, '$1');
  if (!isNear && isIP(host) !== 0 && !isPublic(host)) return Promise.resolve(none(new NotPublic()));
  const isTls = target.protocol === 'https:';
  const inTime = AbortSignal.any([AbortSignal.timeout(patienceMs), ...(signal ? [signal] : [])]);
  return new Promise((resolve) => {
    const fail = (error: unknown): void => resolve(none(error));
    const asked = (isTls ? httpsRequest : httpRequest)(target, {
      method: 'POST',
      // A connection of its own: one that is kept may lead where a check of long ago allowed it.
      agent: false,
      lookup: isNear ? (lookup as LookupFunction) : publicLookup(lookup),
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'Paperboy-Webhooks/1',
        ...headers,
      },
      signal: inTime,
      ...(ca !== undefined && { ca }),
    });
    asked.on('error', fail);
    asked.on('response', (answer) => {
      const status = answer.statusCode ?? 0;
      const retryAfterMs = secondsOf(answer.headers['retry-after']);
      let text = '';
      const done = (): void => {
        answer.destroy();
        resolve({ kind: 'answer', status, retryAfterMs, words: `${status} ${keptWords(text)}`.trim() });
      };
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => {
        text += part;
        if (text.length > MOST_READ) done();
      });
      answer.on('end', done);
      // The status is all that counts, and it has come.
      answer.on('error', done);
    });
    asked.end(body);
  });
}

/** Finds public addresses alone, and fails where there is none. */
const publicLookup =
  (lookup: typeof systemLookup): LookupFunction =>
  (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, found: LookupAddress[]) => {
      const open = error ? [] : found.filter(({ address }) => isPublic(address));
      const [first] = open;
      if (error) callback(error, '', 0);
      else if (!first) callback(new NotPublic(), '', 0);
      else if (options.all === true) callback(null, open);
      else callback(null, first.address, first.family);
    });
  };

const secondsOf = (header: string | undefined): number | null =>
  header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) * SECOND : null;

function none(error: unknown): PostAnswer {
  if (error instanceof NotPublic)
    return { kind: 'none', words: 'It leads to this machine or its network, which this endpoint may not.' };
  if (error instanceof Error && /^(?:Timeout|Abort)Error$/.test(error.name)) {
    const isLate =
      error.name === 'TimeoutError' || (error.cause instanceof Error && error.cause.name === 'TimeoutError');
    return { kind: 'none', words: isLate ? `No answer within ${PATIENCE_MS / SECOND} seconds.` : 'Cut off by a stop.' };
  }
  return { kind: 'none', words: `No answer (${codeOf(error) ?? 'the connection broke'}).` };
}
