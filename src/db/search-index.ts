import { sql } from 'drizzle-orm';
import type { Paper } from '../paper.ts';
import { entryOf, knownWords, LEXEME } from '../search/entry.ts';
import type { Tx } from './client.ts';

/** A paper to be found, and the topics that it was filed under; `null`: it was not filed yet. */
export interface Findable {
  paper: Paper;
  topics: readonly string[] | null;
}

/**
 * Makes papers findable as they are now, in one transaction of the caller's, which holds
 * `lockSearch`.
 */
export async function storeEntries(tx: Tx, findable: readonly Findable[]): Promise<void> {
  if (findable.length === 0) return;
  await forgetWords(
    tx,
    findable.map(({ paper }) => paper.id),
  );
  await writeEntries(tx, findable);
  await countWords(
    tx,
    findable.map(({ paper }) => paper),
  );
  await heatPapers(
    tx,
    findable.map(({ paper }) => paper.id),
  );
}

/** One at a time writes what is found: taken first of all that a transaction locks, and held to its end. */
export const lockSearch = async (tx: Tx): Promise<void> => {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('paperboy search'))`);
};

/** Takes the words of these papers' old entries off the counts. */
async function forgetWords(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.execute(sql`
    with lost as (
      select substr(lexeme, 2) as word, count(*)::int as papers
      from search_entry e
      cross join unnest(tsvector_to_array(e.document)) as lexeme
      where e.paper_id = any(${sql.param([...ids])}::text[])
        and starts_with(lexeme, ${LEXEME.exact})
      group by 1
    )
    update search_word w
    set papers = w.papers - lost.papers
    from lost
    where w.word = lost.word`);
}

/** Topics that are not known now stay what they were. */
async function writeEntries(tx: Tx, findable: readonly Findable[]): Promise<void> {
  const entries = findable.map(({ paper, topics }) => ({ ...entryOf(paper), topics }));
  await tx.execute(sql`
    with said as (
      select
        e.*,
        coalesce(e.topics, old.topics) as filed,
        e."headLexemes"::tsvector
          || setweight(to_tsvector('english', e.title), 'A')
          || setweight(to_tsvector('english', e.keywords), 'B')
          || setweight(to_tsvector('english', e.names), 'C') as people
      from jsonb_to_recordset(${JSON.stringify(entries)}::jsonb) as e(
        "paperId" text,
        "headLexemes" text,
        "abstractLexemes" text,
        title text,
        keywords text,
        names text,
        abstract text,
        day date,
        "firstSeenAt" timestamptz,
        "hasCode" boolean,
        organisation text,
        topics text[])
      left join search_entry old on old.paper_id = e."paperId"
    ), headed as (
      select
        *,
        people || array_to_tsvector(array(select ${LEXEME.topic} || slug from unnest(filed) as slug)) as head
      from said
    )
    insert into search_entry (paper_id, document, head, day, first_seen_at, has_code, organisation, topics)
    select
      "paperId",
      head || "abstractLexemes"::tsvector || strip(to_tsvector('english', abstract)),
      head,
      day,
      "firstSeenAt",
      "hasCode",
      organisation,
      filed
    from headed
    on conflict (paper_id) do update set
      document = excluded.document,
      head = excluded.head,
      day = excluded.day,
      first_seen_at = excluded.first_seen_at,
      has_code = excluded.has_code,
      organisation = excluded.organisation,
      topics = excluded.topics`);
}

async function countWords(tx: Tx, papers: readonly Paper[]): Promise<void> {
  const counts = new Map<string, { word: string; papers: number; parts: string | null }>();
  for (const { word, parts } of papers.flatMap(knownWords)) {
    const count = counts.get(word);
    counts.set(word, { word, papers: (count?.papers ?? 0) + 1, parts: count?.parts ?? parts });
  }
  await tx.execute(sql`
    insert into search_word (word, papers, parts)
    select w.word, w.papers, w.parts
    from jsonb_to_recordset(${JSON.stringify([...counts.values()])}::jsonb) as w(word text, papers int, parts text)
    on conflict (word) do update set
      papers = search_word.papers + excluded.papers,
      parts = coalesce(search_word.parts, excluded.parts)`);
}

/**
 * How much papers are talked about: the logarithm of what was last counted of them. Stars are of a
 * repository, and may be older than the paper.
 */
export async function heatPapers(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.execute(sql`
    with counted as (
      select distinct on (s.paper_id, s.source, s.metric) s.paper_id, s.value
      from signal s
      where s.paper_id = any(${sql.param([...new Set(ids)])}::text[])
        and s.metric <> 'stars'
      order by s.paper_id, s.source, s.metric, s.observed_at desc
    ), heat as (
      select paper_id, ln(1 + greatest(sum(value), 0))::real as heat
      from counted
      group by paper_id
    )
    update search_entry e
    set heat = h.heat
    from heat h
    where e.paper_id = h.paper_id
      and e.heat is distinct from h.heat`);
}

/** The topics that these papers are filed under; one that was not filed yet is left out. */
export async function filedTopics(db: Tx, ids: readonly string[]): Promise<Map<string, string[]>> {
  const { rows } = await db.execute<{ id: string; topics: string[] }>(sql`
    select paper_id as id, topics
    from search_entry
    where paper_id = any(${sql.param([...ids])}::text[])
      and topics is not null`);
  return new Map(rows.map(({ id, topics }) => [id, topics]));
}
