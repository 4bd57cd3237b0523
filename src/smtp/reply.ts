/** A server's whole answer. */
export interface Reply {
  readonly code: number;
  readonly text: string;
}

/**
 * RFC 5321 section 4.5.3.1.5 allows 512 octets a line; servers that explain themselves with links
 * write more.
 */
const MAX_LINE = 4096;
/** Of all lines of one reply. The longest honest ones answer EHLO, in about a kilobyte. */
const MAX_REPLY = 16 * 1024;
/** Waiting to be read, in answer to no command. */
const MAX_UNREAD = 128 * 1024;

const LF = 10;
const CR = 13;
const SPACE = 32;
const HYPHEN = 45;
const ZERO = 48;
const NOTHING = Buffer.alloc(0);

/** What came is not SMTP: the connection is of no more use. */
export class MalformedReply extends Error {}

/**
 * Finds replies (RFC 5321 section 4.2) in the bytes as they come, however these are cut. Reading
 * one makes no string: most are only asked for their code. Holds at most one unfinished reply, so
 * that nothing a server sends can fill the memory.
 */
export class ReplyReader {
  /** Of the reply read last. */
  code = 0;
  #bytes: Buffer = NOTHING;
  /** Where the reply read last begins and where it ends, which is where the next one begins. */
  #first = 0;
  #start = 0;
  /** Where the line under way begins, and how far it was searched for its end. */
  #line = 0;
  #searched = 0;

  /** Takes in what came. The chunk may be overwritten once `next` has said `false`. */
  push(chunk: Buffer): void {
    if (this.#bytes.length > MAX_UNREAD) throw new MalformedReply('replies to no command');
    if (this.#bytes.length === 0) this.#bytes = chunk;
    else this.#bytes = Buffer.concat([this.#bytes, chunk]);
  }

  /**
   * Moves on to the next whole reply; `false` when it has not all come. Throws MalformedReply when
   * it never will be one.
   */
  next(): boolean {
    for (;;) {
      const end = this.#bytes.indexOf(LF, this.#searched);
      if (end < 0) return this.#keepRest();
      this.#checkSize(end);
      const last = this.#readLine(end);
      this.#line = this.#searched = end + 1;
      if (!last) continue;
      this.#first = this.#start;
      this.#start = end + 1;
      return true;
    }
  }

  /** Whether bytes came that no reply read so far holds. */
  get pending(): boolean {
    return this.#bytes.length > this.#start;
  }

  /**
   * The words of the reply read last, its lines joined, an enhanced status code (RFC 2034) only
   * once. Call it before the next `push`.
   */
  get text(): string {
    const lines = this.lines();
    if (lines.length === 1) return lines[0]!;
    const status = /^[245]\.\d{1,3}\.\d{1,3} /.exec(lines[0] ?? '')?.[0];
    return lines
      .map((line, i) => (i > 0 && status && line.startsWith(status) ? line.slice(status.length) : line))
      .join(' ')
      .trim();
  }

  /** The lines of the reply read last, without code and control characters. */
  lines(): string[] {
    const whole = this.#bytes.toString('utf8', this.#first, this.#start);
    // eslint-disable-next-line no-control-regex -- they are what is removed
    return whole
      .split('\n')
      .slice(0, -1)
      .map((line) =>
        line
          .slice(4)
          .replace(/[\x00-\x1f\x7f]+/g, ' ')
          .trim(),
      );
  }

  reply(): Reply {
    return { code: this.code, text: this.text };
  }

  /**
   * Reads the code of the line that ends at `end`, and tells whether it is the last of its reply.
   */
  #readLine(end: number): boolean {
    const bytes = this.#bytes;
    const at = this.#line;
    const length = (end > at && bytes[end - 1] === CR ? end - 1 : end) - at;
    const code = length < 3 ? 0 : digit(bytes[at]!) * 100 + digit(bytes[at + 1]!) * 10 + digit(bytes[at + 2]!);
    const separator = length === 3 ? SPACE : bytes[at + 3];
    // A reply is one answer: lines that contradict each other (RFC 5321 section 4.2.1) say nothing.
    const agrees = at === this.#start || code === this.code;
    if (!(code >= 200 && code < 600) || !agrees || (separator !== SPACE && separator !== HYPHEN))
      throw new MalformedReply('not an SMTP reply');
    this.code = code;
    return separator === SPACE;
  }

  /** Forgets what was read and copies the rest, whose chunk is not ours to keep. */
  #keepRest(): false {
    this.#checkSize(this.#bytes.length);
    const rest = this.#bytes.length - this.#start;
    this.#bytes = rest === 0 ? NOTHING : Buffer.from(this.#bytes.subarray(this.#start));
    this.#line -= this.#start;
    this.#first = this.#start = 0;
    this.#searched = rest;
    return false;
  }

  #checkSize(end: number): void {
    if (end - this.#line > MAX_LINE || end - this.#start > MAX_REPLY) throw new MalformedReply('a reply without end');
  }
}

/** Far outside any code when the byte is no digit. */
const digit = (byte: number): number => (byte >= ZERO && byte <= ZERO + 9 ? byte - ZERO : 10_000);
