import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import type { DatabaseAddress } from '../../src/db/client.ts';
import { urlOf } from './server.ts';

/** A way to a database on which packets can vanish, in both directions. */
export interface BlackHole extends AsyncDisposable {
  /** The database by this way. */
  url: string;
  /** From now on nothing comes through. Connections stay open, and new ones are taken. */
  swallow(): void;
  /**
   * What was on its way arrives after all, as TCP would send it again; and so does what comes then.
   */
  giveBack(): void;
}

/** `settings` go into the URL, as `query_timeout=1000` does. */
export async function blackHole(database: DatabaseAddress, settings: Record<string, string> = {}): Promise<BlackHole> {
  const sockets = new Set<net.Socket>();
  let swallows = false;
  const join = (from: net.Socket, to: net.Socket): void => {
    sockets.add(from);
    from.on('data', (bytes) => to.write(bytes));
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
    if (swallows) from.pause();
  };
  const server = net.createServer({ allowHalfOpen: true }, (near) => {
    const far = net.connect({ ...socketOf(database), allowHalfOpen: true });
    join(near, far);
    join(far, near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: urlBy(database, (server.address() as AddressInfo).port, settings),
    swallow() {
      swallows = true;
      for (const socket of sockets) socket.pause();
    },
    giveBack() {
      swallows = false;
      for (const socket of sockets) socket.resume();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function socketOf(database: DatabaseAddress): { path: string } | { host: string; port: number } {
  if (!('url' in database)) return { path: `${database.host}/.s.PGSQL.${database.port}` };
  const { hostname, port } = new URL(database.url);
  return { host: hostname, port: Number(port || 5432) };
}

function urlBy(database: DatabaseAddress, port: number, settings: Record<string, string>): string {
  const url =
    'url' in database ? new URL(urlOf(database)) : new URL(`postgres://${database.user}@here/${database.database}`);
  url.host = `127.0.0.1:${port}`;
  for (const [name, value] of Object.entries(settings)) url.searchParams.set(name, value);
  return url.href;
}
