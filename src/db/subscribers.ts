import { momentOf } from './moment.ts';
import { sql } from 'drizzle-orm';
import { OVERALL } from '../paper.ts';
import type { DigestLength, Frequency, LeavingReason, Status, Weekday } from '../subscriber.ts';
import { type Db, transaction, type Tx } from './client.ts';
import type { AskedFollow } from './follows.ts';
import { tellOfReaders } from './hook-events.ts';
import { PERSONAL_TABLES } from './own-data.ts';

export interface SubscriberRow {
  id: number;
  email: string;
  status: Status;
  topics: string[];
  frequency: Frequency;
  timezone: string;
  sendHour: number;
  /** The tag of the language that the reader chose; `null`: the newsletter's. */
  language?: string | null | undefined;
  wantsFresh: boolean;
  /** Whether digests hold only what is followed beside topics. */
  followsOnly?: boolean;
  length: DigestLength;
  weeklyOn: Weekday;
  pausedUntil: Date | null;
  leftBecause: LeavingReason | null;
  tasteAt: Date | null;
  createdAt: Date;
  requestedAt: Date | null;
  noticeSentAt: Date | null;
  confirmedAt: Date | null;
  endedAt: Date | null;
  nextDueAt: Date | null;
  lastDigestDate: string | null;
}

/** The columns of a row, as `rowOf` reads them. */
export const COLUMNS = sql.raw(`
  id::int8 as id,
  email::text as email,
  status,
  topics,
  frequency,
  timezone,
  send_hour as "sendHour",
  language,
  wants_fresh as "wantsFresh",
  follows_only as "followsOnly",
  digest_length as "length",
  weekly_on as "weeklyOn",
  paused_until as "pausedUntil",
  left_because as "leftBecause",
  taste_at as "tasteAt",
  created_at as "createdAt",
  requested_at as "requestedAt",
  notice_sent_at as "noticeSentAt",
  confirmed_at as "confirmedAt",
  ended_at as "endedAt",
  next_due_at as "nextDueAt",
  last_digest_date::text as "lastDigestDate"`);

type Moments =
  'createdAt' | 'requestedAt' | 'noticeSentAt' | 'confirmedAt' | 'endedAt' | 'nextDueAt' | 'pausedUntil' | 'tasteAt';
/**
 * A row as plain SQL brings it through drizzle: int8 (far below 2^53 here) and timestamps are text.
 */
export type RawRow = Record<string, unknown> &
  Omit<SubscriberRow, Moments | 'id'> &
  Record<Moments, string> & { id: string };

export const rowOf = (raw: RawRow): SubscriberRow => ({
  ...raw,
  id: Number(raw.id),
  createdAt: new Date(raw.createdAt),
  requestedAt: momentOf(raw.requestedAt),
  noticeSentAt: momentOf(raw.noticeSentAt),
  confirmedAt: momentOf(raw.confirmedAt),
  endedAt: momentOf(raw.endedAt),
  nextDueAt: momentOf(raw.nextDueAt),
  pausedUntil: momentOf(raw.pausedUntil),
  tasteAt: momentOf(raw.tasteAt),
});
const firstOf = ([raw]: RawRow[]): SubscriberRow | null => (raw ? rowOf(raw) : null);

export interface Wish {
  email: string;
  topics: string[];
  frequency: Frequency;
  timezone: string;
  sendHour: number;
  /** The tag of the language that the reader chose; `null`: the newsletter's. */
  language?: string | null | undefined;
  wantsFresh: boolean;
  length: DigestLength;
  weeklyOn: Weekday;
}

/** A wish, and when it was uttered. */
export interface Asked extends Wish {
  requestedAt: Date;
  /** What it was made beside. But for a topic, digests hold nothing else then. */
  follow?: AskedFollow | null;
  /** The network it came from, under the keys of its day and of the day before. */
  from?: readonly string[] | null;
}

/** The subscription of a request, and whether the request is owed a notice. */
export interface Recorded {
  id: number;
  noticeOwed: boolean;
}

/**
 * Records that subscriptions to these addresses, all different, were asked for, in one statement
 * that does the same work for every address; the answers are in the order of the wishes. A new or
 * ended subscription becomes pending with the new wish; an active one is left as it is.
 * `requested_at` moves at most once per `quietMs`, and not while the mailbox had its share of
 * notices (docs/adr/0016). A wish is taken only with a notice of its own, so that a reader confirms
 * what the mail in hand was sent for (docs/adr/0012).
 */
export async function recordRequests(db: Db, wishes: readonly Asked[], quietMs: number): Promise<Recorded[]> {
  const { rows } = await db.$client.query<{ id: string; owed: boolean }>({
    name: 'record_requests', // planned once: the plan takes longer than the insert
    text: RECORD_REQUESTS,
    values: [JSON.stringify(wishes), quietMs / 1000],
  });
  return rows.map(({ id, owed }) => ({ id: Number(id), noticeOwed: owed }));
}

const IS_QUIET = `coalesce(
  s.requested_at > excluded.requested_at - make_interval(secs => $2)
    or (s.requested_at is not null and s.quiet_until > excluded.requested_at),
  false)`;
const IS_OPEN = `(s.status = 'unsubscribed' or (s.status = 'pending' and not ${IS_QUIET}))`;

// In the order of their addresses, so that two processes never wait for each other's rows.
const RECORD_REQUESTS = `
  with wish as (
    select
      w.email::citext as email, w.topics, w.frequency, w.timezone, w."sendHour" as send_hour,
      w.language, w."wantsFresh" as wants_fresh, w.length as digest_length, w."weeklyOn" as weekly_on,
      w."requestedAt" as requested_at, w."from" as requested_from, w.follow as asked_follow,
      coalesce(w.follow ->> 'kind' <> 'topic', false) as follows_only, w.place
    from rows from (
      jsonb_to_recordset($1::jsonb) as (
        email text, topics text[], frequency text, timezone text, "sendHour" smallint, language text, "wantsFresh" boolean,
        length smallint, "weeklyOn" smallint, "requestedAt" timestamptz, "from" text[], follow jsonb)
    ) with ordinality as w(
      email, topics, frequency, timezone, "sendHour", language, "wantsFresh", length, "weeklyOn", "requestedAt", "from",
      follow, place)
  ), recorded as (
    insert into subscriber as s (
      email, status, topics, frequency, timezone, send_hour, language, wants_fresh, digest_length, weekly_on,
      created_at, requested_at, requested_from, asked_follow, follows_only)
    select
      email, 'pending', topics, frequency, timezone, send_hour, language, wants_fresh, digest_length, weekly_on,
      requested_at, requested_at, requested_from, asked_follow, follows_only
    from wish
    order by email
    on conflict (email) do update set
      status = case when s.status = 'unsubscribed' then 'pending' else s.status end,
      topics = case when ${IS_OPEN} then excluded.topics else s.topics end,
      frequency = case when ${IS_OPEN} then excluded.frequency else s.frequency end,
      timezone = case when ${IS_OPEN} then excluded.timezone else s.timezone end,
      send_hour = case when ${IS_OPEN} then excluded.send_hour else s.send_hour end,
      language = case when ${IS_OPEN} then excluded.language else s.language end,
      wants_fresh = case when ${IS_OPEN} then excluded.wants_fresh else s.wants_fresh end,
      follows_only = case when ${IS_OPEN} then excluded.follows_only else s.follows_only end,
      asked_follow = case when ${IS_QUIET} then s.asked_follow else excluded.asked_follow end,
      digest_length = case when ${IS_OPEN} then excluded.digest_length else s.digest_length end,
      weekly_on = case when ${IS_OPEN} then excluded.weekly_on else s.weekly_on end,
      requested_at = case when ${IS_QUIET} then s.requested_at else excluded.requested_at end,
      requested_from = excluded.requested_from,
      notice_not_before = null
    returning id, email, requested_at
  )
  select recorded.id, recorded.requested_at = wish.requested_at as owed
  from wish
    join recorded using (email)
  order by wish.place`;

export async function getSubscriber(tx: Tx, id: number): Promise<SubscriberRow | null> {
  const { rows } = await tx.execute<RawRow>(sql`select ${COLUMNS} from subscriber where id = ${id}`);
  return firstOf(rows);
}

export async function findSubscriber(tx: Tx, email: string): Promise<SubscriberRow | null> {
  const { rows } = await tx.execute<RawRow>(sql`select ${COLUMNS} from subscriber where email = ${email}::citext`);
  return firstOf(rows);
}

/** Holds a reader who is not erased to the end of the transaction. */
export async function lockSubscriber(tx: Tx, id: number): Promise<SubscriberRow | null> {
  const { rows } = await tx.execute<RawRow>(
    sql`select ${COLUMNS} from subscriber where id = ${id} and status <> 'erased' for update`,
  );
  return firstOf(rows);
}

/**
 * Holds a reader and the one who has an address to the end of the transaction, neither of them
 * erased; in the order of their ids, so that two such never wait for each other.
 */
export async function lockSubscriberAnd(tx: Tx, id: number, email: string): Promise<SubscriberRow[]> {
  const { rows } = await tx.execute<RawRow>(sql`
    select ${COLUMNS}
    from subscriber
    where (id = ${id} or email = ${email}::citext)
      and status <> 'erased'
    order by subscriber.id
    for update`);
  return rows.map(rowOf);
}

/** Holds an active reader to the end of the transaction; `null` when the reader is not active. */
export async function lockActive(tx: Tx, id: number): Promise<SubscriberRow | null> {
  const { rows } = await tx.execute<RawRow>(
    sql`select ${COLUMNS} from subscriber where id = ${id} and status = 'active' for update`,
  );
  return firstOf(rows);
}

/**
 * pending or unsubscribed → active and due at once. Not by a link that was made before the reader
 * last left: one who finds an old mail, or asks again for a reader who left, must not bring them
 * back with it. Nor by one made before the newest request, whose choices its mail does not know.
 * Returns the row only when this call made the change.
 */
export async function activate(tx: Tx, id: number, linkMadeAt: Date, now: Date): Promise<SubscriberRow | null> {
  const linkMadeBy = new Date(linkMadeAt.getTime() + 1000); // links know whole seconds
  const { rows } = await tx.execute<RawRow>(sql`
    with activated as (
      update subscriber
      set status = 'active',
        confirmed_at = ${now},
        ended_at = null,
        left_because = null,
        paused_until = null,
        next_due_at = ${now}
      where id = ${id}
        and status in ('pending', 'unsubscribed')
        and (ended_at is null or ended_at < ${linkMadeBy})
        and (requested_at is null or requested_at < ${linkMadeBy})
      returning ${COLUMNS}
    ),
    ${tellOfReaders(sql`activated`, 'subscriber.subscribed', now)}
    select *
    from activated`);
  return firstOf(rows);
}

/**
 * pending or active → an ended status; who left and complains has complained, and who never confirmed
 * has not bounced. Returns whether this call made the change.
 */
export async function end(
  tx: Tx,
  id: number,
  status: 'unsubscribed' | 'bounced' | 'complained',
  now: Date,
): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    with held as (
      select id, status
      from subscriber
      where id = ${id}
        and case ${status}
          when 'bounced' then status = 'active'
          when 'complained' then status in ('pending', 'active', 'unsubscribed')
          else status in ('pending', 'active')
        end
      for update
    ),
    ended as (
      update subscriber s
      set status = ${status},
        ended_at = ${now},
        next_due_at = null,
        paused_until = null,
        requested_at = null,
        requested_from = null
      from held
      where s.id = held.id
      returning s.id
    ),
    -- Who never confirmed was no reader, and does not leave.
    gone as (
      select id
      from held
      where status = 'active'
        or ${status} = 'complained'
    ),
    ${tellOfReaders(sql`gone`, ENDED[status], now)}
    select id
    from ended`);
  return rowCount === 1;
}

const ENDED = {
  unsubscribed: 'subscriber.left',
  bounced: 'subscriber.bounced',
  complained: 'subscriber.complained',
} as const;

/** bounced or complained → active or unsubscribed. Returns whether this call made the change. */
export async function letBack(
  tx: Tx,
  id: number,
  status: 'active' | 'unsubscribed',
  nextDueAt: Date | null,
  now: Date,
): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    with let_back as (
      update subscriber
      set status = ${status},
        ended_at = case when ${status} = 'active' then null else ended_at end,
        next_due_at = ${nextDueAt}
      where id = ${id}
        and status in ('bounced', 'complained')
      returning id, status
    ),
    back as (
      select id
      from let_back
      where status = 'active'
    ),
    ${tellOfReaders(sql`back`, 'subscriber.subscribed', now)}
    select id
    from let_back`);
  return rowCount === 1;
}

/** Why a reader left, of one who is unsubscribed. */
export async function keepLeavingReason(tx: Tx, id: number, reason: LeavingReason): Promise<void> {
  await tx.execute(sql`
    update subscriber
    set left_because = ${reason}
    where id = ${id}
      and status = 'unsubscribed'`);
}

/**
 * Returns whether there is a reader to keep them for. One who left may come back, and finds them
 * then.
 */
export async function updatePreferences(
  tx: Tx,
  id: number,
  wish: Omit<Wish, 'email'> & { pausedUntil: Date | null },
  nextDueAt: Date | null,
): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    update subscriber
    set topics = ${sql.param(wish.topics)},
      frequency = ${wish.frequency},
      timezone = ${wish.timezone},
      send_hour = ${wish.sendHour},
      language = ${wish.language ?? null},
      wants_fresh = ${wish.wantsFresh},
      follows_only = follows_only and ${wish.topics.includes(OVERALL)},
      digest_length = ${wish.length},
      weekly_on = ${wish.weeklyOn},
      paused_until = ${wish.pausedUntil},
      next_due_at = case when status = 'active' then ${nextDueAt}::timestamptz end
    where id = ${id} and status <> 'erased'`);
  return rowCount === 1;
}

/** Gives a reader these topics, and the digests that go by topics. */
export async function setTopics(tx: Tx, id: number, topics: readonly string[]): Promise<void> {
  await tx.execute(sql`
    update subscriber
    set topics = ${sql.param([...topics])},
      follows_only = false
    where id = ${id}
      and status <> 'erased'`);
}

/**
 * Forgets the person and keeps the row's id, which the ledger counts. What stands for the address
 * is none, so that it cannot be subscribed.
 */
export const erase = (db: Db, id: number, now: Date): Promise<void> =>
  transaction(db, (tx) => eraseInside(tx, id, now));

/** The same inside a transaction. The row is held first: what waits for it then finds no reader to keep a thing of. */
export async function eraseInside(tx: Tx, id: number, now: Date): Promise<void> {
  await tx.execute(sql`select from subscriber where id = ${id} for update`);
  await eraseHeld(tx, [id], now);
}

/**
 * Ends up to `limit` subscriptions that were asked for before a moment and never confirmed. Who is
 * new is erased. Who had been a reader and left is one who left again. Returns how many there were.
 */
export const expirePending = (db: Db, before: Date, { now, limit }: { now: Date; limit: number }): Promise<number> =>
  transaction(db, async (tx) => {
    const { rows } = await tx.execute<{ id: string; left: boolean }>(sql`
      select id, ended_at is not null as left
      from subscriber
      where status = 'pending'
        and coalesce(requested_at, created_at) < ${before}
      order by coalesce(requested_at, created_at)
      limit ${limit}
      for update skip locked`);
    const idsOf = (left: boolean): number[] => rows.filter((row) => row.left === left).map(({ id }) => Number(id));
    await tx.execute(sql`
      update subscriber
      set status = 'unsubscribed',
        requested_at = null,
        requested_from = null,
        asked_follow = null
      where id = any(${sql.param(idsOf(true))}::bigint[])`);
    await eraseHeld(tx, idsOf(false), now);
    return rows.length;
  });

/** Forgets who asked for notices that are owed no longer from which network. */
export async function forgetNetworks(tx: Tx, before: Date): Promise<void> {
  await tx.execute(sql`
    update subscriber
    set requested_from = null
    where requested_at < ${before}
      and requested_from is not null`);
}

async function eraseHeld(tx: Tx, held: readonly number[], now: Date): Promise<void> {
  const ids = sql`any(${sql.param([...held])}::bigint[])`;
  for (const table of PERSONAL_TABLES)
    await tx.execute(sql`delete from ${sql.identifier(table)} where subscriber_id = ${ids}`);
  await tx.execute(sql`
    with erased as (
      select id
      from subscriber
      where id = ${ids}
        and status = 'active'
    ),
    ${tellOfReaders(sql`erased`, 'subscriber.left', now)}
    select id
    from erased`);
  await tx.execute(sql`
    update subscriber
    set email = 'erased ' || id,
      status = 'erased',
      topics = '{all}',
      timezone = 'UTC',
      send_hour = 0,
      language = null,
      wants_fresh = true,
      follows = '',
      follows_only = false,
      asked_follow = null,
      frequency = 'daily',
      digest_length = 10,
      weekly_on = 1,
      paused_until = null,
      left_because = null,
      taste_at = null,
      requested_at = null,
      requested_from = null,
      notice_sent_at = null,
      notice_not_before = null,
      quiet_until = null,
      confirmed_at = null,
      ended_at = coalesce(ended_at, ${now}),
      next_due_at = null
    where id = ${ids}`);
}

/** Whether there is or was any reader. */
export async function hasReaders(tx: Tx): Promise<boolean> {
  const { rows } = await tx.execute<{ some: boolean }>(sql`select exists (select from subscriber) as some`);
  return rows[0]!.some;
}

export async function countActive(tx: Tx): Promise<number> {
  const { rows } = await tx.execute<{ count: number }>(
    sql`select count(*)::int as count from subscriber where status = 'active'`,
  );
  return rows[0]!.count;
}
