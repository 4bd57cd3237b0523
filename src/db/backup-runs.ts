import { sql } from 'drizzle-orm';
import type { Tx } from './client.ts';

/** A scheduled backup, and how it ended: `ok` is `null` while it has not. */
export interface BackupRun {
  beganAt: Date;
  endedAt: Date | null;
  file: string;
  bytes: number | null;
  ok: boolean | null;
  words: string | null;
}

export async function beginBackupRun(tx: Tx, { beganAt, file }: Pick<BackupRun, 'beganAt' | 'file'>): Promise<void> {
  await tx.execute(sql`
    insert into backup_run (began_at, file)
    values (${beganAt}, ${file})
    on conflict do nothing`);
}

export async function endBackupRun(tx: Tx, run: BackupRun): Promise<void> {
  await tx.execute(sql`
    update backup_run
    set ended_at = ${run.endedAt}, bytes = ${run.bytes}, ok = ${run.ok}, words = ${run.words}
    where began_at = ${run.beganAt}`);
}

/** The newest backups first, also those that are under way. */
export async function backupRuns(tx: Tx, limit: number): Promise<BackupRun[]> {
  const { rows } = await tx.execute<Record<string, unknown> & BackupRow>(sql`
    select ${COLUMNS}
    from backup_run
    order by began_at desc
    limit ${limit}`);
  return rows.map(runOf);
}

/** The last backup that ended, or was begun long enough ago to be given up; `null`: there was none. */
export async function lastBackupRun(tx: Tx): Promise<BackupRun | null> {
  const { rows } = await tx.execute<Record<string, unknown> & BackupRow>(sql`
    select ${COLUMNS}
    from backup_run
    where ended_at is not null
      or began_at < now() - interval '6 hours'
    order by began_at desc
    limit 1`);
  return rows[0] ? runOf(rows[0]) : null;
}

const COLUMNS = sql.raw(`began_at as "beganAt", ended_at as "endedAt", file, bytes::float8 as bytes, ok, words`);

const runOf = ({ beganAt, endedAt, ...run }: BackupRow): BackupRun => ({
  ...run,
  beganAt: new Date(beganAt),
  endedAt: endedAt === null ? null : new Date(endedAt),
});

type BackupRow = Omit<BackupRun, 'beganAt' | 'endedAt'> & { beganAt: string; endedAt: string | null };
