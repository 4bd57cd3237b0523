import type { Db } from '../src/db/client.ts';
import { atLength, dropWordIndexes } from './search-corpus.ts';

/**
 * Makes many papers of those there are, each with the title and people of one and the abstract of
 * another. A multiple of everything would hide what a large index costs; words keep their shares.
 */
export async function multiply(db: Db, until: number): Promise<void> {
  const client = await db.$client.connect();
  const run = (text: string, values?: unknown[]) => atLength<{ papers: number }>(client, text, values);
  try {
    await run(`set statement_timeout = 0; set work_mem = '256MB'; set maintenance_work_mem = '512MB'`);
    const indexes = await dropWordIndexes(db);
    const { rows } = await run('select count(*)::int as papers from paper');
    const copies = Math.ceil(until / rows[0]!.papers) - 1;
    await run(`create temp table original as select row_number() over (order by id) - 1 as n, * from paper`);
    for (let copy = 1; copy <= copies; copy++) await run(COPY, [copy]);
    await run(`update search_word set papers = papers * $1`, [copies + 1]);
    for (const definition of indexes) await run(definition);
    await run('vacuum analyze');
  } finally {
    client.release(true);
  }
}

const COPY = `
  with pair as (
    select
      o.id as head_id,
      b.id as body_id,
      o.id || 'x' || $1::int as id,
      o.first_seen_at - make_interval(days => 365 * $1::int) as first_seen_at
    from original o
    join original b on b.n = (o.n * 7919 + 104729 * $1::int) % (select count(*) from original)
  ), copied as (
    insert into paper (
      id, source, title, abstract, authors, organisation, published_at, first_seen_at, categories, keywords,
      code_url, updated_at, author_keys, organisation_key, indexed_at)
    select
      pair.id, h.source, h.title, b.abstract, h.authors, h.organisation, h.published_at, pair.first_seen_at,
      h.categories, h.keywords, h.code_url, h.updated_at, h.author_keys, h.organisation_key, h.updated_at
    from pair
    join paper h on h.id = pair.head_id
    join paper b on b.id = pair.body_id
  )
  insert into search_entry (paper_id, document, head, day, first_seen_at, has_code, organisation, topics, heat)
  select
    pair.id,
    h.head || ts_delete(b.document, tsvector_to_array(b.head)),
    h.head,
    h.day - 365 * $1::int,
    pair.first_seen_at,
    h.has_code,
    h.organisation,
    h.topics,
    0
  from pair
  join search_entry h on h.paper_id = pair.head_id
  join search_entry b on b.paper_id = pair.body_id`;
