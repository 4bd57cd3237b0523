import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/db/client.ts';
import { tryRead, tryWrite } from '../../src/db/probe.ts';
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts';
import { testDatabase } from '../support/database.ts';

test('a database that takes writes says so, and keeps nothing of it', async () => {
  await using database = await testDatabase();
  const size = async (): Promise<number> =>
    (await database.db.$client.query('select pg_database_size(current_database())::int as size')).rows[0].size;
  await tryWrite(database.db, 5_000); // the first makes room in the catalogue
  const before = await size();
  for (let n = 0; n < 5; n++) await tryWrite(database.db, 5_000);
  // The catalogue may need some pages more; one probe has more than twenty.
  expect((await size()) - before).toBeLessThanOrEqual(4 * 8192);
});

test('a user who may make no temporary tables is believed to be able to write', async () => {
  await using database = await testDatabase();
  const { $client } = database.db;
  const role = `reader_${process.pid}`;
  await $client.query(`create role ${role} login`);
  try {
    await $client.query(`revoke temporary on database ${new URL(database.url).pathname.slice(1)} from public`);
    const client = await $client.connect();
    await client.query(`set role ${role}`);
    const asReader = { $client: client } as unknown as typeof database.db;
    await tryWrite(asReader, 5_000);
    client.release(true);
  } finally {
    await $client.query(`drop role ${role}`);
  }
});

test('a database that hangs costs no more than its time, and no connection', async () => {
  await using database = await testDatabase();
  const db = openDatabase(database.address, 1);
  const client = await database.db.$client.connect();
  const { rows } = await db.$client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const pause = (signal: NodeJS.Signals) => process.kill(rows[0]!.pid, signal);
  pause('SIGSTOP');
  try {
    await expect(tryRead(db, 200)).rejects.toThrow(/timeout/i);
    await tryRead(db, 5_000);
  } finally {
    pause('SIGCONT');
    client.release();
    await db.$client.end();
  }
});

test('a full disk takes no writes, although it can be read', async ({ skip }) => {
  const disk = mkdtempSync(path.join(tmpdir(), 'paperboy-disk-'));
  await using closing = new AsyncDisposableStack();
  closing.defer(() => rmSync(disk, { recursive: true, force: true }));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=160m,mode=755', 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    skip('a disk that can be filled needs the right to mount one');
  }
  closing.defer(() => void execFileSync('umount', [disk]));
  const postgres = await startEmbeddedPostgres({
    dataDir: path.join(disk, 'data'),
    dataDirGiven: true,
    log: { info: () => {} },
    extra: ['fsync=off', 'shared_buffers=8MB'],
  });
  closing.defer(() => postgres.stop());
  const db = openDatabase(postgres.address, 2);
  closing.defer(() => db.$client.end());
  await tryWrite(db, 5_000);
  const ballast = path.join(disk, 'ballast');
  spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=4k']); // ends with the disk
  await expect(tryWrite(db, 5_000)).rejects.toMatchObject({ code: '53100' });
  await tryRead(db, 5_000);
  rmSync(ballast);
  await tryWrite(db, 5_000);
});
