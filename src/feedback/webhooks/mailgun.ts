import { createHmac } from 'node:crypto';
import { addressIn } from '../addresses.ts';
import { sameSecret } from '../../same-secret.ts';
import {
  bounced,
  fieldOf,
  idOf,
  isFresh,
  messageIdOf,
  refused,
  type SignedRequest,
  textOf,
  timeOf,
  TOLERANCE,
  told,
  unreadable,
  VERIFIED,
  type Verified,
  type WebhookEvent,
} from './webhook.ts';

/** The tokens of requests that were applied, for as long as their time is fresh. */
export interface ReplayWindow {
  has(token: string): boolean;
  /** Call it when what the request told is stored: a request that failed is sent again. */
  add(token: string, now: Date): void;
}

const MOST_TOKENS = 100_000;

/** Remembers tokens of the last quarter of an hour; its memory is bounded. */
export function createReplayWindow(): ReplayWindow {
  const seen = new Map<string, number>();
  return {
    has: (token) => seen.has(token),
    add(token, now) {
      for (const [old, at] of seen) {
        if (now.getTime() - at <= 2 * TOLERANCE && seen.size < MOST_TOKENS) break;
        seen.delete(old);
      }
      seen.set(token, now.getTime());
    },
  };
}

interface Signature {
  timestamp: string;
  token: string;
  signature: string;
}

/** HMAC-SHA-256 over timestamp and token (https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/). */
export function verifyMailgun(
  { body, now }: Pick<SignedRequest, 'body' | 'now'>,
  keys: readonly string[],
  used: Pick<ReplayWindow, 'has'>,
): Verified {
  const { timestamp, token, signature } = signatureOf(body);
  if (timestamp === '' || token === '' || signature === '') return refused('the request has no signature');
  const matches = keys
    .filter((key) => key !== '')
    .map((key) =>
      sameSecret(
        createHmac('sha256', key)
          .update(timestamp + token)
          .digest('hex'),
        signature,
      ),
    );
  if (!matches.includes(true)) return refused('the signature is not made with our key');
  const at = timeOf(timestamp);
  if (at === null || !isFresh(at, now)) return refused('the signature is too old');
  return used.has(token) ? refused('the request was used before') : VERIFIED;
}

/** The token to remember once the request is applied. */
export const mailgunToken = (body: Buffer): string => signatureOf(body).token;

function signatureOf(body: Buffer): Signature {
  const sent = sentIn(body);
  const signature = fieldOf(sent, 'signature');
  const from = typeof signature === 'object' ? signature : sent;
  return { timestamp: textOf(from, 'timestamp'), token: textOf(from, 'token'), signature: textOf(from, 'signature') };
}

/** JSON, or the form that webhooks were before 2018; what is neither has no fields. */
function sentIn(body: Buffer): unknown {
  const text = body.toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return Object.fromEntries(new URLSearchParams(text));
  }
}

export function parseMailgun(body: Buffer): WebhookEvent[] {
  const sent = sentIn(body);
  const data = fieldOf(sent, 'event-data') ?? sent;
  const event = textOf(data, 'event');
  if (event === '') throw unreadable('Mailgun');
  const recipient =
    textOf(data, 'recipient') ||
    (addressIn(textOf(data, 'envelope', 'targets') || textOf(data, 'message', 'headers', 'to')) ?? '');
  const messageId = textOf(data, 'message', 'headers', 'message-id') || textOf(data, 'Message-Id');
  const at = textOf(data, 'timestamp');
  return [
    {
      ...meaningOf(event, data),
      event,
      recipient: recipient === '' ? null : recipient,
      messageId: messageIdOf(messageId),
      id: textOf(data, 'id') || textOf(data, 'token') || idOf(event, messageId, recipient, at),
      at: timeOf(at),
    },
  ];
}

function meaningOf(event: string, data: unknown): ReturnType<typeof told> {
  const said = saidIn(data);
  switch (event) {
    case 'complained':
      return told('complaint', 'abuse', said || event);
    case 'unsubscribed':
      return told('unsubscribe', 'unsubscribe', said || event);
    case 'failed':
      return failure(textOf(data, 'severity') === 'permanent', textOf(data, 'reason'), said);
    case 'rejected':
      return { ...bounced('soft', textOf(data, 'reject', 'reason'), 'policy'), permanent: true };
    case 'bounced':
      return bounced('hard', said, 'unknown-user');
    case 'dropped':
      return failure(textOf(data, 'reason') === 'hardfail', droppedBy(textOf(data, 'code')), said);
    default:
      return told('unrelated', 'ordinary', event);
  }
}

/** The reasons why Mailgun itself sends no more. */
const droppedBy = (code: string): string =>
  ({ 605: 'suppress-bounce', 606: 'suppress-unsubscribe', 607: 'suppress-complaint' })[code] ?? '';

function failure(permanent: boolean, reason: string, said: string): ReturnType<typeof told> {
  if (reason === 'suppress-complaint') return told('complaint', 'abuse', said || reason);
  if (reason === 'suppress-unsubscribe') return told('unsubscribe', 'unsubscribe', said || reason);
  if (reason === 'suppress-bounce') return bounced('hard', '', 'unknown-user');
  if (reason === 'old') return { ...bounced('soft', said, 'expired'), permanent };
  if (reason === 'espblock') return { ...bounced('soft', said, 'blocked'), permanent };
  return bounced(permanent ? 'hard' : 'soft', said);
}

/** What the server answered, with its code where the words lack it. */
function saidIn(data: unknown): string {
  const status = fieldOf(data, 'delivery-status') ?? data;
  const words = textOf(status, 'message') || textOf(status, 'error') || textOf(status, 'description');
  const code = textOf(status, 'code');
  return /^[245]\d\d$/.test(code) && !words.startsWith(code) ? `${code} ${words}` : words;
}
