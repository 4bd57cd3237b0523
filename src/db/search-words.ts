import { type SQL, sql } from 'drizzle-orm';
import type { Known, Vocabulary } from '../search/compile.ts';
import type { Corrections } from '../search/correct.ts';
import { type Query, wordsIn } from '../search/query.ts';
import { changesAllowed, nearest, oneChangeAway } from '../search/spelling.ts';
import type { Ask } from './client.ts';

/** What the stemmer makes of a word, as the index `search_word_stem` has it. */
const stemOf = (column: string): SQL => sql.raw(`(tsvector_to_array(to_tsvector('english', ${column})))[1]`);

/**
 * What the index knows of these words and of what they are made of, and about how many papers it has:
 * the statistics' guess. Of those of `inAnyForm` that no paper holds, other forms are counted.
 */
export async function lookUp(
  ask: Ask,
  words: readonly string[],
  inAnyForm: readonly string[] = [],
): Promise<{ vocabulary: Map<string, Known>; papers: number }> {
  const rows = await ask<Known & { of: number }>(sql`
    with own as materialized (
      select w.word, k.papers, k.parts
      from unnest(${sql.param([...words])}::text[]) as w(word)
      left join search_word k on k.word = w.word
    ), part as (
      select distinct unnest(string_to_array(parts, ' ')) as word
      from own
    ), stemmed as materialized (
      select found.*, ${stemOf('found.word')} as stem
      from (
        table own
        union all
        select part.word, k.papers, k.parts
        from part
        left join search_word k on k.word = part.word
        where part.word not in (select word from own)
      ) found
    )
    select
      s.word,
      case
        when s.papers > 0 then s.papers
        when s.word = any(${sql.param([...inAnyForm])}::text[]) then (
          select coalesce(sum(f.papers), 0)::int
          from search_word f
          where ${stemOf('f.word')} = s.stem
            and f.papers > 0
        )
        else 0
      end as papers,
      s.parts,
      s.stem,
      ${ABOUT_ALL} as of
    from stemmed s`);
  const vocabulary = new Map(rows.map(({ of: _, ...known }) => [known.word, known]));
  return { vocabulary, papers: Math.max(LEAST_PAPERS, rows[0]?.of ?? 0) };
}

/** About how many papers can be found, by the statistics; -1 before the first ANALYZE. */
export const ABOUT_ALL = sql.raw(`(select reltuples from pg_class where oid = 'search_entry'::regclass)`);

/** Before the first ANALYZE there are no statistics. */
const LEAST_PAPERS = 1_000;

/** More unknown words are a text in another language, or noise. */
const MOST_CORRECTIONS = 5;

/** For each word that no paper holds in any form, what was meant by it, if that can be told. */
export async function correctionsFor(ask: Ask, query: Query, vocabulary: Vocabulary): Promise<Corrections> {
  const own = new Set(wordsIn(query).flatMap(({ parts }) => parts));
  const unseen = [...vocabulary.values()]
    .filter(({ word, papers, stem }) => papers === 0 && stem !== null && own.has(word))
    .map(({ word }) => ({ word, near: isSpelt(word) ? oneChangeAway(word) : [], splits: splitsOf(word) }))
    .slice(0, MOST_CORRECTIONS);
  if (unseen.length === 0) return [];
  const known = await papersHolding(
    ask,
    unseen.flatMap(({ near, splits }) => [...near, ...splits.flat()]),
  );
  const corrections: Corrections[number][] = [];
  for (const { word, near, splits } of unseen) {
    const one = nearest(
      word,
      near.flatMap((other) => known.get(other) ?? []),
    );
    const to = one ?? bestSplit(splits, known) ?? (await alike(ask, word));
    if (to !== null) corrections.push({ from: word, to });
  }
  return corrections;
}

/** Whether it is long enough to be told from others, and of letters alone. */
const isSpelt = (word: string): boolean => /^[a-z]+$/.test(word) && changesAllowed(word) > 0;

interface Held {
  word: string;
  papers: number;
}

async function papersHolding(ask: Ask, words: readonly string[]): Promise<Map<string, Held>> {
  const held = await ask<Held>(sql`
    select word, papers
    from search_word
    where word = any(${sql.param([...new Set(words)])}::text[])
      and papers > 0`);
  return new Map(held.map((one) => [one.word, one]));
}

/** All ways to take a word for two. */
const splitsOf = (word: string): [string, string][] =>
  Array.from({ length: Math.max(0, word.length - 3) }, (_, i) => [word.slice(0, i + 2), word.slice(i + 2)]);

/** Two known words that were written as one: "languagemodel". */
function bestSplit(splits: readonly [string, string][], known: ReadonlyMap<string, Held>): string | null {
  const papers = (word: string): number => known.get(word)?.papers ?? 0;
  const both = splits
    .map(([a, b]) => ({ text: `${a} ${b}`, papers: Math.min(papers(a), papers(b)) }))
    .filter((split) => split.papers > 1)
    .toSorted((a, b) => b.papers - a.papers);
  return both[0]?.text ?? null;
}

/** The word that is two changes away. */
async function alike(ask: Ask, word: string): Promise<string | null> {
  if (!isSpelt(word) || changesAllowed(word) < 2) return null;
  const rows = await ask<Held>(sql`
    select word, papers
    from search_word
    where word % ${word}
      and papers > 0
    order by similarity(word, ${word}) desc
    limit 30`);
  return nearest(word, rows);
}
