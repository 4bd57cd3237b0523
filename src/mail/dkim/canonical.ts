import { createHash } from 'node:crypto';

// "relaxed" canonicalisation (RFC 6376 section 3.4), over bytes: text is read as latin1, so that
// every octet stays what it is. A blank is a space or a tab, nothing else: \s would also match
// octets of UTF-8.

/**
 * A header field as the signature sees it: lower-case name, one line, blanks squeezed. No CRLF at
 * its end.
 */
export function canonicalField(field: string): string {
  const colon = field.indexOf(':');
  const value = field
    .slice(colon + 1)
    .replace(/\r\n/g, '')
    .replace(/[ \t]+/g, ' ')
    .replace(/^ | $/g, '');
  return `${field
    .slice(0, colon)
    .replace(/[ \t]+$/, '')
    .toLowerCase()}:${value}`;
}

/**
 * Whole lines in canonical form, without the empty ones at their end: those count only when
 * something follows.
 */
interface Lines {
  bytes: Buffer;
  emptyAfter: number;
}

const CRLF = Buffer.from('\r\n');
const [TAB, LF, CR, SPACE] = [9, 10, 13, 32] as const;

/**
 * SHA-256 of the body, in base64. What one message shares with the next is made canonical once: for
 * blocks of text that is mostly the block itself, so that hashing is all that is left. A buffer
 * must therefore not change after it was first hashed.
 */
export function hashBody(pieces: readonly Buffer[]): string {
  const hash = createHash('sha256');
  let held = 0; // empty lines that nothing has followed yet
  let unfinished: Buffer | null = null;
  const take = ({ bytes, emptyAfter }: Lines): void => {
    if (bytes.length > 0) {
      while (held > 0) {
        hash.update(CRLF);
        held--;
      }
      hash.update(bytes);
    }
    held += emptyAfter;
  };
  for (const piece of pieces) {
    if (unfinished === null && piece.at(-1) === LF) {
      take(canonicalPiece(piece));
      continue;
    }
    const text: Buffer = unfinished === null ? piece : Buffer.concat([unfinished, piece]);
    const end = text.lastIndexOf(LF) + 1;
    if (end > 0) take(canonicalLines(text.subarray(0, end)));
    unfinished = end < text.length ? text.subarray(end) : null;
  }
  if (unfinished !== null) take(canonicalLines(Buffer.concat([unfinished, CRLF])));
  return hash.digest('base64');
}

/**
 * Octets. What is shorter is read again each time, or the links of every single reader would go
 * through the map.
 */
const WORTH_KEEPING = 200;
const kept = new WeakMap<Buffer, Lines>();

function canonicalPiece(piece: Buffer): Lines {
  if (piece.length < WORTH_KEEPING) return canonicalLines(piece);
  let lines = kept.get(piece);
  if (!lines) kept.set(piece, (lines = canonicalLines(piece)));
  return lines;
}

/** A bare LF is read as a line end: that is what relays make of it. */
function canonicalLines(lines: Buffer): Lines {
  const bytes = isCanonical(lines)
    ? lines
    : Buffer.from(
        lines
          .toString('latin1')
          .replace(/\r?\n/g, '\r\n')
          .replace(/[ \t]+/g, ' ')
          .replace(/ \r\n/g, '\r\n'),
        'latin1',
      );
  let end = bytes.length;
  while (endsInEmptyLine(bytes, end)) end -= 2;
  return { bytes: end === bytes.length ? bytes : bytes.subarray(0, end), emptyAfter: (bytes.length - end) / 2 };
}

/**
 * No tab, no two spaces, no space at the end of a line, no LF without its CR. Byte by byte: a
 * regular expression needs a string first.
 */
function isCanonical(bytes: Buffer): boolean {
  let before = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (
      byte <= SPACE &&
      (byte === TAB ||
        (byte === SPACE && before === SPACE) ||
        (byte === CR && before === SPACE) ||
        (byte === LF && before !== CR))
    )
      return false;
    before = byte;
  }
  return true;
}

/** A line end right after another one, or at the very start. */
const endsInEmptyLine = (bytes: Buffer, end: number): boolean =>
  end >= 2 && bytes[end - 1] === LF && (end === 2 || bytes[end - 3] === LF);
