import { sql } from 'drizzle-orm';
import type { Tx } from './client.ts';
import { DIGEST } from './digests.ts';

/** What became of the deliveries that were accepted, and what cannot be. */
export interface AuditCounts {
  /** Accepted, and nothing came back. */
  kept: number;
  /** Accepted, and came back. */
  bounced: number;
  /** Accepted, and complained about. */
  complained: number;
  /** Frozen for no reader that there is. */
  withoutReader: number;
  /** In a batch that there is not, or of another digest. */
  withoutBatch: number;
  /** Waiting in a batch that is done: no worker will take them up. */
  forgotten: number;
  /** Accepted, and what they held was not written down. */
  withoutPapers: number;
  /** `unknown` though something came back of them: they had arrived. */
  unsettled: number;
  /** Kept as feedback of a delivery that there is not. */
  withoutDelivery: number;
  /** Skipped when it was first taken up, and yet something bounced or was complained about. */
  neverSent: number;
  /** Refused as an unknown user, and not kept as feedback. */
  unheard: number;
}

/** Looks through one day's ledger and what came back of it. */
export async function auditCounts(tx: Tx, date: string): Promise<AuditCounts> {
  const { rows } = await tx.execute<AuditCounts & Record<string, unknown>>(sql`
    with heard as (
      select
        subscriber_id,
        bool_or(kind = 'complaint') as complained,
        bool_or(kind in ('hard', 'soft') and permanent and via <> 'smtp') as bounced,
        bool_or(via <> 'smtp') as arrived,
        bool_or(via <> 'smtp' and kind in ('hard', 'soft', 'complaint')) as answered,
        bool_or(via = 'smtp' and kind = 'hard') as refused
      from feedback
      where digest_date = ${date}
      group by subscriber_id
    )
    select
      (count(*) filter (where d.state = 'accepted' and h.complained))::int as complained,
      (count(*) filter (where d.state = 'accepted' and h.bounced and not h.complained))::int as bounced,
      (count(*) filter (
        where d.state = 'accepted' and not coalesce(h.complained, false) and not coalesce(h.bounced, false)
      ))::int as kept,
      (count(*) filter (where s.id is null))::int as "withoutReader",
      (count(*) filter (where b.id is null))::int as "withoutBatch",
      (count(*) filter (where b.state = 'done' and d.state in ('pending', 'sending', 'deferred')))::int as forgotten,
      (count(*) filter (where d.state = 'accepted' and d.selection_id is null))::int as "withoutPapers",
      (count(*) filter (where d.state = 'unknown' and h.arrived))::int as unsettled,
      (count(*) filter (
        where d.state = 'skipped'
          and d.attempts <= 1
          and d.last_reply is null
          and h.answered
      ))::int as "neverSent",
      (
        select count(*)
        from heard o
        where not exists (
          select
          from delivery p
          where p.subscriber_id = o.subscriber_id
            and p.digest_date = ${date}
            and p.kind = ${DIGEST}
        )
      )::int as "withoutDelivery",
      (count(*) filter (
        where d.state = 'rejected'
          and d.reason = 'unknown-user'
          and s.status <> 'erased'
          and not coalesce(h.refused, false)
      ))::int as unheard
    from delivery d
      left join subscriber s on s.id = d.subscriber_id
      left join batch b on b.id = d.batch_id and b.digest_date = d.digest_date and b.kind = d.kind
      left join heard h on h.subscriber_id = d.subscriber_id
    where d.digest_date = ${date}
      and d.kind = ${DIGEST}`);
  return rows[0]!;
}
