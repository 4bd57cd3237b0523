// Quoted-printable (RFC 2045 section 6.7), made so that encoded pieces can be joined in any order:
// every piece starts at column 0 and ends in CRLF, a soft line break where the text itself goes on.

const MAX_COLUMNS = 75; // 76 with the "=" of a soft line break
const [TAB, LF, CR, SPACE, DOT, EQUALS, F, TILDE] = [9, 10, 13, 32, 46, 61, 70, 126] as const;
const HEX = Buffer.from('0123456789ABCDEF');
const ROM = Buffer.from('rom ');

/**
 * Encodes text as UTF-8 in quoted-printable. Line ends may be LF, CR or CRLF. A dot or "From " at
 * the start of a line is encoded too: such pieces need no dot-stuffing (RFC 5321 section 4.5.2),
 * and no relay rewrites them under a signature.
 */
export function encodePiece(text: string): Buffer {
  if (LINK.test(text)) {
    const piece = cutLink(text);
    if (piece) return piece;
  }
  const input = Buffer.from(text.replace(/\r\n?/g, '\n'));
  const out = Buffer.allocUnsafe(input.length * 4 + 8); // 3 for each byte, and a soft break for every 25 of them
  let size = 0;
  let column = 0;

  const lineBreak = () => {
    out[size++] = CR;
    out[size++] = LF;
    column = 0;
  };
  for (let i = 0; i < input.length;) {
    const byte = input[i]!;
    if (byte === LF) {
      lineBreak();
      i++;
      continue;
    }
    const length = sequenceLength(byte);
    if (column + (isLiteral(input, i, column) ? 1 : 3 * length) > MAX_COLUMNS) {
      out[size++] = EQUALS;
      lineBreak();
    }
    if (isLiteral(input, i, column)) {
      out[size++] = byte;
      column++;
      i++;
      continue;
    }
    for (const end = i + length; i < end; i++, column += 3) {
      out[size++] = EQUALS;
      out[size++] = HEX[input[i]! >> 4]!;
      out[size++] = HEX[input[i]! & 15]!;
    }
  }
  if (column > 0) {
    out[size++] = EQUALS;
    lineBreak();
  }
  return Buffer.from(out.subarray(0, size)); // a copy: pieces live long, the scratch space should not
}

/**
 * Visible ASCII without "=": nothing but line breaks to add, which matters because each reader's
 * own links are encoded for each message.
 */
const LINK = /^[!-<>-~]+$/;

/** `null` when a line would begin with a dot. */
function cutLink(text: string): Buffer | null {
  let lines = '';
  for (let at = 0; at < text.length; at += MAX_COLUMNS) {
    if (text.charCodeAt(at) === DOT) return null;
    lines += `${text.slice(at, at + MAX_COLUMNS)}=\r\n`;
  }
  return Buffer.from(lines, 'latin1');
}

/** What the pieces say, with LF line ends. */
export function decodePieces(pieces: readonly Buffer[]): string {
  const lines = Buffer.concat(pieces).toString('latin1').replace(/=\r\n/g, '').replace(/\r\n/g, '\n');
  return Buffer.from(
    lines.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  ).toString();
}

/**
 * Bytes of the UTF-8 character that starts here: one is never torn apart, some clients decode line
 * by line.
 */
function sequenceLength(lead: number): number {
  if (lead < 0xc0) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

function isLiteral(input: Buffer, i: number, column: number): boolean {
  const byte = input[i]!;
  if (byte === SPACE || byte === TAB) return input[i + 1] !== LF; // blanks at the end of a line would be stripped
  if (byte < SPACE || byte > TILDE || byte === EQUALS) return false;
  if (column > 0) return true;
  return byte !== DOT && !(byte === F && input.subarray(i + 1, i + 5).equals(ROM));
}
