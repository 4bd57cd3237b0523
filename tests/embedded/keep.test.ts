import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { clusterIn } from '../../src/embedded/cluster.ts';
import { keepEmbeddedPostgres, type KeepOptions } from '../../src/embedded/keep.ts';
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts';
import { findPostmaster } from '../../src/embedded/postmaster.ts';
import type { AppError } from '../../src/errors.ts';
import { until } from '../support/until.ts';

let dataDir: string;
let lost: AppError[];
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'paperboy-keep-'));
  lost = [];
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const log = { info: () => {}, error: () => {} };
const cluster = (): string => clusterIn(path.join(dataDir, 'postgres'));
const pid = (): number | undefined => findPostmaster(cluster())?.pid;
const options = (): KeepOptions => ({
  dataDir,
  dataDirGiven: true,
  log,
  extra: ['fsync=off'],
  onLost: (error) => void lost.push(error),
});

async function isThere(address: pg.ClientConfig): Promise<boolean> {
  const client = new pg.Client(address);
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query('select')).rowCount === 1;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

test('a server that is killed is started again at the same address, until it has died too often', async () => {
  const postgres = await keepEmbeddedPostgres({ ...options(), restarts: 1 });
  const first = pid()!;
  process.kill(first, 'SIGKILL');
  await until('the next server', () => pid() !== undefined && pid() !== first && isThere(postgres.address));
  expect(lost).toEqual([]);
  process.kill(pid()!, 'SIGKILL');
  await until('the loss', () => lost.length > 0);
  expect(lost).toEqual([
    expect.objectContaining({ code: 'DATABASE_UNAVAILABLE', message: expect.stringMatching(/dying/) }),
  ]);
  await postgres.stop();
});

test('a server that cannot be started again is given up at once', async () => {
  const postgres = await keepEmbeddedPostgres(options());
  const version = path.join(cluster(), 'PG_VERSION');
  const kept = readFileSync(version);
  writeFileSync(version, '17\n');
  process.kill(pid()!, 'SIGKILL');
  await until('the loss', () => lost.length > 0);
  expect(lost).toEqual([expect.objectContaining({ code: 'DATA_UNUSABLE' })]);
  await postgres.stop();
  writeFileSync(version, kept);
});

test('a guest waits for the owner to come back, and takes the server over when it does not', async () => {
  const replaced = await startEmbeddedPostgres(options());
  const patient = await keepEmbeddedPostgres(options());
  const guest = await keepEmbeddedPostgres({ ...options(), guestPatienceMs: 1_000 });
  await replaced.stop();
  const owner = await startEmbeddedPostgres(options());
  expect(owner.owned).toBe(true);
  await patient.stop();
  const first = pid()!;
  await owner.stop();
  await until('a server of its own', () => pid() !== undefined && pid() !== first && isThere(guest.address));
  await guest.stop();
  expect(pid()).toBeUndefined();
  expect(lost).toEqual([]);
});

test('a server that is stopped as it should be stays down', async () => {
  const postgres = await keepEmbeddedPostgres(options());
  await postgres.stop();
  expect(pid()).toBeUndefined();
  expect(lost).toEqual([]);
});
