import { sql } from 'drizzle-orm';
import { SECOND } from '../duration.ts';
import type { Tx } from './client.ts';
import { DIGEST, type DigestState } from './digests.ts';

/**
 * What says which delivery is meant, in every link and return path of its message: the reader, and
 * the second of the freeze.
 */
export interface DeliveryMark {
  subscriberId: number;
  issuedAt: Date;
}

/**
 * Ends a delivery that may or may not have arrived, because of something that came back from its
 * message: it was there, or it could not be delivered. Also one whose worker has yet to tell, or
 * died: what it says later changes nothing. Returns whether there was one. Where two digests of one
 * reader were frozen within a second none is settled: the mark may be of the other one.
 */
export async function settleUnknown(
  tx: Tx,
  { subscriberId, issuedAt }: DeliveryMark,
  as: 'accepted' | 'rejected',
  reason: string,
  now: Date,
): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    with marked as (
      select digest_date, kind, count(*) over () as several
      from delivery
      where subscriber_id = ${subscriberId}
        and frozen_at >= ${issuedAt}
        and frozen_at < ${new Date(issuedAt.getTime() + SECOND)}
    )
    update delivery d
    set state = ${as}, reason = ${reason}, updated_at = ${now}
    from marked m
    where m.several = 1
      and d.subscriber_id = ${subscriberId}
      and d.digest_date = m.digest_date
      and d.kind = m.kind
      and d.state in ('sending', 'unknown')`);
  return rowCount === 1;
}

/**
 * Has the unknown deliveries of a digest sent once more, also with ON_UNKNOWN=hold, and opens their
 * batches. Returns how many it decided, and the batches to be enqueued.
 */
export async function reopenUnknown(tx: Tx, date: string, now: Date): Promise<{ changed: number; batches: number[] }> {
  const { rows } = await tx.execute<{ changed: number; batches: string[] }>(sql`
    with again as (
      update delivery
      set reason = 'again', updated_at = ${now}
      where digest_date = ${date}
        and kind = ${DIGEST}
        and state = 'unknown'
        and reason in ('lost', 'resent')
      returning batch_id
    ),
    opened as (
      update batch
      set state = 'open', due_at = ${now}
      where id = any(array(select batch_id from again))
      returning id
    )
    select
      (select count(*)::int from again) as changed,
      array(select id from opened) as batches`);
  const [{ changed, batches }] = rows as [(typeof rows)[number]];
  return { changed, batches: batches.map(Number) };
}

/** Leaves the unknown deliveries of a digest as they are, for good: none is sent again. Returns how many. */
export async function markClosed(tx: Tx, date: string, now: Date): Promise<number> {
  const { rowCount } = await tx.execute(sql`
    update delivery
    set reason = 'closed', updated_at = ${now}
    where digest_date = ${date}
      and kind = ${DIGEST}
      and state = 'unknown'
      and reason <> 'closed'`);
  return rowCount ?? 0;
}

/**
 * How many deliveries of one digest may or may not have arrived: `again` of them are to be sent
 * once more, `closed` are left as they are.
 */
export interface UnknownSums {
  date: string;
  unknown: number;
  /** Of which the answer was lost once, and nothing was decided; their batches go on. */
  lost: number;
  again: number;
  closed: number;
}

/** The same of one digest; nothing of it may be unknown. */
export async function unknownOf(tx: Tx, date: string): Promise<UnknownSums> {
  const [sums] = await unknownSums(tx, { since: date, until: date });
  return sums ?? { date, unknown: 0, lost: 0, again: 0, closed: 0 };
}

/** How many of them neither are to be sent again nor were left as they are. */
export const openOf = ({ unknown, again, closed }: UnknownSums): number => unknown - again - closed;

/** How many of the open ones wait for the operator: with `resend` what was lost once is sent again by itself. */
export const waitingOf = (sums: UnknownSums, onUnknown: 'resend' | 'hold'): number =>
  openOf(sums) - (onUnknown === 'resend' ? sums.lost : 0);

export interface UnknownDigest extends UnknownSums {
  /** `null`: its digest is missing. What is unknown is told all the same. */
  state: DigestState | null;
}

/** The digests from `since` to `until` of which something is unknown, oldest first. */
export async function unknownSums(
  tx: Tx,
  { since, until }: { since: string; until: string },
): Promise<UnknownDigest[]> {
  const { rows } = await tx.execute<UnknownDigest & Record<string, unknown>>(sql`
    select
      d.digest_date::text as date,
      g.state,
      count(*)::int as unknown,
      count(*) filter (where d.reason = 'lost' and b.state = 'open')::int as lost,
      count(*) filter (where d.reason = 'again')::int as again,
      count(*) filter (where d.reason = 'closed')::int as closed
    from delivery d
    left join digest g on g.digest_date = d.digest_date
      and g.kind = d.kind
    left join batch b on b.id = d.batch_id
    where d.digest_date between ${since} and ${until}
      and d.kind = ${DIGEST}
      and d.state = 'unknown'
    group by d.digest_date, g.state
    order by d.digest_date`);
  return rows;
}
