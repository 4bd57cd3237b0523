import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBackup } from '../../src/backup/backup.ts';
import { writeFrames, type Written } from '../../src/backup/frames.ts';
import { backUpNightly } from '../../src/backup/nightly.ts';
import { checkBackup, restoreBackup } from '../../src/backup/restore.ts';
import { lastBackupRun } from '../../src/db/backup-runs.ts';
import { openDigest } from '../../src/db/digests.ts';
import { findInstallation } from '../../src/db/installation.ts';
import { knownMigrations, schemaVersion } from '../../src/db/migrate.ts';
import { writePapers } from '../../src/db/papers.ts';
import { freezeDigest } from '../../src/delivery/plan.ts';
import { createLogger } from '../../src/telemetry.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { addReaders, manyReaders } from '../support/ledger.ts';
import { addEdition, samplePaper } from '../support/site.ts';
import { zstdCompressSync } from 'node:zlib';

const log = createLogger('silent');
const now = (): Date => new Date();
const DATE = '2026-05-29';
let source: TestDatabase;
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'paperboy-backup-'));
  source = await testDatabase();
  const { db } = source;
  await addEdition(db, DATE, [samplePaper(1, DATE)]);
  await writePapers(db, [samplePaper(2, DATE, { title: 'Tabs\tand\nlines \\N and “quotes”' } as never)], now());
  await addReaders(db, manyReaders(300, { nextDueAt: new Date('2026-05-30T08:00Z') }));
  await openDigest(db, '2026-04-02', now());
  await freezeDigest({ db, now, log, enqueueBatch: async () => {} }, { date: DATE });
});
afterAll(async () => {
  await source[Symbol.asyncDispose]();
  await rm(scratch, { recursive: true });
});

/** A database whose own connections are closed: a restore wants it to itself. */
async function emptyDatabase(migrated = false): Promise<TestDatabase> {
  const made = await testDatabase({ migrated });
  await Promise.all([made.db.$client.end(), made.searchDb.$client.end()]);
  return made;
}

const dataDir = () => mkdtemp(path.join(scratch, 'data-'));
const depsFor = (directory: string) => ({ address: source.address, dataDir: directory, paperboy: '0.1.0' });

/** All rows of all tables but those that a restore writes itself, as text. */
async function contents({ address }: Pick<TestDatabase, 'address'>): Promise<Record<string, string[]>> {
  const { openDatabase } = await import('../../src/db/client.ts');
  const db = openDatabase(address, 1);
  try {
    const { rows } = await db.$client.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`,
    );
    const all: Record<string, string[]> = {};
    for (const { name } of rows.filter((row) => !['content_version', 'installation'].includes(row.name)))
      all[name] = (await db.$client.query(`select t::text as row from ${name} t order by 1`)).rows.map((r) => r.row);
    return all;
  } finally {
    await db.$client.end();
  }
}

describe('a backup', () => {
  test('holds all rows of all tables and the files that an installation needs, for its owner’s eyes alone', async () => {
    const from = await dataDir();
    writeFileSync(path.join(from, 'secret-key'), 'a secret', { mode: 0o600 });
    writeFileSync(path.join(from, 'topics.json'), '[]', { mode: 0o644 });
    writeFileSync(path.join(from, 'other.txt'), 'not ours');
    const file = path.join(scratch, 'all.backup');
    const made = await makeBackup(depsFor(from), file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(made).toMatchObject({ files: ['secret-key', 'topics.json'], tables: { subscriber: 300 } });
    expect(made.tables).toMatchObject({ delivery_2026_04: 0, delivery_2026_05: 300 });

    await using target = await emptyDatabase();
    const into = await dataDir();
    const restored = await restoreBackup({ address: target.address, dataDir: into, now }, { file, replace: false });
    expect(restored.tables).toEqual(made.tables);
    expect(await contents(target)).toEqual(await contents(source));
    expect(readFileSync(path.join(into, 'secret-key'), 'utf8')).toBe('a secret');
    expect([statSync(path.join(into, 'secret-key')).mode & 0o777, readdirSync(into).length]).toEqual([0o600, 2]);
  });

  test('restored gives ids that were not given in the lost time, and is closed until the operator resumes', async () => {
    const file = path.join(scratch, 'ids.backup');
    const { madeAt } = await makeBackup(depsFor(await dataDir()), file);
    await using target = await emptyDatabase();
    await restoreBackup({ address: target.address, dataDir: null, now }, { file, replace: false });
    const { openDatabase } = await import('../../src/db/client.ts');
    const db = openDatabase(target.address, 2);
    try {
      const [id] = await addReaders(db, [{ email: 'later@example.org' }]);
      expect(id).toBeGreaterThan(1_000_000);
      const installation = await findInstallation(db);
      expect(installation?.closed).toMatchObject({ because: 'restored', lostSince: madeAt });
    } finally {
      await db.$client.end();
    }
  });

  test('is refused by a database that holds readers, unless it may replace them, or that serves another Paperboy', async () => {
    const file = path.join(scratch, 'twice.backup');
    await makeBackup(depsFor(await dataDir()), file);
    await using target = await emptyDatabase(true);
    const restore = (replace: boolean) =>
      restoreBackup({ address: target.address, dataDir: null, now }, { file, replace });
    await restore(false); // migrated, and empty
    await expect(restore(false)).rejects.toThrow(/holds readers already/);
    await restore(true);
    const atWork = await source.db.$client.connect();
    await expect(
      restoreBackup({ address: source.address, dataDir: null, now }, { file, replace: true }),
    ).rejects.toThrow(/at work on the database/);
    atWork.release();
  });

  test('whose restore ends midway leaves the database as it was', async () => {
    const file = path.join(scratch, 'midway.backup');
    await makeBackup(depsFor(await dataDir()), file);
    await using target = await emptyDatabase();
    const stopping = new AbortController();
    let looks = 0;
    const stop = new Proxy(stopping.signal, {
      get: (signal, name) =>
        name === 'throwIfAborted'
          ? () => {
              if (++looks > 5) throw new Error('killed');
            }
          : Reflect.get(signal, name, signal),
    });
    const input = { file, replace: false, signal: stop };
    await expect(restoreBackup({ address: target.address, dataDir: null, now }, input)).rejects.toThrow('killed');
    expect(await contents(target)).toEqual({});
    expect(await schemaVersion(target.address)).toMatchObject({ found: 0 });
  });

  test.each([
    [
      'has a bit turned in it',
      (bytes: Buffer) => (bytes.writeUInt8(bytes[bytes.length >> 1]! ^ 1, bytes.length >> 1), bytes),
    ],
    ['was cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length - 100)],
    ['is empty', () => Buffer.alloc(0)],
    ['is something else', () => Buffer.from('{"not": "a backup"}')],
    ['is something else that is compressed', () => zstdCompressSync(Buffer.from('{"not": "a backup"}'))],
  ])('that %s is refused in a sentence before anything is touched', async (_, spoil) => {
    const [good, bad] = [path.join(scratch, 'good.backup'), path.join(scratch, 'bad.backup')];
    await makeBackup(depsFor(await dataDir()), good);
    writeFileSync(bad, spoil(readFileSync(good)));
    const error = await checkBackup(bad).catch((err: unknown) => err);
    expect(error).toMatchObject({ code: 'INPUT_INVALID' });
    expect(String(error)).toMatch(/is no backup of Paperboy|is damaged or was cut off/);
  });

  test('of a newer schema is refused in one sentence, and one that leads out of the data directory too', async () => {
    const header = { format: 'paperboy-backup' as const, version: 1, paperboy: '9.0.0', madeAt: now().toISOString() };
    const write = async (...frames: Written[]): Promise<string> => {
      const file = path.join(scratch, 'made.backup');
      async function* all() {
        yield* frames;
      }
      writeFileSync(file, zstdCompressSync(Buffer.concat(await Array.fromAsync(writeFrames(all())))));
      return file;
    };
    const newer = await write({ kind: 'H', value: { ...header, schema: knownMigrations().at(-1)! + 1 } });
    await expect(checkBackup(newer)).rejects.toThrow(/made by Paperboy 9\.0\.0, whose database is newer/);
    const outside = await write(
      { kind: 'H', value: { ...header, schema: knownMigrations()[0]! } },
      { kind: 'F', value: { name: 'dkim/../../evil', mode: 0o644, base64: '' } },
    );
    await expect(checkBackup(outside)).rejects.toThrow(/damaged/);
  });
});

describe('the backup of the night', () => {
  const nightly = (more: object = {}) => ({
    ...depsFor(scratch),
    db: source.db,
    now,
    log,
    ...more,
  });

  test('is proved by a restore, recorded, and only then are older ones removed', async () => {
    const directory = path.join(scratch, 'nights');
    const at = (minute: number) => () => new Date(Date.UTC(2026, 4, 29, 3, minute));
    for (const minute of [1, 2, 3]) await backUpNightly(nightly({ now: at(minute) }), { directory, keep: 2 });
    expect(readdirSync(directory).toSorted()).toEqual([
      'paperboy-2026-05-29T03-02-00Z.backup',
      'paperboy-2026-05-29T03-03-00Z.backup',
    ]);
    expect(await lastBackupRun(source.db)).toMatchObject({
      ok: true,
      words: expect.stringMatching(/proved by restoring/),
    });
  });

  test('that cannot be written leaves the older ones, and is recorded for the operator to be told', async () => {
    const directory = path.join(scratch, 'full');
    await backUpNightly(nightly(), { directory, keep: 1 });
    const before = readdirSync(directory);
    const later = () => new Date(Date.now() + 5_000);
    // A directory of the name that the file would be written under fails as a full disk does.
    const { mkdirSync } = await import('node:fs');
    const moment = later();
    const name = `paperboy-${moment.toISOString().slice(0, 19).replaceAll(':', '-')}Z.backup`;
    mkdirSync(path.join(directory, `${name}.unproved`));
    mkdirSync(path.join(directory, `${name}.unproved`, 'inside'));
    await backUpNightly(nightly({ now: () => moment }), { directory, keep: 1 });
    expect(readdirSync(directory).filter((file) => !file.includes('.unproved'))).toEqual(before);
    expect(await lastBackupRun(source.db)).toMatchObject({ ok: false });
  });
});
