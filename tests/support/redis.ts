import { spawn } from 'node:child_process';
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
}

/** An empty Redis of the caller's own on a loopback port. Put the suite under `requires('redis-server')`. */
export async function testRedis(): Promise<TestRedis> {
  const program = findProgram('redis-server');
  if (program === null) throw new Error('redis-server is not installed. "npm run setup" installs it.');
  const directory = mkdtempSync(path.join(tmpdir(), 'paperboy-redis-'));
  const port = await freePort();
  const settings = { port, bind: '127.0.0.1', dir: directory, save: '', appendonly: 'no', 'maxmemory-policy': 'noeviction', daemonize: 'no' };
  const redis = spawn(program, Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]), { stdio: ['ignore', 'pipe', 'inherit'] });
  const killWithUs = () => redis.kill('SIGKILL');
  process.once('exit', killWithUs);
  const exited = once(redis, 'exit');
  await Promise.race([readyLine(redis.stdout), exited.then(() => { throw new Error('redis-server ended before it was ready'); })]);
  return {
    url: `redis://127.0.0.1:${port}`,
    pid: redis.pid!,
    async [Symbol.asyncDispose]() {
      process.off('exit', killWithUs);
      redis.kill('SIGTERM');
      await exited;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function readyLine(output: NodeJS.ReadableStream): Promise<void> {
  for await (const line of createInterface(output)) {
    if (!/ready to accept connections/i.test(line)) continue;
    output.resume();
    return;
  }
}
