import { sql } from 'drizzle-orm';
import { OVERALL, type Paper } from '../paper.ts';
import type { Tx } from './client.ts';
import { papersInOrder } from './papers.ts';

/** A paper by its title, where that is all there is room for. */
export interface Headline {
  id: string;
  title: string;
  titleTex: string | null;
}

/**
 * The newest number of upvotes of the paper that `id` names, as `v.upvotes` of a lateral join. Its
 * limit keeps Postgres from counting once more for each place that asks.
 */
export const latestUpvotes = (id: string) =>
  sql.raw(`lateral (
    select vote.value as upvotes
    from signal vote
    where vote.paper_id = ${id}
      and vote.source = 'huggingface'
      and vote.metric = 'upvotes'
    order by vote.observed_at desc
    limit 1
  ) v`);

/** The first paper of the overall edition of each of these days. */
export async function leadsOf(db: Tx, dates: readonly string[]): Promise<Map<string, Headline>> {
  const { rows } = await db.execute<Headline & { date: string } & Record<string, unknown>>(sql`
    select
      d.date::text as date,
      p.id,
      p.title,
      p.title_tex as "titleTex"
    from unnest(${sql.param([...dates])}::date[]) as d(date)
    cross join lateral (
      select e.paper_id
      from edition_entry e
      where e.edition_date = d.date
        and e.topic = ${OVERALL}
        and e.is_listed
      order by e.rank
      limit 1
    ) lead
    join paper p on p.id = lead.paper_id`);
  return new Map(rows.map(({ date, ...lead }) => [date, lead]));
}

/** How many papers each topic's edition shows on a day, the largest first. */
export async function topicSizes(db: Tx, date: string): Promise<{ topic: string; papers: number }[]> {
  const { rows } = await db.execute<{ topic: string; papers: number }>(sql`
    select topic, count(*)::int as papers
    from edition_entry
    where edition_date = ${date}
      and topic <> ${OVERALL}
      and is_listed
    group by topic
    order by papers desc, topic`);
  return rows;
}

/** A place in an edition, and how many papers that edition shows. */
export interface PaperPlace {
  date: string;
  topic: string;
  rank: number;
  papers: number;
  /** Why it stood there, as it was said then. */
  reasons: string[];
}

/** Where a paper stood in editions, newest first; the overall edition before the topics of its day. */
export async function placesOf(db: Tx, paperId: string): Promise<PaperPlace[]> {
  const { rows } = await db.execute<PaperPlace & Record<string, unknown>>(sql`
    select
      e.edition_date::text as date,
      e.topic,
      e.rank,
      e.reasons,
      (
        select count(*)::int
        from edition_entry other
        where other.edition_date = e.edition_date
          and other.topic = e.topic
          and other.is_listed
      ) as papers
    from edition_entry e
    where e.paper_id = ${paperId}
      and e.is_listed
    order by e.edition_date desc, (e.topic <> ${OVERALL}), e.rank, e.topic`);
  return rows;
}

/** Of the newest paper: what names its page, and the pages of its names; and the newest edition's day. */
export interface Newest {
  id: string;
  author: string | null;
  organisation: string | null;
  date: string | null;
}

/** What stands first on the pages that are asked for most; `null` where there is no paper. */
export async function newestOf(db: Tx): Promise<Newest | null> {
  const { rows } = await db.execute<Newest & Record<string, unknown>>(sql`
    select
      p.id,
      p.author_keys[1] as author,
      p.organisation_key as organisation,
      (select max(edition_date)::text from edition) as date
    from paper p
    order by p.first_seen_at desc, p.id
    limit 1`);
  return rows[0] ?? null;
}

/** The papers that an edition shows right above and right below a place. */
export async function placesAround(
  db: Tx,
  { date, topic, rank }: Pick<PaperPlace, 'date' | 'topic' | 'rank'>,
): Promise<(Headline & { rank: number })[]> {
  const { rows } = await db.execute<Headline & { rank: number } & Record<string, unknown>>(sql`
    select e.rank, p.id, p.title, p.title_tex as "titleTex"
    from edition_entry e
    join paper p on p.id = e.paper_id
    where e.edition_date = ${date}
      and e.topic = ${topic}
      and e.is_listed
      and e.rank in (${rank}::int - 1, ${rank}::int + 1)
    order by e.rank`);
  return rows;
}

/** The days next to this one that have an edition. */
export async function daysAround(db: Tx, date: string): Promise<{ before: string | null; after: string | null }> {
  const { rows } = await db.execute<{ before: string | null; after: string | null }>(sql`
    select
      (select max(edition_date)::text from edition where topic = ${OVERALL} and edition_date < ${date}) as before,
      (select min(edition_date)::text from edition where topic = ${OVERALL} and edition_date > ${date}) as after`);
  return rows[0]!;
}

/** A paper among others of many days: the day on which it stood first, and its upvotes by now. */
export interface Placed {
  date: string;
  rank: number;
  upvotes: number | null;
  paper: Paper;
}

interface Span {
  topic: string;
  /** The first and the last day. */
  from: string;
  until: string;
  limit: number;
}

/**
 * The best of what the editions of a span showed: by the votes papers have by now, and where none
 * are known, by what they were worth in the end as far as one could tell. Withdrawn ones are none.
 */
export async function bestOf(db: Tx, { topic, from, until, limit }: Span): Promise<Placed[]> {
  const { rows } = await db.execute<Omit<Placed, 'paper'> & { id: string } & Record<string, unknown>>(sql`
    with stood as (
      select
        e.paper_id as id,
        min(e.edition_date) as date,
        min(e.rank) as rank,
        max(coalesce(e.weekly_score, e.score)) as worth
      from edition_entry e
      where e.topic = ${topic}
        and e.edition_date between ${from} and ${until}
        and e.is_listed
      group by e.paper_id
    )
    select s.id, s.date::text as date, s.rank, v.upvotes
    from stood s
    join paper p on p.id = s.id
    left join ${latestUpvotes('s.id')} on true
    where not p.is_withdrawn
    order by v.upvotes desc nulls last, s.worth desc, s.id
    limit ${limit}`);
  const papers = await papersInOrder(
    db,
    rows.map(({ id }) => id),
  );
  return papers.map((paper, i) => ({ ...rows[i]!, paper }));
}

/** A paper whose votes grew after its edition was frozen. */
export interface Rising extends Headline {
  authors: string[];
  organisation: string | null;
  /** The day of its edition. */
  date: string;
  upvotes: number;
  /** How many of them came since it was frozen. */
  gained: number;
}

/** What led an edition of the days before `date`, is not in that one, and gained votes since. */
export async function risingSince(
  db: Tx,
  { date, from, places, limit }: { date: string; from: string; places: number; limit: number },
): Promise<Rising[]> {
  const { rows } = await db.execute<Rising & Record<string, unknown>>(sql`
    with led as (
      select distinct on (e.paper_id) e.paper_id, e.edition_date, d.frozen_at
      from edition_entry e
      join edition d on d.edition_date = e.edition_date and d.topic = e.topic
      where e.topic = ${OVERALL}
        and e.edition_date >= ${from}
        and e.edition_date < ${date}
        and e.is_listed
        and e.rank <= ${places}
      order by e.paper_id, e.edition_date
    ), counted as (
      select
        l.paper_id,
        l.edition_date,
        v.upvotes,
        v.upvotes - coalesce((
          select s.value
          from signal s
          where s.paper_id = l.paper_id
            and s.source = 'huggingface'
            and s.metric = 'upvotes'
            and s.observed_at <= l.frozen_at
          order by s.observed_at desc
          limit 1), 0) as gained
      from led l
      cross join ${latestUpvotes('l.paper_id')}
    )
    select
      p.id,
      p.title,
      p.title_tex as "titleTex",
      p.authors,
      p.organisation,
      c.edition_date::text as date,
      c.upvotes,
      c.gained
    from counted c
    join paper p on p.id = c.paper_id
    where c.gained > 0
      and not p.is_withdrawn
      and not exists (
        select
        from edition_entry e
        where e.edition_date = ${date}
          and e.topic = ${OVERALL}
          and e.paper_id = c.paper_id
          and e.is_listed)
    order by c.gained desc, p.id
    limit ${limit}`);
  return rows;
}
