import { sql, type SQL } from 'drizzle-orm';
import { addBatches } from './batches.ts';
import type { Tx } from './client.ts';
import { DIGEST } from './digests.ts';
import type { Frequency, Weekday } from '../subscriber.ts';

/**
 * The first date a digest of `date` holds is the day after this: the day before for a reader's
 * first one, and never more than a week back.
 */
const SINCE = (
  date: string,
): SQL => sql`case when last_digest_date is null or last_digest_date >= ${date}::date then ${date}::date - 1
  else greatest(last_digest_date, ${date}::date - 7) end`;

export interface DueSubscriber {
  id: number;
  timezone: string;
  sendHour: number;
  frequency: Frequency;
  weeklyOn: Weekday;
}

/**
 * Locks up to `limit` readers whose hour came at `until` or before; readers that another dispatcher
 * holds are left to it. Inside a transaction.
 */
export async function claimDue(tx: Tx, until: Date, limit: number): Promise<DueSubscriber[]> {
  const { rows } = await tx.execute<DueSubscriber & Record<string, unknown>>(sql`
    select id, timezone, send_hour as "sendHour", frequency, weekly_on as "weeklyOn"
    from subscriber
    where status = 'active'
      and next_due_at <= ${until}
    order by next_due_at
    limit ${limit}
    for update skip locked`);
  return rows.map((r) => ({ ...r, id: Number(r.id) }));
}

/** A reader whose hour has come, and when it did. */
export interface LateSubscriber extends DueSubscriber {
  dueAt: Date;
  /** The same to the microsecond. */
  dueText: string;
}

/** Up to `limit` readers after one of them whose hour came before `before`; none is locked. */
export async function dueBefore(
  tx: Tx,
  { before, after, limit }: { before: Date; after: LateSubscriber | null; limit: number },
): Promise<LateSubscriber[]> {
  const { rows } = await tx.execute<Omit<LateSubscriber, 'dueAt'> & Record<string, unknown>>(sql`
    select
      id,
      timezone,
      send_hour as "sendHour",
      frequency,
      weekly_on as "weeklyOn",
      next_due_at::text as "dueText"
    from subscriber
    where status = 'active'
      and next_due_at < ${before}
      and (next_due_at, id) > (${after?.dueText ?? '-infinity'}::timestamptz, ${after?.id ?? 0}::bigint)
    order by next_due_at, id
    limit ${limit}`);
  return rows.map((r) => ({ ...r, id: Number(r.id), dueAt: new Date(r.dueText) }));
}

/** Why a digest is skipped whose turn came too late. */
export const LATE = 'late';

/**
 * Records that readers do not get the digest of `date`, because their hour came before `before`, and
 * gives them their next. Its papers count as not had. Whose hour has moved on meanwhile is left
 * alone. Returns how many were skipped. Inside a transaction.
 */
export async function skipLate(
  tx: Tx,
  input: { date: string; before: Date; batchId: number; ids: readonly number[]; next: readonly Date[]; now: Date },
): Promise<number> {
  const { date, now } = input;
  const { rows } = await tx.execute<{ skipped: number }>(sql`
    with late as (
      update subscriber s
      set next_due_at = d.due
      from unnest(${sql.param(input.ids)}::bigint[], ${sql.param(input.next)}::timestamptz[]) as d (id, due)
      where s.id = d.id
        and s.status = 'active'
        and s.next_due_at < ${input.before}
      returning s.id, (${SINCE(date)}) as since
    ), skipped as (
      insert into delivery (digest_date, kind, subscriber_id, batch_id, since, state, reason, frozen_at, updated_at)
      select ${date}, ${DIGEST}, id, ${input.batchId}, since, 'skipped', ${LATE}, ${now}, ${now}
      from late
      on conflict do nothing
      returning subscriber_id
    )
    select count(*)::int as skipped
    from skipped`);
  return rows[0]!.skipped;
}

/** A reader whose pause is over, and when it was. */
export interface Resting extends DueSubscriber {
  pausedUntil: Date;
}

/**
 * Locks up to `limit` readers whose pause is over. While it lasts they have no next hour, so that
 * programs that know of no pause mail them nothing. Inside a transaction.
 */
export async function claimRested(tx: Tx, now: Date, limit: number): Promise<Resting[]> {
  const { rows } = await tx.execute<Omit<Resting, 'pausedUntil'> & { pausedUntil: string }>(sql`
    select
      id,
      timezone,
      send_hour as "sendHour",
      frequency,
      weekly_on as "weeklyOn",
      paused_until as "pausedUntil"
    from subscriber
    where status = 'active'
      and paused_until <= ${now}
    order by paused_until
    limit ${limit}
    for update skip locked`);
  return rows.map((r) => ({ ...r, id: Number(r.id), pausedUntil: new Date(r.pausedUntil) }));
}

/** Ends pauses: each reader gets a next hour. `ids` and `times` run in parallel. */
export async function endPauses(tx: Tx, ids: readonly number[], times: readonly Date[]): Promise<void> {
  await setNextDue(tx, ids, times);
  await tx.execute(sql`update subscriber set paused_until = null where id = any(${sql.param(ids)}::bigint[])`);
}

/** Readers whose hour has gone by are due now, and so not late. */
export async function makeDueNow(tx: Tx, now: Date): Promise<void> {
  await tx.execute(sql`
    update subscriber
    set next_due_at = ${now}
    where status = 'active'
      and next_due_at < ${now}`);
}

/** Moves each reader's hour on. `ids` and `times` run in parallel. */
export async function setNextDue(tx: Tx, ids: readonly number[], times: readonly Date[]): Promise<void> {
  await tx.execute(sql`
    update subscriber s
    set next_due_at = d.due
    from unnest(${sql.param(ids)}::bigint[], ${sql.param(times)}::timestamptz[]) as d (id, due)
    where s.id = d.id`);
}

/**
 * What a freeze did. `batchIds` are to be enqueued. `lastId`: the last reader looked at, null when
 * there was none.
 */
export interface Frozen {
  batchIds: number[];
  frozen: number;
  lastId: number | null;
}

/**
 * Freezes this date's digest for these readers, or, with `ids` null, for the next `limit` active
 * readers after `afterId`; `openDigest` was called for the date. Left out is who has it already,
 * and who got a later one that holds this date's edition too. `cut` says how many of so many
 * readers each batch gets; without it there is one. Inside a transaction.
 *
 * Each statement looks rows up by key, because the planner may believe that a month is empty which
 * was so a moment ago: a join that it takes for a small one reads everything that is frozen
 * already.
 */
export async function freeze(
  tx: Tx,
  input: {
    date: string;
    ids: readonly number[] | null;
    afterId?: number;
    limit?: number;
    now: Date;
    cut?: (readers: number) => number[];
  },
): Promise<Frozen> {
  const { date, ids, now } = input;
  const who = ids ? sql`id = any(${sql.param(ids)}::bigint[])` : sql`id > ${input.afterId ?? 0}`;
  const { rows: readers } = await tx.execute<{ id: string; since: string }>(sql`
    select id, (${SINCE(date)})::text as since
    from subscriber s
    where status = 'active'
      and (paused_until is null or paused_until <= ${now})
      and ${who}
      and (
        select d.subscriber_id
        from delivery d
        where d.digest_date = ${date}
          and d.kind = ${DIGEST}
          and d.subscriber_id = s.id
      ) is null
      and not (
        coalesce(last_digest_date > ${date}, false)
        and exists (
          select
          from delivery d
          where d.subscriber_id = s.id
            and d.kind = ${DIGEST}
            and d.digest_date > ${date}
            and d.digest_date <= ${date}::date + 7
            and d.since < ${date}
        )
      )
    order by id
    ${ids ? sql`` : sql`limit ${input.limit ?? 1000}`}
    for update of s`);
  if (readers.length === 0) return { batchIds: [], frozen: 0, lastId: null };
  const sizes = input.cut?.(readers.length) ?? [readers.length];
  const batchIds = await addBatches(tx, date, sizes.length, now);
  // Who was frozen by another process while we waited for the lock is not seen by the select, but
  // by the key.
  const { rowCount: frozen } = await tx.execute(sql`
    with frozen as (
      insert into delivery (digest_date, kind, subscriber_id, batch_id, since, state, frozen_at, updated_at)
      select ${date}, ${DIGEST}, r.id, r.batch_id, r.since, 'pending', ${now}, ${now}
      from unnest(
          ${sql.param(readers.map((r) => r.id))}::bigint[],
          ${sql.param(readers.map((r) => r.since))}::date[],
          ${sql.param(sizes.flatMap((size, i) => Array<number>(size).fill(batchIds[i]!)))}::bigint[]
        ) as r (id, since, batch_id)
      on conflict do nothing
      returning subscriber_id
    )
    update subscriber
    set last_digest_date = greatest(last_digest_date, ${date}::date)
    where id = any(array(select subscriber_id from frozen))`);
  if (!frozen) await tx.execute(sql`delete from batch where id = any(${sql.param(batchIds)}::bigint[])`);
  return { batchIds: frozen ? batchIds : [], frozen: frozen ?? 0, lastId: Number(readers.at(-1)!.id) };
}

/**
 * Records a digest as sent for up to `limit` active readers after `afterId`, though it may not have
 * been: they do not get it any more. Its papers count as had where the reader's hour is before
 * `until`; to the others it brings nothing and takes nothing.
 */
export async function freezeClosed(
  tx: Tx,
  input: { date: string; batchId: number; afterId: number; limit: number; until: Date; reason: string; now: Date },
): Promise<{ closed: number; lastId: number | null }> {
  const { date, now } = input;
  const { rows } = await tx.execute<{ closed: number; lastId: number | null }>(sql`
    with reader as (
      select
        id,
        coalesce(next_due_at < ${input.until}, false) as is_due,
        (${SINCE(date)}) as since
      from subscriber
      where status = 'active'
        and id > ${input.afterId}
      order by id
      limit ${input.limit}
      for update
    ), closed as (
      insert into delivery (digest_date, kind, subscriber_id, batch_id, since, state, reason, frozen_at, updated_at)
      select
        ${date},
        ${DIGEST},
        id,
        ${input.batchId},
        case when is_due then since else ${date}::date end,
        'skipped',
        ${input.reason},
        ${now},
        ${now}
      from reader
      on conflict do nothing
      returning subscriber_id
    ), dated as (
      update subscriber
      set last_digest_date = greatest(last_digest_date, ${date}::date)
      where id in (select id from reader where is_due)
    )
    select
      (select count(*)::int from closed) as closed,
      (select max(id)::float8 from reader) as "lastId"`);
  return rows[0]!;
}

/** Of these readers, those whose last digest is older than `date`. */
export async function withoutDigest(tx: Tx, ids: readonly number[], date: string): Promise<number[]> {
  const { rows } = await tx.execute<{ id: string }>(sql`
    select id
    from subscriber
    where id = any(${sql.param(ids)}::bigint[])
      and (last_digest_date is null or last_digest_date < ${date})`);
  return rows.map((r) => Number(r.id));
}
