import { CODE_REASONS, HARD, REPLY_RULES, type Reason, STATUS_REASONS, WHOSE, type Whose } from './reply-rules.ts';

export interface ReplyVerdict {
  /** `hard`: there is no such mailbox. `soft`: everything else, for now or for good. */
  kind: 'hard' | 'soft';
  /** Whether this message is refused for good; the next one may well be taken. */
  permanent: boolean;
  whose: Whose;
  reason: Reason;
  /** What decided: words of the reply, or its status. */
  because: string;
}

/** Servers explain themselves in a few hundred characters; what is longer quotes something. */
const MOST = 2000;

/**
 * A server's words without the addresses that they quote. Word by word: a long one is looked at
 * once.
 */
export const withoutAddresses = (reply: string, instead: string): string =>
  reply.replace(/\S+/g, (word) => (/.@./.test(word) ? instead : word));

/** The words that rules look at: small letters, no addresses, no status repeated on each line. */
export const wordsOf = (reply: string): string =>
  withoutAddresses(reply.slice(0, MOST).toLowerCase(), '<>')
    .replace(/(?<=\S\s)[245]\d\d[ -](?=#?[245]\.\d)/g, '')
    // Cisco's relays put this before what they were told.
    .replaceAll('unknown address error', '')
    .replace(/\s+/g, ' ')
    .trim();

/** The enhanced status code (RFC 2034) of a reply: at its beginning, else the first in its words. */
export const enhancedOf = (reply: string): string | null =>
  /(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![.\d])/.exec(reply.slice(0, MOST))?.[1] ?? null;

/** The code of a reply (RFC 5321), or null. */
export const codeOfReply = (reply: string): number | null => {
  const code = /(?<![\d.:])([245]\d\d)(?=[ -]|$|:)/.exec(reply.slice(0, MOST))?.[1];
  return code === undefined ? null : Number(code);
};

/**
 * Reads a refusal: the words first, because "5.x.x" alone is wrong for most replies (full, spam and
 * policy are 5.x.x too), then the enhanced status code, then the code. Pure.
 */
export function classifyReply(code: number | null, enhanced: string | null, text: string): ReplyVerdict {
  const words = wordsOf(text);
  const { reason, because } = reasonOf(code, enhanced, words);
  const permanent = isPermanent(code, enhanced);
  return { kind: permanent && HARD.has(reason) ? 'hard' : 'soft', permanent, whose: WHOSE[reason], reason, because };
}

function reasonOf(code: number | null, enhanced: string | null, words: string): { reason: Reason; because: string } {
  for (const { reason, says } of REPLY_RULES) {
    const found = says.exec(words);
    if (found) return { reason: isNameServer(reason, enhanced) ? 'name-server' : reason, because: found[0].trim() };
  }
  const [, subject = '', detail = ''] = enhanced?.split('.') ?? [];
  const byStatus = STATUS_REASONS[`${subject}.${detail}`] ?? STATUS_REASONS[subject];
  if (byStatus !== undefined) return { reason: byStatus, because: enhanced! };
  const byCode = code === null ? undefined : CODE_REASONS[code];
  return { reason: byCode ?? 'other', because: enhanced ?? (code === null ? '' : String(code)) };
}

/**
 * X.1.2 comes from a relay that asked its name server: one that answers wrongly knows no domain at
 * all, so it says nothing of a reader.
 */
const isNameServer = (reason: Reason, enhanced: string | null): boolean =>
  reason === 'no-such-host' && /^[45]\.1\.2$/.test(enhanced ?? '');

/** The code a server answered with outweighs an enhanced one that contradicts it. */
const isPermanent = (code: number | null, enhanced: string | null): boolean =>
  code === null ? enhanced?.startsWith('5') === true : code >= 500;
