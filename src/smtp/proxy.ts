import { once } from 'node:events';
import { request } from 'node:http';
import { connect as connectTcp, isIPv6, type Socket } from 'node:net';
import { codeOf } from '../errors.ts';
import { RelayError } from './relay-error.ts';

/** A server that connects us to relays, read from SMTP_PROXY. */
export interface Proxy {
  readonly kind: 'socks5' | 'http';
  readonly host: string;
  readonly port: number;
  readonly auth: { readonly user: string; readonly pass: string } | null;
}

interface Place {
  readonly host: string;
  readonly port: number;
}

/** `socks5://user:password@host:1080` or `http://…:3128`. It is told the relay's name, and looks it up. */
export function parseProxy(text: string): Proxy {
  const { protocol, hostname, port, username, password } = new URL(text);
  const kind = protocol === 'http:' ? 'http' : 'socks5';
  return {
    kind,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (kind === 'http' ? 80 : 1080),
    auth: username ? { user: decodeURIComponent(username), pass: decodeURIComponent(password) } : null,
  };
}

/** A connection to `place` through the proxy. Throws RelayError. */
export async function tunnelTo(
  place: Place,
  { proxy, timeout, signal }: { proxy: Proxy; timeout: number; signal: AbortSignal },
): Promise<Socket> {
  const socket = connectTcp({ host: proxy.host, port: proxy.port });
  socket.on('error', () => {}); // what it is about is heard below, and by the session later
  const end = (why: string): void => void socket.destroy(Object.assign(new Error(why), { code: why }));
  const onAbort = (): void => end('closed');
  const timer = setTimeout(() => end('timed out'), timeout);
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  try {
    await once(socket, 'connect');
  } catch (error) {
    throw refused(`cannot be reached (${codeOf(error) ?? 'no answer'})`);
  }
  try {
    await (proxy.kind === 'http' ? askHttp : askSocks)(socket, place, proxy);
    return socket;
  } catch (error) {
    const reason = socket.errored === null ? undefined : codeOf(socket.errored);
    socket.destroy();
    throw error instanceof RelayError ? error : refused(`does not let us through (${reason ?? 'no answer'})`);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

const refused = (what: string): RelayError => new RelayError(`the proxy ${what}`, 'Check SMTP_PROXY.');

/** RFC 9110 section 9.3.6. */
async function askHttp(socket: Socket, { host, port }: Place, { auth }: Proxy): Promise<void> {
  const target = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
  const login = auth && `Basic ${Buffer.from(`${auth.user}:${auth.pass}`).toString('base64')}`;
  const asked = request({
    method: 'CONNECT',
    path: target,
    headers: { host: target, ...(login && { 'proxy-authorization': login }) },
    createConnection: () => socket,
  }).end();
  const [{ statusCode = 0 }, , head] = (await once(asked, 'connect')) as [{ statusCode?: number }, Socket, Buffer];
  if (statusCode < 200 || statusCode > 299) throw refused(`does not let us through (${statusCode})`);
  if (head.length > 0) socket.unshift(head); // a relay greets at once
}

/** RFC 1928 and 1929. */
async function askSocks(socket: Socket, destination: Place, { host, port, auth }: Proxy): Promise<void> {
  const { SocksClient, SocksClientError } = await import('socks');
  const login = auth && { userId: auth.user, password: auth.pass };
  try {
    await SocksClient.createConnection({
      proxy: { host, port, type: 5, ...login },
      command: 'connect',
      destination,
      existing_socket: socket,
    });
  } catch (error) {
    // "Socks5 proxy rejected connection - NotAllowed": its last word is the proxy's.
    const word = error instanceof SocksClientError ? /- (\w+)$/.exec(error.message)?.[1] : undefined;
    throw word === undefined ? error : refused(`does not let us through (${word})`);
  }
}
