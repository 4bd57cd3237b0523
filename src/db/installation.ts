import { sql } from 'drizzle-orm';
import { codeOf } from '../errors.ts';
import type { Db, Tx } from './client.ts';
import { INSUFFICIENT_PRIVILEGE } from './sql-states.ts';

/** Why nothing is sent. */
export type ClosedBecause = 'restored' | 'older' | 'copied' | 'moved';

/** What the database knows of the installation that it belongs to. */
export interface Installation {
  id: string;
  epoch: number;
  place: string;
  advancedAt: Date;
  closed: { at: Date; because: ClosedBecause; lostSince: Date } | null;
}

interface Row {
  id: string;
  epoch: number;
  place: string;
  advancedAt: string;
  closedAt: string | null;
  because: ClosedBecause;
  lostSince: string;
}

/** `null`: the database has not been sent from yet, or was not since it knows of this. */
export async function findInstallation(tx: Tx): Promise<Installation | null> {
  const { rows } = await tx.execute<Row & Record<string, unknown>>(sql`
    select
      id,
      epoch::float8 as epoch,
      place,
      advanced_at as "advancedAt",
      closed_at as "closedAt",
      closed_because as because,
      lost_since as "lostSince"
    from installation`);
  if (!rows[0]) return null;
  const { id, epoch, place, advancedAt, closedAt, because, lostSince } = rows[0];
  const closed = closedAt === null ? null : { at: new Date(closedAt), because, lostSince: new Date(lostSince) };
  return { id, epoch, place, advancedAt: new Date(advancedAt), closed };
}

/**
 * Which server and database this is: a dump that was read in elsewhere is in another. A server whose
 * standby took over is the same.
 */
export async function databasePlace(db: Db): Promise<string> {
  const database = sql`(select oid from pg_database where datname = current_database())`;
  const ask = async (server: ReturnType<typeof sql>): Promise<string> => {
    const { rows } = await db.execute<{ place: string }>(sql`select ${server} || '/' || ${database} as place`);
    return rows[0]!.place;
  };
  try {
    return await ask(sql`(select system_identifier::text from pg_control_system())`);
  } catch (error) {
    if (codeOf(error) !== INSUFFICIENT_PRIVILEGE) throw error;
    return ask(sql`'?'`);
  }
}

/** Notes a new installation; what another process was quicker to note stays. */
export async function addInstallation(
  tx: Tx,
  { id, place, now }: { id: string; place: string; now: Date },
): Promise<void> {
  await tx.execute(sql`
    insert into installation (id, epoch, advanced_at, place)
    values (${id}, 0, ${now}, ${place})
    on conflict do nothing`);
}

/**
 * Counts on before something is sent. `null`: nothing may be, because it is closed, or behind what
 * its seal says of it.
 */
export async function advanceEpoch(
  tx: Tx,
  { seal, now }: { seal: { id: string; epoch: number } | null; now: Date },
): Promise<{ id: string; epoch: number } | null> {
  const { rows } = await tx.execute<{ id: string; epoch: number }>(sql`
    update installation
    set epoch = epoch + 1, advanced_at = ${now}
    where closed_at is null
      and not (id = ${seal?.id ?? ''} and epoch < ${seal?.epoch ?? 0})
    returning id, epoch::float8 as epoch`);
  return rows[0] ?? null;
}

/** Whether nothing is to be sent. */
export async function isClosed(tx: Tx): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`select from installation where closed_at is not null`);
  return rowCount === 1;
}

/** SQL: whether something may be sent. */
export const IS_OPEN = sql.raw('not exists (select from installation where closed_at is not null)');

/** Lets nothing be sent. What was sent after the last count is not known here. */
export async function closeInstallation(tx: Tx, because: ClosedBecause, now: Date): Promise<void> {
  await tx.execute(sql`
    update installation
    set closed_at = ${now}, closed_because = ${because}, lost_since = advanced_at, told_at = null
    where closed_at is null`);
}

/** The same of one that is behind its seal; one that was opened anew meanwhile has another name. */
export async function closeOlder(tx: Tx, seal: { id: string; epoch: number }, now: Date): Promise<void> {
  await tx.execute(sql`
    update installation
    set closed_at = ${now}, closed_because = 'older', lost_since = advanced_at, told_at = null
    where closed_at is null
      and id = ${seal.id}
      and epoch < ${seal.epoch}`);
}

/** Notes that it is in another place now, and the same all the same. */
export async function moveInstallation(tx: Tx, place: string): Promise<void> {
  await tx.execute(sql`
    update installation
    set place = ${place}`);
}

/** Whether the operator is to be told: one process of all is given it. */
export async function claimToTell(tx: Tx, now: Date): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    update installation
    set told_at = ${now}
    where closed_at is not null
      and told_at is null`);
  return rowCount === 1;
}

/** The operator could not be told: it is tried again. */
export async function unclaimToTell(tx: Tx): Promise<void> {
  await tx.execute(sql`update installation set told_at = null`);
}

/** Locks the row, and gives what is closed; `null`: nothing is. */
export async function lockClosed(tx: Tx): Promise<Installation['closed']> {
  await tx.execute(sql`select from installation for update`);
  return (await findInstallation(tx))?.closed ?? null;
}

/** Opens it again, under a new name: seals from before say nothing of it any more. */
export async function openInstallation(
  tx: Tx,
  { id, place, now }: { id: string; place: string; now: Date },
): Promise<void> {
  await tx.execute(sql`
    update installation
    set id = ${id},
      epoch = 1,
      place = ${place},
      advanced_at = ${now},
      closed_at = null,
      closed_because = null,
      lost_since = null,
      told_at = null`);
}

/** Closes what was frozen before it was closed, and may have been sent since the backup. */
export async function closeLost(
  tx: Tx,
  { closedAt, now, except }: { closedAt: Date; now: Date; except: string | null },
): Promise<{ date: string; readers: number }[]> {
  const { rows } = await tx.execute<{ date: string; readers: number }>(sql`
    with lost as (
      update batch
      set state = 'done', lease_until = null, fence = fence + 1
      where state = 'open'
        and created_at <= ${closedAt}
        and digest_date is distinct from ${except}::date
      returning id, digest_date, kind
    ), closed as (
      update delivery d
      set updated_at = ${now},
        next_attempt_at = null,
        state = case d.state when 'unknown' then 'unknown' else 'skipped' end,
        reason = case d.state when 'unknown' then 'closed' else ${RESTORED} end
      from lost l
      where d.digest_date = l.digest_date
        and d.kind = l.kind
        and d.batch_id = l.id
        and (d.state in ('pending', 'sending', 'deferred') or (d.state = 'unknown' and d.reason in ('lost', 'again')))
      returning d.digest_date
    )
    select digest_date::text as date, count(*)::int as readers
    from closed
    group by digest_date
    order by digest_date`);
  return rows;
}

/** Why a delivery is skipped that may have been sent before a restore. */
export const RESTORED = 'restored';

/** When readers are mailed next, by the hour. */
export async function nextHours(tx: Tx, limit: number): Promise<{ hour: Date; readers: number }[]> {
  const { rows } = await tx.execute<{ hour: string; readers: number }>(sql`
    select date_trunc('hour', next_due_at) as hour, count(*)::int as readers
    from subscriber
    where status = 'active'
      and next_due_at is not null
    group by 1
    order by 1
    limit ${limit}`);
  return rows.map(({ hour, readers }) => ({ hour: new Date(hour), readers }));
}
