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
 * The shares of digests of which something hard was heard that was not acted upon, and of the domains
 * that it was heard from. A digest's readers are counted by domain only where something was heard.
 */
export async function unknownShares(tx: Tx): Promise<Share[]> {
  const { rows } = await tx.execute<Share & Record<string, unknown>>(sql`
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
    ), by_domain as (
      select digest_date, domain, count(*)::int as unknown
      from hard
      group by digest_date, domain
    ), frozen as (
      select d.digest_date, ${DOMAIN} as domain, count(*)::int as frozen
      from delivery d
        join subscriber s on s.id = d.subscriber_id
      where d.kind = ${DIGEST}
        and d.digest_date in (select digest_date from digest)
      group by 1, 2
    )
    select digest_date::text as date, domain, unknown, frozen
    from by_domain
      join frozen using (digest_date, domain)
    union all
    select f.digest_date::text, '', coalesce(sum(b.unknown), 0)::int, sum(f.frozen)::int
    from frozen f
      left join by_domain b using (digest_date, domain)
    group by f.digest_date`);
  return rows;
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

/** What is heard while a brake is on counts against no reader. Returns how much that was. */
export async function pardonBraked(tx: Tx, now: Date): Promise<number> {
  const { rowCount } = await tx.execute(sql`
    update feedback f
    set pardoned = true, judged_at = ${now}
    from brake b, subscriber s
    where f.judged_at is null
      and f.kind = 'hard'
      and b.digest_date = f.digest_date
      and b.released_at is null
      and s.id = f.subscriber_id
      and (b.domain = '' or b.domain = ${DOMAIN})`);
  return rowCount ?? 0;
}

export interface Brake extends Share {
  pulledAt: Date;
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

/** Brakes of which the operator was not told, each given out once. */
export async function brakesToTell(tx: Tx, now: Date): Promise<Share[]> {
  const { rows } = await tx.execute<Share & Record<string, unknown>>(sql`
    update brake
    set told_at = ${now}
    where told_at is null
    returning digest_date::text as date, domain, unknown, frozen`);
  return rows;
}

/**
 * Lets go of a date's brakes: what was refused while they were on is sent again, and what was held
 * back is due. Returns how many deliveries that concerns.
 */
export async function releaseBrakes(tx: Tx, date: string, now: Date): Promise<number> {
  const { rowCount: released } = await tx.execute(sql`
    update brake
    set released_at = ${now}
    where digest_date = ${date}
      and released_at is null`);
  if (!released) return 0;
  const { rows } = await tx.execute<{ count: number }>(sql`
    with again as (
      update delivery d
      set state = 'pending', reason = null, next_attempt_at = null, uncharged = attempts, updated_at = ${now}
      where d.digest_date = ${date}
        and d.kind = ${DIGEST}
        and (
          (d.state = 'deferred' and d.reason = 'held-back')
          or (d.state = 'rejected' and d.subscriber_id in (
            select f.subscriber_id
            from feedback f
            where f.digest_date = ${date}
              and f.via = 'smtp'
              and f.pardoned
          ))
        )
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
