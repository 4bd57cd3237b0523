import { eq, sql } from 'drizzle-orm';
import { dayOf } from '../day.ts';
import type { Paper } from '../paper.ts';
import { LEXEME, quoted } from '../search/entry.ts';
import { acrossDays, type Neighbour, nearestOf, type Said } from '../search/related.ts';
import { type Db, transaction, type Tx } from './client.ts';
import { PAPER_COLUMNS } from './papers.ts';
import { paper, searchEntry } from './schema.ts';

/** So many papers are kept of each: more than are shown, for some are withdrawn later. */
const KEPT = 20;

/** Papers that were not compared with others yet, the newest first. */
export async function unrelatedPapers(db: Tx, limit: number): Promise<({ id: string } & Said)[]> {
  const { rows } = await db.execute<{ id: string } & Said>(sql`
    select p.id, p.title, p.abstract
    from search_entry e
    join paper p on p.id = e.paper_id
    where not exists (select from related r where r.paper_id = e.paper_id)
      and p.source <> 'sample'
    order by e.first_seen_at desc, p.id
    limit ${limit}`);
  return rows;
}

/** How many papers can be found. */
export async function countEntries(db: Tx): Promise<number> {
  const { rows } = await db.execute<{ papers: number }>(sql`select count(*)::int as papers from search_entry`);
  return rows[0]!.papers;
}

/** How many papers hold each of these words; one that none holds is left out. */
export async function papersWithEach(db: Tx, words: readonly string[]): Promise<Map<string, number>> {
  if (words.length === 0) return new Map();
  const { rows } = await db.execute<{ word: string; papers: number }>(sql`
    select word, papers
    from search_word
    where word = any(${sql.param([...words])}::text[])`);
  return new Map(rows.map(({ word, papers }) => [word, papers]));
}

/** The papers that hold most of these words, each word counting what it weighs. */
export async function papersWithWords(
  db: Tx,
  words: readonly { word: string; weight: number }[],
  { except, limit }: { except: string; limit: number },
): Promise<string[]> {
  const queries = words.map(({ word }) => quoted(LEXEME.exact + word));
  const { rows } = await db.execute<{ id: string }>(sql`
    select found.paper_id as id
    from unnest(
      ${sql.param(queries)}::text[],
      ${sql.param(words.map(({ weight }) => weight))}::float8[]
    ) as w(query, weight)
    cross join lateral (
      select e.paper_id
      from search_entry e
      where e.document @@ w.query::tsquery
    ) found
    where found.paper_id <> ${except}
    group by found.paper_id
    order by sum(w.weight) desc, found.paper_id
    limit ${limit}`);
  return rows.map(({ id }) => id);
}

/** Title and abstract of these papers. */
export async function saidIn(db: Tx, ids: readonly string[]): Promise<Map<string, Said>> {
  const { rows } = await db.execute<{ id: string } & Said>(sql`
    select id, title, abstract
    from paper
    where id = any(${sql.param([...ids])}::text[])
      and source <> 'sample'`);
  return new Map(rows.map(({ id, ...said }) => [id, said]));
}

/** Keeps what was found of some papers, and them with those that they are like. */
export async function keepRelated(db: Db, found: ReadonlyMap<string, readonly Neighbour[]>): Promise<void> {
  const news = new Map([...found].map(([id, nearest]) => [id, [...nearest]]));
  for (const [id, nearest] of found)
    for (const { id: other, score } of nearest) news.set(other, [...(news.get(other) ?? []), { id, score }]);
  await transaction(db, async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('paperboy related'))`);
    const { rows: known } = await tx.execute<{ id: string; others: string[]; scores: number[] }>(sql`
      select paper_id as id, others, scores
      from related
      where paper_id = any(${sql.param([...news.keys()])}::text[])`);
    const knownOf = new Map(
      known.map(({ id, others, scores }) => [id, others.map((other, i) => ({ id: other, score: scores[i]! }))]),
    );
    const rows = [...news]
      // A paper that was not compared itself yet would seem to have been.
      .filter(([id]) => found.has(id) || knownOf.has(id))
      .map(([id, nearest]) => {
        const kept = nearestOf(knownOf.get(id) ?? [], nearest, KEPT);
        return { id, others: kept.map((one) => one.id), scores: kept.map((one) => one.score) };
      });
    await tx.execute(sql`
      insert into related (paper_id, others, scores)
      select r.id, r.others, r.scores
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(id text, others text[], scores real[])
      where exists (select from paper p where p.id = r.id)
      on conflict (paper_id) do update set others = excluded.others, scores = excluded.scores`);
  });
}

/** A paper, and the topics it is filed under in the index of the search. */
export interface Filed {
  paper: Paper;
  topics: string[];
}

/**
 * The papers most like this one, the nearest first, without those that an operator dropped. Their
 * topics are those that the index has: to classify ten papers anew takes 13 ms.
 */
export async function relatedPapers(db: Tx, id: string, limit: number): Promise<Filed[]> {
  const others = sql`(
    select other.id, other.place
    from related r
    cross join unnest(r.others) with ordinality as other(id, place)
    where r.paper_id = ${id}
      and not exists (
        select from edition_choice c
        where c.paper_id = other.id
          and c.choice = 'drop'
      )
  ) other`;
  const papers = await db
    .select({ ...PAPER_COLUMNS, filedUnder: searchEntry.topics })
    .from(paper)
    .leftJoin(searchEntry, eq(searchEntry.paperId, paper.id))
    .innerJoin(others, sql`other.id = ${paper.id}`)
    .orderBy(sql`other.place`);
  const nearest = papers
    .filter(({ isWithdrawn }) => !isWithdrawn)
    .map(({ filedUnder, ...one }) => ({ paper: one, topics: filedUnder ?? [], day: dayOf(one.firstSeenAt) }));
  return acrossDays(nearest, limit);
}
