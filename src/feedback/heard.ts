import { createHash } from 'node:crypto';
import type { FeedbackKind } from '../db/feedback.ts';
import { withoutAddresses } from '../mail/classify-reply.ts';
import type { Feedback, Returned } from './feedback.ts';
import type { Heard } from './receive.ts';
import type { WebhookEvent } from './webhooks/webhook.ts';

/** What counts of what was read; `null`: an answer that no person wrote, or nothing of ours. */
function countingKind({ kind, rule }: Pick<Returned, 'kind' | 'rule'>): FeedbackKind | null {
  if (rule === 'delivered') return 'delivered';
  return kind === 'auto-reply' || kind === 'unrelated' ? null : kind;
}

const MOST_WORDS = 300;
const wordsOf = (diagnostic: string): string | null =>
  withoutAddresses(diagnostic, '<address>').slice(0, MOST_WORDS) || null;

/**
 * What a message that came back says of a delivery; `null`: nothing. `to` are the addresses that it
 * was sent to by its envelope. The same message is the same, however its lines end and whichever way
 * it comes.
 */
export function heardInMail(
  bytes: Uint8Array,
  feedback: Feedback,
  { via, to = [] }: { via: string; to?: readonly string[] },
): Heard | null {
  const kind = countingKind(feedback);
  if (kind === null) return null;
  const { permanent, rule, diagnostic, messageId, returnPaths, unsubscribes } = feedback;
  const text = Buffer.from(bytes)
    .toString('latin1')
    .replace(/\r\n?|\n/g, '\n')
    .trimEnd();
  return {
    key: `mail ${createHash('sha256').update(text).digest('base64url')}`,
    via,
    kind,
    permanent,
    reason: rule,
    words: wordsOf(diagnostic),
    returnPaths: [...to, ...returnPaths],
    messageIds: messageId === null ? [] : [messageId],
    links: unsubscribes.map((token) => `/unsubscribe/${token}`),
  };
}

/** What a provider tells, signed; `null`: nothing that counts. */
export function heardInEvent(provider: string, event: WebhookEvent): Heard | null {
  const kind = countingKind(event);
  if (kind === null) return null;
  const { id, permanent, rule, diagnostic, messageId, recipient } = event;
  return {
    key: `${provider} ${id}`,
    via: provider,
    kind,
    permanent,
    reason: rule,
    words: wordsOf(diagnostic),
    returnPaths: [],
    messageIds: messageId === null ? [] : [messageId],
    links: [],
    vouched: recipient ?? undefined,
  };
}
