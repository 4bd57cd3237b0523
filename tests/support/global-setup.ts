import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
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
    postgres: { server: DatabaseAddress; template: string };
    /** Where the data directory is that installations start from, once one has asked for it. */
    furnished: string;
  }
}

const FAST = ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off', 'wal_level=minimal', 'max_wal_senders=0'];

/**
 * One Postgres for the whole run: that of PAPERBOY_TEST_DATABASE_URL, or an embedded one that ends
 * with the run.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env['PAPERBOY_TEST_DATABASE_URL'];
  const scratch = mkdtempSync(path.join(tmpdir(), 'paperboy-test-'));
  const clear = async () => rmSync(scratch, { recursive: true, force: true });
  const { server, stop } = url ? { server: { url }, stop: clear } : await startScratchServer(scratch);
  const template = `paperboy_template_${randomBytes(4).toString('hex')}`;
  await administer(server, `CREATE DATABASE ${template}`);
  await migrate(addressOf(server, template));
  project.provide('postgres', { server, template });
  project.provide('furnished', path.join(scratch, 'furnished'));
  return async () => {
    if (url) await administer(server, `DROP DATABASE ${template} WITH (FORCE)`);
    await stop();
  };
}

async function startScratchServer(scratch: string): Promise<{ server: DatabaseAddress; stop(): Promise<void> }> {
  const postgres = await startEmbeddedPostgres({
    dataDir: path.join(scratch, 'data'),
    dataDirGiven: true,
    log: createLogger('warn'),
    extra: FAST,
  }).catch((error: unknown) => {
    rmSync(scratch, { recursive: true });
    throw error;
  });
  const cleaner = cleanUpAfterUs(postgres.pid, scratch);
  const stop = async () => {
    await postgres.stop();
    cleaner.stdin?.end();
    await once(cleaner, 'exit');
  };
  return { server: postgres.address, stop };
}

/**
 * A shell that sees its input end when this process does, even by SIGKILL, and then clears away
 * server and data.
 */
function cleanUpAfterUs(pid: number, scratch: string): ChildProcess {
  const script =
    'read -r _; kill -QUIT "$1" 2>/dev/null && while kill -0 "$1" 2>/dev/null; do sleep 0.1; done; rm -rf "$2"';
  return spawn('/bin/sh', ['-c', script, 'sh', String(pid), scratch], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
}
