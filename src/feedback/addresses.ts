import { first, type Headers } from './headers.ts';

/**
 * An address in text. Its parts are bounded, so that no text takes longer than its length. Letters
 * beyond ASCII may come in either part (RFC 6531).
 */
const ADDRESS =
  /(?<![\w.!#$%&'*+/=?^{|}~\u0080-\uffff-])[\w.!#$%&'*+/=?^{|}~\u0080-\uffff-]{1,64}@[a-z0-9\u0080-\uffff](?:[a-z0-9\u0080-\uffff-]{0,62})(?:\.[a-z0-9\u0080-\uffff-]{1,63}){1,8}/gi;
const MOST = 50;
/** What stands before an address when a report only says whom to ask, or who sent it. */
const NO_RECIPIENT =
  /(?:\be\.g\.,?|such as|\btry|example|contact|question|assist|help|inform|reply|e-?mail us|write to|forward|report|visit|https?:|from|sender|return-path|message-?id|mailto:|postmaster|administrator|support|abuse|in-reply-to|by|via|originator|behalf of|mail to|sent)\W{0,12}(?:\S{0,20} )?[<"'([]*$/i;
const STAFF = /^(?:postmaster|mailer-daemon|mailerdaemon|mdaemon|abuse|hostmaster|noc|delist\w*|listmaster)@/i;

/** All addresses of a text, each once. */
export function addressesIn(text: string): string[] {
  const found = new Set<string>();
  for (const [match] of text.matchAll(ADDRESS)) {
    const address = cleaned(match);
    if (address !== null) found.add(address);
    if (found.size >= MOST) break;
  }
  return [...found];
}

/** Without what text puts around an address; null when no address is left. */
function cleaned(match: string): string | null {
  const address = match
    .replace(/^(?:smtp|rfc822|mailto)[=]/i, '')
    .replace(/^[.'=*!|{/]+/, '')
    .replace(/(?<![.-])[.-]+$/, '');
  const [local = ''] = address.split('@');
  return local === '' || local.endsWith('.') || local.includes('..') ? null : address;
}

/** The one address of a field such as `rfc822; <a@example.com>`, or null. */
export const addressIn = (field: string): string | null => addressesIn(field.slice(0, 1000))[0] ?? null;

/** Whom a person or a mail system named as those that the mail did not reach. */
export interface Named {
  recipient: string;
  /** What the text says from there to the next one. */
  about: string;
}

/** At the beginning of a line: the usual way to name those whom it is about. */
const LEADING =
  /^[\s*•|–-]{0,20}(?:\d{1,3}[.)] )?(?:[245]\d\d[ -](?:[245]\.\d{1,3}\.\d{1,3} )?)?(?:"[^"]{0,80}" ?)?(?:\((?:expanded|generated) from:? ?)?["'<([]{0,3}([^\s<>"']{1,80}@[^\s<>"':;,()]{1,120})/;
const LABELLED =
  /\b(?:(?:final|original|failed|invalid|unknown|intended|affected|undeliverable|envelope)[- ](?:delivery )?(?:recipient|address|user|userid|to)(?:\(?s\)?)?(?: address)?|error-for|rcpt to|recipient(?:\(?s\)?)?(?: address)?|addressed to|users?|addressee|failed addresses)[^\S\n]{0,3}[:=][^\S\n]{0,5}[<"']{0,2}(?:smtp[:=;]|rfc822;)?[^\S\n]{0,3}([^\s<>"']{1,80}@[^\s<>"':;,()]{1,120})/gi;

/**
 * Those that a text names, each with what is said of it: at the beginning of lines or after a label;
 * else in a paragraph that speaks of mail.
 */
export function namedIn(text: string, ours: ReadonlySet<string>, whole: string): Named[] {
  const marked = markedIn(text).filter(({ recipient }) => isReader(recipient, ours));
  if (marked.length > 0) return withWords(text, marked);
  const spoken = spokenOf(text).filter(({ recipient }) => isReader(recipient, ours));
  // Of several, the ones that what is sent back names too: others are examples, or people to ask.
  const sentBack = whole.slice(text.length).toLowerCase();
  const confirmed = spoken.filter(({ recipient }) => sentBack.includes(recipient.toLowerCase()));
  return withWords(text, confirmed.length > 0 ? confirmed : spoken);
}

const isReader = (address: string, ours: ReadonlySet<string>): boolean =>
  !STAFF.test(address) && !ours.has(address.toLowerCase());

interface Found {
  recipient: string;
  at: number;
}

function markedIn(text: string): Found[] {
  const found: Found[] = [];
  let at = 0;
  let before = '';
  for (const line of text.split('\n')) {
    const leading = LEADING.exec(line.slice(0, 300))?.[1];
    const recipient = leading === undefined ? null : addressIn(leading);
    // A line of prose may begin with an address that the long line before led to.
    if (recipient !== null && !/\S.{50,}[\w,]$/.test(before.slice(0, 200))) found.push({ recipient, at });
    before = recipient === null ? line.trimEnd() : '';
    for (const [, labelled] of line.slice(0, 600).matchAll(LABELLED)) {
      const named = addressIn(labelled!);
      if (named !== null) found.push({ recipient: named, at });
    }
    if (found.length >= MOST) return found;
    at += line.length + 1;
  }
  return found;
}

const SPEAKS_OF_MAIL =
  /\b(?:deliver\w*|undeliver\w*|address\w*|recipient\w*|message\w*|mail\w*|e-?mail\w*|user|account|quota|unknown|reach|mailbox|failed|rejected|smtp)\b/i;

function spokenOf(text: string): Found[] {
  const found: Found[] = [];
  let at = 0;
  for (const paragraph of text.split(/\n[ \t]*(?=\n)/)) {
    if (SPEAKS_OF_MAIL.test(paragraph)) {
      for (const match of paragraph.matchAll(ADDRESS)) {
        const recipient = cleaned(match[0]);
        const before = paragraph.slice(Math.max(0, match.index - 60), match.index).replace(/\s+/g, ' ');
        if (recipient !== null && !NO_RECIPIENT.test(before)) found.push({ recipient, at: at + match.index });
        if (found.length >= MOST) return found;
      }
    }
    at += paragraph.length + 1;
  }
  return found;
}

function withWords(text: string, found: readonly Found[]): Named[] {
  const all = new Map<string, Named>();
  for (const [i, { recipient, at }] of found.entries()) {
    const next = found.slice(i + 1).find((later) => later.recipient.toLowerCase() !== recipient.toLowerCase());
    const about = text.slice(at, Math.min(next?.at ?? Infinity, at + 1500));
    const key = recipient.toLowerCase();
    if (!all.has(key) && all.size < MOST) all.set(key, { recipient, about });
  }
  return [...all.values()];
}

/** The first recipient of the message that was sent: we send to one at a time. */
export const originalRecipient = (original: Headers | null): string | null =>
  addressIn(first(original, 'x-hmxmroriginalrecipient')) ??
  addressIn(first(original, 'x-original-to')) ??
  addressIn(first(original, 'to')) ??
  addressIn(first(original, 'delivered-to'));
