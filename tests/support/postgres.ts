import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openDatabase, type DatabaseAddress, type Db } from '../../src/db/client.ts';
import { migrate } from '../../src/db/migrate.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/embedded/postgres.ts';
import { codeOf } from '../../src/errors.ts';
import { createLogger } from '../../src/telemetry.ts';
import { urlOf } from './server.ts';
import { until } from './until.ts';

/** A Postgres of the caller's own, to be mistreated. Its database is migrated. */
export interface TestPostgres extends AsyncDisposable {
  address: DatabaseAddress;
  /** What DATABASE_URL would say. */
  url: string;
  db: Db;
  /** Ends the server and its every process as a power cut would. */
  kill(): Promise<void>;
  /** Ends it in "immediate" mode: sessions are cut off, and the next start has to recover. */
  stopAtOnce(): Promise<void>;
  /** Starts it again where it was. */
  start(): Promise<void>;
}

/** What was committed survives the death of every process, though not of the machine. */
const SETTINGS = ['fsync=off'];

export async function testPostgres(): Promise<TestPostgres> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'paperboy-postgres-'));
  const launch = (): Promise<EmbeddedPostgres> =>
    startEmbeddedPostgres({ dataDir, dataDirGiven: true, log: createLogger('warn'), extra: SETTINGS });
  let server = await launch();
  const killWithUs = () => signalAll([server.pid], 'SIGKILL');
  process.once('exit', killWithUs);
  const { address } = server;
  await migrate(address);
  const db = openDatabase(address);
  const end = async (pids: readonly number[], signal: NodeJS.Signals): Promise<void> => {
    signalAll(pids, signal);
    await until('the end of Postgres', () => !pids.some(isAlive), { every: 10 });
    await server.stop(); // lets go of its data
  };
  return {
    address,
    url: urlOf(address),
    db,
    kill: () => end(processesOf(server.pid), 'SIGKILL'),
    stopAtOnce: () => end([server.pid], 'SIGQUIT'),
    async start() {
      server = await launch();
    },
    async [Symbol.asyncDispose]() {
      process.off('exit', killWithUs);
      await db.$client.end();
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

const processesOf = (postmaster: number): number[] => [
  postmaster,
  ...spawnSync('pgrep', ['-P', String(postmaster)], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter(Boolean)
    .map(Number),
];

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids.filter(isAlive)) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      // One that served a client which was killed too may end by itself just now.
      if (codeOf(error) !== 'ESRCH') throw error;
    }
  }
}

/** A zombie is not: it waits for nothing but its parent. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}
