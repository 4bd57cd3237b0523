import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { connectionOptions } from '../../src/db/client.ts';
import { freePort } from '../../tests/support/ports.ts';
import { endOf, failure, launch, listen } from '../child.ts';
import type { Scene } from '../scene.ts';
import { PROGRAM } from './workers.ts';

/** A server in a process of its own. */
export interface Site extends AsyncDisposable {
  url: string;
  child: ChildProcess;
}

const BARE = path.join(import.meta.dirname, 'bare-site.ts');

/** `paperboy` as an operator runs it, with the log that it writes unless told otherwise. */
export async function openPaperboy(scene: Scene, role: 'api' | 'worker', env: Record<string, string> = {}) {
  const port = await freePort();
  const all = { ...scene.env, ...env, PORT: String(port), TRUST_PROXY: 'true', LOG_LEVEL: 'info' };
  return openServer(scene, [PROGRAM, role], all, (said) => (/^(?:Running: |Site )/m.test(said) ? port : null));
}

/** Bare Fastify that sends `body`, and inserts one row for each sign-up. */
export function openBare(scene: Scene, { body, type }: { body: Buffer; type: string }): Promise<Site> {
  const file = path.join(scene.scratch, 'bare-body');
  writeFileSync(file, body);
  const args = [BARE, file, type, JSON.stringify(connectionOptions(scene.store.address))];
  const portOf = (said: string): number | null => Number(/^Listening: (\d+)$/m.exec(said)?.[1] ?? NaN) || null;
  return openServer(scene, args, scene.env, portOf);
}

async function openServer(
  { sink }: Scene,
  args: readonly string[],
  env: Record<string, string>,
  portOf: (said: string) => number | null,
): Promise<Site> {
  const child = launch(process.execPath, args, { env, signal: sink.signal });
  const said = listen(child);
  const closed = endOf(child);
  const ended = closed.then(([code, killed]): never => {
    throw failure('a server', args, code ?? killed, said.stderr);
  });
  ended.catch(() => {});
  const listening = async (): Promise<number> => {
    for (;;) {
      const port = portOf(said.stdout);
      if (port !== null) return port;
      await once(child.stdout!, 'data');
    }
  };
  const port = await Promise.race([listening(), ended]);
  return {
    url: `http://127.0.0.1:${port}`,
    child,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await closed;
    },
  };
}
