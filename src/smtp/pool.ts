import type { Outgoing, Permit, SendResult } from '../mail/transport.ts';
import { type Connected, type ConnectOptions, connectTo, type SmtpTimeouts } from './connect.ts';
import { envelopeFor } from './envelope.ts';
import { JobQueue } from './jobs.ts';
import type { Relay } from './relay.ts';
import type { RelayError } from './relay-error.ts';
import { type Announced, type Broken, type Job, Session, type SessionOwner, WITHDRAWN } from './session.ts';
import { type Rest, type Upstream, Upstreams } from './upstreams.ts';
import { WireBuffer } from './wire.ts';

/** What hears of one connection, to tell of it elsewhere. */
interface WatchedConnection {
  /** It carries a message that `asker` wants sent. */
  carries(asker: unknown): void;
  /** It is over; `failure` is a code, if it went wrong. */
  ended(failure: string | null): void;
}

/** What hears of connections. */
export interface ConnectionWatch {
  /** Who wants a message sent that is handed in now. */
  asker(): unknown;
  /** A connection is about to be opened; `null`: this one is of no interest. */
  opened(host: string, port: number): WatchedConnection | null;
}

export interface PoolOptions {
  /** In order of preference. */
  relays: readonly Relay[];
  connections: number;
  name: string;
  timeouts: SmtpTimeouts;
  /** After so many a connection is renewed. */
  messagesPerConnection: number;
  /** How long an unused connection is kept. */
  idleMs: number;
  rest: Rest;
  ca?: string | undefined;
  proxy?: ConnectOptions['proxy'];
  tokens?: ConnectOptions['tokens'];
  onReply?: SessionOwner['onReply'];
  connectionWatch?: ConnectionWatch | undefined;
}

/**
 * A message whose connection broke before it was sent is tried elsewhere at once, but not for ever.
 */
const MAX_RETRIES = 4;

/**
 * Shares messages out among kept connections to the first relay that works. When it fails the next
 * one takes over at once; when its rest is over it is tried again and gets its place back.
 */
export class SmtpPool implements SessionOwner {
  readonly timeouts: SmtpTimeouts;
  readonly messagesPerConnection: number;
  readonly wire = new WireBuffer();
  readonly onReply: SessionOwner['onReply'];
  #options: PoolOptions;
  #upstreams: Upstreams;
  #waiting = new JobQueue();
  /** Sessions without work. Those used last are taken first: the others may rest and close. */
  #idle: Session[] = [];
  /** Sessions that may have room behind their message. */
  #roomy = new Set<Session>();
  #flushing: Session[] = [];
  #watched = new Map<Session, WatchedConnection>();
  #unsettled = 0;
  /**
   * Listened to already: one signal serves many messages, and listening to it for each would cost
   * more than the queue does.
   */
  #heeded = new WeakSet<AbortSignal>();
  #timer: NodeJS.Timeout | null = null;
  #closing = false;
  #abort = new AbortController();
  #drained = Promise.withResolvers<void>();
  #ended = Promise.withResolvers<void>();

  constructor(options: PoolOptions) {
    this.timeouts = options.timeouts;
    this.messagesPerConnection = options.messagesPerConnection;
    this.onReply = options.onReply;
    this.#options = options;
    this.#upstreams = new Upstreams(options.relays, options.rest);
  }

  send(outgoing: Outgoing, withdrawn?: AbortSignal, permit?: Permit): Promise<SendResult> {
    if (this.#closing) return Promise.resolve({ kind: 'unsent', relayDown: true, text: 'closed' });
    if (withdrawn?.aborted) return Promise.resolve(WITHDRAWN);
    if (withdrawn) this.#heed(withdrawn);
    this.#unsettled++;
    return new Promise((resolve) => {
      const settle = (result: SendResult): void => {
        resolve(result);
        if (--this.#unsettled === 0 && this.#closing) this.#drained.resolve();
      };
      this.#waiting.push({
        outgoing,
        settle,
        withdrawn,
        permit,
        retries: 0,
        asker: this.#options.connectionWatch?.asker(),
      });
      this.#dispatch();
    });
  }

  #heed(signal: AbortSignal): void {
    if (this.#heeded.has(signal)) return;
    this.#heeded.add(signal);
    signal.addEventListener(
      'abort',
      () => {
        for (const job of this.#waiting.remove((waiting) => waiting.withdrawn === signal)) job.settle(WITHDRAWN);
      },
      { once: true },
    );
  }

  /** Waits for what is under way, then says goodbye on every connection. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#unsettled > 0) await this.#drained.promise;
    this.#abort.abort();
    for (const session of this.#upstreams.sessions()) session.quit();
    this.#checkEnded();
    await this.#ended.promise;
  }

  /**
   * Drops everything at once: what was handed over without an answer is lost, the rest was not
   * sent.
   */
  async drop(): Promise<void> {
    this.#closing = true;
    this.#abort.abort();
    for (const session of this.#upstreams.sessions()) session.drop();
    this.#refuseWaiting('closed');
    this.#checkEnded();
    await this.#ended.promise;
  }

  // What sessions ask for.

  nextFor(session: Session): Announced | null {
    // A connection that is about to open serves the first of the queue sooner than one that is
    // busy.
    return session.canTakeAnother && this.#waiting.size > this.#upstreams.opening ? this.#take(session) : null;
  }

  flushSoon(session: Session): void {
    if (this.#flushing.length === 0) setImmediate(this.#flush);
    this.#flushing.push(session);
    this.#roomy.add(session);
  }

  free(session: Session): void {
    if (session.retiring) return session.quit();
    const taken = this.#take(session);
    if (taken) return session.begin(taken);
    session.deadline = performance.now() + this.#options.idleMs;
    this.#idle.push(session);
  }

  notSent(job: Job, broken: Broken, session: Session): void {
    const { cause, text, innocent, reply } = broken;
    const refused = cause === 'refused' && !innocent;
    if (refused) this.#upstreams.failed(this.#upstreamOf(session), text);
    const again = innocent || (refused && this.#upstreams.anyLeft);
    if (again && job.withdrawn?.aborted) return job.settle(WITHDRAWN);
    // No connection is spent twice: at last this message is the first one on a new connection, and
    // hears what is meant.
    if (cause === 'spent') return this.#waiting.pushFront(job);
    if (again && job.retries < MAX_RETRIES) {
      job.retries++;
      return this.#waiting.pushFront(job);
    }
    // 421 may be about this one message: it is put off, and the others must not wait for it.
    job.settle(
      reply?.code === 421 ? { kind: 'reply', ...reply } : { kind: 'unsent', relayDown: cause === 'refused', text },
    );
    if (!this.#upstreams.anyLeft && reply?.code === 421) this.#upstreams.forgetFailures();
  }

  gone(session: Session): void {
    this.#upstreamOf(session).sessions.delete(session);
    this.#roomy.delete(session);
    this.#watched.get(session)?.ended(session.failure);
    this.#watched.delete(session);
    // When one connection breaks, the news that others did may be next in line: no message should
    // be sent into those.
    setImmediate(() => this.#dispatch());
    this.#checkEnded();
  }

  // Sharing out.

  /** Brings messages and connections together, until one of them runs out. */
  #dispatch(): void {
    while (this.#waiting.size > 0) {
      const session = this.#idleSession() ?? (this.#grow() ? null : this.#roomySession());
      if (!session) break;
      const taken = this.#take(session);
      if (taken) session.begin(taken);
      else if (session.idle) this.free(session);
    }
    if (this.#waiting.size > 0 && !this.#upstreams.anyLeft) this.#refuseWaiting(this.#upstreams.lastFailure);
  }

  #idleSession(): Session | undefined {
    for (let session = this.#idle.pop(); session; session = this.#idle.pop()) if (session.idle) return session;
    return undefined;
  }

  #roomySession(): Session | undefined {
    for (const session of this.#roomy) {
      this.#roomy.delete(session);
      if (session.canTakeAnother) return session;
    }
    return undefined;
  }

  /**
   * The first message that waits and that this session can carry; those that it cannot are refused
   * here and now.
   */
  #take(session: Session): Announced | null {
    for (let job = this.#waiting.shift(); job; job = this.#waiting.shift()) {
      const envelope = envelopeFor(job.outgoing, session.can);
      if (!('code' in envelope)) {
        this.#watched.get(session)?.carries(job.asker);
        return { job, envelope };
      }
      job.settle({ kind: 'reply', ...envelope });
    }
    return null;
  }

  #flush = (): void => {
    const sessions = this.#flushing;
    this.#flushing = [];
    for (const session of sessions) session.flush();
  };

  #refuseWaiting(text: string): void {
    for (let job = this.#waiting.shift(); job; job = this.#waiting.shift())
      job.settle({ kind: 'unsent', relayDown: true, text });
    this.#upstreams.forgetFailures();
  }

  // Connections.

  /**
   * Opens connections for those who wait, as far as it is allowed; tells whether those that are
   * opening will serve them all.
   */
  #grow(): boolean {
    const upstreams = this.#upstreams;
    while (this.#waiting.size > upstreams.opening && upstreams.open < this.#options.connections) {
      const upstream = upstreams.choose(performance.now());
      if (!upstream) break;
      this.#open(upstream);
    }
    return this.#waiting.size <= upstreams.opening;
  }

  #open(upstream: Upstream): void {
    upstream.opening++;
    this.#timer ??= setInterval(this.#tick, tickFor(this.#options)).unref();
    const { name, timeouts, ca, proxy, tokens, connectionWatch } = this.#options;
    const watched = connectionWatch?.opened(upstream.relay.host, upstream.relay.port) ?? null;
    connectTo(upstream.relay, { name, timeouts, ca, proxy, tokens, signal: this.#abort.signal }).then(
      (connected) => this.#opened(upstream, connected, watched),
      (error: RelayError) => {
        watched?.ended(codeOfFailure(error.text));
        this.#failedToOpen(upstream, error.text);
      },
    );
  }

  #opened(upstream: Upstream, connected: Connected, watched: WatchedConnection | null): void {
    upstream.opening--;
    this.#upstreams.worked(upstream);
    const session = new Session(connected, this);
    upstream.sessions.add(session);
    if (watched) this.#watched.set(session, watched);
    this.free(session);
    this.#dispatch();
  }

  #failedToOpen(upstream: Upstream, text: string): void {
    upstream.opening--;
    this.#upstreams.failed(upstream, text);
    this.#dispatch();
    this.#checkEnded();
  }

  #upstreamOf(session: Session): Upstream {
    return this.#upstreams.all.find(({ sessions }) => sessions.has(session))!;
  }

  /** The one clock of all connections: none needs to be exact. */
  #tick = (): void => {
    const now = performance.now();
    for (const session of this.#upstreams.sessions()) if (now > session.deadline) session.expire();
    for (const session of this.#upstreams.misplaced(now)) session.retire();
    this.#dispatch();
    if (this.#upstreams.open === 0) this.#stopClock();
  };

  #stopClock(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  #checkEnded(): void {
    if (!this.#closing || this.#upstreams.open > 0) return;
    this.#stopClock();
    this.#ended.resolve();
  }
}

/** A relay's words may quote a user name: the code that they begin with says enough. */
const codeOfFailure = (text: string): string => /^(?:\d{3}|E[A-Z]+)\b/.exec(text)?.[0] ?? 'failed';

/** Often enough for the shortest of the waits, once a second at most. */
const tickFor = ({ timeouts, idleMs, rest }: PoolOptions): number =>
  Math.max(10, Math.min(1000, Math.min(...Object.values(timeouts), idleMs, rest.first) / 4));
