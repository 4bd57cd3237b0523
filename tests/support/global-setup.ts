import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import type { DatabaseAddress } from '../../src/db/client.ts';
import { migrate } from '../../src/db/migrate.ts';
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts';
import { createLogger } from '../../src/telemetry.ts';
import { addressOf, administer } from './server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The server of this run, and the migrated database that every test's own is cloned from. */
    postgres: { server: DatabaseAddress; template: string; strategy: string };
    /** Where the data directory is that installations start from, once one has asked for it. */
    furnished: string;
    /** A directory for files that are to lie on a disk. */
    disk: string;
  }
}

const FAST = ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off', 'wal_level=minimal', 'max_wal_senders=0'];

/**
 * One Postgres for the whole run: that of PAPERBOY_TEST_DATABASE_URL, or an embedded one that ends
 * with the run.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env['PAPERBOY_TEST_DATABASE_URL'];
  project.provide('disk', tmpdir());
  const scratch = makeScratch();
  const { server, stop } = url ? { server: { url }, stop: cleanUpAfterUs(scratch) } : await startServer(scratch);
  const template = `paperboy_template_${randomBytes(4).toString('hex')}`;
  await administer(server, `CREATE DATABASE ${template}`);
  await migrate(addressOf(server, template));
  // Page by page takes twice as long, but for a server that waits for its disk.
  project.provide('postgres', { server, template, strategy: url ? 'wal_log' : 'file_copy' });
  project.provide('furnished', path.join(scratch, 'furnished'));
  return async () => {
    if (url) await administer(server, `DROP DATABASE ${template} WITH (FORCE)`);
    await stop();
  };
}

const MEMORY = '/dev/shm';
const ROOM = 4 * 2 ** 30;

/**
 * A directory for all files of the run: in memory, where there is room. A database is 560 files, and
 * where many files went a moment ago, ext4 takes long to find room for each new one: up to .7 s a
 * database, .05 in memory. What TMPDIR says goes first.
 */
function makeScratch(): string {
  const isRoomy = process.env['TMPDIR'] === undefined && freemem() > ROOM && roomIn(MEMORY) > ROOM;
  const scratch = mkdtempSync(path.join(isRoomy ? MEMORY : tmpdir(), 'paperboy-test-'));
  chmodSync(scratch, 0o711);
  const files = path.join(scratch, 'tmp');
  mkdirSync(files);
  chmodSync(files, 0o1777); // for the users that servers run as
  process.env['TMPDIR'] = files;
  return scratch;
}

function roomIn(directory: string): number {
  if (!existsSync(directory)) return 0;
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

async function startServer(scratch: string): Promise<{ server: DatabaseAddress; stop(): Promise<void> }> {
  const postgres = await startEmbeddedPostgres({
    dataDir: path.join(scratch, 'data'),
    dataDirGiven: true,
    log: createLogger('warn'),
    extra: FAST,
  }).catch((error: unknown) => {
    rmSync(scratch, { recursive: true });
    throw error;
  });
  const cleanUp = cleanUpAfterUs(scratch, postgres.pid);
  const stop = async () => {
    await postgres.stop();
    await cleanUp();
  };
  return { server: postgres.address, stop };
}

/**
 * Starts a shell that sees its input end when this process does, even by SIGKILL, and then clears away
 * server and data. Returns what ends it.
 */
function cleanUpAfterUs(scratch: string, server?: number): () => Promise<void> {
  const script =
    'read -r _; kill -QUIT "$2" 2>/dev/null && while kill -0 "$2" 2>/dev/null; do sleep 0.1; done; rm -rf "$1"';
  const cleaner = spawn('/bin/sh', ['-c', script, 'sh', scratch, server === undefined ? '' : String(server)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  return async () => {
    cleaner.stdin.end();
    await once(cleaner, 'exit');
  };
}
