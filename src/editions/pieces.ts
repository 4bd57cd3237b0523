import { encodePiece } from '../mail/quoted-printable.ts';

/** What is left open in compiled mail until the reader is known. */
export type Slot =
  'rank' | 'number' | 'preheader' | 'dateline' | 'wish' | 'unsubscribe' | 'preferences' | 'browser' | 'say';

/** Encoded bytes, or the slot that stands between them. */
export type Piece = Buffer | Slot;

/** The same thing in both parts of a message. */
export interface Blocks {
  html: Piece[];
  text: Piece[];
}

/**
 * Marks a slot in text that is still to be cut. NUL cannot come from a value: `plain` removes
 * control characters.
 */
export const slot = (name: Slot): string => `\0${name}\0`;

/** Cuts text at its slots and encodes what lies between them. */
export function cutAtSlots(text: string): Piece[] {
  return text
    .split(/\0(\w+)\0/)
    .map((part, i) => (i % 2 === 1 ? (part as Slot) : encodePiece(part)))
    .filter((piece) => piece.length > 0);
}

/** The same pieces with some slots filled. */
export const fillSlots = (pieces: readonly Piece[], values: Readonly<Partial<Record<Slot, Buffer>>>): Piece[] =>
  pieces.map((piece) => (typeof piece === 'string' ? (values[piece] ?? piece) : piece));

/** The same with what lies between two slots in one piece. */
export function joinRuns(pieces: readonly Piece[]): Piece[] {
  const joined: Piece[] = [];
  let run: Buffer[] = [];
  const close = (): void => {
    if (run.length > 0) joined.push(Buffer.concat(run));
    run = [];
  };
  for (const piece of pieces) {
    if (typeof piece !== 'string') {
      run.push(piece);
      continue;
    }
    close();
    joined.push(piece);
  }
  close();
  return joined;
}

/** The bytes, once all slots are filled; what has no value is left out. */
export function fillAll(pieces: readonly Piece[], values: Readonly<Partial<Record<Slot, Buffer>>> = {}): Buffer[] {
  const filled: Buffer[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i]!;
    const bytes = typeof piece === 'string' ? values[piece] : piece;
    if (bytes) filled.push(bytes);
  }
  return filled;
}
