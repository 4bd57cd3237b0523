import { momentOf } from './moment.ts';
import { sql } from 'drizzle-orm';
import type { Tx } from './client.ts';
import { COLUMNS, type RawRow, rowOf, type SubscriberRow } from './subscribers.ts';

/** A notice that a worker has taken up, until it lets it go or is overtaken. */
export interface NoticeClaim {
  reader: SubscriberRow;
  /** The network that asked for it, under the keys of its day and of the day before; `null`: none is known. */
  from: readonly string[] | null;
  /** When it was taken up or renewed, as the database writes it: who holds another one is overtaken. */
  stamp: string;
}

/**
 * Takes up the notice that a reader is owed. `null`: none is owed, or another worker has been at it
 * within `forMs`, by the database's clock. A worker that died before that is not waited for, nor
 * one whose claim a wrong clock put ahead.
 */
export async function claimNotice(tx: Tx, id: number, forMs: number): Promise<NoticeClaim | null> {
  const life = sql`make_interval(secs => ${forMs / 1000})`;
  const { rows } = await tx.execute<RawRow & { stamp: string; from: string[] | null }>(sql`
    update subscriber
    set notice_claimed_at = clock_timestamp()
    where id = ${id}
      and requested_at is not null
      and (notice_sent_at is null or notice_sent_at < requested_at)
      and (
        notice_claimed_at is null
        or notice_claimed_at not between clock_timestamp() - ${life} and clock_timestamp() + ${life}
      )
    returning ${COLUMNS}, requested_from as "from", notice_claimed_at::text as stamp`);
  const [row] = rows;
  return row ? { reader: rowOf(row), from: row.from, stamp: row.stamp } : null;
}

/** Says that a worker is still at a notice. Returns the new stamp; `null`: another one has taken it up. */
export async function renewNotice(tx: Tx, id: number, stamp: string): Promise<string | null> {
  const { rows } = await tx.execute<{ stamp: string }>(sql`
    update subscriber
    set notice_claimed_at = clock_timestamp()
    where id = ${id}
      and notice_claimed_at = ${stamp}::timestamptz
    returning notice_claimed_at::text as stamp`);
  return rows[0]?.stamp ?? null;
}

/** Lets a notice go that was not sent, unless another worker has taken it up. */
export async function releaseNotice(tx: Tx, id: number, stamp: string): Promise<void> {
  await tx.execute(sql`
    update subscriber
    set notice_claimed_at = null
    where id = ${id}
      and notice_claimed_at = ${stamp}::timestamptz`);
}

/**
 * compare-and-set: a notice for a request that came meanwhile is still owed. The machine that took
 * the request may have a clock ahead of this one's. Until `quietUntil` another request changes
 * nothing.
 */
export async function recordNoticeSent(
  tx: Tx,
  id: number,
  requestedAt: Date,
  now: Date,
  quietUntil: Date | null = null,
): Promise<void> {
  const isOfThis = sql`requested_at = ${requestedAt}`;
  await tx.execute(sql`
    update subscriber
    set notice_claimed_at = null,
      quiet_until = coalesce(${quietUntil}::timestamptz, quiet_until),
      requested_from = case when ${isOfThis} then null else requested_from end,
      notice_sent_at = case
        when ${isOfThis} then greatest(requested_at, ${now}::timestamptz)
        else notice_sent_at
      end
    where id = ${id}`);
}

/** A cap holds a notice back until a moment. One that was asked for meanwhile is tried at once. */
export async function holdNotice(tx: Tx, id: number, requestedAt: Date, until: Date): Promise<void> {
  await tx.execute(sql`
    update subscriber
    set notice_not_before = ${until}
    where id = ${id}
      and requested_at = ${requestedAt}`);
}

/** Subscribers who asked between `from` and `until`, were sent nothing since, and wait for no cap after `until`. */
export async function noticesOwed(
  tx: Tx,
  from: Date,
  until: Date,
  limit: number,
): Promise<{ id: number; requestedAt: Date }[]> {
  const { rows } = await tx.execute<{ id: string; at: string }>(sql`
    select id, requested_at as at
    from subscriber
    where requested_at between ${from} and ${until}
      and (notice_sent_at is null or notice_sent_at < requested_at)
      and (notice_not_before is null or notice_not_before <= ${until})
    order by requested_at
    limit ${limit}`);
  return rows.map((r) => ({ id: Number(r.id), requestedAt: new Date(r.at) }));
}

/** What holds a reader's notices back. */
export interface NoticeState {
  /** A cap was reached: no notice before that. */
  notBefore: Date | null;
  /** Until then another request changes nothing, because its notice could not go. */
  quietUntil: Date | null;
}

export async function noticeState(tx: Tx, id: number): Promise<NoticeState> {
  const { rows } = await tx.execute<{ notBefore: string | null; quietUntil: string | null }>(sql`
    select notice_not_before as "notBefore", quiet_until as "quietUntil"
    from subscriber
    where id = ${id}`);
  return { notBefore: momentOf(rows[0]?.notBefore), quietUntil: momentOf(rows[0]?.quietUntil) };
}

/**
 * Asks for another confirmation of what a reader asked for last, who has not confirmed or has left.
 * Returns whether one is owed by that: not within `quietMs` of the last, nor while a cap holds.
 */
export async function askAgain(tx: Tx, id: number, now: Date, quietMs: number): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    update subscriber
    set status = 'pending',
      requested_at = ${now},
      requested_from = null,
      notice_not_before = null
    where id = ${id}
      and status in ('pending', 'unsubscribed')
      and (requested_at is null or requested_at <= ${new Date(now.getTime() - quietMs)})
      and (quiet_until is null or quiet_until <= ${now})`);
  return rowCount === 1;
}
