import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './ports.ts';
import { findProgram } from './require.ts';

export interface TestRedis extends AsyncDisposable {
  /** What REDIS_URL would say. */
  url: string;
  pid: number;
  /** Ends it as a power cut would; it keeps nothing. */
  kill(): Promise<void>;
  /** Starts it again where it was. */
  start(): Promise<void>;
}

/**
 * An empty Redis of the caller's own on a loopback port. Put the suite under
 * `requires('redis-server')`.
 */
export async function testRedis(): Promise<TestRedis> {
  const program = findProgram('redis-server');
  if (program === null) throw new Error('redis-server is not installed. "npm run setup" installs it.');
  const directory = mkdtempSync(path.join(tmpdir(), 'paperboy-redis-'));
  const port = await freePort();
  const settings = {
    port,
    bind: '127.0.0.1',
    dir: directory,
    save: '',
    appendonly: 'no',
    'maxmemory-policy': 'noeviction',
    daemonize: 'no',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  let redis = await launch(program, args);
  const killWithUs = () => redis.kill('SIGKILL');
  process.once('exit', killWithUs);
  return {
    url: `redis://127.0.0.1:${port}`,
    get pid() {
      return redis.pid!;
    },
    kill: () => end(redis, 'SIGKILL'),
    async start() {
      redis = await launch(program, args);
    },
    async [Symbol.asyncDispose]() {
      process.off('exit', killWithUs);
      await end(redis, 'SIGTERM');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function launch(program: string, args: readonly string[]): Promise<ChildProcess> {
  const redis = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(redis, 'exit');
  await Promise.race([
    readyLine(redis.stdout),
    exited.then(() => {
      throw new Error('redis-server ended before it was ready');
    }),
  ]);
  return redis;
}

async function end(redis: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (redis.exitCode !== null || redis.signalCode !== null) return;
  redis.kill(signal);
  await once(redis, 'exit');
}

async function readyLine(output: NodeJS.ReadableStream): Promise<void> {
  for await (const line of createInterface(output)) {
    if (!/ready to accept connections/i.test(line)) continue;
    output.resume();
    return;
  }
}
