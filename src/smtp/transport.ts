import { AppError } from '../errors.ts';
import { connectTo, type RelayError, type SmtpTimeouts, TIMEOUTS } from './connect.ts';
import { SmtpPool } from './pool.ts';
import { parseRelay, type Relay } from './relay.ts';
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
  /**
   * Is told how many seconds the relay took to answer to a message, from when its text was handed
   * over.
   */
  onReply?: (seconds: number) => void;
}

/**
 * Kept and pipelined SMTP connections, at most `connections`, one recipient per message. A
 * connection is busiest with two messages at hand (one on its way, one announced behind it):
 * callers reach full speed with twice as many sends under way as there are connections.
 */
export function createSmtpTransport(options: SmtpOptions): Transport {
  const {
    connections,
    name,
    ca,
    onReply,
    messagesPerConnection = 1000,
    idleMs = 30_000,
    rest = { first: SECOND, longest: MINUTE },
  } = options;
  const timeouts = { ...TIMEOUTS, ...options.timeouts };
  const relays = options.urls.map(parseRelay);
  const pool = new SmtpPool({ relays, connections, name, timeouts, messagesPerConnection, idleMs, rest, ca, onReply });
  return {
    connections,
    send: (...job) => pool.send(...job),
    verify: () => verify(relays, (relay) => tryRelay(relay, { name, timeouts, ca })),
    close: ({ force = false } = {}) => (force ? pool.drop() : pool.close()),
  };
}

async function tryRelay(
  relay: Relay,
  options: { name: string; timeouts: SmtpTimeouts; ca?: string | undefined },
): Promise<void> {
  const { socket } = await connectTo(relay, { ...options, signal: AbortSignal.timeout(options.timeouts.greeting) });
  socket.on('error', () => {}).end('QUIT\r\n');
  setTimeout(() => socket.destroy(), options.timeouts.quit).unref();
}

async function verify(relays: readonly Relay[], attempt: (relay: Relay) => Promise<void>): Promise<void> {
  const failures: string[] = [];
  for (const relay of relays) {
    try {
      return await attempt(relay);
    } catch (error) {
      failures.push(`${relay.host}:${relay.port} (${reasonOf(error as RelayError)})`);
    }
  }
  throw new AppError(
    'RELAY_UNAVAILABLE',
    `Cannot use the mail relay at ${failures.join(' nor at ')}. Check that it runs, and SMTP_URL: host, port, ` +
      'user and password.',
  );
}

/** A reply may quote the user name: its code says enough. */
const reasonOf = ({ text }: RelayError): string => /^\d{3}\b/.exec(text)?.[0] ?? text;
