import { isUtf8 } from 'node:buffer';
import { type MimeNode, Splitter } from '@zone-eu/mailsplit';
import libmime from 'libmime';
import { first, type Headers } from './headers.ts';

/** More of a message is not looked at: reports stand before what they quote. */
const MOST_BYTES = 128 * 1024;
const MOST_PARTS = 50;
const MOST_HEADER_BYTES = 64 * 1024;
/** Of fields in one part. */
const MOST_FIELDS = 32 * 1024;

/** A message that came, taken apart as far as feedback needs it. */
export interface Message {
  headers: Headers;
  /** What a person would read: without what is quoted or attached. */
  text: string;
  /** The blocks of fields of message/delivery-status (RFC 3464): of the message, then of recipients. */
  status: readonly Headers[];
  /** The fields of message/feedback-report (RFC 5965). */
  report: Headers | null;
  /** The fields of message/disposition-notification (RFC 8098). */
  disposition: Headers | null;
  /** The header section of the message that this one is about. */
  original: Headers | null;
  /** Everything as it came, decoded where the library did, to find our own marks in. */
  haystack: string;
}

/** One leaf of a message, decoded. */
interface Part {
  type: string;
  charset: string;
  bytes: Buffer;
}

const STATUS = ['message/delivery-status', 'message/global-delivery-status'];
const DISPOSITION = ['message/disposition-notification', 'message/global-disposition-notification'];
const ORIGINAL = [
  'message/rfc822',
  'message/global',
  'text/rfc822-headers',
  'text/rfc822-header',
  'message/global-headers',
];

/**
 * Takes a message apart. Line ends are made one kind first, so that copies with LF, CRLF and CR are
 * one message. Never throws: what cannot be read has no parts.
 */
export async function openMessage(bytes: Uint8Array, depth = 0): Promise<Message> {
  const raw = withLineFeeds(bytes.subarray(0, MOST_BYTES));
  const parts = await partsOf(raw);
  const of = (types: readonly string[]): Part[] => parts.filter(({ type }) => types.includes(type));
  const blocks = (types: readonly string[]): Headers[] => of(types).flatMap(({ bytes: b }) => blocksOf(wordsOf(b, '')));
  const status = blocks(STATUS);
  const [report = null] = blocks(['message/feedback-report']);
  const originals = of(ORIGINAL);
  const inner = status.length > 0 || report || depth >= 2 ? null : await innerReport(originals, depth);
  if (inner) return inner;
  const text = textOf(parts, raw);
  return {
    headers: topHeaders(raw),
    text,
    status,
    report,
    disposition: blocks(DISPOSITION)[0] ?? null,
    original: originals[0] ? headersOf(wordsOf(originals[0].bytes, '')) : null,
    haystack: [asciiOf(raw), ...originals.slice(0, 3).map(({ bytes: b }) => asciiOf(b)), text]
      .join('\n')
      .slice(0, 2 * MOST_BYTES),
  };
}

function topHeaders(raw: Buffer): Headers {
  const end = raw.indexOf('\n\n');
  const [headers = new Map()] = blocksOf(
    wordsOf(raw.subarray(0, Math.min(end < 0 ? raw.length : end, MOST_HEADER_BYTES)), ''),
  );
  return new Map([...headers, ['subject', headers.get('subject')?.map(decoded) ?? []]]);
}

function decoded(field: string): string {
  try {
    return libmime.decodeWords(field.slice(0, 1000));
  } catch {
    return field;
  }
}

/** Gateways forward a report inside a message that says nothing itself. */
async function innerReport(originals: readonly Part[], depth: number): Promise<Message | null> {
  for (const { bytes } of originals.slice(0, 2)) {
    if (!/^multipart\/report\b/i.test(first(topHeaders(bytes), 'content-type'))) continue;
    const message = await openMessage(bytes, depth + 1);
    if (message.status.length > 0 || message.report !== null) return message;
  }
  return null;
}

/** The leaves in their order; those before a fault, when there is one. */
async function partsOf(raw: Buffer): Promise<Part[]> {
  const leaves: { node: MimeNode; chunks: Buffer[] }[] = [];
  const splitter = new Splitter({ ignoreEmbedded: true, maxHeadSize: MOST_HEADER_BYTES, maxChildNodes: MOST_PARTS });
  splitter.end(raw);
  try {
    for await (const chunk of splitter) {
      if (chunk.type === 'node') leaves.push({ node: chunk as MimeNode, chunks: [] });
      if (chunk.type === 'body') leaves.at(-1)?.chunks.push(chunk.value as Buffer);
    }
  } catch {
    // Too many parts, or headers without end: no honest report is like that.
  }
  const parts: Part[] = [];
  for (const { node, chunks } of leaves.slice(0, MOST_PARTS)) {
    if (node.multipart) continue;
    const bytes = await contentOf(node, Buffer.concat(chunks));
    parts.push({ type: typeOf(node), charset: node.charset || '', bytes });
  }
  return parts;
}

/** Without what some systems put behind it and no semicolon before. */
const typeOf = ({ contentType }: MimeNode): string =>
  /^[\w.+-]+\/[\w.+-]+/.exec((contentType || 'text/plain').toLowerCase())?.[0] ?? 'text/plain';

async function contentOf(node: MimeNode, body: Buffer): Promise<Buffer> {
  if (node.encoding !== 'base64' && node.encoding !== 'quoted-printable') return body;
  const decoder = node.getDecoder();
  decoder.end(body);
  return Buffer.concat((await decoder.toArray()) as Buffer[]);
}

const LF = 10;
const CR = 13;

/** One LF for CRLF, CR or several CR before an LF; without a line of mbox before the headers. */
function withLineFeeds(bytes: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte !== CR) {
      out[length++] = byte;
      continue;
    }
    while (bytes[at + 1] === CR && (bytes[at + 2] === CR || bytes[at + 2] === LF)) at++;
    if (bytes[at + 1] === LF) at++;
    out[length++] = LF;
  }
  let start = 0;
  while (out[start] === LF && start < length) start++;
  if (asciiOf(out.subarray(start, start + 5)) === 'From ') start = out.indexOf(LF, start) + 1;
  return out.subarray(start, length);
}

/** Bytes as they are: what is looked for is ASCII, and other bytes do no harm. */
const asciiOf = (bytes: Buffer): string => bytes.toString('latin1');

/**
 * Fields in blocks with empty lines between them (RFC 3464 section 2.1). Lines that are no field
 * continue none.
 */
export function blocksOf(text: string): Headers[] {
  return text
    .slice(0, MOST_FIELDS)
    .replaceAll('\r', '')
    .split(/\n[ \t]*\n/)
    .slice(0, 200)
    .map((block) =>
      collect(
        block
          .replace(/\n[ \t]+/g, ' ')
          .split('\n')
          .flatMap((line) => {
            const [, name, value] = /^>?([!-9;-~]{1,80})[ \t]*:(.*)$/.exec(line) ?? [];
            return name === undefined ? [] : [[name.toLowerCase(), value!.trim()] as const];
          }),
      ),
    )
    .filter((block) => block.size > 0);
}

/**
 * The header section of a message. Some reports leave an empty line in it: what follows belongs to it
 * when it names the message.
 */
function headersOf(message: string): Headers | null {
  const [top, next] = blocksOf(message.slice(0, MOST_HEADER_BYTES));
  if (top === undefined || top.has('message-id') || !next?.has('message-id')) return top ?? null;
  return new Map([...next, ...top]);
}

function collect(fields: readonly (readonly [string, string])[]): Headers {
  const all = new Map<string, string[]>();
  for (const [name, value] of fields) all.set(name, [...(all.get(name) ?? []).slice(0, 20), value]);
  return all;
}

/** The text parts; of a message that has none, its HTML without tags, else all after its headers. */
function textOf(parts: readonly Part[], raw: Buffer): string {
  const of = (type: string): string =>
    parts
      .filter((part) => part.type === type)
      .map(({ bytes, charset }) => wordsOf(bytes, charset))
      .join('\n');
  const plain = of('text/plain');
  if (plain.trim() !== '') return plain;
  const html = of('text/html');
  if (html.trim() !== '') return withoutTags(html);
  const end = raw.indexOf('\n\n');
  return end < 0 ? '' : asciiOf(raw.subarray(end + 2));
}

/** UTF-8 where the bytes are that, even if the part says otherwise; else as the part says. */
function wordsOf(bytes: Buffer, charset: string): string {
  if (bytes.some((byte) => byte > 127) && isUtf8(bytes)) return bytes.toString('utf8');
  try {
    return new TextDecoder(charset || 'latin1').decode(bytes);
  } catch {
    return asciiOf(bytes);
  }
}

const withoutTags = (html: string): string =>
  html
    .slice(0, MOST_BYTES)
    .replace(/<(?:br|\/p|\/div|\/tr|\/li|\/h\d)\b[^<>]{0,200}>/gi, '\n')
    .replace(/<[a-z/!][^<>]{0,2000}>/gi, ' ')
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
