import { sql } from 'drizzle-orm';
import type { Tx } from './client.ts';
import { DIGEST } from './digests.ts';

/** What can come back of a reader's mail and is kept. `delivered`: a relay says that it arrived. */
export type FeedbackKind = 'hard' | 'soft' | 'complaint' | 'unsubscribe' | 'delivered';

export interface Feedback {
  /** The same of what comes twice, which counts once. */
  key: string;
  subscriberId: number;
  /** The address that it is about, where that is known: of a reader who has moved from it nothing is kept. */
  email?: string;
  /** The digest that it answers; `null`: not known. */
  digestDate: string | null;
  kind: FeedbackKind;
  permanent: boolean;
  /** In a word of ours: `unknown-user`, `mailbox-full`, … */
  reason: string;
  /** The way it came: `smtp`, `inbound`, `imap`, `pipe`, or a provider's name. */
  via: string;
  /** The server's words, without addresses. */
  words: string | null;
  heardAt: Date;
}

/** Keeps what came back, once. Returns how much of it was new. */
export async function keepFeedback(tx: Tx, heard: readonly Feedback[]): Promise<number> {
  if (heard.length === 0) return 0;
  const { rowCount } = await tx.execute(sql`
      insert into feedback (
        key, subscriber_id, digest_date, kind, permanent, reason, via, words, heard_at)
      select
        h.key, h."subscriberId", h."digestDate", h.kind, h.permanent, h.reason, h.via, h.words, h."heardAt"
      from jsonb_to_recordset(${JSON.stringify(heard)}::jsonb) as h (
        key text, "subscriberId" bigint, "digestDate" date, kind text, permanent boolean, reason text, via text,
        words text, "heardAt" timestamptz, email citext)
      where exists (
        select
        from subscriber s
        where s.id = h."subscriberId"
          and s.status <> 'erased'
          and s.email = coalesce(h.email, s.email)
      )
      on conflict (key) do nothing`);
  return rowCount ?? 0;
}

/**
 * What came back answers deliveries of which it was not known whether they left: they had. Of digests
 * since a day.
 */
export async function settleByFeedback(tx: Tx, since: string, now: Date): Promise<void> {
  await tx.execute(sql`
    update delivery d
    set state = 'accepted', reason = 'settled', next_attempt_at = null, updated_at = ${now}
    from feedback f
    where d.digest_date >= ${since}
      and d.kind = ${DIGEST}
      and d.state = 'unknown'
      and f.digest_date >= ${since}
      and f.digest_date = d.digest_date
      and f.subscriber_id = d.subscriber_id
      and f.via <> 'smtp'`);
}

/** The date of the digest that was frozen for a reader within a second; `null`: there is none. */
export async function digestFrozenAt(tx: Tx, subscriberId: number, frozenAt: Date): Promise<string | null> {
  const { rows } = await tx.execute<{ date: string }>(sql`
    select digest_date::text as date
    from delivery
    where subscriber_id = ${subscriberId}
      and kind = ${DIGEST}
      and frozen_at >= ${frozenAt}
      and frozen_at < ${frozenAt}::timestamptz + interval '1 second'
    order by digest_date desc
    limit 1`);
  return rows[0]?.date ?? null;
}

/** What one reader's mail of one day brought back. */
export interface PastFeedback {
  subscriberId: number;
  kind: FeedbackKind;
  permanent: boolean;
  reason: string;
  /** That of the digest, `YYYY-MM-DD`; where it is not known, that on which it was heard, UTC. */
  day: string;
}

/**
 * The first of what was heard and can be acted upon: its ids, and its readers in the order of theirs.
 * What is hard waits until its digest is out, for only all of it tells whether to believe it.
 */
export async function unjudged(tx: Tx, limit: number): Promise<{ ids: number[]; readers: number[] }> {
  const { rows } = await tx.execute<{ id: string; reader: string }>(sql`
    select id, subscriber_id as reader
    from feedback f
    where judged_at is null
      and not (
        kind = 'hard'
        and exists (select from batch b where b.digest_date = f.digest_date and b.state = 'open')
      )
    order by id
    limit ${limit}`);
  const readers = new Set(rows.map(({ reader }) => Number(reader)));
  return { ids: rows.map(({ id }) => Number(id)), readers: [...readers].toSorted((a, b) => a - b) };
}

/**
 * What counts of these readers' feedback since a moment, each kind and reason of a day once; what
 * answers a digest is of its day, whenever and however often it comes. Not what was pardoned, nor
 * what was heard before the reader confirmed, nor what was acted upon before they left.
 */
export async function feedbackOf(tx: Tx, readers: readonly number[], since: Date): Promise<PastFeedback[]> {
  const { rows } = await tx.execute<Omit<PastFeedback, 'subscriberId'> & { id: string }>(sql`
    select distinct
      f.subscriber_id as id, f.kind, f.permanent, f.reason,
      coalesce(f.digest_date, (f.heard_at at time zone 'UTC')::date)::text as day
    from feedback f
      join subscriber s on s.id = f.subscriber_id
    where f.subscriber_id = any(${sql.param([...readers])}::bigint[])
      and not f.pardoned
      and f.heard_at >= greatest(${since}::timestamptz, coalesce(s.confirmed_at, '-infinity'))
      and (f.judged_at is null or f.heard_at > coalesce(s.ended_at, '-infinity'))
    order by f.subscriber_id`);
  return rows.map(({ id, ...row }) => ({ ...row, subscriberId: Number(id) }));
}

export async function markJudged(tx: Tx, ids: readonly number[], now: Date): Promise<void> {
  await tx.execute(sql`
    update feedback
    set judged_at = ${now}
    where id = any(${sql.param([...ids])}::bigint[])`);
}

/** One process judges at a time, to the end of its transaction. */
export const lockFeedback = (tx: Tx): Promise<unknown> =>
  tx.execute(sql`select pg_advisory_xact_lock(hashtext('paperboy feedback'))`);

/** What was heard of a reader counts no longer. */
export async function pardon(tx: Tx, subscriberId: number): Promise<void> {
  await tx.execute(sql`update feedback set pardoned = true where subscriber_id = ${subscriberId}`);
}

export type FeedbackRecord = Omit<Feedback, 'key' | 'subscriberId'> & { judgedAt: Date | null; pardoned: boolean };

/** The last that was heard of a reader, the newest first. */
export async function recentFeedback(tx: Tx, subscriberId: number, limit: number): Promise<FeedbackRecord[]> {
  const { rows } = await tx.execute<FeedbackRecord & { heard: string; judged: string | null }>(sql`
    select
      digest_date::text as "digestDate", kind, permanent, reason, via, words, pardoned,
      heard_at as heard, judged_at as judged
    from feedback
    where subscriber_id = ${subscriberId}
    order by heard_at desc, id desc
    limit ${limit}`);
  return rows.map(({ heard, judged, ...row }) => ({
    ...row,
    heardAt: new Date(heard),
    judgedAt: judged === null ? null : new Date(judged),
  }));
}
