import { sql } from 'drizzle-orm';
import type { Known, Vocabulary } from '../search/compile.ts';
import type { Corrections } from '../search/correct.ts';
import { quoted } from '../search/entry.ts';
import { type Query, wordsIn } from '../search/query.ts';
import { changesAllowed, nearest, oneChangeAway } from '../search/spelling.ts';
import type { Ask } from './client.ts';

/** What the index knows of these words, and about how many papers it has: the statistics' guess. */
export async function lookUp(
  ask: Ask,
  words: readonly string[],
): Promise<{ vocabulary: Map<string, Known>; papers: number }> {
  const rows = await ask<Known & { of: number }>(sql`
    select
      w.word,
      coalesce(k.papers, 0) as papers,
      k.parts,
      (tsvector_to_array(to_tsvector('english', w.word)))[1] as stem,
      (select reltuples from pg_class where oid = 'search_entry'::regclass) as of
    from (
      select unnest(${sql.param([...words])}::text[])
      union
      select unnest(string_to_array(parts, ' '))
      from search_word
      where word = any(${sql.param([...words])}::text[])
    ) w(word)
    left join search_word k on k.word = w.word`);
  const vocabulary = new Map(rows.map(({ of: _, ...known }) => [known.word, known]));
  return { vocabulary, papers: Math.max(LEAST_PAPERS, rows[0]?.of ?? 0) };
}

/** Before the first ANALYZE there are no statistics. */
const LEAST_PAPERS = 1_000;

/** More unknown words are a text in another language, or noise. */
const MOST_CORRECTIONS = 5;
/** Other forms of a word are counted to here. */
const MOST_FORMS = 400;

/** For each word that no paper holds, what was meant by it, if that can be told. */
export async function correctionsFor(ask: Ask, query: Query, vocabulary: Vocabulary): Promise<Corrections> {
  const own = new Set(wordsIn(query).flatMap(({ parts }) => parts));
  const unseen = [...vocabulary.values()]
    .filter(({ word, papers, stem }) => papers <= 0 && stem !== null && own.has(word))
    .slice(0, MOST_CORRECTIONS);
  if (unseen.length === 0) return [];
  await countForms(ask, unseen);
  const corrections: Corrections[number][] = [];
  for (const { word } of unseen.filter(({ papers }) => papers === 0)) {
    const to = await meantBy(ask, word);
    if (to !== null) corrections.push({ from: word, to });
  }
  return corrections;
}

/** Other forms of a word may be known, and how many papers have those says what they are worth. */
async function countForms(ask: Ask, unseen: readonly Known[]): Promise<void> {
  const counts = await ask<{ papers: number }>(sql`
    select counted.papers
    from unnest(${sql.param(unseen.map(({ stem }) => quoted(stem!)))}::text[]) with ordinality as w(query, place)
    cross join lateral (
      select count(*)::int as papers
      from (
        select
        from search_entry e
        where e.document @@ w.query::tsquery
        limit ${MOST_FORMS}
      ) form
    ) counted
    order by w.place`);
  unseen.forEach((known, i) => (known.papers = counts[i]!.papers));
}

async function meantBy(ask: Ask, word: string): Promise<string | null> {
  if (!/^[a-z]+$/.test(word) || changesAllowed(word) === 0) return splitOf(ask, word);
  const near = await papersHolding(ask, oneChangeAway(word));
  const one = nearest(word, near);
  if (one !== null) return one;
  const split = await splitOf(ask, word);
  if (split !== null || changesAllowed(word) < 2) return split;
  const rows = await ask<{ word: string; papers: number }>(sql`
    select word, papers
    from search_word
    where word % ${word}
      and papers > 0
    order by similarity(word, ${word}) desc
    limit 30`);
  return nearest(word, rows);
}

const papersHolding = (ask: Ask, words: readonly string[]): Promise<{ word: string; papers: number }[]> =>
  ask(sql`
    select word, papers
    from search_word
    where word = any(${sql.param([...words])}::text[])
      and papers > 0`);

/** Two known words that were written as one: "languagemodel". */
async function splitOf(ask: Ask, word: string): Promise<string | null> {
  const splits = Array.from({ length: Math.max(0, word.length - 3) }, (_, i) => [
    word.slice(0, i + 2),
    word.slice(i + 2),
  ]);
  const known = new Map((await papersHolding(ask, splits.flat())).map((one) => [one.word, one.papers]));
  const both = splits
    .map(([a, b]) => ({ text: `${a} ${b}`, papers: Math.min(known.get(a!) ?? 0, known.get(b!) ?? 0) }))
    .filter(({ papers }) => papers > 1)
    .toSorted((a, b) => b.papers - a.papers);
  return both[0]?.text ?? null;
}
