import { createHash } from 'node:crypto';
import type { FeedbackKind } from '../db/feedback.ts';
import { keptWords } from '../mail/kept-words.ts';
import type { Report, Returned } from './report.ts';
import type { Heard } from './receive.ts';
import type { WebhookEvent } from './webhooks/webhook.ts';

/** What counts of what was read; `null`: an answer that no person wrote, or nothing of ours. */
function countingKind({ kind, rule }: Pick<Returned, 'kind' | 'rule'>): FeedbackKind | null {
  if (rule === 'delivered') return 'delivered';
  return kind === 'auto-reply' || kind === 'unrelated' ? null : kind;
}

/** A request to leave is in the reader's own words, which are not kept. */
const wordsOf = (kind: FeedbackKind, diagnostic: string): string | null =>
  kind === 'unsubscribe' ? null : keptWords(diagnostic) || null;

/**
 * The same for the same message, however its lines end; of what it says to several addresses, for
 * each another.
 */
export function keyOf(bytes: Uint8Array, address = ''): string {
  const text = Buffer.from(bytes)
    .toString('latin1')
    .replace(/\r\n?|\n/g, '\n')
    .trimEnd();
  return `mail ${createHash('sha256').update(text).update(address.toLowerCase()).digest('base64url')}`;
}

/**
 * What a message that came back says of a delivery; `null`: nothing. `to` are the addresses that it
 * was sent to by its envelope. The same message is the same, however its lines end and whichever way
 * it comes.
 */
export function heardInMail(
  bytes: Uint8Array,
  report: Report,
  { via, to = [] }: { via: string; to?: readonly string[] },
): Heard | null {
  const kind = countingKind(report);
  if (kind === null) return null;
  const { permanent, rule, diagnostic, messageId, repliesTo, returnPaths, unsubscribes } = report;
  // Only a request to leave is an answer of the reader's: of a report the server wrote the headers.
  const answered = kind === 'unsubscribe' ? repliesTo : [];
  return {
    key: keyOf(bytes),
    via,
    kind,
    permanent,
    reason: rule,
    words: wordsOf(kind, diagnostic),
    returnPaths: [...to, ...returnPaths],
    messageIds: [...(messageId === null ? [] : [messageId]), ...answered],
    unsubscribes,
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
    words: wordsOf(kind, diagnostic),
    returnPaths: [],
    messageIds: messageId === null ? [] : [messageId],
    unsubscribes: [],
    vouched: recipient ?? undefined,
  };
}
