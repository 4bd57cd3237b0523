import PostalMime, { type Email } from 'postal-mime';

/** More of a message is not looked at: reports stand before what they quote. */
export const MOST_BYTES = 256 * 1024;
const MOST_PARTS = 50;
const DEEPEST = 12;
const MOST_HEADER_BYTES = 128 * 1024;

/** A header section: the values of each name, in small letters, in their order. */
export type Headers = ReadonlyMap<string, readonly string[]>;

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

export const first = (headers: Headers | null, name: string): string => headers?.get(name)?.[0]?.trim() ?? '';

/**
 * Takes a message apart. Line ends are made one kind first, so that copies with LF, CRLF and CR are
 * one message. Never throws: what cannot be read has no parts.
 */
export async function openMessage(bytes: Uint8Array, depth = 0): Promise<Message> {
  const raw = withLineFeeds(bytes.subarray(0, MOST_BYTES));
  const email = await parsed(raw);
  if (email === null) return unreadable(raw);
  const headers = collect(
    email.headers.map(({ key, value }) => [key, key === 'subject' ? (email.subject ?? value) : value] as const),
  );
  const parts = email.attachments.slice(0, MOST_PARTS).map(({ mimeType, content, disposition }) => ({
    type: mimeType.toLowerCase(),
    bytes: content instanceof ArrayBuffer ? new Uint8Array(content) : new Uint8Array(),
    attached: disposition === 'attachment',
  }));
  const of = (...types: string[]) => parts.filter(({ type }) => types.includes(type));
  const status = of('message/delivery-status', 'message/global-delivery-status').flatMap(({ bytes: b }) =>
    blocksOf(decode(b)),
  );
  const reports = of('message/feedback-report').map(({ bytes: b }) => blocksOf(decode(b))[0] ?? new Map());
  const originals = of(
    'message/rfc822',
    'message/global',
    'text/rfc822-headers',
    'text/rfc822-header',
    'message/global-headers',
  );
  const inner = await innerReport({ status, reports, originals, depth });
  if (inner) return inner;
  const text = textOf(email, raw, of('text/plain'));
  const dispositions = of('message/disposition-notification', 'message/global-disposition-notification');
  return {
    headers,
    text,
    status,
    report: reports[0] ?? null,
    disposition: dispositions[0] ? (blocksOf(decode(dispositions[0].bytes))[0] ?? null) : null,
    original: originals[0] ? (blocksOf(decode(originals[0].bytes))[0] ?? null) : null,
    haystack: [decode(raw), ...originals.map(({ bytes: b }) => decode(b)), text].join('\n').slice(0, 2 * MOST_BYTES),
  };
}

/** Gateways forward a report inside a message that says nothing itself. */
async function innerReport(found: {
  status: readonly Headers[];
  reports: readonly Headers[];
  originals: readonly { bytes: Uint8Array }[];
  depth: number;
}): Promise<Message | null> {
  if (found.status.length > 0 || found.reports.length > 0 || found.depth >= 2) return null;
  for (const { bytes } of found.originals.slice(0, 2)) {
    const top = blocksOf(decode(bytes.subarray(0, 16_384)))[0];
    if (!top || !/^multipart\/report\b/i.test(first(top, 'content-type'))) continue;
    const message = await openMessage(bytes, found.depth + 1);
    if (message.status.length > 0 || message.report !== null) return message;
  }
  return null;
}

async function parsed(raw: Uint8Array): Promise<Email | null> {
  try {
    return await PostalMime.parse(raw, {
      forceRfc822Attachments: true,
      attachmentEncoding: 'arraybuffer',
      maxNestingDepth: DEEPEST,
      maxHeadersSize: MOST_HEADER_BYTES,
    });
  } catch {
    // Too deep, or headers without end: no honest report is like that.
    return null;
  }
}

const unreadable = (raw: Uint8Array): Message => ({
  headers: blocksOf(decode(raw.subarray(0, 16_384)))[0] ?? new Map(),
  text: '',
  status: [],
  report: null,
  disposition: null,
  original: null,
  haystack: decode(raw),
});

const LF = 10;
const CR = 13;

/** One LF for CRLF, CR or several CR before an LF; without a line of mbox before the headers. */
function withLineFeeds(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length);
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
  if (decode(out.subarray(start, start + 5)) === 'From ') start = out.indexOf(LF, start) + 1;
  return out.subarray(start, length);
}

/** Bytes as they are: what is looked for is ASCII, and other bytes do no harm. */
const decode = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

/**
 * Fields in blocks with empty lines between them (RFC 3464 section 2.1). Lines that are no field
 * continue none.
 */
export function blocksOf(text: string): Headers[] {
  return text
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

function collect(fields: readonly (readonly [string, string])[]): Headers {
  const all = new Map<string, string[]>();
  for (const [name, value] of fields) all.set(name, [...(all.get(name) ?? []).slice(0, 20), value]);
  return all;
}

/** The text parts; of a message that has none, its HTML without tags, else all after its headers. */
function textOf(email: Email, raw: Uint8Array, attached: readonly { bytes: Uint8Array }[]): string {
  const plain = [email.text ?? '', ...attached.map(({ bytes }) => decode(bytes))].join('\n').trim();
  if (plain !== '') return plain;
  if (email.html !== undefined && email.html !== null && email.html !== '') return withoutTags(email.html);
  const all = decode(raw);
  const end = all.indexOf('\n\n');
  return end < 0 ? '' : all.slice(end + 2);
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
