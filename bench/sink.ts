import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../tests/support/ports.ts';
import { findProgram, MAIL_SERVERS } from '../tests/support/require.ts';
import { endOf, failure, launch, listen } from './child.ts';

/** Postfix's smtp-sink, which takes mail and throws it away. */
export interface Sink extends AsyncDisposable {
  host: string;
  url: string;
  /** Of the configuration that Postfix's programs insist on, which is empty. */
  directory: string;
  /**
   * Fires when the bench is asked to stop, and when the sink ends by itself: nobody should wait for
   * a relay that is gone.
   */
  signal: AbortSignal;
}

export const postfixEnv = (directory: string): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  MAIL_CONFIG: directory,
  LD_LIBRARY_PATH: path.join(MAIL_SERVERS, 'usr/lib/postfix'),
});

const BACKLOG = '1000';

export async function openSink(stop: AbortSignal, switches: readonly string[]): Promise<Sink> {
  const port = await freePort();
  const directory = mkdtempSync(path.join(tmpdir(), 'paperboy-sink-'));
  writeFileSync(path.join(directory, 'main.cf'), '');
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const gone = new AbortController();
  const args = [...user, ...switches, `127.0.0.1:${port}`, BACKLOG];
  const child = launch(findProgram('smtp-sink')!, args, { env: postfixEnv(directory), signal: stop });
  const said = listen(child);
  const closed = endOf(child).then(([code, killed]) =>
    gone.abort(failure('smtp-sink', args, code ?? killed, said.stderr)),
  );
  const signal = AbortSignal.any([stop, gone.signal]);
  while (!(await isListening(port))) {
    signal.throwIfAborted();
    await pause(20);
  }
  return {
    host: `127.0.0.1:${port}`,
    url: `smtp://127.0.0.1:${port}`,
    directory,
    signal,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await closed;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return new Promise<boolean>((resolve) =>
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false)),
  ).finally(() => socket.destroy());
}
