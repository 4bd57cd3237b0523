import { sql, type SQL } from 'drizzle-orm';
import { type Db, keyedTransaction, type Tx } from './client.ts';
import { DIGEST } from './digests.ts';
import { IS_OPEN } from './installation.ts';

export async function addBatches(tx: Tx, date: string, count: number, now: Date): Promise<number[]> {
  const { rows } = await tx.execute<{ id: string }>(sql`
    insert into batch (digest_date, kind, state, created_at, due_at)
    select ${date}, ${DIGEST}, 'open', ${now}, ${now}
    from generate_series(1, ${count}::int)
    returning id`);
  return rows.map((r) => Number(r.id));
}

/** Ends a batch that no worker was given. */
export async function endBatch(tx: Tx, id: number): Promise<void> {
  await tx.execute(sql`update batch set state = 'done' where id = ${id}`);
}

export interface HeldBatch {
  id: number;
  digestDate: string;
  fence: number;
  /** When the operator last asked for its digest. */
  askedAt: Date | null;
}

/**
 * A resend that a worker dies of is repeated, but not from this attempt on: it may be what they die
 * of.
 */
const MOST_CRASHES = 5;

/**
 * Leases are taken, renewed and judged by the database's clock alone: machines whose clocks differ
 * by more than a lease would take batches from each other. Not `now()`, which is when the
 * transaction began.
 */
const LEASED = sql.raw('b.lease_until > clock_timestamp()');
const UNLEASED = sql.raw('(b.lease_until is null or b.lease_until <= clock_timestamp())');
const leaseOf = (ms: number): SQL => sql`clock_timestamp() + make_interval(secs => ${ms / 1000}::float8)`;

/**
 * Takes an open batch under a lease when no lease of it runs (compare-and-set). Rows that the last
 * holder left in `sending` may have been delivered: they become `unknown`. `db` is a keyed one, as
 * for what follows here: what ANALYZE saw ends before today, and a day that it did not see is taken
 * for a few pages, and read whole for each batch.
 */
export async function holdBatch(
  db: Db,
  id: number,
  { leaseMs, now }: { leaseMs: number; now: Date },
): Promise<HeldBatch | null> {
  return keyedTransaction(db, async (tx) => {
    const { rows } = await tx.execute<{ digestDate: string; fence: number; askedAt: string | null }>(sql`
      update batch b
      set lease_until = ${leaseOf(leaseMs)}, fence = b.fence + 1
      from digest g
      where b.id = ${id}
        and b.state = 'open'
        and ${UNLEASED}
        and g.digest_date = b.digest_date
        and g.kind = b.kind
        and g.state = 'sending'
        and ${IS_OPEN}
      returning b.digest_date::text as "digestDate", b.fence, g.asked_at as "askedAt"`);
    if (!rows[0]) return null;
    await tx.execute(sql`
      update delivery
      set state = 'unknown',
        reason = case when reason = 'resent' and attempts - uncharged >= ${MOST_CRASHES} then 'resent' else 'lost' end,
        updated_at = ${now}
      where digest_date = ${rows[0].digestDate}
        and batch_id = ${id}
        and state = 'sending'`);
    const { askedAt, ...held } = rows[0];
    return { id, ...held, askedAt: askedAt === null ? null : new Date(askedAt) };
  });
}

/**
 * For how many milliseconds an open batch is leased yet; `null` when it is not, or nothing is left
 * to do.
 */
export async function leaseLeft(tx: Tx, id: number): Promise<number | null> {
  const { rows } = await tx.execute<{ ms: number }>(sql`
    select ceil(extract(epoch from b.lease_until - clock_timestamp()) * 1000)::float8 as ms
    from batch b
    where b.id = ${id}
      and b.state = 'open'
      and ${LEASED}`);
  return rows[0]?.ms ?? null;
}

/**
 * Keeps the lease for another `leaseMs` from now. False: it ran out, and another worker may hold
 * the batch now.
 */
export async function renewLease(tx: Tx, batch: HeldBatch, leaseMs: number): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    update batch b
    set lease_until = ${leaseOf(leaseMs)}
    where b.id = ${batch.id}
      and b.fence = ${batch.fence}
      and ${LEASED}`);
  return rowCount === 1;
}

/**
 * Whether a batch is still its holder's to send: the lease runs, the digest was not paused or
 * cancelled, and the installation was not closed.
 */
export async function mayContinue(tx: Tx, batch: HeldBatch): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    select
    from batch b
    join digest g on g.digest_date = b.digest_date and g.kind = b.kind
    where b.id = ${batch.id}
      and b.fence = ${batch.fence}
      and ${LEASED}
      and ${IS_OPEN}
      and g.state = 'sending'`);
  return rowCount === 1;
}

/**
 * Lets a held batch go: done when nothing of it is left to do, else due again at `retryAt` or when
 * its first deferred delivery is.
 */
export async function releaseBatch(
  db: Db,
  batch: HeldBatch,
  input: { retryAt: Date | null; resend: boolean; now: Date },
): Promise<'done' | 'open'> {
  return keyedTransaction(db, async (tx) => {
    // Locked before it is looked into: who reopens it meanwhile is either seen, or comes after.
    await tx.execute(sql`select from batch where id = ${batch.id} for update`);
    const { rows } = await tx.execute<{ state: 'done' | 'open' }>(sql`
      with left_over as (
        select min(case state when 'deferred' then next_attempt_at else ${input.now}::timestamptz end) as due
        from delivery
        where digest_date = ${batch.digestDate}
          and batch_id = ${batch.id}
          and (
            state in ('pending', 'sending', 'deferred')
            or (state = 'unknown' and (reason = 'again' or (${input.resend} and reason = 'lost')))
          )
      )
      update batch b
      set lease_until = null,
        state = case when l.due is null then 'done' else 'open' end,
        due_at = greatest(coalesce(l.due, b.due_at), ${input.retryAt}::timestamptz)
      from left_over l
      where b.id = ${batch.id}
        and b.fence = ${batch.fence}
      returning b.state`);
    return rows[0]?.state ?? 'open';
  });
}

/** When what is left of an open batch that no worker holds is due, while its digest is sent; else `null`. */
export async function batchDue(tx: Tx, batchId: number): Promise<Date | null> {
  const { rows } = await tx.execute<{ due: string }>(sql`
    select b.due_at as due
    from batch b
      join digest g on g.digest_date = b.digest_date and g.kind = b.kind
    where b.id = ${batchId}
      and b.state = 'open'
      and ${UNLEASED}
      and g.state = 'sending'`);
  return rows[0] === undefined ? null : new Date(rows[0].due);
}

/**
 * Open batches that a worker should have and none holds: what the queue lost, and deferred ones
 * that are due again.
 */
export async function strandedBatches(tx: Tx, now: Date, limit: number): Promise<number[]> {
  const { rows } = await tx.execute<{ id: string }>(sql`
    select b.id
    from batch b
    join digest g on g.digest_date = b.digest_date and g.kind = b.kind
    where b.state = 'open'
      and b.due_at <= ${now}
      and ${UNLEASED}
      and g.state = 'sending'
    order by b.due_at
    limit ${limit}`);
  return rows.map((r) => Number(r.id));
}

/** Opens the batches of a digest that are done and hold deliveries that wait all the same. */
export async function reopenForgotten(tx: Tx, date: string, now: Date): Promise<void> {
  await tx.execute(sql`
    update batch b
    set state = 'open', due_at = ${now}
    where b.digest_date = ${date}
      and b.kind = ${DIGEST}
      and b.state = 'done'
      and exists (
        select
        from delivery d
        where d.digest_date = ${date}
          and d.batch_id = b.id
          and d.state in ('pending', 'deferred')
      )`);
}

/** The open batches of one digest, due or not, held by a worker or not. */
export async function openBatches(tx: Tx, date: string): Promise<number[]> {
  const { rows } = await tx.execute<{ id: string }>(
    sql`
      select id
      from batch
      where digest_date = ${date}
        and kind = ${DIGEST}
        and state = 'open'
      order by id`,
  );
  return rows.map((r) => Number(r.id));
}
