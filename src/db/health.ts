import { sql } from 'drizzle-orm';
import type { Tx } from './client.ts';
import { MINUTE } from '../duration.ts';
import { DIGEST } from './digests.ts';
import { OVERALL } from '../paper.ts';
import { CLOCKS_APART_MS } from './clock.ts';

const dated = (text: string | null): Date | null => (text === null ? null : new Date(text));

/** How a source went in the days since. */
export interface SourceRuns {
  source: string;
  /** When its newest run that brought something ended; `null`: none did. */
  goodAt: Date | null;
  /** The first run that failed after that, how many did, and what the newest of them said. */
  failingSince: Date | null;
  failures: number;
  words: string | null;
  /** Of the newest good run, and of all good ones. */
  papers: number;
  skipped: number;
  usualPapers: number;
  usualSkipped: number;
}

/** One list of several that could not be had leaves the others. */
const GOOD = sql.raw(`(error is null or papers > 0)`);

/** The runs of each source since a moment, however they went. */
export async function sourceRuns(tx: Tx, since: Date): Promise<SourceRuns[]> {
  const { rows } = await tx.execute<{
    source: string;
    good: string | null;
    since: string | null;
    failures: number;
    words: string | null;
    papers: number;
    skipped: number;
    usual_papers: number;
    usual_skipped: number;
  }>(sql`
    with run as (
      select source, started_at, finished_at, papers, skipped, error,
        max(started_at) filter (where ${GOOD}) over (partition by source) as last_good
      from ingest_run
      where started_at >= ${since}
    )
    select source,
      max(finished_at) filter (where ${GOOD}) as good,
      min(started_at) filter (where last_good is null or started_at > last_good) as since,
      (count(*) filter (where last_good is null or started_at > last_good))::int as failures,
      (array_agg(error order by started_at desc) filter (where error is not null))[1] as words,
      coalesce(max(papers) filter (where started_at = last_good), 0)::int as papers,
      coalesce(max(skipped) filter (where started_at = last_good), 0)::int as skipped,
      coalesce(avg(papers) filter (where ${GOOD} and started_at < last_good), 0)::float8 as usual_papers,
      coalesce(avg(skipped) filter (where ${GOOD} and started_at < last_good), 0)::float8 as usual_skipped
    from run
    group by source`);
  return rows.map((r) => ({
    source: r.source,
    goodAt: dated(r.good),
    failingSince: dated(r.since),
    failures: r.failures,
    words: r.words,
    papers: r.papers,
    skipped: r.skipped,
    usualPapers: r.usual_papers,
    usualSkipped: r.usual_skipped,
  }));
}

export interface NewestEdition {
  date: string;
  frozenAt: Date;
  papers: number;
}

/** The newest overall edition that is no sample, with how much it shows. */
export async function newestFrozen(tx: Tx): Promise<NewestEdition | null> {
  const { rows } = await tx.execute<{ date: string; at: string; papers: number }>(sql`
    select e.edition_date::text as date, e.frozen_at as at,
      (
        select count(*)::int
        from edition_entry n
        where n.edition_date = e.edition_date
          and n.topic = e.topic
          and n.is_listed
      ) as papers
    from edition e
    where e.topic = ${OVERALL}
      and not e.sample
    order by e.edition_date desc
    limit 1`);
  return rows[0] ? { date: rows[0].date, frozenAt: new Date(rows[0].at), papers: rows[0].papers } : null;
}

/** When the newest paper came. */
export async function newestPaperAt(tx: Tx): Promise<Date | null> {
  const { rows } = await tx.execute<{ at: string }>(sql`
    select first_seen_at as at
    from paper
    where source <> 'sample'
    order by first_seen_at desc nulls first
    limit 1`);
  return dated(rows[0]?.at ?? null);
}

export interface Sending {
  /** The earliest hour that has come and was not dispatched. */
  dueSince: Date | null;
  /** The earliest batch that waits for a worker, of digests that go out, and how many do. */
  waitingSince: Date | null;
  waiting: number;
  /**
   * The newest digest: when it was frozen, how it stands, whether anyone has it, and, where something
   * waits long, whether others get it meanwhile.
   */
  newest: { date: string; state: string; frozenAt: Date; reached: boolean; moves: boolean } | null;
}

/** A batch that waits so long for a worker is stuck, unless others go on. */
export const STUCK_MS = 15 * MINUTE;

/** How far digests are. Looks at indexes and a few rows, so that it can be asked each minute. */
export async function sending(tx: Tx, now: Date): Promise<Sending> {
  const { rows } = await tx.execute<{ due: string | null; waits: string | null; waiting: number }>(sql`
    select
      (
        select min(next_due_at)
        from subscriber
        where status = 'active'
          and next_due_at <= ${now}
      ) as due,
      min(b.due_at) as waits,
      count(*)::int as waiting
    from batch b
      join digest g using (digest_date, kind)
    where b.state = 'open'
      and g.state = 'sending'
      and b.due_at <= ${now}
      and (b.lease_until is null or b.lease_until <= clock_timestamp())`);
  // Asked only where something waits long: it may read much.
  const { waits } = rows[0]!;
  const waitsLong = waits !== null && now.getTime() - new Date(waits).getTime() >= STUCK_MS;
  const { rows: digests } = await tx.execute<{
    date: string;
    state: string;
    at: string;
    reached: boolean;
    moves: boolean;
  }>(sql`
    select digest_date::text as date, state, frozen_at as at,
      ${waitsLong}::boolean and exists (
        select
        from delivery d
        where d.digest_date = g.digest_date
          and d.kind = g.kind
          and d.updated_at > ${new Date(now.getTime() - STUCK_MS)}
          and d.state not in ('pending', 'sending')
      ) as moves,
      exists (
        select
        from delivery d
        where d.digest_date = g.digest_date
          and d.kind = g.kind
          and d.state not in ('pending', 'sending', 'deferred')
      ) or not exists (
        select
        from delivery d
        where d.digest_date = g.digest_date
          and d.kind = g.kind
      ) as reached
    from digest g
    where kind = ${DIGEST}
    order by digest_date desc
    limit 1`);
  const newest = digests[0];
  return {
    dueSince: dated(rows[0]!.due),
    waitingSince: dated(rows[0]!.waits),
    waiting: rows[0]!.waiting,
    newest: newest
      ? {
          date: newest.date,
          state: newest.state,
          frozenAt: new Date(newest.at),
          reached: newest.reached,
          moves: newest.moves,
        }
      : null,
  };
}

/** How many complaints came since, and whether that is more than one of so many deliveries. */
export interface Complaints {
  count: number;
  /** Deliveries that were accepted, counted no further than the limit asks. */
  accepted: number;
}

/** Deliveries are counted only as far as they matter: an installation has millions. */
export async function complaintsSince(tx: Tx, since: Date, perComplaint: number): Promise<Complaints> {
  const { rows } = await tx.execute<{ count: number }>(sql`
    select count(*)::int as count
    from feedback
    where kind = 'complaint'
      and heard_at > ${since}
      and not pardoned`);
  const { count } = rows[0]!;
  if (count === 0) return { count, accepted: 0 };
  const { rows: counted } = await tx.execute<{ count: number }>(sql`
    select count(*)::int as count
    from (
      select
      from delivery
      where digest_date >= ${since}::date
        and state = 'accepted'
      limit ${count * perComplaint}
    ) d`);
  return { count, accepted: counted[0]!.count };
}

/** How many readers had mail come back since, and how many there are. */
export async function bouncesSince(tx: Tx, since: Date): Promise<{ readers: number; active: number }> {
  const { rows } = await tx.execute<{ readers: number; active: number }>(sql`
    select
      (
        select count(distinct subscriber_id)::int
        from feedback
        where kind in ('hard', 'soft')
          and permanent
          and heard_at > ${since}
          and not pardoned
      ) as readers,
      (
        select count(*)::int
        from subscriber
        where status = 'active'
      ) as active`);
  return rows[0]!;
}

export interface DatabaseFacts {
  version: string;
  bytes: number;
  connections: number;
  mostConnections: number;
  /** The table with the most dead rows, and how many rows of each kind it has. */
  bloated: { table: string; dead: number; live: number } | null;
  /** How many transactions the oldest row that is not frozen is away. */
  transactions: number;
}

export async function databaseFacts(tx: Tx): Promise<DatabaseFacts> {
  const { rows } = await tx.execute<{
    version: string;
    bytes: string;
    connections: number;
    most: number;
    transactions: number;
  }>(sql`
    select
      current_setting('server_version') as version,
      pg_database_size(current_database()) as bytes,
      (
        select count(*)::int
        from pg_stat_activity
        where backend_type = 'client backend'
      ) as connections,
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as most,
      (
        select age(datfrozenxid)::int
        from pg_database
        where datname = current_database()
      ) as transactions`);
  const { rows: tables } = await tx.execute<{ table: string; dead: string; live: string }>(sql`
    select relname as "table", n_dead_tup as dead, n_live_tup as live
    from pg_stat_user_tables
    order by n_dead_tup desc
    limit 1`);
  const [facts, worst] = [rows[0]!, tables[0]];
  return {
    version: facts.version,
    bytes: Number(facts.bytes),
    connections: facts.connections,
    mostConnections: facts.most,
    bloated: worst ? { table: worst.table, dead: Number(worst.dead), live: Number(worst.live) } : null,
    transactions: facts.transactions,
  };
}

export interface Heartbeat {
  name: string;
  /** Since when it was seen without a pause. */
  beganAt: Date;
  seenAt: Date;
}

export async function heartbeats(tx: Tx): Promise<Heartbeat[]> {
  const { rows } = await tx.execute<{ name: string; began: string; seen: string }>(sql`
    select name, began_at as began, seen_at as seen
    from heartbeat`);
  return rows.map(({ name, began, seen }) => ({ name, beganAt: new Date(began), seenAt: new Date(seen) }));
}

/** A moment that a clock which had jumped ahead left counts as none. */
const AHEAD = sql.raw(`interval '${CLOCKS_APART_MS} milliseconds'`);
/** What was not seen for so long began anew. */
const PAUSE = sql.raw(`interval '3 minutes'`);

/** Notes that something goes on, unless that was noted less than `everyMs` ago. False: it was. */
export async function beat(tx: Tx, name: string, now: Date, everyMs = 0): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    insert into heartbeat as h (name, began_at, seen_at)
    values (${name}, ${now}, ${now})
    on conflict (name) do update
    set seen_at = ${now},
      began_at = case
        when h.seen_at < ${now}::timestamptz - ${PAUSE} or h.began_at > ${now}::timestamptz + ${AHEAD} then ${now}
        else h.began_at
      end
    where h.seen_at <= ${new Date(now.getTime() - everyMs)}
      or h.seen_at > ${now}::timestamptz + ${AHEAD}`);
  return rowCount === 1;
}

/** Forgets processes that ended long ago. */
export async function forgetBeats(tx: Tx, before: Date): Promise<void> {
  await tx.execute(sql`
    delete from heartbeat
    where seen_at < ${before}`);
}

/** It was noted too early: what it stood for did not come to pass. */
export async function takeBeatBack(tx: Tx, name: string): Promise<void> {
  await tx.execute(sql`
    delete from heartbeat
    where name = ${name}`);
}
