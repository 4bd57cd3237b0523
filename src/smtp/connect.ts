import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { codeOf } from '../errors.ts';
import { type Capabilities, capabilitiesOf } from './envelope.ts';
import { initialResponse, type Tokens } from './oauth.ts';
import { type Proxy, tunnelTo } from './proxy.ts';
import type { Login, Relay } from './relay.ts';
import { RelayError } from './relay-error.ts';
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
  /** What relays are reached through. */
  proxy?: Proxy | undefined;
  /** What is logged in with where a relay wants OAuth2. */
  tokens?: Tokens | undefined;
  signal: AbortSignal;
}

/** A connection that has said EHLO, is secured as its relay asks, and is logged in. */
export interface Connected {
  socket: Socket;
  encrypted: boolean;
  can: Capabilities;
}

/** The relay does not take a token that was good when it was had. */
class TokenRefused extends RelayError {}

/**
 * Connects, says EHLO, starts TLS and logs in. A token that is refused is fetched anew, once. Throws
 * RelayError.
 */
export async function connectTo(relay: Relay, options: ConnectOptions): Promise<Connected> {
  if (relay.auth?.kind !== 'oauth2') return attempt(relay, options);
  const token = await tokenFrom(options);
  try {
    return await attempt(relay, options, token);
  } catch (error) {
    if (!(error instanceof TokenRefused)) throw error;
    return attempt(relay, options, await tokenFrom(options, token));
  }
}

function tokenFrom({ tokens }: ConnectOptions, refused?: string): Promise<string> {
  if (!tokens) throw new RelayError('no token can be had: SMTP_OAUTH_REFRESH_TOKEN is not set');
  return tokens.get(refused);
}

async function attempt(relay: Relay, options: ConnectOptions, token = ''): Promise<Connected> {
  const { timeouts } = options;
  let line = new Dialogue(await open(relay, options), options.signal);
  let step: RelayError['step'] = relay.security === 'implicit' ? 'tls' : 'connect';
  try {
    await line.opened(relay.security === 'implicit' ? 'secureConnect' : 'connect', timeouts.connect);
    line.expect(await line.reply(timeouts.greeting), 220);
    let can = await hello(line, options);
    if (relay.security === 'starttls') {
      step = 'tls';
      line = await startTls(line, relay, options);
      can = await hello(line, options);
    }
    step = 'login';
    if (relay.auth?.kind === 'password') await logIn(line, relay.auth, can, timeouts.command);
    if (relay.auth?.kind === 'oauth2') await presentToken(line, relay, { token, can, timeout: timeouts.command });
    return { socket: line.release().pause(), encrypted: relay.security !== 'none', can };
  } catch (error) {
    line.socket.destroy();
    const failure =
      error instanceof RelayError
        ? error
        : new RelayError(error instanceof MalformedReply ? error.message : (codeOf(error) ?? 'no answer'));
    failure.step = step;
    throw failure;
  }
}

async function open(relay: Relay, options: ConnectOptions): Promise<Socket> {
  const { proxy, timeouts, signal } = options;
  const socket = proxy
    ? overTunnel(await tunnelTo(relay, { proxy, timeout: timeouts.connect, signal }), relay, options)
    : socketTo(relay, options);
  return socket.setNoDelay(true);
}

const overTunnel = (tunnel: Socket, relay: Relay, options: ConnectOptions): Socket =>
  relay.security === 'implicit' ? connectTls({ socket: tunnel, ...trust(relay, options) }) : tunnel;

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
  { user, pass }: Extract<Login, { kind: 'password' }>,
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

/**
 * XOAUTH2, or OAUTHBEARER (RFC 7628). A server says why it refuses in a challenge, which wants an
 * answer.
 */
async function presentToken(
  line: Dialogue,
  { auth, host, port }: Relay,
  { token, can, timeout }: { token: string; can: Capabilities; timeout: number },
): Promise<void> {
  const mechanism = (['XOAUTH2', 'OAUTHBEARER'] as const).find((name) => can.auth.includes(name));
  if (!mechanism || !auth) throw new RelayError('the relay offers no AUTH XOAUTH2 or OAUTHBEARER');
  const first = initialResponse(mechanism, { user: auth.user, token, host, port });
  let reply = await line.ask(`AUTH ${mechanism} ${first}`, timeout);
  if (reply.code === 334) reply = await line.ask(mechanism === 'XOAUTH2' ? '' : 'AQ==', timeout);
  if (reply.code >= 500)
    throw new TokenRefused(
      `${reply.code} the relay refuses the token`,
      'Sign in anew with the provider, with the right to send mail, and set SMTP_OAUTH_REFRESH_TOKEN; check the ' +
        'user in SMTP_URL.',
    );
  line.expect(reply, 235);
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
    socket.resume(); // one that came through a proxy was paused
  }

  async opened(event: 'connect' | 'secureConnect', timeout: number): Promise<void> {
    if (event === 'connect' && this.socket.readyState === 'open') return; // through a proxy
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
