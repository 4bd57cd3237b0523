import { sql } from 'drizzle-orm';
import type { Tx } from './client.ts';
import { type DeliveryState } from './deliveries.ts';
import { DIGEST } from './digests.ts';

/** A batch as far as it tells whether its deliveries may have changed since they were counted. */
export interface BatchStand {
  id: number;
  state: 'open' | 'done';
  /** Rises with every claim. */
  fence: number;
  isHeld: boolean;
  createdAt: Date;
  dueAt: Date;
}

/** The batches of a date's digest, oldest first. */
export async function batchesOf(tx: Tx, date: string): Promise<BatchStand[]> {
  const { rows } = await tx.execute<
    Omit<BatchStand, 'createdAt' | 'dueAt'> & Record<'createdAt' | 'dueAt', number> & Record<string, unknown>
  >(sql`
    select
      id::float8 as id,
      state,
      fence,
      lease_until is not null as "isHeld",
      round(extract(epoch from created_at) * 1000)::float8 as "createdAt",
      round(extract(epoch from due_at) * 1000)::float8 as "dueAt"
    from batch
    where digest_date = ${date}
      and kind = ${DIGEST}
    order by id`);
  return rows.map((row) => ({ ...row, createdAt: new Date(row.createdAt), dueAt: new Date(row.dueAt) }));
}

/** How many deliveries of a batch are in a state for a reason. */
export interface BatchCount {
  batchId: number;
  state: DeliveryState;
  reason: string | null;
  count: number;
}

/** Counts the deliveries of these batches. */
export async function countBatches(tx: Tx, date: string, ids: readonly number[]): Promise<BatchCount[]> {
  if (ids.length === 0) return [];
  const { rows } = await tx.execute<BatchCount & Record<string, unknown>>(sql`
    select batch_id::float8 as "batchId", state, reason, count(*)::int as count
    from delivery
    where digest_date = ${date}
      and kind = ${DIGEST}
      and batch_id = any(${sql.param([...ids])}::bigint[])
    group by batch_id, state, reason`);
  return rows;
}

/** How many readers are due in an hour, and where they live. */
export interface DueHour {
  at: Date;
  timezone: string;
  readers: number;
}

/**
 * The active readers whose hour comes from `from` to `until` and brings them a digest, by hour and
 * zone. Who was sent the edition of that hour already, as by hand, is not among them.
 */
export async function readersDue(
  tx: Tx,
  { from, until, editionHour }: { from: Date; until: Date; editionHour: number },
): Promise<DueHour[]> {
  const newestThen = sql`((next_due_at - make_interval(hours => ${editionHour}::int)) at time zone 'UTC')::date`;
  const { rows } = await tx.execute<{ at: number; timezone: string; readers: number }>(sql`
    select
      extract(epoch from date_trunc('hour', next_due_at))::float8 * 1000 as at,
      timezone,
      count(*)::int as readers
    from subscriber
    where status = 'active'
      and next_due_at > ${from}
      and next_due_at <= ${until}
      and (last_digest_date is null or last_digest_date < ${newestThen})
    group by 1, 2
    order by 1, readers desc`);
  return rows.map((row) => ({ ...row, at: new Date(row.at) }));
}
