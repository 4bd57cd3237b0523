import { AppError } from '../errors.ts';
import { type ConnectOptions, connectTo, type SmtpTimeouts, TIMEOUTS } from './connect.ts';
import { createTokens, type OauthGrant } from './oauth.ts';
import { type ConnectionWatch, SmtpPool } from './pool.ts';
import { parseProxy } from './proxy.ts';
import { parseRelay, type Relay } from './relay.ts';
import type { RelayError } from './relay-error.ts';
import type { Transport } from '../mail/transport.ts';
import { MINUTE, SECOND } from '../duration.ts';

export interface SmtpOptions {
  /** Relays in order of preference: the next one takes over while the ones before it are down. */
  urls: readonly string[];
  connections: number;
  /** What we call ourselves in EHLO. */
  name: string;
  timeouts?: Partial<SmtpTimeouts>;
  /** Relays like to see a connection renewed now and then. */
  messagesPerConnection?: number | undefined;
  idleMs?: number;
  /** How long a relay that failed rests, at first and at most. */
  rest?: { first: number; longest: number };
  /** Certificates to trust instead of the system's, as PEM. */
  ca?: string;
  /** What relays are reached through: `socks5://…` or `http://…`. */
  proxy?: string | null;
  /** For relays with `?auth=oauth2`. */
  oauth?: OauthGrant | null;
  /**
   * Is told how many seconds the relay took to answer to a message, from when its text was handed
   * over.
   */
  onReply?: (seconds: number) => void;
  /** Hears of every connection. */
  connectionWatch?: ConnectionWatch | undefined;
}

/**
 * Kept and pipelined SMTP connections, at most `connections`, one recipient per message. A
 * connection is busiest with two messages at hand (one on its way, one announced behind it):
 * callers reach full speed with twice as many sends under way as there are connections.
 */
export function createSmtpTransport(options: SmtpOptions): Transport {
  const {
    connections,
    onReply,
    connectionWatch,
    messagesPerConnection = 1000,
    idleMs = 30_000,
    rest = { first: SECOND, longest: MINUTE },
  } = options;
  const relays = options.urls.map(parseRelay);
  const way = wayTo(options);
  const pool = new SmtpPool({
    relays,
    connections,
    messagesPerConnection,
    idleMs,
    rest,
    onReply,
    connectionWatch,
    ...way,
  });
  return {
    connections,
    send: (...job) => pool.send(...job),
    verify: () => verify(relays, (relay) => tryRelay(relay, way)),
    close: ({ force = false } = {}) => (force ? pool.drop() : pool.close()),
  };
}

/** How all relays are reached. */
export const wayTo = ({ name, timeouts, ca, proxy, oauth }: SmtpOptions): Omit<ConnectOptions, 'signal'> => ({
  name,
  timeouts: { ...TIMEOUTS, ...timeouts },
  ca,
  proxy: proxy ? parseProxy(proxy) : undefined,
  tokens: oauth ? createTokens(oauth) : undefined,
});

async function tryRelay(relay: Relay, options: Omit<ConnectOptions, 'signal'>): Promise<void> {
  const { socket } = await connectTo(relay, { ...options, signal: AbortSignal.timeout(options.timeouts.greeting) });
  socket.on('error', () => {}).end('QUIT\r\n');
  setTimeout(() => socket.destroy(), options.timeouts.quit).unref();
}

async function verify(relays: readonly Relay[], attempt: (relay: Relay) => Promise<void>): Promise<void> {
  const failures: string[] = [];
  const remedies = new Set<string>();
  for (const relay of relays) {
    try {
      return await attempt(relay);
    } catch (error) {
      failures.push(`${relay.host}:${relay.port} (${reasonOf(error as RelayError)})`);
      remedies.add((error as RelayError).remedy ?? REMEDY);
    }
  }
  throw new AppError(
    'RELAY_UNAVAILABLE',
    `Cannot use the mail relay at ${failures.join(' nor at ')}. ${[...remedies].join(' ')}`,
  );
}

const REMEDY = 'Check that it runs, and SMTP_URL: host, port, user and password.';

/** A reply may quote the user name: its code says enough. Words with a remedy are ours. */
const reasonOf = ({ text, remedy }: RelayError): string => (remedy === null && /^\d{3}\b/.exec(text)?.[0]) || text;
