import path from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { makeBackup } from '../backup/backup.ts';
import { restoreBackup } from '../backup/restore.ts';
import { closedSentence } from '../delivery/gate.ts';
import { resumeAfterRestore, type Resumed } from '../delivery/resume.ts';
import { type BackupRun, beginBackupRun, endBackupRun } from '../db/backup-runs.ts';
import type { Db } from '../db/client.ts';
import { requireTrueClock } from '../db/clock.ts';
import { COMMAND } from '../db/trail.ts';
import { databaseFor, openStore } from '../store.ts';
import type { Context } from './context.ts';

/** Writes all that this installation is into one file, while everything runs. */
export async function backupCommand(
  { config, log, signal, print }: Context,
  name: string,
  { json = false }: { json?: boolean },
): Promise<void> {
  const file = path.resolve(name);
  await using store = await openStore(config, log, { signal });
  const beganAt = store.now();
  const deps = { address: store.address, dataDir: config.dataDir, paperboy: packageJson.version };
  const { bytes, madeAt, tables, files } = await makeBackup(deps, file, signal);
  await recordBackup(store.db, { beganAt, endedAt: store.now(), file, bytes });
  if (json) return print(JSON.stringify({ file, bytes, madeAt, tables, files }));
  const rows = Object.values(tables).reduce((sum, count) => sum + count, 0);
  await print(
    `${file}: ${bytes} bytes, ${rows} rows of ${Object.keys(tables).length} tables as of ${madeAt.toISOString()}` +
      `${files.length > 0 ? `, and ${files.join(', ')}` : ''}.`,
  );
  await print(secretWords(files, config.secretKeys.length > 0));
}

/** The health of the installation knows of it then. */
async function recordBackup(
  db: Db,
  run: Pick<BackupRun, 'beganAt' | 'file'> & { endedAt: Date; bytes: number },
): Promise<void> {
  await beginBackupRun(db, run);
  await endBackupRun(db, { ...run, ok: true, words: 'Made by a command; not proved by a restore.' });
}

const secretWords = (files: readonly string[], isInEnvironment: boolean): string =>
  isInEnvironment
    ? 'It holds the addresses of your readers, and not SECRET_KEY, without which old links do not work: keep ' +
      'that too, apart from it.'
    : 'It holds the addresses of your readers' +
      (files.includes('secret-key') ? ', the key that signs their links' : '') +
      (files.includes('admin-token') ? ', the token of the desk' : '') +
      ': keep it where only you can read it.';

/** Fills an empty database, or with `replace` any, with a backup. */
export async function restoreCommand(
  { config, log, signal, print }: Context,
  name: string,
  { replace = false, json = false }: { replace?: boolean; json?: boolean },
): Promise<void> {
  const file = path.resolve(name);
  await using opening = new AsyncDisposableStack();
  const address = await databaseFor(config, log, { alone: true, signal }, opening);
  const now = (): Date => new Date();
  const restored = await restoreBackup({ address, dataDir: config.dataDir, now }, { file, replace, signal });
  const { madeAt, paperboy, tables, files } = restored;
  if (json) return print(JSON.stringify({ file, madeAt, paperboy, tables, files }));
  const rows = Object.values(tables).reduce((sum, count) => sum + count, 0);
  await print(
    `Restored as of ${madeAt.toISOString()}: ${rows} rows of ${Object.keys(tables).length} tables` +
      `${files.length > 0 ? `, and ${files.join(', ')}` : ''}.`,
  );
  await print(closedSentence('restored'));
}

/** Lets mail be sent again, after it has said what would go to whom. */
export async function resumeCommand(
  { config, log, signal, print }: Context,
  options: { dryRun?: boolean; sendToday?: boolean; json?: boolean },
): Promise<void> {
  const { dryRun = false, sendToday = false } = options;
  await using store = await openStore(config, log, { signal });
  await requireTrueClock(store);
  const { db, now } = store;
  const { dataDir, editionHour } = config;
  const resumed = await resumeAfterRestore(
    { db, now, dataDir, editionHour, embedded: config.databaseUrl === null },
    { dryRun, sendToday, by: COMMAND },
  );
  if (options.json) return print(JSON.stringify({ ...resumed, dryRun }));
  for (const line of linesOf(resumed, { dryRun, sendToday })) await print(line);
}

/** What a resume did or would do, for a person. Pure. */
function linesOf(resumed: Resumed, { dryRun, sendToday }: { dryRun: boolean; sendToday: boolean }): string[] {
  const { lostSince, closedAt, closed, today, movedOn, next } = resumed;
  return [
    `Lost: what happened from ${lostSince.toISOString()} to ${closedAt.toISOString()}. Who unsubscribed in that time ` +
      'is not known here and will be mailed: take their requests from your relay or mailbox, if you have them.',
    ...closed.map(({ date, readers }) => `Digest of ${date}: ${readers} deliveries may have been sent and are closed.`),
    sendToday
      ? `Digest of ${today.date}: goes to all who, as the backup has it, have not had it. Some may get it twice.`
      : `Digest of ${today.date}: ${today.skipped} readers do not get it any more, because they may have had it. ` +
        '--send-today sends it.',
    `${movedOn} readers are mailed at their next hour after that.`,
    ...(next.length > 0 ? ['Next:'] : []),
    ...next.map(
      ({ date, hour, readers }) => `  ${hour.toISOString().slice(0, 13)}:00 UTC, digest of ${date}: ${readers}`,
    ),
    dryRun ? 'Nothing was changed: leave out --dry-run to do it.' : 'Mail is sent again.',
  ];
}
