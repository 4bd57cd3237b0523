import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { codeOf } from '../errors.ts';
import { type Capabilities, capabilitiesOf } from './envelope.ts';
import type { Relay } from './relay.ts';
import { MalformedReply, type Reply, ReplyReader } from './reply.ts';
import { MINUTE, SECOND } from '../duration.ts';

/** How long to wait for what, in milliseconds: RFC 5321 section 4.5.3.2 where it says. */
export interface SmtpTimeouts {
  connect: number;
  greeting: number;
  /** EHLO, STARTTLS, AUTH, MAIL, RCPT, RSET. */
  command: number;
  data: number;
  /** For the server to take a message that it asked for. */
  block: number;
  /** From the final dot to its answer. */
  dot: number;
  quit: number;
}

export const TIMEOUTS: SmtpTimeouts = {
  connect: 30 * SECOND,
  greeting: 5 * MINUTE,
  command: 5 * MINUTE,
  data: 2 * MINUTE,
  block: 3 * MINUTE,
  dot: 10 * MINUTE,
  quit: 2000,
};

export interface ConnectOptions {
  /** What we call ourselves in EHLO. */
  name: string;
  timeouts: SmtpTimeouts;
  /** Certificates to trust instead of the system's. */
  ca?: string | undefined;
  signal: AbortSignal;
}

/** A connection that has said EHLO, is secured as its relay asks, and is logged in. */
export interface Connected {
  socket: Socket;
  encrypted: boolean;
  can: Capabilities;
}

/**
 * Why a relay cannot be used. `text` is the server's reply, or a code such as ECONNREFUSED: it
 * names no reader.
 */
export class RelayError extends Error {
  readonly text: string;

  constructor(text: string) {
    super(text);
    this.text = text;
  }
}

/** Connects, says EHLO, starts TLS and logs in. Throws RelayError. */
export async function connectTo(relay: Relay, options: ConnectOptions): Promise<Connected> {
  const { timeouts } = options;
  let line = new Dialogue(open(relay, options), options.signal);
  try {
    await line.opened(relay.security === 'implicit' ? 'secureConnect' : 'connect', timeouts.connect);
    line.expect(await line.reply(timeouts.greeting), 220);
    let can = await hello(line, options);
    if (relay.security === 'starttls') {
      line = await startTls(line, relay, options);
      can = await hello(line, options);
    }
    if (relay.auth) await logIn(line, relay.auth, can, timeouts.command);
    return { socket: line.release().pause(), encrypted: relay.security !== 'none', can };
  } catch (error) {
    line.socket.destroy();
    throw error instanceof RelayError
      ? error
      : new RelayError(error instanceof MalformedReply ? error.message : (codeOf(error) ?? 'no answer'));
  }
}

function open(relay: Relay, options: ConnectOptions): Socket {
  return socketTo(relay, options).setNoDelay(true);
}

function socketTo(relay: Relay, options: ConnectOptions): Socket {
  const { host, port } = relay;
  switch (relay.security) {
    case 'implicit':
      return connectTls({ port, ...trust(relay, options) });
    case 'none':
      return connectLean(host, port);
    default:
      return connectTcp({ host, port });
  }
}

const SCRATCH = Buffer.allocUnsafeSlow(16 * 1024);

/**
 * Node gives each read 64 KB of its own; replies are short, and read out of a buffer that all
 * connections share: a listener copies what it keeps.
 */
function connectLean(host: string, port: number): Socket {
  const socket: Socket = connectTcp({
    host,
    port,
    onread: { buffer: SCRATCH, callback: (size, bytes) => socket.emit('data', bytes.subarray(0, size)) },
  });
  return socket;
}

/**
 * The certificate has to be for `host`; over a socket that is there already, nothing else would say
 * so.
 */
const trust = ({ host }: Relay, { ca }: ConnectOptions) => ({
  host,
  ...(isIP(host) ? {} : { servername: host }),
  ...(ca ? { ca } : {}),
});

/** RFC 5321 section 4.1.4: a server that does not know EHLO is spoken to with HELO. */
async function hello(line: Dialogue, { name, timeouts }: ConnectOptions): Promise<Capabilities> {
  const reply = await line.ask(`EHLO ${name}`, timeouts.command);
  if (reply.code === 250) return capabilitiesOf(line.lines());
  if (reply.code < 500) line.expect(reply, 250);
  line.expect(await line.ask(`HELO ${name}`, timeouts.command), 250);
  return capabilitiesOf([]);
}

async function startTls(line: Dialogue, relay: Relay, options: ConnectOptions): Promise<Dialogue> {
  line.expect(await line.ask('STARTTLS', options.timeouts.command), 220);
  // What came in clear text behind the answer is an attacker's (CVE-2011-0411): release() refuses
  // it.
  const secured = new Dialogue(
    connectTls({ socket: line.release(), ...trust(relay, options) }).setNoDelay(true),
    options.signal,
  );
  try {
    await secured.opened('secureConnect', options.timeouts.connect);
    return secured;
  } catch (error) {
    secured.socket.destroy();
    throw error;
  }
}

/** RFC 4954: PLAIN, or the older LOGIN. */
async function logIn(
  line: Dialogue,
  { user, pass }: { user: string; pass: string },
  can: Capabilities,
  timeout: number,
): Promise<void> {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  if (can.auth.includes('PLAIN')) {
    line.expect(await line.ask(`AUTH PLAIN ${base64(`\0${user}\0${pass}`)}`, timeout), 235);
  } else if (can.auth.includes('LOGIN')) {
    line.expect(await line.ask('AUTH LOGIN', timeout), 334);
    line.expect(await line.ask(base64(user), timeout), 334);
    line.expect(await line.ask(base64(pass), timeout), 235);
  } else throw new RelayError('the relay offers no AUTH PLAIN or LOGIN');
}

/** One question, one answer: the pace of the opening. A session takes over from it. */
class Dialogue {
  readonly socket: Socket;
  #reader = new ReplyReader();
  #asked: PromiseWithResolvers<Reply> | null = null;
  #reject: ((error: Error) => void) | null = null;
  #failure: Error | null = null;
  #abort: () => void;
  #signal: AbortSignal;

  constructor(socket: Socket, signal: AbortSignal) {
    this.socket = socket;
    this.#signal = signal;
    this.#abort = () => this.#fail(new RelayError('closed'));
    signal.addEventListener('abort', this.#abort);
    if (signal.aborted) this.#abort();
    socket.on('data', this.#onData).on('error', this.#onError).on('end', this.#onEnd).on('close', this.#onEnd);
  }

  async opened(event: 'connect' | 'secureConnect', timeout: number): Promise<void> {
    const opened = Promise.withResolvers<void>();
    this.socket.once(event, opened.resolve);
    await this.#until(opened, timeout);
  }

  async ask(command: string, timeout: number): Promise<Reply> {
    if (this.#reader.pending) throw new MalformedReply('a reply to no command');
    this.socket.write(`${command}\r\n`);
    return this.reply(timeout);
  }

  async reply(timeout: number): Promise<Reply> {
    if (this.#reader.next()) return this.#reader.reply();
    this.#asked = Promise.withResolvers<Reply>();
    return this.#until(this.#asked, timeout);
  }

  /** Of the reply that came last. */
  lines(): string[] {
    return this.#reader.lines();
  }

  expect(reply: Reply, code: number): void {
    if (reply.code !== code) throw new RelayError(`${reply.code} ${reply.text}`);
  }

  /** Hands the socket on. */
  release(): Socket {
    if (this.#failure) throw this.#failure;
    if (this.#reader.pending) throw new MalformedReply('a reply to no command');
    this.#signal.removeEventListener('abort', this.#abort);
    this.socket.off('data', this.#onData).off('error', this.#onError).off('end', this.#onEnd).off('close', this.#onEnd);
    return this.socket;
  }

  async #until<T>(event: PromiseWithResolvers<T>, timeout: number): Promise<T> {
    this.#reject = event.reject;
    if (this.#failure) event.reject(this.#failure);
    const timer = setTimeout(() => this.#fail(new RelayError('timed out')), timeout);
    try {
      return await event.promise;
    } finally {
      clearTimeout(timer);
      this.#asked = this.#reject = null;
    }
  }

  #onData = (chunk: Buffer): void => {
    try {
      this.#reader.push(Buffer.from(chunk));
      if (this.#asked && this.#reader.next()) this.#asked.resolve(this.#reader.reply());
    } catch (error) {
      this.#fail(error as Error);
    }
  };

  #onError = (error: Error): void => this.#fail(error);

  #onEnd = (): void => this.#fail(new RelayError('closed by the relay'));

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#reject?.(this.#failure);
    this.#signal.removeEventListener('abort', this.#abort);
    this.socket.destroy();
  }
}
