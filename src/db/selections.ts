import { sql } from 'drizzle-orm';
import { CANDIDATE_DAYS } from '../paper.ts';
import { DIGEST } from './digests.ts';
import { RESTORED } from './installation.ts';
import type { Tx } from './client.ts';

/**
 * How far a digest looks for what its reader had, in days: those that can hold a paper of it, and
 * one more, for an edition is not built at midnight. Each day more costs a row for each reader.
 */
const HAD_DAYS = CANDIDATE_DAYS + 1;
/** How many papers a digest from before selections were kept held at most. */
const EARLIER_DIGEST_SIZE = 10;

/** Keeps the papers of a digest in their order, once for all whose digest holds the same. */
export async function keepSelection(db: Tx, date: string, papers: readonly string[]): Promise<number> {
  const list = sql`${sql.param([...papers])}::text[]`;
  const find = sql`select id from selection where digest_date = ${date} and papers = ${list}`;
  const { rows } = await db.execute<{ id: string }>(sql`
    with kept as (
      insert into selection (digest_date, papers)
      select ${date}, ${list}
      where not exists (${find})
      on conflict do nothing
      returning id
    )
    select id from kept
    union all ${find}`);
  // Kept by another process between our look and our insert: seen by the next statement.
  const [found] = rows.length > 0 ? rows : (await db.execute<{ id: string }>(find)).rows;
  return Number(found!.id);
}

/** What two copies of a digest held together, the later one's papers first: both may have arrived. */
export async function keepBoth(db: Tx, date: string, later: number, earlier: number): Promise<number> {
  const [last, first] = [await selectionPapers(db, date, later), await selectionPapers(db, date, earlier)];
  return keepSelection(db, date, [...new Set([...(last ?? []), ...(first ?? [])])]);
}

/** The papers of a selection of that day, in their order. */
export async function selectionPapers(db: Tx, date: string, id: number): Promise<string[] | null> {
  const { rows } = await db.execute<{ papers: string[] }>(
    sql`select papers from selection where id = ${id} and digest_date = ${date}`,
  );
  return rows[0]?.papers ?? null;
}

/**
 * SQL: what the reader `d.subscriber_id` had beside the digest of `date`, up to that of `until`, as
 * one text: the selections of other digests that left, or may have, also before a restore. Of a
 * digest from before selections were kept it is the window, `since/date`. Each row is looked up by
 * its key.
 */
const hadBeside = (date: string, until: string): string => `
  coalesce((
    select string_agg(coalesce(h.selection_id::text, h.since || '/' || h.digest_date), ',' order by h.digest_date)
    from delivery h
    where h.subscriber_id = d.subscriber_id
      and h.kind = '${DIGEST}'
      and h.digest_date <> ${date}
      and h.digest_date between ${date} - ${HAD_DAYS} and ${until}
      and (h.state in ('accepted', 'unknown', 'sending') or (h.state = 'skipped' and h.reason = '${RESTORED}'))
  ), '')`;

/** What the reader had beside the digest of `$1`. Later ones count too, for this one may be late. */
export const HAD = hadBeside('$1::date', `$1::date + ${HAD_DAYS}`);
/** What the reader had before the digest of `d.digest_date`. */
export const HAD_BEFORE = hadBeside('d.digest_date', 'd.digest_date');

/**
 * How many of these digests held each paper. `had` is what `HAD` gives; `topics` are those of the
 * reader, by whom windows are read.
 */
export async function papersHad(db: Tx, had: string, topics: readonly string[]): Promise<Map<string, number>> {
  if (had === '') return new Map();
  const [windows, selections] = partition(had.split(','), (token) => token.includes('/'));
  const { rows } = await db.execute<{ id: string; times: number }>(sql`
    with held as (
      select s.id::text as digest, unnest(s.papers) as paper
      from selection s
      where s.id = any(${sql.param(selections)}::bigint[])
      union
      select w.digest, e.paper_id as paper
      from unnest(${sql.param(windows)}::text[]) as w(digest)
      join edition_entry e
        on e.edition_date > split_part(w.digest, '/', 1)::date
          and e.edition_date <= split_part(w.digest, '/', 2)::date
      where e.topic = any(${sql.param([...topics])}::text[])
        and e.is_listed
        and e.rank <= ${EARLIER_DIGEST_SIZE}
    )
    select paper as id, count(*)::int as times
    from held
    group by paper`);
  return new Map(rows.map(({ id, times }) => [id, times]));
}

function partition<T>(values: readonly T[], is: (value: T) => boolean): [T[], T[]] {
  const { yes = [], no = [] } = Object.groupBy(values, (value) => (is(value) ? 'yes' : 'no'));
  return [yes, no];
}
