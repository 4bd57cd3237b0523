import { and, asc, desc, eq, gt, lte, sql } from 'drizzle-orm';
import { OVERALL, type Paper } from '../paper.ts';
import type { Tx } from './client.ts';
import { PAPER_COLUMNS } from './papers.ts';
import { freshPick, paper } from './schema.ts';

/** The source that announces papers before any list has them. */
const ANNOUNCER = 'arxiv';

/** A paper that was announced, as far as forecasts look at it. */
export type AnnouncedRow = Pick<
  Paper,
  'id' | 'title' | 'abstract' | 'authors' | 'categories' | 'firstSeenAt' | 'listedOn'
>;

const ANNOUNCED_COLUMNS = {
  id: paper.id,
  title: paper.title,
  abstract: paper.abstract,
  authors: paper.authors,
  categories: paper.categories,
  firstSeenAt: paper.firstSeenAt,
  listedOn: paper.listedOn,
};

/** What was announced after `after` and no later than `until`, by when it was first seen. */
export const announcedPapers = (db: Tx, { after, until }: { after: Date; until: Date }): Promise<AnnouncedRow[]> =>
  db
    .select(ANNOUNCED_COLUMNS)
    .from(paper)
    .where(
      and(
        eq(paper.source, ANNOUNCER),
        gt(paper.firstSeenAt, after),
        lte(paper.firstSeenAt, until),
        eq(paper.isWithdrawn, false),
      ),
    )
    .orderBy(asc(paper.firstSeenAt), asc(paper.id));

/** How many papers were announced on the days from `since` up to `until`, and how many of them listed before it. */
export async function countAnnounced(
  db: Tx,
  { since, until }: { since: string; until: string },
): Promise<{ announced: number; listed: number }> {
  const { rows } = await db.execute<{ announced: number; listed: number }>(sql`
    select count(*)::int as announced, count(*) filter (where listed_on < ${until})::int as listed
    from paper
    where source = ${ANNOUNCER}
      and first_seen_at >= ${since}::timestamp at time zone 'UTC'
      and first_seen_at < ${until}::timestamp at time zone 'UTC'
      and not is_withdrawn`);
  return rows[0]!;
}

/** Which of these papers an edition before `date` showed, or picked as fresh. */
export async function shownBefore(db: Tx, ids: readonly string[], date: string): Promise<Set<string>> {
  const { rows } = await db.execute<{ id: string }>(sql`
    select e.paper_id as id
    from edition_entry e
    where e.paper_id = any(${sql.param([...ids])}::text[])
      and e.is_listed
      and e.edition_date < ${date}
    union
    select f.paper_id
    from fresh_pick f
    where f.paper_id = any(${sql.param([...ids])}::text[])`);
  return new Set(rows.map(({ id }) => id));
}

/** When the newest edition before that of `date` was frozen, or its day ended if that was earlier. */
export async function lastFrozenBefore(db: Tx, date: string): Promise<Date | null> {
  const { rows } = await db.execute<{ at: string }>(sql`
    select least(frozen_at, (edition_date + 1)::timestamp at time zone 'UTC') as at
    from edition
    where topic = ${OVERALL}
      and edition_date < ${date}
      and not sample
    order by edition_date desc
    limit 1`);
  return rows[0] ? new Date(rows[0].at) : null;
}

/** A pick as it is kept. */
export type FreshPickRow = typeof freshPick.$inferInsert;

export async function keepPicks(tx: Tx, picks: readonly FreshPickRow[]): Promise<void> {
  if (picks.length > 0) await tx.insert(freshPick).values([...picks]);
}

/** A pick of a morning with its paper. */
export interface FreshPick {
  rank: number;
  chance: number;
  expectedVotes: number;
  reasons: string[];
  paper: Paper;
}

/** The picks of a morning, the first first. */
export const picksOn = (db: Tx, date: string): Promise<FreshPick[]> =>
  db
    .select({
      rank: freshPick.rank,
      chance: freshPick.chance,
      expectedVotes: freshPick.expectedVotes,
      reasons: freshPick.reasons,
      paper: PAPER_COLUMNS,
    })
    .from(freshPick)
    .innerJoin(paper, eq(paper.id, freshPick.paperId))
    .where(eq(freshPick.editionDate, date))
    .orderBy(asc(freshPick.rank));

/** The newest morning that has picks, up to `onOrBefore`. */
export async function latestPicksDate(db: Tx, onOrBefore: string): Promise<string | null> {
  const [found] = await db
    .select({ date: freshPick.editionDate })
    .from(freshPick)
    .where(lte(freshPick.editionDate, onOrBefore))
    .orderBy(desc(freshPick.editionDate))
    .limit(1);
  return found?.date ?? null;
}

/** What became of a paper: on which list it came, and with how many votes. */
export interface Outcome {
  id: string;
  title: string;
  listedOn: string | null;
  upvotes: number;
}

interface Span {
  /** The first and the last day. */
  from: string;
  until: string;
  /** A paper has come true when it is listed within so many days. */
  withinDays: number;
}

const UPVOTES = sql.raw(`coalesce((
      select max(s.value)
      from signal s
      where s.paper_id = p.id
        and s.source = 'huggingface'
        and s.metric = 'upvotes'), 0)::int`);

/** What became of the first `first` picks of each morning of a span. */
export async function outcomesOfPicks(
  db: Tx,
  { from, until, withinDays, first }: Span & { first: number },
): Promise<(Outcome & { date: string; rank: number; chance: number })[]> {
  const { rows } = await db.execute<Outcome & { date: string; rank: number; chance: number } & Record<string, unknown>>(
    sql`
    select
      f.edition_date::text as date,
      f.rank,
      f.chance,
      p.id,
      p.title,
      case when p.listed_on <= f.edition_date + ${withinDays}::int then p.listed_on::text end as "listedOn",
      ${UPVOTES} as upvotes
    from fresh_pick f
    join paper p on p.id = f.paper_id
    where f.edition_date between ${from} and ${until}
      and f.rank <= ${first}
    order by f.edition_date, f.rank`,
  );
  return rows;
}

/** How many of a list's papers count as its best. */
const BEST_OF_LIST = 5;

/**
 * The best papers of the lists of a span that were announced on a morning with picks, and were not
 * among the first `first` of them; those with most votes first.
 */
export async function missedPapers(
  db: Tx,
  { from, until, withinDays, first, limit }: Span & { first: number; limit: number },
): Promise<Outcome[]> {
  const { rows } = await db.execute<Outcome & Record<string, unknown>>(sql`
    with listed as (
      select p.id, p.title, p.source, p.first_seen_at, p.listed_on, ${UPVOTES} as upvotes
      from paper p
      where p.listed_on between ${from} and ${until}::date + ${withinDays}::int
    ), best as (
      select l.*, rank() over (partition by l.listed_on order by l.upvotes desc) as place
      from listed l
    )
    select b.id, b.title, b.listed_on::text as "listedOn", b.upvotes
    from best b
    where b.place <= ${BEST_OF_LIST}
      and b.source = ${ANNOUNCER}
      and (b.first_seen_at at time zone 'UTC')::date between ${from} and ${until}
      and b.listed_on <= (b.first_seen_at at time zone 'UTC')::date + ${withinDays}::int
      and exists (
        select
        from fresh_pick f
        where f.edition_date = (b.first_seen_at at time zone 'UTC')::date)
      and not exists (
        select
        from fresh_pick f
        where f.paper_id = b.id
          and f.rank <= ${first})
    order by b.upvotes desc, b.id
    limit ${limit}`);
  return rows;
}

/** Abstracts by the ids of their papers. */
export async function abstractsOf(db: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await db
    .select({ id: paper.id, abstract: paper.abstract })
    .from(paper)
    .where(sql`${paper.id} = any(${sql.param([...ids])}::text[])`);
  return new Map(rows.map(({ id, abstract }) => [id, abstract]));
}
