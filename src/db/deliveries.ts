import { sql, type SQL } from 'drizzle-orm';
import { type Db, keyedTransaction, type Tx } from './client.ts';
import type { Frequency } from './subscribers.ts';

export type DeliveryState = 'pending' | 'sending' | 'deferred' | 'accepted' | 'rejected' | 'unknown' | 'skipped';

/** The digest of one date, as readers get it. Later kinds of mail that need the ledger get a kind of their own. */
export const DIGEST = 'digest';

/** The first date a digest of `date` holds is the day after this: the day before for a reader's first one, and never more than a week back. */
const SINCE = (
  date: string,
): SQL => sql`case when last_digest_date is null or last_digest_date >= ${date}::date then ${date}::date - 1
  else greatest(last_digest_date, ${date}::date - 7) end`;

/**
 * Makes the ledger ready for a date: the month's partition and the digest's row. Runs before, not in, a freezing transaction: the one
 * locks the table, and for the other's commit everybody would wait who holds readers that we wait for.
 */
export async function openDigest(db: Db, date: string, now: Date): Promise<void> {
  await ensurePartition(db, date);
  await db.execute(
    sql`insert into digest (digest_date, kind, state, frozen_at) values (${date}, ${DIGEST}, 'sending', ${now}) on conflict do nothing`,
  );
}

async function ensurePartition(db: Db, date: string): Promise<void> {
  const name = `delivery_${date.slice(0, 4)}_${date.slice(5, 7)}`;
  const { rows } = await db.execute<{ there: boolean }>(sql`select to_regclass(${name}) is not null as there`);
  if (rows[0]?.there) return;
  const first = `${date.slice(0, 7)}-01`;
  // The lock lets one process create it; "if not exists" looks anew, which to_regclass would not: a session remembers what was not there.
  await db.execute(
    sql.raw(`do $$ begin
    perform pg_advisory_xact_lock(hashtext('${name}'));
    create table if not exists ${name} partition of delivery for values from ('${first}') to ('${nextMonth(first)}')
      with (fillfactor = 60); -- each row is updated twice within minutes, in place when its page has room
  end $$`),
  );
}

const nextMonth = (first: string): string => {
  const date = new Date(`${first}T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() + 1);
  return date.toISOString().slice(0, 10);
};

export interface DueSubscriber {
  id: number;
  timezone: string;
  sendHour: number;
  frequency: Frequency;
}

/** Locks up to `limit` readers whose hour has come; readers that another dispatcher holds are left to it. Inside a transaction. */
export async function claimDue(tx: Tx, now: Date, limit: number): Promise<DueSubscriber[]> {
  const { rows } = await tx.execute<DueSubscriber & Record<string, unknown>>(sql`
    select id, timezone, send_hour as "sendHour", frequency from subscriber
    where status = 'active' and next_due_at <= ${now} order by next_due_at limit ${limit} for update skip locked`);
  return rows.map((r) => ({ ...r, id: Number(r.id) }));
}

/** Moves each reader's hour on. `ids` and `times` run in parallel. */
export async function setNextDue(tx: Tx, ids: readonly number[], times: readonly Date[]): Promise<void> {
  await tx.execute(sql`
    update subscriber s set next_due_at = d.due from unnest(${sql.param(ids)}::bigint[], ${sql.param(times)}::timestamptz[]) as d (id, due) where s.id = d.id`);
}

/** What a freeze did. `batchIds` are to be enqueued. `lastId`: the last reader looked at, null when there was none. */
export interface Frozen {
  batchIds: number[];
  frozen: number;
  lastId: number | null;
}

/**
 * Freezes this date's digest for these readers, or, with `ids` null, for the next `limit` active readers after
 * `afterId`; `openDigest` was called for the date. Left out is whoever has it already, and whoever got a later one that holds this date's edition too.
 * `cut` says how many of so many readers each batch gets; without it there is one. Inside a transaction.
 *
 * Each statement looks rows up by key whatever the planner believes about a month that was empty a moment ago: a join it may take for a small one reads
 * everything that is frozen already.
 */
export async function freeze(
  tx: Tx,
  input: {
    date: string;
    ids: readonly number[] | null;
    afterId?: number;
    limit?: number;
    now: Date;
    cut?: (readers: number) => number[];
  },
): Promise<Frozen> {
  const { date, ids, now } = input;
  const who = ids ? sql`id = any(${sql.param(ids)}::bigint[])` : sql`id > ${input.afterId ?? 0}`;
  const { rows: readers } = await tx.execute<{ id: string; since: string }>(sql`
    select id, (${SINCE(date)})::text as since from subscriber s
    where status = 'active' and ${who}
      and (select d.subscriber_id from delivery d where d.digest_date = ${date} and d.kind = ${DIGEST} and d.subscriber_id = s.id) is null
      and not (coalesce(last_digest_date > ${date}, false) and exists (
        select from delivery d where d.subscriber_id = s.id and d.kind = ${DIGEST} and d.digest_date > ${date} and d.digest_date <= ${date}::date + 7 and d.since < ${date}))
    order by id ${ids ? sql`` : sql`limit ${input.limit ?? 1000}`} for update of s`);
  if (readers.length === 0) return { batchIds: [], frozen: 0, lastId: null };
  const sizes = input.cut?.(readers.length) ?? [readers.length];
  const batchIds = await addBatches(tx, date, sizes.length, now);
  // Who was frozen by somebody else while we waited for the lock is not seen by the select, but by the key.
  const { rowCount: frozen } = await tx.execute(sql`
    with frozen as (
      insert into delivery (digest_date, kind, subscriber_id, batch_id, since, state, frozen_at, updated_at)
      select ${date}, ${DIGEST}, r.id, r.batch_id, r.since, 'pending', ${now}, ${now}
      from unnest(${sql.param(readers.map((r) => r.id))}::bigint[], ${sql.param(readers.map((r) => r.since))}::date[], ${sql.param(sizes.flatMap((size, i) => Array<number>(size).fill(batchIds[i]!)))}::bigint[]) as r (id, since, batch_id)
      on conflict do nothing returning subscriber_id
    )
    update subscriber set last_digest_date = greatest(last_digest_date, ${date}::date) where id = any(array(select subscriber_id from frozen))`);
  if (!frozen) await tx.execute(sql`delete from batch where id = any(${sql.param(batchIds)}::bigint[])`);
  return { batchIds: frozen ? batchIds : [], frozen: frozen ?? 0, lastId: Number(readers.at(-1)!.id) };
}

async function addBatches(tx: Tx, date: string, count: number, now: Date): Promise<number[]> {
  const { rows } = await tx.execute<{ id: string }>(sql`
    insert into batch (digest_date, kind, state, created_at, due_at) select ${date}, ${DIGEST}, 'open', ${now}, ${now} from generate_series(1, ${count}::int) returning id`);
  return rows.map((r) => Number(r.id));
}

/** Of these readers, those whose last digest is older than `date`. */
export async function withoutDigest(tx: Tx, ids: readonly number[], date: string): Promise<number[]> {
  const { rows } = await tx.execute<{ id: string }>(sql`
    select id from subscriber where id = any(${sql.param(ids)}::bigint[]) and (last_digest_date is null or last_digest_date < ${date})`);
  return rows.map((r) => Number(r.id));
}

export interface HeldBatch {
  id: number;
  digestDate: string;
  fence: number;
}

/** A resend that a worker dies of is repeated, but not from this attempt on: it may be what they die of. */
const MOST_CRASHES = 5;

/**
 * Takes an open batch whose lease nobody holds (compare-and-set). Rows that the last holder left in `sending` may have
 * been delivered: they become `unknown`. `db` is a keyed one, as for what follows here: what ANALYZE saw ends before today, and a day that
 * it did not see is taken for a few pages, and read whole for each batch.
 */
export async function holdBatch(db: Db, id: number, now: Date, leaseUntil: Date): Promise<HeldBatch | null> {
  return keyedTransaction(db, async (tx) => {
    const { rows } = await tx.execute<{ digestDate: string; fence: number }>(sql`
      update batch b set lease_until = ${leaseUntil}, fence = b.fence + 1
      from digest g where b.id = ${id} and b.state = 'open' and (b.lease_until is null or b.lease_until <= ${now})
        and g.digest_date = b.digest_date and g.kind = b.kind and g.state = 'sending'
      returning b.digest_date::text as "digestDate", b.fence`);
    if (!rows[0]) return null;
    await tx.execute(sql`
      update delivery set state = 'unknown', reason = case when reason = 'resent' and attempts - uncharged >= ${MOST_CRASHES} then 'resent' else 'lost' end, updated_at = ${now}
      where digest_date = ${rows[0].digestDate} and batch_id = ${id} and state = 'sending'`);
    return { id, ...rows[0] };
  });
}

/** When the lease that somebody holds on an open batch runs out; `null` when nobody holds it or nothing is left to do. */
export async function leaseEnd(tx: Tx, id: number, now: Date): Promise<Date | null> {
  const { rows } = await tx.execute<{ until: string }>(
    sql`select lease_until as until from batch where id = ${id} and state = 'open' and lease_until > ${now}`,
  );
  return rows[0] ? new Date(rows[0].until) : null;
}

/** Keeps the lease. False: it ran out, and somebody else may hold the batch now. */
export async function renewLease(tx: Tx, batch: HeldBatch, now: Date, leaseUntil: Date): Promise<boolean> {
  const { rowCount } = await tx.execute(
    sql`update batch set lease_until = ${leaseUntil} where id = ${batch.id} and fence = ${batch.fence} and lease_until > ${now}`,
  );
  return rowCount === 1;
}

/** Whether a batch is still its holder's to send: the lease runs, and nobody paused or cancelled the digest. */
export async function mayContinue(tx: Tx, batch: HeldBatch, now: Date): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    select from batch b join digest g on g.digest_date = b.digest_date and g.kind = b.kind
    where b.id = ${batch.id} and b.fence = ${batch.fence} and b.lease_until > ${now} and g.state = 'sending'`);
  return rowCount === 1;
}

/** A delivery that can be begun, as the ledger and the reader are now. */
export interface ReadyDelivery {
  subscriberId: number;
  since: string;
  /** How often it was begun: whoever begins it next has to know the number. */
  attempts: number;
  /** How many of these do not count against the reader: the relay was down, the message was taken back, or its domain was spared. */
  uncharged: number;
  frozenAt: Date;
  email: string;
  topics: string[];
  /** Why it must not be sent after all: the reader left, or the address is suppressed. */
  skip: 'unsubscribed' | 'suppressed' | null;
  /** When all this was so. */
  asOf: Date;
}

/** Up to `limit` deliveries of a batch that can be begun, in the order of their readers, `after` one of them. With `resend`, those that are `unknown` are taken up once more. */
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
  return rows.map(({ subscriberId, since, attempts, uncharged, frozenAt, email, topics, skip }) => ({
    subscriberId,
    since,
    attempts,
    uncharged,
    frozenAt: new Date(frozenAt),
    email,
    topics: topics === '' ? [] : topics.split(','),
    skip,
    asOf: now,
  }));
}

/** As it comes: the driver takes longer to read a moment or an array than for all the rest of a row. No topic has a comma in its name. */
type ReadyRow = Omit<ReadyDelivery, 'frozenAt' | 'topics' | 'asOf'> & { frozenAt: number; topics: string };

/** Not `exists`, for which the planner may read all suppressed addresses. */
const SKIP = `case when s.status <> 'active' then 'unsubscribed'
  when (select x.address_hash from suppression x where x.address_hash = sha256(convert_to(lower(s.email::text collate "C"), 'UTF8'))) is not null then 'suppressed' end`;

const READ_READY = `
  select d.subscriber_id::float8 as "subscriberId", d.since::text as since, d.attempts, d.uncharged, round(extract(epoch from d.frozen_at) * 1000)::float8 as "frozenAt", s.email::text as email,
    array_to_string(s.topics, ',') as topics, ${SKIP} as skip
  from (
    select subscriber_id, since, attempts, uncharged, frozen_at from delivery
    where digest_date = $1 and kind = '${DIGEST}' and batch_id = $2 and subscriber_id > $6
      and (state = 'pending' or (state = 'deferred' and next_attempt_at <= $3) or (state = 'unknown' and (reason = 'again' or ($5 and reason = 'lost'))))
    order by subscriber_id limit $4
  ) d join subscriber s on s.id = d.subscriber_id
  order by d.subscriber_id`;

/** Why a delivery is `deferred` that nobody tried: its reader's domain wants less mail. */
export const HELD_BACK = 'held-back';

/** Why a reader must not get mail after all, or `null`. */
export async function skipReason(tx: Tx, subscriberId: number): Promise<ReadyDelivery['skip']> {
  const { rows } = await tx.execute<{ skip: ReadyDelivery['skip'] }>(
    sql`select ${sql.raw(SKIP)} as skip from subscriber s where s.id = ${subscriberId}`,
  );
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

/** A change of the ledger that the holder of a batch asks for. */
export interface Move {
  batch: HeldBatch;
  move: { begin: ReadyDelivery } | { outcome: Outcome };
}

/**
 * One round trip of the ledger, for held batches of one date: writes what became of some deliveries, and moves others to `sending`. Returns
 * the readers of those that were.
 *
 * An outcome counts only for the attempt that it belongs to (`attempts` is the row's fencing token): a row that another worker
 * has begun since keeps that worker's word. One that goes back to `pending` (relay down) or was held back is not charged the attempt, and yet its number
 * is never used again: to write the same twice changes nothing. What the operator closed is not opened by a late word. A delivery
 * is begun only under its batch's fence and lease, and only as it was read.
 *
 * All in one prepared statement, because this is the hot path: what a statement costs by itself is shared by all its rows.
 */
export async function recordAndBegin(db: Db, moves: readonly Move[], now: Date): Promise<Set<number>> {
  const batches = [...new Set(moves.map(({ batch }) => batch))];
  const rows = moves
    .map(({ move }) => ('outcome' in move ? move.outcome : move.begin))
    .toSorted((one, other) => one.subscriberId - other.subscriberId);
  const { kinds, kindOf } = kindsOf(rows);
  const begun = await db.$client.query<{ id: number }>({
    name: 'record-and-begin',
    text: RECORD_AND_BEGIN,
    values: [
      batches[0]?.digestDate,
      numbers(batches.map((b) => b.id)),
      numbers(batches.map((b) => b.fence)),
      now,
      numbers(rows.map((m) => m.subscriberId)),
      numbers(rows.map((m) => m.attempts)),
      numbers(kindOf),
      kinds.map((k) => k.state),
      kinds.map((k) => k.reason),
      kinds.map((k) => k.lastReply),
      kinds.map((k) => k.nextAttemptAt),
    ],
  });
  return new Set(begun.rows.map(({ id }) => id));
}

/** An array as Postgres reads it: the driver quotes each number by itself. */
const numbers = (values: readonly number[]): string => `{${values.join(',')}}`;

type Kind = Pick<Outcome, 'reason' | 'lastReply' | 'nextAttemptAt'> & { state: Outcome['state'] | 'sending' };
const BEGIN: Kind = { state: 'sending', reason: null, lastReply: null, nextAttemptAt: null };

/** The different things that are written, the begin first, and which of them each row gets (from 1): most rows get the same. */
function kindsOf(rows: readonly (ReadyDelivery | Outcome)[]): { kinds: Kind[]; kindOf: number[] } {
  const kinds = [BEGIN];
  const known = new Map<string, number>();
  const kindOf = rows.map((row) => {
    if (!('state' in row)) return 1;
    const { state, reason, lastReply, nextAttemptAt } = row;
    const key = `${state}\n${reason ?? '\0'}\n${nextAttemptAt?.getTime()}\n${lastReply ?? '\0'}`; // neither character is in any of them
    const kind = known.get(key) ?? kinds.push(row);
    known.set(key, kind);
    return kind;
  });
  return { kinds, kindOf };
}

/** The place of a row in the arrays, which are in the order of `$5`. */
const PLACE = 'width_bucket(d.subscriber_id, $5::bigint[])';
const KIND = `($7::int[])[${PLACE}]`;

/**
 * Looks every row up by its key, whatever the planner believes: where the arrays were joined to a month that was empty a moment ago, it read
 * the whole month for each of their elements.
 */
const RECORD_AND_BEGIN = `
  with held as (
    select b.id from batch b join digest g on g.digest_date = b.digest_date and g.kind = b.kind
    where b.id = any($2::bigint[]) and b.fence = ($3::int[])[array_position($2::bigint[], b.id)]
      and b.lease_until > $4 and g.state = 'sending'
  ), moved as (
    update delivery d set (state, reason, last_reply, next_attempt_at, attempts, uncharged, updated_at) = (
      select case when m.state = 'pending' and d.reason = 'resent' then 'unknown' else m.state end,
        case m.state when 'sending' then case when d.state = 'unknown' then 'resent' end
          when 'pending' then case when d.reason = 'resent' then 'again' end
          when 'unknown' then coalesce(d.reason, m.reason) else m.reason end,
        coalesce(m.last_reply, d.last_reply), m.next_attempt_at,
        d.attempts + case when m.state = 'sending' then 1 else 0 end, d.uncharged + case when m.state = 'pending' or m.reason = '${HELD_BACK}' then 1 else 0 end, $4
      from (select ($8::text[])[kind] as state, ($9::text[])[kind] as reason, ($10::text[])[kind] as last_reply, ($11::timestamptz[])[kind] as next_attempt_at
        from (select ${KIND} as kind offset 0) row) m
    )
    where d.digest_date = $1 and d.kind = '${DIGEST}' and d.subscriber_id = any($5::bigint[]) and d.attempts = ($6::int[])[${PLACE}]
      and case when ${KIND} = 1
        then d.state in ('pending', 'deferred', 'unknown') and d.reason is distinct from 'closed' and d.batch_id = any(array(select id from held))
        else d.state in ('sending', 'unknown') and (d.reason is distinct from 'closed' or ($8::text[])[${KIND}] not in ('pending', 'deferred'))
          and (d.reason is distinct from 'again' or ($8::text[])[${KIND}] <> 'pending') end -- written before: it would forget that it is a resend
    returning d.subscriber_id, d.batch_id, d.state, d.reason
  ), reopened as (
    -- A worker that lost its lease may tell of a delivery to be tried again after another one has closed the batch, or while it does so.
    update batch set state = 'open', due_at = $4 where id = any(array(select batch_id from moved where state in ('pending', 'deferred') or (state = 'unknown' and reason = 'again'))) and id <> all(array(select id from held))
  )
  select subscriber_id::float8 as id from moved where state = 'sending'`;

/** What says which delivery is meant, in every link and return path of its message: the reader, and the second of the freeze. */
export interface DeliveryMark {
  subscriberId: number;
  issuedAt: Date;
}

/**
 * Ends a delivery of which nobody knows, because of something that came back from its message: it was there, or it could not be
 * delivered. Also one whose worker has yet to tell, or died: what it says later changes nothing. Returns whether there was one. Where
 * two digests of one reader were frozen within a second none is settled: the mark may be of the other one.
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
      select digest_date, kind, count(*) over () as several from delivery
      where subscriber_id = ${subscriberId} and frozen_at >= ${issuedAt} and frozen_at < ${new Date(issuedAt.getTime() + 1000)}
    )
    update delivery d set state = ${as}, reason = ${reason}, updated_at = ${now} from marked m
    where m.several = 1 and d.subscriber_id = ${subscriberId} and d.digest_date = m.digest_date and d.kind = m.kind and d.state in ('sending', 'unknown')`);
  return rowCount === 1;
}

/** Lets a held batch go: done when nothing of it is left to do, else due again at `retryAt` or when its first deferred delivery is. */
export async function releaseBatch(
  db: Db,
  batch: HeldBatch,
  input: { retryAt: Date | null; resend: boolean; now: Date },
): Promise<'done' | 'open'> {
  return keyedTransaction(db, async (tx) => {
    // Locked before it is looked into: whoever reopens it meanwhile is either seen, or comes after.
    await tx.execute(sql`select from batch where id = ${batch.id} for update`);
    const { rows } = await tx.execute<{ state: 'done' | 'open' }>(sql`
      with left_over as (
        select min(case state when 'deferred' then next_attempt_at else ${input.now}::timestamptz end) as due from delivery
        where digest_date = ${batch.digestDate} and batch_id = ${batch.id}
          and (state in ('pending', 'sending', 'deferred') or (state = 'unknown' and (reason = 'again' or (${input.resend} and reason = 'lost'))))
      )
      update batch b set lease_until = null, state = case when l.due is null then 'done' else 'open' end, due_at = greatest(coalesce(l.due, b.due_at), ${input.retryAt}::timestamptz)
      from left_over l where b.id = ${batch.id} and b.fence = ${batch.fence} returning b.state`);
    return rows[0]?.state ?? 'open';
  });
}

/** Has the unknown deliveries of a digest sent once more, whatever ON_UNKNOWN says, and opens their batches, which are returned to be enqueued. */
export async function reopenUnknown(tx: Tx, date: string, now: Date): Promise<number[]> {
  const { rows } = await tx.execute<{ id: string }>(sql`
    with again as (
      update delivery set reason = 'again', updated_at = ${now}
      where digest_date = ${date} and kind = ${DIGEST} and state = 'unknown' and reason in ('lost', 'resent', 'again') returning batch_id
    )
    update batch set state = 'open', due_at = ${now} where id = any(array(select batch_id from again)) returning id`);
  return rows.map((r) => Number(r.id));
}

/** Leaves the unknown deliveries of a digest as they are, for good: none is sent again. */
export async function leaveUnknown(tx: Tx, date: string, now: Date): Promise<void> {
  await tx.execute(sql`
    update delivery set reason = 'closed', updated_at = ${now}
    where digest_date = ${date} and kind = ${DIGEST} and state = 'unknown' and reason <> 'closed'`);
}

/** How many deliveries of one digest nobody knows about: `again` of them are to be sent once more, `closed` are left as they are. */
export interface UnknownSums {
  date: string;
  unknown: number;
  again: number;
  closed: number;
}

/** The digests from `since` to `until` of which something is unknown, oldest first. */
export async function unknownSums(tx: Tx, { since, until }: { since: string; until: string }): Promise<UnknownSums[]> {
  const { rows } = await tx.execute<UnknownSums & Record<string, unknown>>(sql`
    select digest_date::text as date, count(*)::int as unknown, count(*) filter (where reason = 'again')::int as again, count(*) filter (where reason = 'closed')::int as closed
    from delivery where digest_date between ${since} and ${until} and kind = ${DIGEST} and state = 'unknown' group by digest_date order by digest_date`);
  return rows;
}

/** Open batches that a worker should have and none holds: what the queue lost, and deferred ones that are due again. */
export async function strandedBatches(tx: Tx, now: Date, limit: number): Promise<number[]> {
  const { rows } = await tx.execute<{ id: string }>(sql`
    select b.id from batch b join digest g on g.digest_date = b.digest_date and g.kind = b.kind
    where b.state = 'open' and b.due_at <= ${now} and (b.lease_until is null or b.lease_until <= ${now}) and g.state = 'sending' order by b.due_at limit ${limit}`);
  return rows.map((r) => Number(r.id));
}

/** The open batches of one digest, due or not, held by a worker or not. */
export async function openBatches(tx: Tx, date: string): Promise<number[]> {
  const { rows } = await tx.execute<{ id: string }>(
    sql`select id from batch where digest_date = ${date} and kind = ${DIGEST} and state = 'open' order by id`,
  );
  return rows.map((r) => Number(r.id));
}

export type DigestState = 'sending' | 'paused' | 'cancelled';

/** How a digest stands, or `null` when nobody was ever frozen for it. */
export async function digestState(tx: Tx, date: string): Promise<DigestState | null> {
  const { rows } = await tx.execute<{ state: DigestState }>(
    sql`select state from digest where digest_date = ${date} and kind = ${DIGEST}`,
  );
  return rows[0]?.state ?? null;
}

/** Moves a digest from one of the states `from` to `to` (compare-and-set). False: it was in none of them. */
export async function moveDigest(
  tx: Tx,
  date: string,
  from: readonly DigestState[],
  to: DigestState,
): Promise<boolean> {
  const { rowCount } = await tx.execute(
    sql`update digest set state = ${to} where digest_date = ${date} and kind = ${DIGEST} and state = any(${sql.param(from)}::text[])`,
  );
  return rowCount === 1;
}

/**
 * Ends what is left of cancelled digests: batches that nobody holds are done, their deliveries that wait are skipped, and those that a
 * dead worker left in `sending` may have been delivered. A batch that is held is left to its holder, who calls this after letting go.
 */
export async function closeCancelled(tx: Tx, now: Date): Promise<void> {
  await tx.execute(sql`
    with closed as (
      update batch b set state = 'done', lease_until = null, fence = b.fence + 1 from digest g
      where g.digest_date = b.digest_date and g.kind = b.kind and g.state = 'cancelled' and b.state = 'open' and (b.lease_until is null or b.lease_until <= ${now})
      returning b.id, b.digest_date, b.kind
    )
    update delivery d set updated_at = ${now}, next_attempt_at = null, state = case d.state when 'sending' then 'unknown' else 'skipped' end,
      reason = case when d.state <> 'sending' then 'cancelled' when d.reason = 'resent' then 'resent' else 'lost' end
    from closed c where d.digest_date = c.digest_date and d.kind = c.kind and d.batch_id = c.id and d.state in ('pending', 'deferred', 'sending')`);
}

/** Skips at once whatever of a digest waits, in batches that are held too: the holder finds nothing more to claim. */
export async function skipWaiting(tx: Tx, date: string, now: Date): Promise<void> {
  await tx.execute(sql`
    update delivery set state = 'skipped', reason = 'cancelled', next_attempt_at = null, updated_at = ${now}
    where digest_date = ${date} and kind = ${DIGEST} and state in ('pending', 'deferred')`);
}

export interface DigestSums {
  date: string;
  frozen: number;
  accepted: number;
  deferred: number;
  rejected: number;
  unknown: number;
  skipped: number;
  /** Not yet tried, or being sent now. */
  pending: number;
  /** From the freeze to the last ledger write. */
  seconds: number;
}

/** Counts the ledger of one date: the states always add up to `frozen`. */
export async function digestSums(tx: Tx, date: string): Promise<DigestSums> {
  const { rows } = await tx.execute<Omit<DigestSums, 'date'> & Record<string, unknown>>(sql`
    select count(*)::int as frozen, count(*) filter (where state = 'accepted')::int as accepted, count(*) filter (where state = 'deferred')::int as deferred,
      count(*) filter (where state = 'rejected')::int as rejected, count(*) filter (where state = 'unknown')::int as unknown,
      count(*) filter (where state = 'skipped')::int as skipped, count(*) filter (where state in ('pending', 'sending'))::int as pending,
      coalesce(round(extract(epoch from max(updated_at) - min(frozen_at))::numeric, 3), 0)::float8 as seconds
    from delivery where digest_date = ${date} and kind = ${DIGEST}`);
  return { date, ...rows[0]! };
}

/** Whether some batch of a digest is open, and due or waiting for the relay: what is only deferred does not count. Asks the batches, because counting a million deliveries takes longer than sending some. */
export async function isUnderWay(tx: Tx, date: string, now: Date): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    select from batch b where digest_date = ${date} and kind = ${DIGEST} and state = 'open' and (due_at <= ${now} or lease_until is not null
      or exists (select from delivery d where d.digest_date = ${date} and d.batch_id = b.id and d.state in ('pending', 'sending'))) limit 1`);
  return rowCount === 1;
}

/** The ledger of the last few days by state: older months are history, and counting a million rows at every scrape is not free. */
export async function countDeliveries(tx: Tx): Promise<Record<string, number>> {
  const { rows } = await tx.execute<{ state: string; count: number }>(
    sql`select state, count(*)::int as count from delivery where digest_date >= current_date - 2 group by state`,
  );
  return Object.fromEntries(rows.map((r) => [r.state, r.count]));
}

export interface DeliveryRecord {
  date: string;
  state: DeliveryState;
  reason: string | null;
  attempts: number;
  lastReply: string | null;
  updatedAt: Date;
}

/** The last deliveries to one reader, newest first. */
export async function recentDeliveries(tx: Tx, subscriberId: number, limit: number): Promise<DeliveryRecord[]> {
  const { rows } = await tx.execute<Omit<DeliveryRecord, 'updatedAt'> & { updatedAt: string }>(sql`
    select digest_date::text as date, state, reason, attempts - uncharged as attempts, last_reply as "lastReply", updated_at as "updatedAt"
    from delivery where subscriber_id = ${subscriberId} order by digest_date desc limit ${limit}`);
  return rows.map((r) => ({ ...r, updatedAt: new Date(r.updatedAt) }));
}
