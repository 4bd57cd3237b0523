import { sql } from 'drizzle-orm';
import type { Tx } from './client.ts';
import { DIGEST } from './digests.ts';

/** How much of a digest, or of its mail to one domain, came back as "unknown user". */
export interface Share {
  date: string;
  /** Empty: all of the digest. */
  domain: string;
  unknown: number;
  frozen: number;
}

const DOMAIN = sql.raw(`lower(split_part(s.email::text, '@', 2))`);

/**
 * How many readers were told to be unknown, of each digest of which something hard was heard that was
 * not acted upon: of all of it, and at each domain.
 */
export async function unknownCounts(tx: Tx): Promise<Omit<Share, 'frozen'>[]> {
  const { rows } = await tx.execute<Omit<Share, 'frozen'> & Record<string, unknown>>(sql`
    with digest as (
      select distinct digest_date
      from feedback
      where judged_at is null
        and kind = 'hard'
        and digest_date is not null
    ), hard as (
      select distinct f.digest_date, f.subscriber_id, ${DOMAIN} as domain
      from digest
        join feedback f using (digest_date)
        join subscriber s on s.id = f.subscriber_id
      where f.kind = 'hard'
        and f.reason = 'unknown-user'
    )
    select digest_date::text as date, coalesce(domain, '') as domain, count(*)::int as unknown
    from hard
    group by grouping sets ((digest_date, domain), (digest_date))`);
  return rows;
}

/**
 * How many readers a digest was frozen for or will be, at each of these domains; the empty one is all
 * of it. Readers whose hour comes later in the day count too: the first hour does not decide for all.
 */
export async function frozenCounts(tx: Tx, date: string, domains: readonly string[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const of = sql`
    from (
      select subscriber_id
      from delivery
      where digest_date = ${date}
        and kind = ${DIGEST}
      union all
      select id
      from subscriber
      where status = 'active'
        and next_due_at < ${date}::date + interval '36 hours'
        and coalesce(last_digest_date, '-infinity') < ${date}::date
    ) d`;
  if (domains.includes('')) {
    const { rows } = await tx.execute<{ count: number }>(sql`select count(*)::int as count ${of}`);
    counts.set('', rows[0]!.count);
  }
  const named = domains.filter((domain) => domain !== '');
  if (named.length === 0) return counts;
  const { rows } = await tx.execute<{ domain: string; count: number }>(sql`
    select domain, count(*)::int as count
    from (
      select ${DOMAIN} as domain
      ${of}
        join subscriber s on s.id = d.subscriber_id
    ) reader
    where domain = any(${sql.param(named)}::text[])
    group by domain`);
  for (const { domain, count } of rows) counts.set(domain, count);
  return counts;
}

/**
 * Pulls a brake. False: it was pulled before, or that of the whole digest was: what an operator let
 * go of goes on.
 */
export async function pullBrake(tx: Tx, { date, domain, unknown, frozen }: Share, now: Date): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    insert into brake (digest_date, domain, unknown, frozen, pulled_at)
    select ${date}::date, ${domain}, ${unknown}::int, ${frozen}::int, ${now}::timestamptz
    where not exists (select from brake where digest_date = ${date} and domain = '')
    on conflict do nothing`);
  return rowCount === 1;
}

/**
 * What was heard of a digest whose brake is on counts against no reader, also what was heard before
 * it was pulled; and what comes back by mail later, of what was sent before it was let go of.
 */
export async function pardonBraked(tx: Tx, now: Date): Promise<void> {
  await tx.execute(sql`
    update feedback f
    set pardoned = true, judged_at = coalesce(f.judged_at, ${now})
    from brake b, subscriber s
    where f.kind = 'hard'
      and not f.pardoned
      and b.digest_date = f.digest_date
      and (b.released_at is null or f.via <> 'smtp')
      and s.id = f.subscriber_id
      and (b.domain = '' or b.domain = ${DOMAIN})`);
}

export interface Brake extends Share {
  pulledAt: Date;
}

/** The brakes that are on, and those that were let go of since, the last of them last. */
export async function brakesSince(
  tx: Tx,
  since: Date,
): Promise<{ date: string; domain: string; releasedAt: Date | null }[]> {
  const { rows } = await tx.execute<{ date: string; domain: string; at: string | null }>(sql`
    select digest_date::text as date, domain, released_at as at
    from brake
    where released_at is null
      or released_at > ${since}
    order by released_at`);
  return rows.map(({ at, ...row }) => ({ ...row, releasedAt: at === null ? null : new Date(at) }));
}

/** The brakes that are on, of one date or of all. */
export async function brakesOn(tx: Tx, date?: string): Promise<Brake[]> {
  const { rows } = await tx.execute<Share & { at: string } & Record<string, unknown>>(sql`
    select digest_date::text as date, domain, unknown, frozen, pulled_at as at
    from brake
    where released_at is null
      ${date === undefined ? sql`` : sql`and digest_date = ${date}`}
    order by digest_date, domain`);
  return rows.map(({ at, ...row }) => ({ ...row, pulledAt: new Date(at) }));
}

/** Brakes that are on and of which the operator was not told: each is given to one process. */
export async function claimBrakesToTell(tx: Tx, now: Date): Promise<Share[]> {
  const { rows } = await tx.execute<Share & Record<string, unknown>>(sql`
    update brake
    set told_at = ${now}
    where told_at is null
      and released_at is null
    returning digest_date::text as date, domain, unknown, frozen`);
  return rows;
}

/** The operator was not told after all: it is to be tried again. */
export async function unclaimBrake(tx: Tx, { date, domain }: Pick<Share, 'date' | 'domain'>): Promise<void> {
  await tx.execute(sql`
    update brake
    set told_at = null
    where digest_date = ${date}
      and domain = ${domain}`);
}

/** Lets go of a date's brakes, and sends nothing again. */
export async function dropBrakes(tx: Tx, date: string, now: Date): Promise<void> {
  await tx.execute(sql`
    update brake
    set released_at = ${now}
    where digest_date = ${date}
      and released_at is null`);
}

/**
 * Lets go of a date's brakes: who was refused as unknown at the door is sent the digest again, and
 * what was held back is due. Returns how many deliveries that concerns.
 */
export async function releaseBrakes(tx: Tx, date: string, now: Date): Promise<number> {
  const { rows } = await tx.execute<{ count: number }>(sql`
    with released as (
      update brake
      set released_at = ${now}
      where digest_date = ${date}
        and released_at is null
      returning domain
    ), again as (
      update delivery d
      set state = 'pending', reason = null, next_attempt_at = null, uncharged = d.attempts, updated_at = ${now}
      from subscriber s
      where d.digest_date = ${date}
        and d.kind = ${DIGEST}
        and s.id = d.subscriber_id
        and ((d.state = 'rejected' and d.reason = 'unknown-user') or (d.state = 'deferred' and d.reason = 'held-back'))
        and exists (select from released r where r.domain = '' or r.domain = ${DOMAIN})
      returning d.batch_id
    ), reopened as (
      update batch
      set state = 'open', due_at = ${now}
      where id in (select batch_id from again)
    )
    select count(*)::int as count
    from again`);
  return rows[0]!.count;
}
