import { sql, type SQL } from 'drizzle-orm';
import { CLOCKS_APART_MS } from './clock.ts';
import type { Tx } from './client.ts';
import { DIGEST } from './digests.ts';
import type { DueSubscriber } from './freeze.ts';

/** What nothing written by a true clock lies beyond. */
export interface Horizon {
  now: Date;
  /** The last day that an edition or a digest can have. */
  day: string;
  /** The last moment that a reader can be due. */
  due: Date;
}

/** No retry and no lease lasts as long. */
const LONGEST_WAIT = sql.raw(`interval '1 day'`);
/**
 * Which editions can go: what was frozen from one is in its readers' mail, and an edition never
 * changes.
 */
const UNSENT = sql.raw(`not exists (select from delivery d where d.digest_date = e.edition_date)`);

/**
 * Whether a clock that jumped ahead left editions, hours or requests. Looks at indexes alone, so
 * that it can be asked each minute.
 */
export async function liesAhead(tx: Tx, { now, day, due }: Horizon): Promise<boolean> {
  const { rows } = await tx.execute<{ some: boolean }>(sql`
    select
      exists (select from edition e where e.edition_date > ${day} and ${UNSENT})
      or exists (select from subscriber where status = 'active' and next_due_at > ${due})
      or exists (select from subscriber where requested_at > ${beyond(now)}) as some`);
  return rows[0]!.some;
}

/**
 * Whether it is this clock that is behind, as one without a battery after a power cut. Then what
 * seems to lie in the future is in order. Days with an ingest are counted, not ingests: a clock
 * that stays wrong dates many. One that failed, perhaps for a wrong clock, tells nothing.
 */
export async function seemsBehind(tx: Tx, now: Date): Promise<boolean> {
  const { rows } = await tx.execute<DaysRecorded & Record<string, unknown>>(sql`
    with recorded as (
      select distinct floor(extract(epoch from started_at - ${beyond(now)}::timestamptz) / 86400)::int as day
      from ingest_run
      where error is null
    )
    select
      (count(*) filter (where day >= 0))::int as ahead,
      (count(*) filter (where day < 0))::int as past,
      coalesce(max(day) + 1, 0) as span
    from recorded`);
  return isBehind(rows[0]!);
}

/** On how many days something was recorded, and how many days ahead the last of them lies. */
interface DaysRecorded {
  ahead: number;
  past: number;
  span: number;
}

/**
 * A clock that jumped ahead leaves few days beyond a gap. What is more than the past, or leaves no
 * gap, was recorded by a clock that was right. Pure.
 */
const isBehind = ({ ahead, past, span }: DaysRecorded): boolean => ahead > past || 2 * ahead > span;

const beyond = (now: Date): Date => new Date(now.getTime() + CLOCKS_APART_MS);

/**
 * Removes the editions of days to come of which no reader was sent anything. Returns their days.
 */
export async function removeFutureEditions(tx: Tx, { day }: Horizon): Promise<string[]> {
  await tx.execute(sql`delete from empty_edition where edition_date > ${day}`);
  await tx.execute(sql`delete from follow_hit where edition_date > ${day}`);
  const { rows } = await tx.execute<{ date: string }>(sql`
    with removed as (
      delete from edition e
      where e.edition_date > ${day}
        and ${UNSENT}
      returning e.edition_date
    )
    select distinct edition_date::text as date
    from removed
    order by date`);
  return rows.map(({ date }) => date);
}

/** Locks up to `limit` readers whose next hour lies further ahead than any frequency allows. */
export async function dueTooLate(tx: Tx, { due }: Horizon, limit: number): Promise<DueSubscriber[]> {
  const { rows } = await tx.execute<DueSubscriber & Record<string, unknown>>(sql`
    select id, timezone, send_hour as "sendHour", frequency, weekly_on as "weeklyOn"
    from subscriber
    where status = 'active'
      and next_due_at > ${due}
    limit ${limit}
    for update`);
  return rows.map((r) => ({ ...r, id: Number(r.id) }));
}

/** Not `least`, which would date what never was. */
const notAfter = (now: Date, column: string): SQL =>
  sql`case when ${sql.raw(column)} > ${now} then ${now}::timestamptz else ${sql.raw(column)} end`;

/**
 * Dates what readers did by a wrong clock now, which is soon after. Their last digest is the last
 * one of a day gone by: one of a day to come would keep them from all before it. Returns how many
 * readers it concerned.
 */
export async function redateReaders(tx: Tx, { now, day }: Horizon): Promise<number> {
  const { rowCount } = await tx.execute(sql`
    update subscriber s
    set created_at = ${notAfter(now, 'created_at')},
      requested_at = ${notAfter(now, 'requested_at')},
      notice_sent_at = ${notAfter(now, 'notice_sent_at')},
      confirmed_at = ${notAfter(now, 'confirmed_at')},
      ended_at = ${notAfter(now, 'ended_at')},
      last_digest_date = case
        when last_digest_date > ${day} then (
          select max(d.digest_date)
          from delivery d
          where d.subscriber_id = s.id
            and d.kind = ${DIGEST}
            and d.digest_date <= ${day}
        )
        else last_digest_date
      end
    where greatest(created_at, requested_at, notice_sent_at, confirmed_at, ended_at) > ${beyond(now)}
      or last_digest_date > ${day}`);
  return rowCount ?? 0;
}

/**
 * Makes due what waits longer than anything waits, and ends the leases that would. Returns how many
 * batches it concerned.
 */
export async function releaseFuture(tx: Tx, { now }: Horizon): Promise<number> {
  await tx.execute(sql`
    update delivery d
    set next_attempt_at = ${now}
    from batch b
    where b.state = 'open'
      and d.digest_date = b.digest_date
      and d.batch_id = b.id
      and d.state = 'deferred'
      and d.next_attempt_at > ${now}::timestamptz + ${LONGEST_WAIT}`);
  const { rowCount } = await tx.execute(sql`
    update batch
    set due_at = least(due_at, ${now}),
      lease_until = case when lease_until > clock_timestamp() + ${LONGEST_WAIT} then null else lease_until end
    where state = 'open'
      and (due_at > ${now}::timestamptz + ${LONGEST_WAIT} or lease_until > clock_timestamp() + ${LONGEST_WAIT})`);
  return rowCount ?? 0;
}

/**
 * Dates papers that came by a wrong clock now, and forgets what was observed by it: the next ingest
 * observes it again. Returns how many runs it concerned; without one nothing was looked for,
 * because signals are many.
 */
export async function redatePapers(tx: Tx, { now }: Horizon): Promise<number> {
  const { rowCount } = await tx.execute(sql`
    update ingest_run
    set as_of = least(as_of, ${now}),
      started_at = least(started_at, ${now}),
      finished_at = least(finished_at, ${now})
    where started_at > ${beyond(now)}`);
  if (!rowCount) return 0;
  await tx.execute(sql`delete from signal where observed_at > ${beyond(now)}`);
  await tx.execute(sql`
    update paper
    set first_seen_at = ${now},
      updated_at = ${now}
    where first_seen_at > ${beyond(now)}`);
  return rowCount;
}
