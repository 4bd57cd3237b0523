import { sql } from 'drizzle-orm';
import type { Tx } from './client.ts';

/**
 * The digest of one date, as readers get it. Later kinds of mail that need the ledger get a kind of
 * their own.
 */
export const DIGEST = 'digest';

/**
 * Makes the ledger ready for a date: the month's partition and the digest's row. Runs before, not
 * in, a freezing transaction: the one locks the table, and for the other's commit everybody would
 * wait who holds readers that we wait for.
 */
export async function openDigest(db: Tx, date: string, now: Date): Promise<void> {
  await openMonth(db, date);
  await db.execute(sql`
    insert into digest (digest_date, kind, state, frozen_at)
    values (${date}, ${DIGEST}, 'sending', ${now})
    on conflict do nothing`);
}

/** Makes the partition of the ledger that a date is in. */
export async function openMonth(db: Tx, date: string): Promise<void> {
  const name = `delivery_${date.slice(0, 4)}_${date.slice(5, 7)}`;
  const { rows } = await db.execute<{ there: boolean }>(sql`select to_regclass(${name}) is not null as there`);
  if (rows[0]?.there) return;
  const first = `${date.slice(0, 7)}-01`;
  // The lock lets one process create it; "if not exists" looks anew, which to_regclass would not: a
  // session remembers what was not there.
  await db.execute(
    sql.raw(`do $$ begin
    perform pg_advisory_xact_lock(hashtext('${name}'));
    create table if not exists ${name} partition of delivery for values from ('${first}') to ('${nextMonth(first)}')
      with (fillfactor = 60); -- each row is updated twice within minutes, in place when its page has room
  end $$`),
  );
}

const nextMonth = (first: string): string => {
  const date = new Date(`${first}T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() + 1);
  return date.toISOString().slice(0, 10);
};

export type DigestState = 'sending' | 'paused' | 'cancelled';

/** How a digest stands, or `null` when no reader was ever frozen for it. */
export async function digestState(tx: Tx, date: string): Promise<DigestState | null> {
  const { rows } = await tx.execute<{ state: DigestState }>(
    sql`select state from digest where digest_date = ${date} and kind = ${DIGEST}`,
  );
  return rows[0]?.state ?? null;
}

/** Whether a reader's digest of a date was frozen: what it holds does not change any more. */
export async function isBegun(tx: Tx, date: string): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    select
    from batch
    where digest_date = ${date}
      and kind = ${DIGEST}
    limit 1`);
  return rowCount === 1;
}

/** The date of the newest digest, `null` when there was none. */
export async function latestDigestDate(tx: Tx): Promise<string | null> {
  const { rows } = await tx.execute<{ date: string | null }>(sql`
    select max(digest_date)::text as date
    from digest
    where kind = ${DIGEST}`);
  return rows[0]!.date;
}

/** Notes that the operator asks for a digest now: what of it waited is not late. */
export async function askForDigest(tx: Tx, date: string, now: Date): Promise<void> {
  await tx.execute(sql`
    update digest
    set asked_at = ${now}
    where digest_date = ${date}
      and kind = ${DIGEST}`);
}

/**
 * Moves a digest from one of the states `from` to `to` (compare-and-set). False: it was in none of
 * them.
 */
export async function moveDigest(
  tx: Tx,
  date: string,
  from: readonly DigestState[],
  to: DigestState,
): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    update digest
    set state = ${to}
    where digest_date = ${date}
      and kind = ${DIGEST}
      and state = any(${sql.param(from)}::text[])`);
  return rowCount === 1;
}

/**
 * Ends what is left of cancelled digests: batches that no worker holds are done, their deliveries
 * that wait are skipped, and those that a dead worker left in `sending` may have been delivered. A
 * batch that is held is left to its holder, who calls this after letting go.
 */
export async function closeCancelled(tx: Tx, now: Date): Promise<void> {
  await tx.execute(sql`
    with closed as (
      update batch b
      set state = 'done', lease_until = null, fence = b.fence + 1
      from digest g
      where g.digest_date = b.digest_date
        and g.kind = b.kind
        and g.state = 'cancelled'
        and b.state = 'open'
        and (b.lease_until is null or b.lease_until <= clock_timestamp())
      returning b.id, b.digest_date, b.kind
    )
    update delivery d
    set updated_at = ${now},
      next_attempt_at = null,
      state = case d.state when 'sending' then 'unknown' else 'skipped' end,
      reason = case when d.state <> 'sending' then 'cancelled' when d.reason = 'resent' then 'resent' else 'lost' end
    from closed c
    where d.digest_date = c.digest_date
      and d.kind = c.kind
      and d.batch_id = c.id
      and d.state in ('pending', 'deferred', 'sending')`);
}

/**
 * Skips at once what of a digest waits, in batches that are held too: the holder finds nothing more
 * to begin.
 */
export async function skipWaiting(tx: Tx, date: string, now: Date): Promise<void> {
  await tx.execute(sql`
    update delivery
    set state = 'skipped', reason = 'cancelled', next_attempt_at = null, updated_at = ${now}
    where digest_date = ${date}
      and kind = ${DIGEST}
      and state in ('pending', 'deferred')`);
}

export interface DigestSums {
  date: string;
  frozen: number;
  accepted: number;
  deferred: number;
  rejected: number;
  unknown: number;
  skipped: number;
  /** Not yet tried, or being sent now. */
  pending: number;
  /** From the freeze to the last ledger write. */
  seconds: number;
}

/** Counts the ledger of one date: the states always add up to `frozen`. */
export async function digestSums(tx: Tx, date: string): Promise<DigestSums> {
  const { rows } = await tx.execute<Omit<DigestSums, 'date'> & Record<string, unknown>>(sql`
    select
      count(*)::int as frozen,
      count(*) filter (where state = 'accepted')::int as accepted,
      count(*) filter (where state = 'deferred')::int as deferred,
      count(*) filter (where state = 'rejected')::int as rejected,
      count(*) filter (where state = 'unknown')::int as unknown,
      count(*) filter (where state = 'skipped')::int as skipped,
      count(*) filter (where state in ('pending', 'sending'))::int as pending,
      coalesce(round(extract(epoch from max(updated_at) - min(frozen_at))::numeric, 3), 0)::float8 as seconds
    from delivery
    where digest_date = ${date}
      and kind = ${DIGEST}`);
  return { date, ...rows[0]! };
}

/**
 * Whether some batch of a digest is open, and due or waiting for the relay: what is only deferred
 * does not count. Asks the batches, because counting a million deliveries takes longer than sending
 * some.
 */
export async function isUnderWay(tx: Tx, date: string, now: Date): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    select
    from batch b
    where digest_date = ${date}
      and kind = ${DIGEST}
      and state = 'open'
      and (
        due_at <= ${now}
        or lease_until is not null
        or exists (
          select
          from delivery d
          where d.digest_date = ${date}
            and d.batch_id = b.id
            and d.state in ('pending', 'sending')
        )
      )
    limit 1`);
  return rowCount === 1;
}
