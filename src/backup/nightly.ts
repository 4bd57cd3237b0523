import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { beginBackupRun, endBackupRun } from '../db/backup-runs.ts';
import type { DatabaseAddress, Db } from '../db/client.ts';
import { withScratchDatabase } from '../db/dump.ts';
import { AppError, codeOf } from '../errors.ts';
import type { Logger } from '../telemetry.ts';
import { type Backup, type BackupDeps, makeBackup } from './backup.ts';
import { checkBackup, restoreBackup } from './restore.ts';

export interface NightlyDeps extends BackupDeps {
  db: Db;
  now: () => Date;
  log: Pick<Logger, 'info' | 'error'>;
}

/** Where backups are kept, and how many. */
export interface Place {
  directory: string;
  keep: number;
}

const NAME = /^paperboy-\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}Z\.backup$/;

const nameAt = (moment: Date): string => `paperboy-${moment.toISOString().slice(0, 19).replaceAll(':', '-')}Z.backup`;

/**
 * Writes a backup, proves it by restoring it into a scratch database, and only then removes older
 * ones. How it went is recorded, for the health of the installation to tell: after a failure the older
 * ones stay as they are.
 */
export async function backUpNightly(
  deps: NightlyDeps,
  { directory, keep }: Place,
  signal?: AbortSignal,
): Promise<void> {
  const { db, now, log } = deps;
  const beganAt = now();
  const file = path.join(directory, nameAt(beganAt));
  // One that was not proved never counts among those that are kept.
  const unproved = `${file}.unproved`;
  await beginBackupRun(db, { beganAt, file });
  const end = (it: { bytes: number | null; ok: boolean; words: string }): Promise<void> =>
    endBackupRun(db, { beganAt, file, endedAt: now(), ...it });
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await removeUnproved(directory);
    const made = await makeBackup(deps, unproved, signal);
    const words = await prove(deps, made, signal);
    await rename(unproved, file);
    await prune(directory, keep);
    await end({ bytes: made.bytes, ok: true, words });
    log.info({ file, bytes: made.bytes }, `Backed up: ${words}`);
  } catch (error) {
    signal?.throwIfAborted();
    const words = sentenceOf(error, directory);
    await rm(unproved, { force: true }).catch(() => {});
    await end({ bytes: null, ok: false, words });
    log.error({ err: error }, `The backup of the night failed: ${words}`);
  }
}

const sentenceOf = (error: unknown, directory: string): string =>
  error instanceof AppError
    ? error.message
    : `Cannot write to ${directory}, or read it again (${codeOf(error) ?? 'unknown'}). See the log, and whether ` +
      'BACKUP_DIR is a directory with room that Paperboy can write to.';

/** What it held, once it was restored and everything was found in it again. */
async function prove({ address, now }: NightlyDeps, made: Backup, signal?: AbortSignal): Promise<string> {
  const { file, tables } = made;
  const restore = (scratch: DatabaseAddress) =>
    restoreBackup({ address: scratch, dataDir: null, now }, { file, replace: false, signal });
  const restored = await withScratchDatabase(address, restore);
  const rows = Object.values(tables).reduce((sum, count) => sum + count, 0);
  if (restored === null) {
    await checkBackup(file);
    return (
      `${rows} rows; its checksums are right, but it was not proved by a restore, because the user of the ` +
      'database may make no database. Give it CREATEDB.'
    );
  }
  if (!isDeepStrictEqual(restored.tables, tables))
    throw new AppError(
      'OUTPUT_FAILED',
      `The backup ${file} does not hold what was written into it. See whether the disk is sound.`,
    );
  return `${rows} rows, proved by restoring them.`;
}

/** What a run that was killed left behind. */
async function removeUnproved(directory: string): Promise<void> {
  const left = (await readdir(directory)).filter((name) => /^paperboy-.*\.unproved(?:\.part)?$/.test(name));
  for (const name of left) await rm(path.join(directory, name), { force: true });
}

/** Removes the oldest of our backups until `keep` are left. */
async function prune(directory: string, keep: number): Promise<void> {
  const ours = (await readdir(directory)).filter((name) => NAME.test(name)).toSorted();
  for (const name of ours.slice(0, -keep)) await rm(path.join(directory, name));
}
