import { sql } from 'drizzle-orm';
import type { HeldBatch } from './batches.ts';
import type { Db, Tx } from './client.ts';
import { DIGEST } from './digests.ts';
import { NO_TOPIC } from '../subscriber.ts';
import { HAD, HAD_BEFORE } from './selections.ts';

export type DeliveryState = 'pending' | 'sending' | 'deferred' | 'accepted' | 'rejected' | 'unknown' | 'skipped';

/** A delivery that can be begun, as the ledger and the reader are now. */
export interface ReadyDelivery {
  subscriberId: number;
  since: string;
  /** How often it was begun: the next lane to begin it has to know the number. */
  attempts: number;
  /**
   * How many of these do not count against the reader: the relay was down, the message was taken
   * back, or its domain was spared.
   */
  uncharged: number;
  frozenAt: Date;
  email: string;
  /** The tag of the language that they chose; `null`: the newsletter's. */
  language: string | null;
  topics: string[];
  /** Whether the reader's digests hold what is foretold. */
  wantsFresh: boolean;
  /** What the reader follows beside topics, as `readFollows` takes it. */
  follows: string;
  /** How many papers the reader's digests hold. */
  length: number;
  /** Whose taste orders it, and as of when; empty of readers who said nothing. */
  taste: string;
  /** What the reader had before: see `HAD`. */
  had: string;
  /** Why it waits, if it was put off before. */
  reason: string | null;
  /** What an earlier copy of it held, which may have arrived; `null`: there was none. */
  selectionId: number | null;
  /** Why it must not be sent after all: the reader left or pauses, or the address is suppressed. */
  skip: 'unsubscribed' | 'paused' | 'suppressed' | null;
  /** When all this was so. */
  asOf: Date;
}

/**
 * Up to `limit` deliveries of a batch that can be begun, in the order of their readers, `after` one
 * of them. With `resend`, those that are `unknown` are taken up once more.
 */
export async function readReady(
  db: Db,
  batch: HeldBatch,
  { now, limit, resend, after }: { now: Date; limit: number; resend: boolean; after: number },
): Promise<ReadyDelivery[]> {
  const { rows } = await db.$client.query<ReadyRow>({
    name: 'read-ready',
    text: READ_READY,
    values: [batch.digestDate, batch.id, now, limit, resend, after],
  });
  return rows.map((row) => readyOf(row, now));
}

const readyOf = ({ frozenAt, topics, ...row }: ReadyRow, asOf: Date): ReadyDelivery => ({
  ...row,
  frozenAt: new Date(frozenAt),
  topics: topics === '' ? [] : topics.split(','),
  asOf,
});

/**
 * As it comes: the driver takes longer to read a moment or an array than for all the rest of a row.
 * No topic has a comma in its name.
 */
type ReadyRow = Omit<ReadyDelivery, 'frozenAt' | 'topics' | 'asOf'> & { frozenAt: number; topics: string };

/** Whether the address is suppressed is asked beside it: only its keys know. */
const SKIP = `
  case
    when s.status <> 'active' then 'unsubscribed'
    when s.paused_until > now() then 'paused'
  end`;

/** What a digest is made from, of the delivery `d` and its reader `s`. */
const MADE_FROM = `
    d.subscriber_id::float8 as "subscriberId",
    d.since::text as since,
    d.attempts,
    d.uncharged,
    d.reason,
    round(extract(epoch from d.frozen_at) * 1000)::float8 as "frozenAt",
    s.email::text as email,
    s.language,
    case when s.follows_only then '${NO_TOPIC}' else array_to_string(s.topics, ',') end as topics,
    s.wants_fresh as "wantsFresh",
    s.follows,
    s.digest_length as length,
    case when s.taste_at is null then '' else s.id || '@' || extract(epoch from s.taste_at) end as taste`;

const READ_READY = `
  select ${MADE_FROM},
    ${HAD} as had,
    case when d.state = 'unknown' then d.selection_id end::float8 as "selectionId",
    ${SKIP} as skip
  from (
    select subscriber_id, since, attempts, uncharged, reason, frozen_at, state, selection_id
    from delivery
    where digest_date = $1
      and kind = '${DIGEST}'
      and batch_id = $2
      and subscriber_id > $6
      and (
        state = 'pending'
        or (state = 'deferred' and next_attempt_at <= $3)
        or (state = 'unknown' and (reason = 'again' or ($5 and reason = 'lost')))
      )
    order by subscriber_id
    limit $4
  ) d
  join subscriber s on s.id = d.subscriber_id
  order by d.subscriber_id`;

/** Why a delivery is `deferred` untried: the host of its reader's mail wants less of it. */
export const HELD_BACK = 'held-back';
/** The same: its host is being warmed up, and the day's messages are used up. */
export const WARM_UP = 'warm-up';

/** What waits for one domain's host, and when the first of it is due. */
export interface Held {
  heldBack: number;
  warmUp: number;
  next: Date | null;
}

/** Counts what is held back of the open batches' mail to a domain. */
export async function countHeld(tx: Tx, domain: string): Promise<Held> {
  const { rows } = await tx.execute<{ heldBack: number; warmUp: number; next: string | null }>(sql`
    select
      (count(*) filter (where d.reason = ${HELD_BACK}))::int as "heldBack",
      (count(*) filter (where d.reason = ${WARM_UP}))::int as "warmUp",
      min(d.next_attempt_at) as next
    from batch b
      join delivery d on d.digest_date = b.digest_date and d.batch_id = b.id
      join subscriber s on s.id = d.subscriber_id
    where b.state = 'open'
      and d.state = 'deferred'
      and d.reason in (${HELD_BACK}, ${WARM_UP})
      and lower(split_part(s.email::text, '@', 2)) = ${domain}`);
  const { heldBack, warmUp, next } = rows[0]!;
  return { heldBack, warmUp, next: next === null ? null : new Date(next) };
}

/**
 * Why a reader must not get a message to this address after all, or `null`. `moved`: theirs is
 * another one now. `hashes` stand for the address.
 */
export async function skipReason(
  tx: Tx,
  { subscriberId, email }: Pick<ReadyDelivery, 'subscriberId' | 'email'>,
  hashes: readonly Buffer[],
): Promise<ReadyDelivery['skip'] | 'moved'> {
  const { rows } = await tx.execute<{ skip: ReadyDelivery['skip'] | 'moved' }>(sql`
    select coalesce(
      ${sql.raw(SKIP)},
      case when s.email::text <> ${email} then 'moved' end,
      case
        when exists (select from suppression where address_hash = any(${sql.param([...hashes])}::bytea[]))
          then 'suppressed'
      end
    ) as skip
    from subscriber s
    where s.id = ${subscriberId}`);
  return rows[0] ? rows[0].skip : 'unsubscribed';
}

export interface Outcome {
  subscriberId: number;
  attempts: number;
  state: Exclude<DeliveryState, 'sending'>;
  reason: string | null;
  lastReply: string | null;
  nextAttemptAt: Date | null;
}

/**
 * The ledger of the last few days by state: older months are history, and counting a million rows
 * at every scrape is not free.
 */
export async function countDeliveries(tx: Tx): Promise<Record<string, number>> {
  const { rows } = await tx.execute<{ state: string; count: number }>(sql`
    select state, count(*)::int as count
    from delivery
    where digest_date >= current_date - 2
    group by state`);
  return Object.fromEntries(rows.map((r) => [r.state, r.count]));
}

/** When the reader's last digest was frozen that was not left out; `null`: they had none. */
export async function lastFrozenAt(tx: Tx, subscriberId: number): Promise<Date | null> {
  const { rows } = await tx.execute<{ at: string }>(sql`
    select frozen_at as at
    from delivery
    where subscriber_id = ${subscriberId}
      and kind = ${DIGEST}
      and state <> 'skipped'
    order by digest_date desc
    limit 1`);
  return rows[0] ? new Date(rows[0].at) : null;
}

export interface DeliveryRecord {
  date: string;
  /** It holds the editions after this date. */
  since: string;
  state: DeliveryState;
  reason: string | null;
  attempts: number;
  lastReply: string | null;
  nextAttemptAt: Date | null;
  frozenAt: Date;
  updatedAt: Date;
  /** What it held, once that is known. */
  selectionId: number | null;
}

type RawRecord = Omit<DeliveryRecord, 'nextAttemptAt' | 'frozenAt' | 'updatedAt'> & {
  nextAttemptAt: string | null;
  frozenAt: string;
  updatedAt: string;
};

/** The last deliveries to one reader, newest first; with `before`, of digests before that date. */
export async function recentDeliveries(
  tx: Tx,
  subscriberId: number,
  limit: number,
  before?: string,
): Promise<DeliveryRecord[]> {
  const { rows } = await tx.execute<RawRecord>(sql`
    select
      digest_date::text as date,
      since::text as since,
      state,
      reason,
      attempts - uncharged as attempts,
      last_reply as "lastReply",
      next_attempt_at as "nextAttemptAt",
      frozen_at as "frozenAt",
      updated_at as "updatedAt",
      selection_id::float8 as "selectionId"
    from delivery
    where subscriber_id = ${subscriberId}
      ${before === undefined ? sql`` : sql`and digest_date < ${before}`}
    order by digest_date desc
    limit ${limit}`);
  return rows.map((r) => ({
    ...r,
    nextAttemptAt: r.nextAttemptAt === null ? null : new Date(r.nextAttemptAt),
    frozenAt: new Date(r.frozenAt),
    updatedAt: new Date(r.updatedAt),
  }));
}

/** How many deliveries a reader has, by state. */
export async function countDeliveriesOf(tx: Tx, subscriberId: number): Promise<Partial<Record<DeliveryState, number>>> {
  const { rows } = await tx.execute<{ state: DeliveryState; count: number }>(sql`
    select state, count(*)::int as count
    from delivery
    where subscriber_id = ${subscriberId}
    group by state`);
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}

/**
 * What one delivery of a reader was made from: their choices as they are now, and what they had
 * before it; `null`: there is none.
 */
export async function readAsSent(
  tx: Tx,
  subscriberId: number,
  date: string,
): Promise<Omit<ReadyDelivery, 'skip' | 'asOf'> | null> {
  const { rows } = await tx.execute<ReadyRow & Record<string, unknown>>(sql`
    select ${sql.raw(MADE_FROM)},
      ${sql.raw(HAD_BEFORE)} as had,
      d.selection_id::float8 as "selectionId"
    from delivery d
      join subscriber s on s.id = d.subscriber_id
    where d.subscriber_id = ${subscriberId}
      and d.digest_date = ${date}
      and d.kind = ${DIGEST}`);
  return rows[0] ? readyOf(rows[0], new Date(rows[0].frozenAt)) : null;
}
