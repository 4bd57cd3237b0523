import type { Db } from '../db/client.ts';
import { digestFrozenAt, type Feedback, type FeedbackKind, keepFeedback } from '../db/feedback.ts';
import { findSubscriber } from '../db/subscribers.ts';
import type { Keyring } from '../subscribers/tokens.ts';

/** What came back, as it was read, and by what it can be told whose it is. */
export interface Heard {
  /** The same of what comes twice. */
  key: string;
  via: string;
  kind: FeedbackKind;
  permanent: boolean;
  reason: string;
  /** Without addresses. */
  words: string | null;
  /**
   * Addresses that it was sent to, Message-IDs that it names, tokens of unsubscribe links: each may be
   * a stranger's.
   */
  returnPaths: readonly string[];
  messageIds: readonly string[];
  unsubscribes: readonly string[];
  /** The reader's address, vouched for by a provider's signature; never what a message says of itself. */
  vouched?: string | undefined;
}

export interface ReceiveDeps {
  db: Db;
  keyring: Keyring;
  now: () => Date;
}

/** Which delivery something is of; `digestDate` is `null` where only the reader is known. */
type Attribution = Pick<Feedback, 'subscriberId' | 'digestDate'>;

/**
 * Keeps what came back, each once, however often it comes. What cannot be told to be of a reader of
 * ours by something that only our mail or a provider knows is let go: no one can suppress another.
 */
export async function receiveFeedback(
  deps: ReceiveDeps,
  heard: readonly Heard[],
): Promise<{ kept: number; known: number; strange: number }> {
  const rows: Feedback[] = [];
  for (const one of heard) {
    const whose = await whoseIs(deps, one);
    if (whose === null) continue;
    const { key, via, kind, permanent, reason, words } = one;
    rows.push({ key, via, kind, permanent, reason, words, ...whose, heardAt: deps.now() });
  }
  const kept = await keepFeedback(deps.db, rows);
  return { kept, known: rows.length - kept, strange: heard.length - rows.length };
}

const RETURN_PATH = /^<?b\+([^@\s]+)@/i;
const MESSAGE_ID = /^<?digest\.([^@\s]+)@/i;

/** Whether an address is a return path of ours. */
export function isMark(keyring: Keyring, address: string): boolean {
  const mark = RETURN_PATH.exec(address)?.[1];
  if (mark === undefined) return false;
  return keyring.readMark(mark) !== null || claimsOf(() => keyring.verify('bounce', mark, new Date(0))) !== null;
}

/** By the return path, the Message-ID, a link, or a provider's word, the first that holds. */
async function whoseIs({ db, keyring, now }: ReceiveDeps, heard: Heard): Promise<Attribution | null> {
  const marks = [
    ...heard.returnPaths.map((path) => RETURN_PATH.exec(path)?.[1]),
    ...heard.messageIds.map((id) => MESSAGE_ID.exec(id)?.[1]),
  ].filter((mark) => mark !== undefined);
  for (const mark of marks) {
    const delivery = keyring.readMark(mark);
    if (delivery) return { subscriberId: delivery.subscriberId, digestDate: delivery.date };
  }
  const tokens = [
    // As return paths were before they had marks.
    ...marks.map((mark) => ['bounce', mark] as const),
    ...heard.unsubscribes.map((token) => ['unsubscribe', token] as const),
  ];
  for (const [purpose, token] of tokens) {
    const claims = claimsOf(() => keyring.verify(purpose, token, now()));
    if (claims === null) continue;
    const { subscriberId, issuedAt } = claims;
    return { subscriberId, digestDate: await digestFrozenAt(db, subscriberId, issuedAt) };
  }
  const reader = heard.vouched === undefined ? null : await findSubscriber(db, heard.vouched);
  return reader && { subscriberId: reader.id, digestDate: null };
}

function claimsOf<T>(verify: () => T): T | null {
  try {
    return verify();
  } catch {
    return null;
  }
}
