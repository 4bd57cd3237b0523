import { sql } from 'drizzle-orm';
import type { Tx } from './client.ts';
import { DIGEST } from './digests.ts';

/** What one digest came to. What is in none of the states still waits. */
export interface DigestSum {
  date: string;
  frozen: number;
  accepted: number;
  rejected: number;
  unknown: number;
  skipped: number;
  bounces: number;
  complaints: number;
}

/** Readers who came and went on a day. */
export interface Flow {
  joined: number;
  unsubscribed: number;
  bounced: number;
  complained: number;
}

/** What readers said of papers on a day. */
export interface Says {
  more: number;
  less: number;
}

/** A day as it is kept; `active`: readers at its end. */
export interface DaySum extends Flow, Says {
  day: string;
  active: number;
}

/** The dates of all digests that were never summed, or all since a date, oldest first. */
export async function datesToSum(tx: Tx, { since }: { since: string | null }): Promise<string[]> {
  const { rows } = await tx.execute<{ date: string }>(sql`
    select d.digest_date::text as date
    from digest d
    where d.kind = ${DIGEST}
      and (
        ${since}::date is null
        or d.digest_date >= ${since}::date
        or not exists (select from digest_sum s where s.digest_date = d.digest_date)
      )
    order by date`);
  return rows.map(({ date }) => date);
}

export async function saveDigestSum(
  tx: Tx,
  { date, frozen, accepted, rejected, unknown, skipped }: Omit<DigestSum, 'bounces' | 'complaints'>,
  now: Date,
): Promise<void> {
  await tx.execute(sql`
    insert into digest_sum (digest_date, frozen, accepted, rejected, unknown, skipped, counted_at)
    values (${date}, ${frozen}, ${accepted}, ${rejected}, ${unknown}, ${skipped}, ${now})
    on conflict (digest_date) do update
    set frozen = excluded.frozen,
      accepted = excluded.accepted,
      rejected = excluded.rejected,
      unknown = excluded.unknown,
      skipped = excluded.skipped,
      counted_at = excluded.counted_at`);
}

/** Counts anew what came back of the digests since a date; `null`: of all. */
export async function sumFeedback(tx: Tx, since: string | null): Promise<void> {
  await tx.execute(sql`
    with counted as (
      select
        s.digest_date,
        count(distinct f.subscriber_id) filter (where f.kind <> 'complaint' and f.permanent)::int as bounces,
        count(distinct f.subscriber_id) filter (where f.kind = 'complaint')::int as complaints
      from digest_sum s
        left join feedback f on f.digest_date = s.digest_date and f.kind in ('hard', 'soft', 'complaint')
      where ${since}::date is null
        or s.digest_date >= ${since}::date
      group by s.digest_date
    )
    update digest_sum s
    set bounces = c.bounces, complaints = c.complaints
    from counted c
    where s.digest_date = c.digest_date
      and (s.bounces, s.complaints) is distinct from (c.bounces, c.complaints)`);
}

/** The sums of the digests since a date, oldest first. */
export async function digestSumsSince(tx: Tx, since: string): Promise<DigestSum[]> {
  const { rows } = await tx.execute<DigestSum & Record<string, unknown>>(sql`
    select digest_date::text as date, frozen, accepted, rejected, unknown, skipped, bounces, complaints
    from digest_sum
    where digest_date >= ${since}
    order by digest_date`);
  return rows;
}

/** Who came and who went on the days since one, of whom that is still written; `null`: on all days. */
export async function flowsSince(tx: Tx, since: string | null): Promise<Map<string, Flow>> {
  const { rows } = await tx.execute<Flow & { day: string } & Record<string, unknown>>(sql`
    with moves as (
      select confirmed_at as at, 'joined' as move
      from subscriber
      where confirmed_at is not null
        and (${since}::date is null or confirmed_at >= ${since}::date::timestamp at time zone 'UTC')
      union all
      select ended_at as at, status as move
      from subscriber
      where status in ('unsubscribed', 'bounced', 'complained')
        and confirmed_at is not null
        and ended_at is not null
        and (${since}::date is null or ended_at >= ${since}::date::timestamp at time zone 'UTC')
    )
    select
      (at at time zone 'UTC')::date::text as day,
      count(*) filter (where move = 'joined')::int as joined,
      count(*) filter (where move = 'unsubscribed')::int as unsubscribed,
      count(*) filter (where move = 'bounced')::int as bounced,
      count(*) filter (where move = 'complained')::int as complained
    from moves
    group by 1`);
  return new Map(rows.map(({ day, ...flow }) => [day, flow]));
}

/** What readers said on the days since one; `null`: on all days. */
export async function saysSince(tx: Tx, since: string | null): Promise<Map<string, Says>> {
  const { rows } = await tx.execute<Says & { day: string } & Record<string, unknown>>(sql`
    select
      (said_at at time zone 'UTC')::date::text as day,
      count(*) filter (where liked)::int as more,
      count(*) filter (where not liked)::int as less
    from say
    where ${since}::date is null
      or said_at >= ${since}::date::timestamp at time zone 'UTC'
    group by 1`);
  return new Map(rows.map(({ day, ...says }) => [day, says]));
}

/** The last days that are kept, newest first. */
export async function lastDaySums(tx: Tx, limit: number): Promise<DaySum[]> {
  const { rows } = await tx.execute<DaySum & Record<string, unknown>>(sql`
    select day::text as day, joined, unsubscribed, bounced, complained, active, more, less
    from day_sum
    order by day_sum.day desc
    limit ${limit}`);
  return rows;
}

/** The days since one, oldest first. */
export async function daySumsSince(tx: Tx, since: string): Promise<DaySum[]> {
  const { rows } = await tx.execute<DaySum & Record<string, unknown>>(sql`
    select day::text as day, joined, unsubscribed, bounced, complained, active, more, less
    from day_sum
    where day_sum.day >= ${since}
    order by day_sum.day`);
  return rows;
}

/** Writes days in the place of what was kept of them, and takes away those after the last of them. */
export async function saveDaySums(tx: Tx, days: readonly DaySum[], now: Date): Promise<void> {
  const last = days.at(-1)?.day ?? null;
  await tx.execute(sql`delete from day_sum where day > ${last}::date`);
  await tx.execute(sql`
    insert into day_sum (day, joined, unsubscribed, bounced, complained, active, more, less, counted_at)
    select day, joined, unsubscribed, bounced, complained, active, more, less, ${now}
    from jsonb_to_recordset(${JSON.stringify(days)}::jsonb) as d(
      day date,
      joined int,
      unsubscribed int,
      bounced int,
      complained int,
      active int,
      more int,
      less int)
    on conflict (day) do update
    set joined = excluded.joined,
      unsubscribed = excluded.unsubscribed,
      bounced = excluded.bounced,
      complained = excluded.complained,
      active = excluded.active,
      more = excluded.more,
      less = excluded.less,
      counted_at = excluded.counted_at`);
}

/** Forgets all that is kept, for it to be counted anew. */
export async function forgetSums(tx: Tx): Promise<void> {
  await tx.execute(sql`delete from digest_sum`);
  await tx.execute(sql`delete from day_sum`);
}

/** When the sums were last brought up to date; `null`: never. */
export async function sumsCountedAt(tx: Tx): Promise<Date | null> {
  const { rows } = await tx.execute<{ at: string | null }>(sql`select max(counted_at) as at from day_sum`);
  return rows[0]!.at === null ? null : new Date(rows[0]!.at);
}

/** How often the readers of today want their digest. */
export async function readersByFrequency(tx: Tx): Promise<{ frequency: string; readers: number }[]> {
  const { rows } = await tx.execute<{ frequency: string; readers: number }>(sql`
    select frequency, count(*)::int as readers
    from subscriber
    where status = 'active'
    group by frequency
    order by readers desc`);
  return rows;
}
