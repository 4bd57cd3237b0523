import { sizeOf } from './envelope.ts';
import type { Outgoing } from '../mail/transport.ts';

/** Room for most messages; larger ones get their own. */
const SCRATCH = 128 * 1024;

const DOT = 46;
const LF = 10;
const CR = 13;
/**
 * A line that starts with a dot, also after a bare LF, which some servers take for a line end (and
 * would end the message there).
 */
const LINE_WITH_DOT = Buffer.from('\n.');
const ONE_DOT = Buffer.from('.');
const LINE_END = '\r\n';
const FINAL_DOT = '.\r\n';

/**
 * Lays messages out in one stretch of memory for one write. Copying twenty kilobytes out of forty
 * shared blocks costs less than handing forty blocks to a socket (measured: 4 µs against 20).
 * Connections share the memory: a write is nearly always done when it returns.
 */
export class WireBuffer {
  #scratch = Buffer.allocUnsafeSlow(SCRATCH);

  /**
   * The message dot-stuffed (RFC 5321 section 4.5.2) with its final CRLF and dot, and `behind`
   * after them; in memory of its `own` when it is read later (by TLS).
   */
  layOut({ message, plain }: Pick<Outgoing, 'message' | 'plain'>, behind: string, own = false): Buffer {
    const size = sizeOf(message);
    const bytes = this.#room(size + LINE_END.length + FINAL_DOT.length + behind.length * 3, own);
    let at = 0;
    for (let i = 0; i < message.length; i++) {
      bytes.set(message[i]!, at);
      at += message[i]!.length;
    }
    const body = bytes.subarray(0, size);
    const tail = (plain || isEnded(body) ? FINAL_DOT : LINE_END + FINAL_DOT) + behind;
    const dot = plain ? -1 : firstDot(body);
    if (dot >= 0) return Buffer.concat([stuff(body, dot), Buffer.from(tail)]);
    return bytes.subarray(0, size + bytes.write(tail, size));
  }

  /** The memory laid out last is still being read: the next message gets another. */
  letGo(): void {
    this.#scratch = Buffer.allocUnsafeSlow(SCRATCH);
  }

  #room(size: number, own: boolean): Buffer {
    return own || size > SCRATCH ? Buffer.allocUnsafeSlow(size) : this.#scratch;
  }
}

const isEnded = (body: Buffer): boolean => body.length === 0 || (body.at(-1) === LF && body.at(-2) === CR);

/** Where the first line that starts with a dot begins, or -1. */
const firstDot = (bytes: Buffer): number => (bytes[0] === DOT ? 0 : nextDot(bytes, 0));

function nextDot(bytes: Buffer, from: number): number {
  const at = bytes.indexOf(LINE_WITH_DOT, from);
  return at < 0 ? -1 : at + 1;
}

/** Doubles each dot that starts a line. Rare: no message that we compose has one. */
function stuff(bytes: Buffer, first: number): Buffer {
  const out: Buffer[] = [];
  let from = 0;
  for (let dot = first; dot >= 0; dot = nextDot(bytes, dot)) {
    out.push(bytes.subarray(from, dot), ONE_DOT);
    from = dot;
  }
  return Buffer.concat([...out, bytes.subarray(from)]);
}
