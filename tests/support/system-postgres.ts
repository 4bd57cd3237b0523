import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { freePort } from './ports.ts';
import { findProgram } from './require.ts';
import { until } from './until.ts';

export interface SystemPostgres extends AsyncDisposable {
  /** What DATABASE_URL would say. */
  url: string;
  /** As it says it: 15, for Debian 12. */
  version: number;
}

/**
 * The Postgres that the system brings, on an empty cluster. Put the suite under
 * `requires('postgres')`.
 */
export async function systemPostgres(): Promise<SystemPostgres> {
  const program = findProgram('postgres');
  if (program === null) throw new Error('postgres is not installed. "npm run setup" installs it.');
  const directory = mkdtempSync(path.join(tmpdir(), 'paperboy-system-postgres-'));
  const as = owner(directory);
  const initdb = path.join(path.dirname(program), 'initdb');
  const made = spawnSync(initdb, ['-D', path.join(directory, 'cluster'), '-U', 'paperboy', '--auth=trust', '-N'], as);
  if (made.status !== 0) throw new Error(`initdb ended with ${made.status}: ${made.stderr.toString()}`);
  const port = await freePort();
  const settings = ['fsync=off', 'listen_addresses=127.0.0.1', `port=${port}`, `unix_socket_directories=${directory}`];
  const server = spawn(program, ['-D', path.join(directory, 'cluster'), ...settings.flatMap((s) => ['-c', s])], {
    ...as,
    stdio: 'ignore',
  });
  const killWithUs = () => server.kill('SIGQUIT');
  process.once('exit', killWithUs);
  const url = `postgres://paperboy@127.0.0.1:${port}/postgres`;
  const versionNow = async (): Promise<number | null> => {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      return Math.floor(Number((await client.query('show server_version_num')).rows[0].server_version_num) / 10_000);
    } catch {
      return null;
    } finally {
      await client.end().catch(() => {});
    }
  };
  const version = await until('Postgres', versionNow, { within: 30_000 });
  return {
    url,
    version,
    async [Symbol.asyncDispose]() {
      process.off('exit', killWithUs);
      const ended = once(server, 'exit');
      server.kill('SIGQUIT');
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Postgres does not run as root. */
function owner(directory: string): { uid?: number; gid?: number; cwd: string } {
  if (process.getuid?.() !== 0) return { cwd: directory };
  const [uid, gid] = ['-u', '-g'].map((which) =>
    Number(spawnSync('id', [which, 'nobody'], { encoding: 'utf8' }).stdout),
  ) as [number, number];
  chownSync(directory, uid, gid);
  chmodSync(directory, 0o755);
  return { uid, gid, cwd: directory };
}
