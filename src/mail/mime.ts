import { createHash } from 'node:crypto';
import { AppError } from '../errors.ts';

/**
 * A header field, unfolded. Its value is ASCII; text that may hold anything goes through
 * `headerText` first.
 */
export type Header = readonly [name: string, value: string];

/** The fields that the messages to many readers have alike. */
export interface Letterhead {
  from: { name: string; address: string };
  subject: string;
  /**
   * With the Message-ID, derived from the delivery: a message that is sent again is the same
   * message.
   */
  date: Date;
  /** From `listHeaders` or `noticeHeaders`. */
  headers: readonly Header[];
}

export interface Message {
  /** From `writeLetterhead`. */
  letterhead: string;
  /**
   * The reader's address, its domain as an A-label. A non-ASCII local part stays as it is and needs
   * SMTPUTF8.
   */
  to: string;
  /** With its angle brackets. */
  messageId: string;
  /** What else of the header section is this reader's. */
  headers?: readonly Header[];
  /** Quoted-printable, each piece ending in CRLF. */
  text: readonly Buffer[];
  html: readonly Buffer[];
}

export const writeLetterhead = ({ from, subject, date, headers }: Letterhead): string =>
  [
    header('From', mailbox(from, 'From')),
    header('Subject', headerText(subject, 'Subject')),
    header('Date', formatDate(date)),
    ...headers.map(([name, value]) => header(name, value)),
    'MIME-Version: 1.0\r\n',
    `Content-Type: multipart/alternative; boundary="${BOUNDARY}"\r\n`,
  ].join('');

/**
 * Lays out a message (RFC 5322, RFC 2046): multipart/alternative, text first. The first buffer is
 * the whole header section with the empty line after it, the rest is the body: a signer reads both,
 * the wire takes them one after the other. No line starts with a dot, so nothing is left for
 * dot-stuffing, and the body is ASCII.
 */
export function composeMessage({ letterhead, to, messageId, headers = [], text, html }: Message): Buffer[] {
  let head = letterhead + header('To', checkAddress(to)) + header('Message-ID', checkMessageId(messageId));
  // taken apart by its pattern, each would cost an iterator
  for (const field of headers) head += header(field[0], field[1]);
  return [Buffer.from(`${head}\r\n`), TEXT_PART, ...text, HTML_PART, ...html, END];
}

/**
 * "=_" occurs in no quoted-printable text (RFC 2045 section 6.7), so no body contains it, and all
 * messages can have the same one.
 */
const BOUNDARY = '=_digest';
const partHead = (type: string): string =>
  `--${BOUNDARY}\r\nContent-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n`;
const TEXT_PART = Buffer.from(partHead('text/plain'));
const HTML_PART = Buffer.from(`\r\n${partHead('text/html')}`);
const END = Buffer.from(`\r\n--${BOUNDARY}--\r\n`);

export interface ListHeaderInput {
  siteName: string;
  /** Without a trailing slash. */
  publicUrl: string;
  /** The digest's date, `YYYY-MM-DD`. */
  date: string;
  /** "digest", "sample" … */
  kind: string;
  /** The topic the reader follows, or a word for several. */
  topic: string;
}

/**
 * With `unsubscribeHeader`, what makes a message list mail: RFC 2369, RFC 2919, RFC 8058, and
 * Gmail's Feedback-ID. One field of each.
 */
export function listHeaders({ siteName, publicUrl, date, kind, topic }: ListHeaderInput): Header[] {
  const { hostname } = new URL(publicUrl);
  return [
    ['List-Id', `${phrase(siteName, 'List-Id')} <digest.${hostname}>`],
    ['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'],
    ['List-Archive', bracketed(`${publicUrl}/editions`)],
    ['List-Help', bracketed(`${publicUrl}/`)],
    ['Feedback-ID', [date, kind, topic, senderId(hostname)].map(feedbackField).join(':')],
  ];
}

/** `url` is the one-click address of one reader (RFC 8058); `address` may follow it, for who cannot open one. */
export const unsubscribeHeader = (url: string, address?: string): Header => [
  'List-Unsubscribe',
  address === undefined ? bracketed(url) : `${bracketed(url)}, ${bracketed(`mailto:${address}?subject=unsubscribe`)}`,
];

/** A field that names one address. */
export const addressHeader = (name: string, address: string): Header => [name, checkAddress(address)];

/** For confirmations and notices: no out-of-office reply should answer them (RFC 3834). */
export const noticeHeaders = (): Header[] => [['Auto-Submitted', 'auto-generated']];

// Addresses and identifiers: what could start another header or another recipient is refused.

const ADDRESS =
  /^(?:[^\p{Cc}\s()<>[\]:;@\\,"]+|"(?:[^\p{Cc}"\\]|\\[\x20-\x7e])*")@(?:[^\p{Cc}\s()<>[\]:;@\\,"]+|\[[\x21-\x5a\x5e-\x7e]+\])$/u;

function checkAddress(address: string): string {
  if (ADDRESS.test(address)) return address;
  throw new AppError(
    'ADDRESS_INVALID',
    'Cannot compose a message: an address in it is not one that mail can be sent to. Check MAIL_FROM and the reader.',
  );
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

const mailbox = ({ name: display, address }: Letterhead['from'], field: string): string =>
  display.trim() === '' ? checkAddress(address) : `${phrase(display, field)} <${checkAddress(address)}>`;

/** Writes one field, folded at its spaces. Refuses anything that would begin another field. */
export function header(name: string, value: string): string {
  if (!/^[A-Za-z][A-Za-z0-9-]*$/.test(name) || /\p{Cc}/u.test(value)) {
    throw new TypeError('Cannot write a header: it holds a line break or another control character');
  }
  // Where there is no space there is nothing to fold: so are the fields that each reader has anew.
  if (!value.includes(' ') && name.length + 2 + 3 * value.length <= MAX_OCTETS) return `${name}: ${value}\r\n`;
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
  if (folded.some((l) => Buffer.byteLength(l) > MAX_OCTETS))
    throw new TypeError(`Cannot write the header ${name}: a line of it is longer than ${MAX_OCTETS} octets`);
  return `${folded.join('\r\n')}\r\n`;
}

/** A display name: plain words, a quoted string, or encoded words, whichever it needs. */
function phrase(text: string, name: string): string {
  const encoded = headerText(text, name);
  if (encoded.startsWith('=?') || /^[\w!#$%&'*+/=?^`{|}~ -]+$/.test(encoded)) return encoded;
  return `"${encoded.replace(/["\\]/g, '\\$&')}"`;
}

/**
 * Any text as ASCII on one line: as it is where it can be, else as encoded words, each short enough
 * for a line of the field `name`.
 */
export function headerText(text: string, name: string): string {
  const clean = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp} ]+/gu, ' ')
    .trim();
  const room = 76 - `${name}: `.length; // RFC 2047 section 2: a line with an encoded word has at most 76 columns
  const asItIs =
    /^[\x20-\x7e]*$/.test(clean) && !clean.includes('=?') && clean.split(' ').every((word) => word.length <= room);
  return asItIs ? clean : encodeWords(clean, room);
}

/**
 * RFC 2047, Q or B, whichever is shorter. No character is torn between two words: each is decoded
 * by itself.
 */
function encodeWords(text: string, room: number): string {
  const q = Array.from(text, quoted);
  const b = Array.from(text, (c) => Buffer.byteLength(c));
  const capacity = room - '=?utf-8?Q??='.length;
  if (sum(q.map((c) => c.length)) * 3 <= sum(b) * 4) {
    return chunks(q, (c) => c.length, capacity)
      .map((word) => `=?utf-8?Q?${word}?=`)
      .join(' ');
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
