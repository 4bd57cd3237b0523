import { type SQL, sql } from 'drizzle-orm';
import type { Paper } from '../paper.ts';
import {
  type Compiled,
  compile,
  type Known,
  mostTelling,
  type Vocabulary,
  type Weighed,
  wordsToLookUp,
} from '../search/compile.ts';
import { quoted } from '../search/entry.ts';
import { type Query, wordsIn } from '../search/query.ts';
import { corrected, type Corrections } from '../search/correct.ts';
import { changesAllowed, nearest, oneChangeAway } from '../search/spelling.ts';
import { AppError, codeOf } from '../errors.ts';
import { boundedTransaction, type Db, type Tx } from './client.ts';
import { papersById } from './papers.ts';

/** Where a page of results ended. */
export interface HitCursor {
  score: number;
  id: string;
}

export interface Hit {
  paper: Paper;
  topics: string[];
  score: number;
}

/** How many of the papers found (the newest of many) are of each kind. */
export interface Facets {
  topics: Count[];
  months: Count[];
  organisations: Count[];
  withCode: number;
  /** How many were counted. */
  of: number;
}
export interface Count {
  value: string;
  papers: number;
}

export interface Found {
  hits: Hit[];
  /** How many match; at least so many, where `isMore`. */
  total: number;
  isMore: boolean;
  next: HitCursor | null;
  /** Words that no paper holds, and those that were searched for instead. */
  corrections: Corrections;
  /** No paper has all the words: these have most. */
  isRelaxed: boolean;
  facets: Facets | null;
}

export interface Asked {
  query: Query;
  limit: number;
  after?: HitCursor | undefined;
  /** Whether facets are wanted. */
  facets?: boolean;
  /** By time alone, as a feed wants it. */
  newest?: boolean;
}

/** What a search may take in all, as the last guard: its questions are bounded before. */
const MOST_MS = 2_000;
/** So many are ranked one by one. */
const RANKED = 400;
/** Counted exactly up to here. */
const COUNTED = 5_000;
/** Where more heads match, the most talked-about of them are looked for in their order. */
const HEADS = 4_000;
const WALKED = 300;
const FACET_VALUES = 8;

/** Finds papers. Throws INPUT_INVALID for a question that takes too long. */
export async function searchPapers(db: Db, asked: Asked): Promise<Found> {
  try {
    return await boundedTransaction(db, { ms: MOST_MS, settings: SETTINGS }, (tx) => find(tx, asked));
  } catch (cause) {
    if (codeOf(cause) !== CANCELLED) throw cause;
    throw new AppError(
      'INPUT_INVALID',
      'This search takes too long: use fewer words, or words that fewer papers hold.',
      { cause },
    );
  }
}

/** Postgres's code for a statement that took longer than it may. */
const CANCELLED = '57014';

/** Left to itself, Postgres reads the whole table where it takes a word for common. */
const SETTINGS = ['enable_seqscan = off', 'jit = off', 'max_parallel_workers_per_gather = 0'];

async function find(tx: Tx, asked: Asked): Promise<Found> {
  const vocabulary = await lookUp(tx, wordsToLookUp(asked.query));
  const corrections = await correctionsFor(tx, asked.query, vocabulary);
  const query = corrected(asked.query, corrections);
  const known = corrections.length === 0 ? vocabulary : await lookUp(tx, wordsToLookUp(query));
  const compiled = compile(query, known);
  const found = await run(tx, compiled, { ...asked, query });
  if (found.total > 0) return { ...found, corrections, isRelaxed: false };
  const telling = mostTelling(query, known, await aboutHowMany(tx));
  if (telling.length < 2) return { ...found, corrections, isRelaxed: false };
  const relaxed = await runRelaxed(tx, compiled, telling, { ...asked, query });
  return { ...relaxed, corrections, isRelaxed: relaxed.total > 0 };
}

/** What the index knows of these words. */
export async function lookUp(tx: Tx, words: readonly string[]): Promise<Vocabulary> {
  if (words.length === 0) return new Map();
  const { rows } = await tx.execute<Known & Record<string, unknown>>(sql`
    select
      w.word,
      coalesce(k.papers, 0) as papers,
      k.parts,
      (tsvector_to_array(to_tsvector('english', w.word)))[1] as stem
    from (
      select unnest(${sql.param([...words])}::text[])
      union
      select unnest(string_to_array(parts, ' '))
      from search_word
      where word = any(${sql.param([...words])}::text[])
    ) w(word)
    left join search_word k on k.word = w.word`);
  return new Map(rows.map((row) => [row.word, row]));
}

/** The statistics' guess is enough to weigh words by. */
async function aboutHowMany(tx: Tx): Promise<number> {
  const { rows } = await tx.execute<{ papers: number }>(sql`
    select greatest(reltuples, 1000)::int as papers
    from pg_class
    where oid = 'search_entry'::regclass`);
  return rows[0]!.papers;
}

/** More unknown words are a text in another language, or noise. */
const MOST_CORRECTIONS = 5;

/** For each word that no paper holds, what was meant by it, if that can be told. */
async function correctionsFor(tx: Tx, query: Query, vocabulary: Vocabulary): Promise<Corrections> {
  const unseen = [...vocabulary.values()]
    .filter(({ word, papers, stem }) => papers <= 0 && stem !== null && isOwnWord(query, word))
    .slice(0, MOST_CORRECTIONS);
  const unknown = [];
  for (const known of unseen) {
    // Other forms of it may be known, and how many papers have those says what the search will cost.
    known.papers = await countUpTo(tx, sql`e.document @@ ${quoted(known.stem!)}::tsquery`, RANKED + 1);
    if (known.papers === 0) unknown.push(known);
  }
  const corrections: Corrections[number][] = [];
  for (const { word } of unknown) {
    const to = await meantBy(tx, word);
    if (to !== null) corrections.push({ from: word, to });
  }
  return corrections;
}

const isOwnWord = (query: Query, word: string): boolean => wordsIn(query).some(({ parts }) => parts.includes(word));

async function meantBy(tx: Tx, word: string): Promise<string | null> {
  if (!/^[a-z]+$/.test(word) || changesAllowed(word) === 0) return splitOf(tx, word);
  const near = await papersHolding(tx, oneChangeAway(word));
  const one = nearest(word, near);
  if (one !== null) return one;
  const split = await splitOf(tx, word);
  if (split !== null || changesAllowed(word) < 2) return split;
  const { rows } = await tx.execute<{ word: string; papers: number }>(sql`
    select word, papers
    from search_word
    where word % ${word}
      and papers > 0
    order by similarity(word, ${word}) desc
    limit 30`);
  return nearest(word, rows);
}

async function papersHolding(tx: Tx, words: readonly string[]): Promise<{ word: string; papers: number }[]> {
  const { rows } = await tx.execute<{ word: string; papers: number }>(sql`
    select word, papers
    from search_word
    where word = any(${sql.param([...words])}::text[])
      and papers > 0`);
  return rows;
}

/** Two known words that were written as one: "languagemodel". */
async function splitOf(tx: Tx, word: string): Promise<string | null> {
  const splits = Array.from({ length: Math.max(0, word.length - 3) }, (_, i) => [
    word.slice(0, i + 2),
    word.slice(i + 2),
  ]);
  const known = new Map((await papersHolding(tx, splits.flat())).map((one) => [one.word, one.papers]));
  const both = splits
    .map(([a, b]) => ({ text: `${a} ${b}`, papers: Math.min(known.get(a!) ?? 0, known.get(b!) ?? 0) }))
    .filter(({ papers }) => papers > 1)
    .toSorted((a, b) => b.papers - a.papers);
  return both[0]?.text ?? null;
}

type Ran = Pick<Found, 'hits' | 'total' | 'isMore' | 'next' | 'facets'>;

const NOTHING: Ran = { hits: [], total: 0, isMore: false, next: null, facets: null };

async function run(tx: Tx, compiled: Compiled, asked: Asked): Promise<Ran> {
  const { match } = compiled;
  const { after, before } = asked.query;
  if (match === null && after === null && before === null) return NOTHING;
  const score = asked.newest ? NEWEST : scoreOf(compiled);
  const where = conditions(sql`e.document`, match, asked.query);
  if (compiled.most <= RANKED) return rank(tx, asked, hitsOf(score, where));
  const total = await countUpTo(tx, where, COUNTED + 1);
  if (total <= RANKED) return rank(tx, asked, hitsOf(score, where));
  const broad = asked.newest ? hitsOf(score, where) : await broadHits(tx, compiled, asked.query);
  const ranked = await rank(tx, asked, broad);
  return { ...ranked, total: Math.min(total, COUNTED), isMore: total > COUNTED };
}

/** Papers whose heads match are the best of many: all of them, or the most talked-about. */
async function broadHits(tx: Tx, compiled: Compiled, query: Query): Promise<SQL> {
  const inHead = conditions(sql`e.head`, compiled.match, query);
  const anywhere = conditions(sql`e.document`, compiled.match, query);
  const heads = await countUpTo(tx, inHead, HEADS + 1);
  const some = [heads > HEADS ? await walk(tx, inHead) : hottest(inHead)];
  if (compiled.people !== null) some.push(firstOf(sql`e.head @@ ${compiled.people}::tsquery and ${anywhere}`, WALKED));
  if (heads < RANKED / 4) some.push(firstOf(anywhere, RANKED));
  return hitsOf(scoreOf(compiled), sql`e.paper_id in (${sql.join(some, sql` union all `)})`);
}

const firstOf = (where: SQL, most: number): SQL => sql`
  (select e.paper_id
  from search_entry e
  where ${where}
  limit ${most})`;

/** Of all that match, which the index of words finds, the most talked-about. */
const hottest = (where: SQL): SQL => sql`
  (select paper_id
  from (
    select e.paper_id, e.heat, e.first_seen_at
    from search_entry e
    where ${where}
    offset 0
  ) matching
  order by heat desc, first_seen_at desc, paper_id
  limit ${RANKED})`;

/** The same where so many match that the first are soon met by going through all in their order. */
async function walk(tx: Tx, where: SQL): Promise<SQL> {
  await tx.execute(sql`set local enable_bitmapscan = off`);
  const { rows } = await tx.execute<{ id: string }>(sql`
    select e.paper_id as id
    from search_entry e
    where ${where}
    order by e.heat desc, e.first_seen_at desc, e.paper_id
    limit ${WALKED}`);
  await tx.execute(sql`set local enable_bitmapscan = on`);
  return sql`select unnest(${sql.param(rows.map(({ id }) => id))}::text[])`;
}

const HIT = sql.raw('e.paper_id, e.day, e.topics, e.has_code, e.organisation, e.first_seen_at');

/** The head that a score looks at several times is fetched from beside its row once. */
const hitsOf = (score: SQL, where: SQL): SQL => sql`
  select ${HIT}, ${score} as score
  from search_entry e
  ${score === NEWEST ? sql`` : sql`cross join lateral (select e.head || ''::tsvector as head offset 0) t`}
  where ${where}`;

function conditions(column: SQL, match: string | null, { after, before }: Query): SQL {
  const all = [
    ...(match === null ? [] : [sql`${column} @@ ${match}::tsquery`]),
    ...(after === null ? [] : [sql`e.day >= ${after}::date`]),
    ...(before === null ? [] : [sql`e.day < ${before}::date`]),
  ];
  return sql.join(all, sql` and `);
}

async function countUpTo(tx: Tx, where: SQL, most: number): Promise<number> {
  const { rows } = await tx.execute<{ papers: number }>(sql`
    select count(*)::int as papers
    from (
      select
      from search_entry e
      where ${where}
      limit ${most}
    ) counted`);
  return rows[0]!.papers;
}

/** Of keywords, people and abstract against the title's 1, in Postgres's order: D, C, B, A. */
const WEIGHTS = '{0.05,0.25,0.35,1}';
/** What the words one after the other add, and a whole name. */
const PHRASE = 0.3;
const PERSON = 2;
/** What the votes and the date add at most: they tell apart what is as relevant. */
const HEAT = 0.012;
const TIME = 1e-6;

/** How well an entry answers: by its words first, then by how much it is talked about, then by time. */
function scoreOf({ rank: words, phrase, people }: Compiled): SQL {
  const parts = [
    sql`(${HEAT}::float8 * e.heat + ${TIME}::float8 * (e.day - date '2000-01-01'))`,
    ...(words === null ? [] : [sql`ts_rank(${WEIGHTS}::real[], t.head, ${words}::tsquery)`]),
    ...(phrase === null ? [] : [sql`(case when t.head @@ ${phrase}::tsquery then ${PHRASE}::float8 else 0 end)`]),
    ...(people === null ? [] : [sql`(case when t.head @@ ${people}::tsquery then ${PERSON}::float8 else 0 end)`]),
  ];
  return sql`(${sql.join(parts, sql` + `)})::float8`;
}

const NEWEST = sql`extract(epoch from e.first_seen_at)::float8`;

/** Orders hits by their score and gives one page of them, with counts over all. */
async function rank(tx: Tx, { limit, after, facets = false }: Asked, hits: SQL): Promise<Ran> {
  const { rows } = await tx.execute<RankedRow>(sql`
    with hit as materialized (${hits}),
    page as (
      select *
      from hit
      ${after === undefined ? sql`` : sql`where (score, paper_id) < (${after.score}::float8, ${after.id}::text)`}
      order by score desc, paper_id desc
      limit ${limit + 1}
    )
    select
      (select count(*)::int from hit) as total,
      (select coalesce(json_agg(json_build_object('id', paper_id, 'score', score, 'topics', topics)
        order by score desc, paper_id desc), '[]') from page) as page,
      ${facets ? FACETS : sql`null`} as facets`);
  const { total, page, facets: counted } = rows[0]!;
  const shown = page.slice(0, limit);
  const papers = new Map(
    (
      await papersById(
        tx,
        shown.map(({ id }) => id),
      )
    ).map((paper) => [paper.id, paper]),
  );
  const last = shown.at(-1);
  return {
    hits: shown.flatMap(({ id, score, topics }) => {
      const paper = papers.get(id);
      return paper ? [{ paper, score, topics: topics ?? [] }] : [];
    }),
    total,
    isMore: false,
    next: page.length > limit && last ? { score: last.score, id: last.id } : null,
    facets: counted,
  };
}

interface RankedRow extends Record<string, unknown> {
  total: number;
  page: { id: string; score: number; topics: string[] | null }[];
  facets: Facets | null;
}

const valuesOf = (from: string): string => `(
  select coalesce(json_agg(json_build_object('value', value, 'papers', papers) order by papers desc, value), '[]')
  from (
    select value, count(*)::int as papers
    from ${from}
    group by value
    order by 2 desc, 1
    limit ${FACET_VALUES}
  ) counted
)`;

/** Over what was ranked. */
const FACETS = sql.raw(`json_build_object(
  'topics', ${valuesOf('hit, unnest(topics) as value')},
  'months', (
    select coalesce(json_agg(json_build_object('value', value, 'papers', papers) order by value desc), '[]')
    from (
      select to_char(day, 'YYYY-MM') as value, count(*)::int as papers
      from hit
      group by 1
      order by 1 desc
      limit ${FACET_VALUES}
    ) counted
  ),
  'organisations', ${valuesOf('(select organisation as value from hit where organisation is not null) named')},
  'withCode', (select count(*)::int from hit where has_code),
  'of', (select count(*)::int from hit)
)`);

/** So many are looked at for how much they hold. */
const RELAXED = 400;
/** Of all that is said a paper must hold so much. */
const ENOUGH = 0.5;

/** Papers that hold most of what is said, where none holds all of it. */
async function runRelaxed(tx: Tx, compiled: Compiled, telling: readonly Weighed[], asked: Asked): Promise<Ran> {
  const all = telling.reduce((sum, { weight }) => sum + weight, 0);
  const some = rarest(telling)
    .map(({ lexeme }) => quoted(lexeme))
    .join(' | ');
  const held = sql.join(
    telling.map(
      ({ lexeme, weight }) => sql`${weight}::float8 * (
        0.7 * (t.head @@ ${quoted(lexeme)}::tsquery)::int + 0.3 * (t.document @@ ${quoted(lexeme)}::tsquery)::int)`,
    ),
    sql` + `,
  );
  return rank(
    tx,
    asked,
    sql`
    select ${HIT}, e.held / ${all}::float8 + ${scoreOf(compiled)} as score
    from (
      select e.*, t.head as whole, (${held})::float8 as held
      from search_entry e
      -- Each is fetched from beside its row once, not once for each word.
      cross join lateral (
        select e.head || ''::tsvector as head, e.document || ''::tsvector as document
        offset 0
      ) t
      where ${conditions(sql`e.document`, some, asked.query)}
      limit ${RELAXED}
    ) e
    cross join lateral (select e.whole as head) t
    where e.held >= ${ENOUGH * 0.6 * all}::float8`,
  );
}

/** Words of which one is in nearly every paper that holds enough: as many as few papers hold. */
function rarest(telling: readonly Weighed[]): Weighed[] {
  let papers = 0;
  return telling.filter((word, i) => (papers += word.papers) <= RANKED || i === 0);
}
