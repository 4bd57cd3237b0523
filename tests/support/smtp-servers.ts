import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './ports.ts';
import { findProgram, MAIL_SERVERS } from './require.ts';

export interface MailServer extends AsyncDisposable {
  url: string;
  directory: string;
}

const asRoot = process.getuid?.() === 0;

/** Postfix's smtp-sink, which takes mail and throws it away, with its switches for faults. */
export async function smtpSink(...switches: string[]): Promise<MailServer> {
  const directory = scratch();
  writeFileSync(path.join(directory, 'main.cf'), '');
  const port = await freePort();
  const user = asRoot ? ['-u', 'nobody'] : [];
  const environment = { MAIL_CONFIG: directory, LD_LIBRARY_PATH: path.join(MAIL_SERVERS, 'usr/lib/postfix') };
  return await start(findProgram('smtp-sink')!, [...user, ...switches, `127.0.0.1:${port}`, '100'], environment, {
    port,
    directory,
  });
}

/** A directory of one server's own. */
export function scratch(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'paperboy-mail-'));
  chmodSync(directory, 0o755);
  return directory;
}

/**
 * Starts a server in the foreground, as the leader of a process group, and waits until it listens
 * on `port` of 127.0.0.1.
 */
export async function start(
  program: string,
  args: string[],
  environment: Record<string, string>,
  { port, directory }: { port: number; directory: string },
): Promise<MailServer> {
  const server = spawn(program, args, {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: directory,
    detached: true,
  });
  /** To the whole group: what a server has started ends with it. */
  const signal = (name: NodeJS.Signals): void => {
    if (server.exitCode === null && server.signalCode === null) process.kill(-server.pid!, name);
  };
  const killWithUs = (): void => signal('SIGKILL');
  process.once('exit', killWithUs);
  let said = '';
  server.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = once(server, 'exit');
  while (!(await isListening(port))) {
    if (server.exitCode !== null) throw new Error(`${path.basename(program)} ended before it was ready: ${said}`);
    await pause(20);
  }
  return {
    url: `smtp://127.0.0.1:${port}`,
    directory,
    async [Symbol.asyncDispose]() {
      process.off('exit', killWithUs);
      signal('SIGTERM');
      await ended;
      rmSync(directory, { recursive: true, force: true, maxRetries: 10 }); // somebody may just be writing a last line
    },
  };
}

function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return new Promise<boolean>((resolve) =>
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false)),
  ).finally(() => socket.destroy());
}
