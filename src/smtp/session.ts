import type { Duplex } from 'node:stream';
import type { Outgoing, Permit, SendResult } from '../mail/transport.ts';
import type { SmtpTimeouts } from './connect.ts';
import type { Capabilities, Envelope } from './envelope.ts';
import { MalformedReply, type Reply, ReplyReader } from './reply.ts';
import type { WireBuffer } from './wire.ts';

/** One message on its way through the pool. */
export interface Job {
  readonly outgoing: Outgoing;
  readonly settle: (result: SendResult) => void;
  /** Fires when it is not to be sent after all, unless it was announced. */
  readonly withdrawn?: AbortSignal | undefined;
  /** To be had before any of its text is sent. */
  readonly permit?: Permit | undefined;
  /** How often a connection broke under it before anything of it was sent. */
  retries: number;
  /** Who wants it sent, as the watch of connections knows it. */
  readonly asker?: unknown;
}

export interface Announced {
  readonly job: Job;
  readonly envelope: Envelope;
}

/**
 * Why a connection ended: `refused` is the server's own word (421, or 530: not without logging in),
 * `dropped` ours. `spent`: it carried messages and is to carry no more.
 */
type Cause = 'closed' | 'timeout' | 'refused' | 'spent' | 'malformed' | 'dropped';

/**
 * How a message came to be left over. `innocent`: others were carried before it, so the connection
 * did not break for its sake. `reply`: what the server said, if it did.
 */
export interface Broken {
  readonly cause: Cause;
  readonly text: string;
  readonly innocent: boolean;
  readonly reply: Reply | null;
}

/** Where sessions get their messages and leave what they could not send. */
export interface SessionOwner {
  readonly timeouts: SmtpTimeouts;
  readonly messagesPerConnection: number;
  readonly wire: WireBuffer;
  /** A message to announce right behind the one that is about to be sent, if any waits. */
  nextFor(session: Session): Announced | null;
  /**
   * Calls `flush` before the next round of input, when those who got results had their turn to hand
   * in more.
   */
  flushSoon(session: Session): void;
  /** How long the relay took to answer to a message, from when its text was handed over. */
  onReply?: ((seconds: number) => void) | undefined;
  /** The session has no message left. */
  free(session: Session): void;
  /** The job cannot have reached its reader: it may be sent again elsewhere. */
  notSent(job: Job, broken: Broken, session: Session): void;
  /** The connection is over. */
  gone(session: Session): void;
}

/** What a reply answers. */
const RSET = 0;
const MAIL = 1;
const RCPT = 2;
const DATA = 3;
const DOT = 4;
/** The dot of a message that no one is to get. */
const EMPTY_DOT = 5;
const QUIT = 6;
type Asked = typeof RSET | typeof MAIL | typeof RCPT | typeof DATA | typeof DOT | typeof EMPTY_DOT | typeof QUIT;

/** Which patience an answer deserves (RFC 5321 section 4.5.3.2). */
const PATIENCE: Readonly<Record<Asked, keyof SmtpTimeouts>> = {
  [RSET]: 'command',
  [MAIL]: 'command',
  [RCPT]: 'command',
  [DATA]: 'data',
  [DOT]: 'dot',
  [EMPTY_DOT]: 'dot',
  [QUIT]: 'quit',
};

/** Of a message that is not to be sent after all. */
export const WITHDRAWN: SendResult = { kind: 'withdrawn', text: 'withdrawn' };

const isRefusal = (code: number): boolean => code >= 400;

/**
 * One open connection and the messages on it. With PIPELINING (RFC 2920) a message takes one round
 * trip: its envelope goes out in the same write as the body before it, since message content may
 * open a group of commands (section 3.1).
 *
 * At most two messages are here. `current` is announced, asked for (`ready`) or handed over up to
 * its final dot (`handed`); `next` is announced behind it, or will be. Replies come in the order of
 * what was asked, so a short list of questions tells what each one answers.
 */
export class Session {
  /** When to give up waiting (or resting), by performance.now(). */
  deadline = Infinity;
  /** Takes no more messages. */
  retiring = false;
  readonly can: Capabilities;
  #owner: SessionOwner;
  #socket: Duplex;
  #encrypted: boolean;
  #reader = new ReplyReader();
  #asked: Asked[] = [];
  /** Messages that were announced or will be. */
  #begun = 0;
  /** Whether the server took one. */
  #carried = false;
  #current: Announced | null = null;
  #next: Announced | null = null;
  /** The first word against the current message. */
  #refusal: Reply | null = null;
  /** Which command it was about. */
  #refused: Asked | null = null;
  #ready = false;
  #handed = false;
  /** When, by performance.now(). */
  #handedAt = 0;
  /** Whether the final dot may have left: see #mayHaveLeft. */
  #flushed = false;
  #alone = false;
  /** A refused message left its transaction open. */
  #needsReset = false;
  closed = false;
  /** Why it ended with a message in hand. */
  failure: Cause | null = null;

  constructor(connected: { socket: Duplex; encrypted: boolean; can: Capabilities }, owner: SessionOwner) {
    this.#socket = connected.socket;
    this.#encrypted = connected.encrypted;
    this.can = connected.can;
    this.#owner = owner;
    this.#socket
      .on('data', (chunk: Buffer) => this.#receive(chunk))
      .on('error', (error: NodeJS.ErrnoException) => this.#end('closed', error.code ?? 'connection broken'))
      .on('end', () => this.#end('closed', 'closed by the relay'))
      .on('close', () => {
        this.#end('closed', 'connection broken');
        this.#owner.gone(this);
      })
      .resume();
  }

  get idle(): boolean {
    return this.#current === null && !this.retiring && !this.closed;
  }

  /** Whether a message can be announced behind the one under way, now. */
  get canTakeAnother(): boolean {
    return (
      this.can.pipelining &&
      this.#current !== null &&
      this.#next === null &&
      (this.#ready || this.#handed) &&
      !this.retiring &&
      !this.closed
    );
  }

  begin(announced: Announced): void {
    if (++this.#begun >= this.#owner.messagesPerConnection) this.retiring = true;
    if (this.#current === null) {
      this.#current = announced;
      this.#ask(this.#announce(announced.envelope));
    } else {
      this.#next = announced;
      if (this.#handed) this.#ask(this.#announce(announced.envelope));
    }
  }

  /**
   * Sends the body that the server asked for, when its permit is there, and behind it the next
   * envelope.
   */
  flush(): void {
    if (!this.#ready || this.closed || this.#current === null) return;
    const permit = this.#current.job.permit?.take(this.#flushAgain);
    if (permit === 'wait') return;
    if (permit === 'never') {
      this.#settleCurrent({ kind: 'withdrawn', text: 'no longer ours to send' });
      return this.drop(); // after DATA there is no other way to take a message back
    }
    this.#ready = false;
    this.#handed = true;
    this.#flushed = false;
    if (this.#next?.job.withdrawn?.aborted) this.#dropNext();
    this.#alone = this.#next === null;
    this.#asked.push(DOT);
    const behind = this.#next === null ? '' : this.#announce(this.#next.envelope);
    const bytes = this.#owner.wire.layOut(this.#current.job.outgoing, behind, this.#encrypted);
    this.#handedAt = performance.now();
    this.deadline = this.#handedAt + this.#owner.timeouts.block;
    this.#socket.write(bytes, this.#onFlushed);
    if (!this.#encrypted && this.#socket.writableLength > 0) this.#owner.wire.letGo();
  }

  /** It was to be announced behind the current message, and is not to be sent after all. */
  #dropNext(): void {
    const { job } = this.#next!;
    this.#next = null;
    job.settle(WITHDRAWN);
  }

  #flushAgain = (): void => this.flush();

  /** Takes no more messages, and closes after those it has. */
  retire(): void {
    this.retiring = true;
    if (this.#current === null) this.quit();
  }

  /** Says goodbye. For a session without messages. */
  quit(): void {
    if (this.closed || this.#asked.includes(QUIT)) return;
    this.retiring = true;
    this.#asked.push(QUIT);
    this.#socket.end('QUIT\r\n');
    this.deadline = performance.now() + this.#owner.timeouts.quit;
  }

  /** The deadline has passed. */
  expire(): void {
    if (this.idle && this.#asked.length === 0) this.quit();
    else this.#end('timeout', 'timed out');
  }

  /** Drops the connection with all that is under way. */
  drop(): void {
    this.#end('dropped', 'closed');
  }

  #announce(envelope: Envelope): string {
    const reset = this.#needsReset;
    this.#needsReset = false;
    if (reset) this.#asked.push(RSET);
    if (this.can.pipelining) {
      this.#asked.push(MAIL, RCPT, DATA);
      return `${reset ? 'RSET\r\n' : ''}${envelope.mail}${envelope.rcpt}DATA\r\n`;
    }
    if (reset) return 'RSET\r\n';
    this.#asked.push(MAIL);
    return envelope.mail;
  }

  /** `text` holds commands whose questions are on the list already. */
  #ask(text: string): void {
    this.#socket.write(text);
    this.#watch();
  }

  #receive(chunk: Buffer): void {
    if (this.closed) return;
    try {
      this.#reader.push(chunk);
      // Only a whole reply buys more time: a server that sends a byte now and then is as good as
      // silent.
      for (; !this.closed && this.#reader.next(); this.#watch()) this.#answer(this.#reader.code);
    } catch (error) {
      if (!(error instanceof MalformedReply)) throw error;
      this.#end('malformed', error.message);
    }
  }

  #answer(code: number): void {
    const asked = this.#asked.shift();
    if (asked === DOT) return this.#settle(code);
    // It answers no command: a server that closes an idle connection may say so first.
    if (asked === undefined) return this.#endWithReply(code === 421 ? 'refused' : 'malformed');
    if (code === 421 || (code === 530 && asked === MAIL)) return this.#endWithReply('refused');
    switch (asked) {
      case RSET:
        return this.#afterReset(code);
      case MAIL:
        return this.#afterAddress(code, MAIL, RCPT);
      case RCPT:
        return this.#afterAddress(code, RCPT, DATA);
      case DATA:
        return this.#afterData(code);
      default:
        return undefined;
    }
  }

  #afterReset(code: number): void {
    if (isRefusal(code)) return this.#endWithReply('malformed');
    if (!this.can.pipelining && this.#current) this.#step(MAIL, this.#current.envelope);
  }

  #afterAddress(code: number, asked: typeof MAIL | typeof RCPT, following: typeof RCPT | typeof DATA): void {
    if (code >= 300 && code < 400) return this.#endWithReply('malformed');
    // "No room" for another message is how some servers say that a connection carried enough
    // (OpenSMTPD after 100).
    if (asked === MAIL && code === 452 && this.#carried) return this.#endWithReply('spent');
    if (isRefusal(code)) this.#refuse(asked);
    if (this.can.pipelining) return;
    if (this.#refusal !== null) return this.#giveUp();
    if (this.#current?.job.withdrawn?.aborted) return this.#takeBack();
    if (this.#current) this.#step(following, this.#current.envelope);
  }

  /** Lock-step: the next command only after the answer to the last. */
  #step(following: typeof MAIL | typeof RCPT | typeof DATA, { mail, rcpt }: Envelope): void {
    this.#asked.push(following);
    this.#ask({ [MAIL]: mail, [RCPT]: rcpt, [DATA]: 'DATA\r\n' }[following]);
  }

  #refuse(asked: Asked): void {
    if (this.#refusal !== null) return;
    this.#refusal = this.#reader.reply();
    this.#refused = asked;
  }

  #afterData(code: number): void {
    if (isRefusal(code)) {
      this.#refuse(DATA);
      return this.#giveUp();
    }
    if (code !== 354) return this.#endWithReply('malformed');
    if (this.#refusal !== null) return this.#answerWithNothing();
    this.#ready = true;
    const next = this.#owner.nextFor(this);
    if (next === null) return this.#owner.flushSoon(this);
    this.begin(next);
    this.flush();
  }

  /**
   * The server refused the message and yet asks for its text. Without a recipient a lone dot ends
   * that, and no one gets anything; where even the sender was refused the server has lost its way,
   * and only closing is safe.
   */
  #answerWithNothing(): void {
    if (this.#refused === MAIL) {
      this.#settleCurrent(this.#refusedWith(this.#refusal!));
      return this.#end('malformed', 'refused and asked for');
    }
    this.#asked.push(EMPTY_DOT);
    this.#ask('.\r\n');
    this.#giveUp();
  }

  #refusedWith(refusal: Reply): SendResult {
    return { kind: 'reply', ...refusal, ...(this.#refused === MAIL ? { about: 'sender' as const } : {}) };
  }

  /** The current message was refused before its text was sent. */
  #giveUp(): void {
    this.#needsReset = true;
    this.#settleCurrent(this.#refusedWith(this.#refusal!));
    this.#owner.free(this);
  }

  /** The current message is not to be sent after all, and its text was not asked for yet. */
  #takeBack(): void {
    this.#needsReset = true;
    this.#settleCurrent(WITHDRAWN);
    this.#owner.free(this);
  }

  /** The answer to the final dot: the one that counts. */
  #settle(code: number): void {
    const { text } = this.#reader;
    this.#owner.onReply?.((performance.now() - this.#handedAt) / 1000);
    // Neither yes nor no: what the server did with it is unknown.
    const answered = code < 300 || isRefusal(code);
    this.#carried ||= code < 300;
    this.#settleCurrent(answered ? { kind: 'reply', code, text } : { kind: 'lost', text: `${code} ${text}` });
    if (code === 421 || !answered) return this.#endWithReply(answered ? 'refused' : 'malformed');
    if (this.#current === null) this.#owner.free(this);
  }

  #settleCurrent(result: SendResult): void {
    const { job } = this.#current!;
    this.#current = this.#next;
    this.#next = this.#refusal = this.#refused = null;
    this.#handed = this.#ready = false;
    job.settle(result);
  }

  #onFlushed = (error?: Error | null): void => {
    if (error) return;
    this.#flushed = true;
    this.#watch();
  };

  /** Waits for the answer that is due, as long as RFC 5321 section 4.5.3.2 wants. */
  #watch(): void {
    const { timeouts } = this.#owner;
    const asked = this.#asked[0];
    if (asked === undefined || (asked === DOT && !this.#flushed)) return;
    this.deadline = performance.now() + timeouts[PATIENCE[asked]];
  }

  /**
   * Whether the server may have the whole current message. While a write without TLS is unfinished,
   * its end has not left this process: when that is the final dot, the message cannot be whole. In
   * any other doubt it may be.
   */
  #mayHaveLeft(): boolean {
    return this.#handed && (this.#flushed || !this.#alone || this.#encrypted);
  }

  #endWithReply(cause: Cause): void {
    const reply = this.#reader.reply();
    this.#end(cause, `${reply.code} ${reply.text}`, reply);
  }

  #end(cause: Cause, text: string, reply: Reply | null = null): void {
    if (this.closed) return;
    const left = this.#mayHaveLeft();
    this.closed = true;
    this.#socket.destroy();
    const [current, next, refusal] = [this.#current, this.#next, this.#refusal];
    this.#current = this.#next = null;
    if (current && cause !== 'spent') this.failure = cause;
    if (current && refusal) current.job.settle(this.#refusedWith(refusal));
    else if (current && left) current.job.settle({ kind: 'lost', text });
    else if (current) {
      // A hang is not tried again elsewhere: it took minutes already.
      const innocent = this.#begun > (next ? 2 : 1) && cause !== 'timeout';
      this.#owner.notSent(current.job, { cause, text, innocent, reply }, this);
    }
    if (next) this.#owner.notSent(next.job, { cause, text, innocent: true, reply }, this);
  }
}
