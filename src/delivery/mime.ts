import { createHash } from 'node:crypto';
import { AppError } from '../errors.ts';

/** A header field, unfolded. Its value is ASCII; text that may hold anything goes through `headerText` first. */
export type Header = readonly [name: string, value: string];

export interface Message {
  from: { name: string; address: string };
  /** The reader's address, its domain as an A-label. A non-ASCII local part stays as it is and needs SMTPUTF8. */
  to: string;
  subject: string;
  /** With `messageId`, derived from the delivery: a message that is sent again is the same message. */
  date: Date;
  /** With its angle brackets. */
  messageId: string;
  /** From `digestHeaders` or `noticeHeaders`. */
  headers: readonly Header[];
  /** Quoted-printable, each piece ending in CRLF. */
  text: readonly Buffer[];
  html: readonly Buffer[];
}

/**
 * Lays out a message (RFC 5322, RFC 2046): multipart/alternative, text first. The first buffer is the whole header section with
 * the empty line after it, the rest is the body: a signer reads both, the wire takes them one after the other. No line starts
 * with a dot, so nothing is left for dot-stuffing, and the body is ASCII.
 */
export function composeMessage(message: Message): Buffer[] {
  const head = [
    shared('From', `${message.from.name}\0${message.from.address}`, () => mailbox(message.from, 'From')),
    header('To', checkAddress(message.to)),
    shared('Subject', message.subject, () => headerText(message.subject, 'Subject')),
    shared('Date', String(message.date.getTime()), () => formatDate(message.date)),
    header('Message-ID', checkMessageId(message.messageId)),
    ...message.headers.map(([name, value]) => (OWN.has(name) ? header(name, value) : shared(name, value, () => value))),
    'MIME-Version: 1.0\r\n',
    `Content-Type: multipart/alternative; boundary="${BOUNDARY}"\r\n`,
  ];
  return [Buffer.from(`${head.join('')}\r\n`), TEXT_PART, ...message.text, HTML_PART, ...message.html, END];
}

/** "=_" occurs in no quoted-printable text (RFC 2045 section 6.7), so no body contains it, and all messages can have the same one. */
const BOUNDARY = '=_paperboy';
const partHead = (type: string): string => `--${BOUNDARY}\r\nContent-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n`;
const TEXT_PART = Buffer.from(partHead('text/plain'));
const HTML_PART = Buffer.from(`\r\n${partHead('text/html')}`);
const END = Buffer.from(`\r\n--${BOUNDARY}--\r\n`);

/** Fields that hold something of the reader. */
const OWN: ReadonlySet<string> = new Set(['List-Unsubscribe']);
const known = new Map<string, string>();
const MOST_KNOWN = 1000;

/** A field that many messages have alike, laid out once. */
function shared(name: string, key: string, value: () => string): string {
  const id = `${name}\0${key}`;
  let field = known.get(id);
  if (field === undefined) {
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(id, field = header(name, value()));
  }
  return field;
}

export interface DigestHeaderInput {
  siteName: string;
  /** Without a trailing slash. */
  publicUrl: string;
  /** The digest's date, `YYYY-MM-DD`. */
  date: string;
  /** "digest", "sample" … */
  kind: string;
  /** The topic the reader follows, or a word for several. */
  topic: string;
  /** The one-click address of this reader (RFC 8058). */
  unsubscribeUrl: string;
}

/** What makes a message list mail: RFC 2369, RFC 2919, RFC 8058, and Gmail's Feedback-ID. One field of each. */
export function digestHeaders({ unsubscribeUrl, ...list }: DigestHeaderInput): Header[] {
  const [id, ...others] = listHeaders(list);
  return [id!, ['List-Unsubscribe', bracketed(unsubscribeUrl)], ...others];
}

type ListInput = Omit<DigestHeaderInput, 'unsubscribeUrl'>;
let latest: { input: ListInput; headers: readonly Header[] } | null = null;

/** Those that all readers of a digest share; one message after another asks for the same. */
function listHeaders(input: ListInput): readonly Header[] {
  const same = latest !== null && (['siteName', 'publicUrl', 'date', 'kind', 'topic'] as const).every((field) => latest!.input[field] === input[field]);
  if (!same) latest = { input, headers: writeListHeaders(input) };
  return latest!.headers;
}

function writeListHeaders({ siteName, publicUrl, date, kind, topic }: ListInput): Header[] {
  const { hostname } = new URL(publicUrl);
  return [
    ['List-Id', `${phrase(siteName, 'List-Id')} <digest.${hostname}>`],
    ['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'],
    ['List-Archive', bracketed(`${publicUrl}/editions`)],
    ['List-Help', bracketed(`${publicUrl}/`)],
    ['Feedback-ID', [date, kind, topic, senderId(hostname)].map(feedbackField).join(':')],
  ];
}

/** For confirmations and notices: no out-of-office reply should answer them (RFC 3834). */
export const noticeHeaders = (): Header[] => [['Auto-Submitted', 'auto-generated']];

// Addresses and identifiers: what could start another header or another recipient is refused.

const ADDRESS = /^(?:[^\p{Cc}\s()<>[\]:;@\\,"]+|"(?:[^\p{Cc}"\\]|\\[\x20-\x7e])*")@(?:[^\p{Cc}\s()<>[\]:;@\\,"]+|\[[\x21-\x5a\x5e-\x7e]+\])$/u;

function checkAddress(address: string): string {
  if (ADDRESS.test(address)) return address;
  throw new AppError('ADDRESS_INVALID', 'Cannot compose a message: an address in it is not one that mail can be sent to. Check MAIL_FROM and the reader.');
}

function checkMessageId(id: string): string {
  if (/^<[\x21-\x3b\x3d\x3f\x41-\x7e]+@[\x21-\x3b\x3d\x3f\x41-\x7e]+>$/.test(id)) return id;
  throw new TypeError('Cannot compose a message: its Message-ID is malformed');
}

function bracketed(uri: string): string {
  if (/^[\x21-\x7e]+$/.test(uri) && !/[<>]/.test(uri)) return `<${uri}>`;
  throw new TypeError('Cannot write a list header: its URI is malformed');
}

/** Gmail groups complaints by these; a colon would shift them. */
const feedbackField = (text: string): string => text.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 64);

/** Stable for a deployment and opaque, 5 to 15 characters. */
const senderId = (hostname: string): string => `pb${createHash('sha256').update(hostname).digest('hex').slice(0, 10)}`;

/** RFC 5322 section 3.3. */
const formatDate = (date: Date): string => date.toUTCString().replace('GMT', '+0000');

// Header text and folding (RFC 5322 section 2.2.3, RFC 2047).

const MAX_COLUMNS = 78;
const MAX_OCTETS = 998;

const mailbox = ({ name: display, address }: Message['from'], field: string): string =>
  (display.trim() === '' ? checkAddress(address) : `${phrase(display, field)} <${checkAddress(address)}>`);

/** Writes one field, folded at its spaces. Refuses anything that would begin another field. */
export function header(name: string, value: string): string {
  if (!/^[A-Za-z][A-Za-z0-9-]*$/.test(name) || /\p{Cc}/u.test(value)) {
    throw new TypeError('Cannot write a header: it holds a line break or another control character');
  }
  const folded: string[] = [];
  let line = `${name}:`;
  for (const [i, word] of value.split(' ').entries()) {
    if (i > 0 && line.length + 1 + word.length > MAX_COLUMNS) {
      folded.push(line);
      line = '';
    }
    line += ` ${word}`;
  }
  folded.push(line);
  if (folded.some((l) => Buffer.byteLength(l) > MAX_OCTETS)) throw new TypeError(`Cannot write the header ${name}: a line of it is longer than ${MAX_OCTETS} octets`);
  return `${folded.join('\r\n')}\r\n`;
}

/** A display name: plain words, a quoted string, or encoded words, whichever it needs. */
function phrase(text: string, name: string): string {
  const encoded = headerText(text, name);
  if (encoded.startsWith('=?') || /^[\w!#$%&'*+/=?^`{|}~ -]+$/.test(encoded)) return encoded;
  return `"${encoded.replace(/["\\]/g, '\\$&')}"`;
}

/** Any text as ASCII on one line: as it is where it can be, else as encoded words, each short enough for a line of the field `name`. */
export function headerText(text: string, name: string): string {
  const clean = text.toWellFormed().replace(/[\p{Cc}\p{Zl}\p{Zp} ]+/gu, ' ').trim();
  const room = 76 - `${name}: `.length; // RFC 2047 section 2: a line with an encoded word has at most 76 columns
  const asItIs = /^[\x20-\x7e]*$/.test(clean) && !clean.includes('=?') && clean.split(' ').every((word) => word.length <= room);
  return asItIs ? clean : encodeWords(clean, room);
}

/** RFC 2047, Q or B, whichever is shorter. No character is torn between two words: each is decoded by itself. */
function encodeWords(text: string, room: number): string {
  const q = Array.from(text, quoted);
  const b = Array.from(text, (c) => Buffer.byteLength(c));
  const capacity = room - '=?utf-8?Q??='.length;
  if (sum(q.map((c) => c.length)) * 3 <= sum(b) * 4) {
    return chunks(q, (c) => c.length, capacity).map((word) => `=?utf-8?Q?${word}?=`).join(' ');
  }
  const wordsOf = chunks([...text], (c) => Buffer.byteLength(c), Math.floor(capacity / 4) * 3);
  return wordsOf.map((word) => `=?utf-8?B?${Buffer.from(word).toString('base64')}?=`).join(' ');
}

const sum = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0);

function chunks(characters: string[], sizeOf: (character: string) => number, limit: number): string[] {
  const out: string[] = [];
  let chunk = '';
  let size = 0;
  for (const character of characters) {
    if (size + sizeOf(character) > limit) {
      out.push(chunk);
      chunk = '';
      size = 0;
    }
    chunk += character;
    size += sizeOf(character);
  }
  return [...out, chunk];
}

/** The set that is safe in a display name too (RFC 2047 section 5). */
function quoted(character: string): string {
  if (character.length === 1 && SAFE_IN_Q.has(character)) return character;
  if (character === ' ') return '_';
  return Array.from(Buffer.from(character), (byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

const SAFE_IN_Q: ReadonlySet<string> = new Set('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/');
