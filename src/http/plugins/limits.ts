import { isIPv4, isIPv6 } from 'node:net';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../../config.ts';
import { isLoopback } from '../../mail/needs-tls.ts';
import { ReaderError } from '../../words/reader-error.ts';
import { MINUTE } from '../../duration.ts';

type Hook = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/**
 * How often one client may write, or search, which costs most: hooks for the routes that do.
 * Each counts for all its routes together. One-click unsubscribes get none: Gmail and Yahoo send
 * those of all their users from the same few machines.
 */
export interface Limits {
  subscribe: Hook;
  token: Hook;
  search: Hook;
  /** Logins at the desk: who has the token needs one. */
  login: Hook;
  /** For programs, which ask more often than people at a page. */
  apiSearch: Hook;
  /** For each key of the admin API. */
  key: Hook;
  /** For requests without a key that opens something. */
  keyless: Hook;
}

export async function limitRequests(
  app: FastifyInstance,
  { publicUrl, trustProxy }: Pick<Config, 'publicUrl' | 'trustProxy'>,
): Promise<Limits> {
  // A proxy that is not trusted may stand before an address for others: what it hands on looks as if from here.
  const exceptFromHere = trustProxy || isLoopback(new URL(publicUrl).hostname) ? unlessFromHere : (hook: Hook) => hook;
  await app.register(rateLimit, { global: false, keyGenerator: clientOf });
  return {
    subscribe: limit(app, 30),
    token: limit(app, 120),
    search: exceptFromHere(limit(app, 120)),
    login: limit(app, 10),
    apiSearch: exceptFromHere(limit(app, 600)),
    key: limit(app, 600, ({ apiKey }) => `key ${apiKey?.id}`),
    keyless: limit(app, 60),
  };
}

function limit(app: FastifyInstance, perMinute: number, keyGenerator = clientOf): Hook {
  const count = app.createRateLimit({ max: perMinute, timeWindow: MINUTE, keyGenerator });
  return async (request, reply) => {
    const used = await count(request);
    if (used.isAllowed || !used.isExceeded) return;
    reply.header('retry-after', used.ttlInSeconds);
    throw new ReaderError('RATE_LIMITED', 'rate-limited', { seconds: used.ttlInSeconds });
  };
}

/** Scripts of the operator on this machine may ask as fast as they are answered. */
const unlessFromHere =
  (hook: Hook): Hook =>
  async (request, reply) => {
    if (!isFromHere(request)) await hook(request, reply);
  };

/** What a proxy adds says that it is for another. */
const isFromHere = ({ socket, headers }: FastifyRequest): boolean =>
  LOOPBACK.test(socket.remoteAddress ?? '') && !PROXIED.some((name) => name in headers);

const PROXIED = ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip', 'cf-connecting-ip'];
const LOOPBACK = /^(?:(?:::ffff:)?127\.|::1$)/;

/**
 * Who a request counts for: what the proxy says, when that is an address, and else the proxy
 * itself.
 */
const clientOf = ({ ip, socket }: FastifyRequest): string =>
  networkOf(ip) ?? networkOf(socket.remoteAddress ?? '') ?? 'unknown';

/**
 * The network that a sign-up counts for: the /24 of an IPv4 address, the /48 of an IPv6 one, which
 * is what one office or one rented rack has.
 */
export const networkOfClient = (request: FastifyRequest): string => wideNetworkOf(clientOf(request));

/** Of what `networkOf` gives. */
export const wideNetworkOf = (network: string): string =>
  isIPv4(network) ? network.replace(/\d{1,3}$/, '0/24') : network.replace(/^((?:[0-9a-f]+:){3}).*\/64$/, '$1:/48');

/**
 * An IPv4 address, or the /64 of an IPv6 one, which is what one customer has. Some proxies add a
 * port, and systems write IPv4 as IPv6 (RFC 4291 section 2.5.5.2). `null` for what is no address.
 */
export function networkOf(text: string): string | null {
  const address = text
    .replace(/^\[(.*)\](?::\d{1,5})?$/, '$1')
    .replace(/^([\d.]+):\d{1,5}$/, '$1')
    .replace(/%.*$/s, '');
  if (isIPv4(address)) return address;
  if (!isIPv6(address)) return null;
  const groups = groupsOf(address);
  if (groups === null) return null;
  const isMapped = groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff';
  return isMapped ? dotted(groups[6]!, groups[7]!) : `${groups.slice(0, 4).join(':')}::/64`;
}

/** The eight groups of an IPv6 address, as the URL standard writes them; `null` for what it does not take. */
function groupsOf(address: string): string[] | null {
  const url = URL.parse(`http://[${address}]`);
  if (url === null) return null;
  const [head = '', tail = ''] = url.hostname.slice(1, -1).split('::');
  const [before, after] = [head, tail].map((part) => part.split(':').filter(Boolean)) as [string[], string[]];
  return [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
}

const dotted = (...groups: string[]): string =>
  groups
    .map((group) => parseInt(group, 16))
    .flatMap((value) => [value >> 8, value & 255])
    .join('.');
