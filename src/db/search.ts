import { type SQL, sql } from 'drizzle-orm';
import {
  type Compiled,
  compile,
  papersOf,
  together,
  mostTelling,
  type Vocabulary,
  type Weighed,
  wordsToLookUp,
} from '../search/compile.ts';
import { quoted } from '../search/entry.ts';
import { type Query, wordsIn } from '../search/query.ts';
import { corrected, type Corrections } from '../search/correct.ts';
import { AppError, codeOf } from '../errors.ts';
import { type Ask, type Db, onConnection } from './client.ts';
import {
  countAndRank,
  fetched,
  type HitPage,
  hitsOf,
  inDays,
  inDocument,
  inHead,
  inHeadOf,
  newestHits,
  type PageAsked,
  rank,
  scoreOf,
  without,
} from './search-hits.ts';
import { correctionsFor, lookUp } from './search-words.ts';
import { CANCELLED } from './sql-states.ts';

export interface Found extends HitPage {
  /** Words that no paper holds, and those that were searched for instead. */
  corrections: Corrections;
  /** No paper has all the words: these have most. */
  isRelaxed: boolean;
}

export interface Asked extends PageAsked {
  query: Query;
  /** By time alone, as a feed wants it. */
  newest?: boolean;
}

/** What a search may take in all, as the last guard: its questions are bounded before. */
const MOST_MS = 2_000;
/** So many are ranked one by one, where no more match. */
export const RANKED = 400;
/** Of more, the most talked-about: each is fetched twice. */
const BEST = 200;
/** Counted exactly up to here. */
const COUNTED = 5_000;
/** So many are read for what they must not hold: each takes 60 µs. */
const READ = 500;
/** Where more heads match, the most talked-about of them are looked for in their order. */
const HEADS = 30_000;
const WALKED = 300;
/** Of what so large a share of all papers matches, enough are mostly met among so many of the most talked-about. */
const COMMON = 1 / 8;
const PASSED = 5_000;

/** Finds papers. Throws OVERLOADED for a question that takes too long. */
export async function searchPapers(db: Db, asked: Asked): Promise<Found> {
  if (isEmpty(asked.query)) return { ...NOTHING, corrections: [], isRelaxed: false };
  try {
    return await onConnection(db, (ask) => find(within(MOST_MS, ask), asked));
  } catch (cause) {
    if (codeOf(cause) !== CANCELLED) throw cause;
    throw tooLong(cause);
  }
}

const isEmpty = ({ clauses, after, before }: Query): boolean =>
  clauses.length === 0 && after === null && before === null;

const NOTHING: HitPage = { hits: [], total: 0, isMore: false, next: null, facets: null };

const tooLong = (cause?: unknown): AppError =>
  new AppError(
    'OVERLOADED',
    'This search takes too long just now: try again in a minute, with fewer words or with words that fewer papers ' +
      'hold.',
    { cause },
  );

/** Begins no statement of a question that took its time already. */
function within(ms: number, ask: Ask): Ask {
  const end = performance.now() + ms;
  return async (query) => {
    if (performance.now() > end) throw tooLong();
    return ask(query);
  };
}

async function find(ask: Ask, asked: Asked): Promise<Found> {
  const own = wordsIn(asked.query).flatMap(({ parts }) => parts);
  const { vocabulary, papers } = await lookUp(ask, wordsToLookUp(asked.query), own);
  const corrections = await correctionsFor(ask, asked.query, vocabulary);
  const query = corrected(asked.query, corrections);
  const known = corrections.length === 0 ? vocabulary : await lookUpMore(ask, query, vocabulary);
  const compiled = compile(query, known, papers);
  const found = await run(ask, compiled, { ...asked, query, isMany: isOneCommonWord(query, known) });
  if (found.total > 0 || found.isMore) return { ...found, corrections, isRelaxed: false };
  const telling = mostTelling(query, known, papers);
  if (telling.length < 2) return { ...found, corrections, isRelaxed: false };
  const relaxed = await runRelaxed(ask, compiled, { telling, papers }, { ...asked, query });
  return { ...relaxed, corrections, isRelaxed: relaxed.total > 0 };
}

/** What is known already is not asked for again. */
async function lookUpMore(ask: Ask, query: Query, known: Vocabulary): Promise<Vocabulary> {
  const unknown = wordsToLookUp(query).filter((word) => !known.has(word));
  return new Map([...known, ...(await lookUp(ask, unknown)).vocabulary]);
}

/**
 * Whether the count of its words tells already that more match than are counted. Counting reads
 * five thousand rows, and twice as many are asked for, because counts lag behind what is taken out.
 */
function isOneCommonWord({ clauses, after, before }: Query, vocabulary: Vocabulary): boolean {
  const [clause, ...others] = clauses;
  const [term, ...choices] = clause?.any ?? [];
  if (term?.kind !== 'word' || clause!.not || term.word.parts.length > 1) return false;
  if (others.length > 0 || choices.length > 0 || after !== null || before !== null) return false;
  return papersOf(vocabulary, term.word.parts[0]!) > 2 * COUNTED;
}

async function run(ask: Ask, compiled: Compiled, asked: Asked & { isMany: boolean }): Promise<HitPage> {
  const { wanted, unwanted, indexed } = compiled;
  if (wanted === null && unwanted === null && isEmpty({ ...asked.query, clauses: [] })) return NOTHING;
  const where = inDocument(compiled, asked.query);
  const { sieve } = indexed;
  if (asked.newest) return rank(ask, asked, newestHits(where, sieve, READ));
  const score = scoreOf(compiled);
  if (asked.isMany) {
    const best = await rank(ask, asked, hitsOf(score, await broad(ask, compiled, asked.query)));
    return { ...best, total: COUNTED, isMore: true };
  }
  const looked = sieve === null ? COUNTED : READ;
  const found = await countAndRank(ask, asked, { score, where, sieve, looked, ranked: RANKED });
  if (found.total <= RANKED && !found.isMore) return found;
  const best = await rank(ask, asked, hitsOf(score, await broad(ask, compiled, asked.query)));
  return { ...best, total: Math.min(Math.max(found.total, best.total), looked), isMore: found.isMore };
}

/**
 * Papers whose heads match are the best of many: all of them, or the most talked-about. A head holds
 * no abstract, so each of those is read for what is unwanted.
 */
async function broad(ask: Ask, compiled: Compiled, query: Query): Promise<SQL> {
  const { people, unwanted, indexed, share } = compiled;
  const anywhere = inDocument(compiled, query);
  const head = inHead(compiled, query);
  const some = people === null ? [] : [firstOf(inHeadOf(people, compiled, query), WALKED, indexed.sieve)];
  const met = share > COMMON ? await ask<{ id: string }>(hottestAmong(head, unwanted, PASSED)) : [];
  if (met.length >= BEST) some.push(these(met.map(({ id }) => id)));
  else {
    const [{ heads, ids } = { heads: 0, ids: [] }] = await ask<{ heads: number; ids: string[] }>(
      hottest(head, unwanted),
    );
    const isWalked = heads > HEADS;
    some.push(isWalked ? hottestAmong(head, unwanted, unwanted === null ? null : PASSED) : these(ids));
    if (isWalked ? unwanted !== null : ids.length < BEST / 2) some.push(firstOf(anywhere, BEST, indexed.sieve));
  }
  return sql`e.paper_id in (${sql.join(some, sql` union all `)})`;
}

const these = (ids: readonly string[]): SQL => sql`select unnest(${sql.param([...ids])}::text[])`;

/** The first that pass the sieve, of no more than are read. */
const firstOf = (where: SQL, most: number, sieve: string | null = null): SQL => {
  const limit = sql.raw(String(most));
  if (sieve === null) return sql`(select e.paper_id from search_entry e where ${where} limit ${limit})`;
  return sql`
  (select e.paper_id
  from (
    select e.paper_id, e.document
    from search_entry e
    where ${where}
    limit ${sql.raw(String(READ))}
  ) e
  where ${without(sieve)}
  limit ${limit})`;
};

/** How many match, and the most talked-about of them without what is unwanted. */
const hottest = (where: SQL, unwanted: string | null): SQL => sql`
  with head as materialized (
    select e.paper_id, e.heat, e.first_seen_at, e.document
    from search_entry e
    where ${where}
    limit ${sql.raw(String(HEADS + 1))}
  )
  select
    (select count(*)::int from head) as heads,
    array(
      select e.paper_id
      from (
        select *
        from head
        order by heat desc, first_seen_at desc, paper_id
        limit ${sql.raw(String(unwanted === null ? BEST : READ))}
      ) e
      where ${without(unwanted)}
      order by e.heat desc, e.first_seen_at desc, e.paper_id
      limit ${sql.raw(String(BEST))}
    ) as ids`;

/** The most talked-about where so many match that the first are soon met by going through all, or `most`, in order. */
const hottestAmong = (where: SQL, unwanted: string | null, most: number | null): SQL => sql`
  (select e.paper_id as id
  from (
    select paper_id, head, document, day
    from search_entry
    order by heat desc, first_seen_at desc, paper_id
    ${most === null ? sql`offset 0` : sql`limit ${sql.raw(String(most))}`}
  ) e
  where ${where}
    and ${without(unwanted)}
  limit ${sql.raw(String(WALKED))})`;

/** About so many are looked at for how much they hold, and never more than so many. */
const LOOKED_AT = 100;
const RELAXED = 200;
/** Of all that is said a paper must hold so much. */
const ENOUGH = 0.5;

/** Papers that hold most of what is said, where none holds all of it. */
async function runRelaxed(
  ask: Ask,
  compiled: Compiled,
  { telling, papers }: { telling: readonly Weighed[]; papers: number },
  asked: Asked,
): Promise<HitPage> {
  const all = telling.reduce((sum, { weight }) => sum + weight, 0);
  const held = sql.join(
    telling.map(
      ({ lexeme, weight }) => sql`${weight}::float8 * (
        0.7 * (t.head @@ ${quoted(lexeme)}::tsquery)::int + 0.3 * (t.document @@ ${quoted(lexeme)}::tsquery)::int)`,
    ),
    sql` + `,
  );
  const besides = compiled.besides === null ? '' : ` & ${compiled.besides}`;
  const conditions = [sql`e.document @@ (w.query || ${besides}::text)::tsquery`, ...inDays(asked.query)];
  return rank(
    ask,
    asked,
    sql`
    select
      e.paper_id,
      e.day,
      e.topics,
      e.has_code,
      e.organisation,
      e.held / ${all}::float8 + ${scoreOf(compiled)} as score
    from (
      select e.*, t.head as whole, (${held})::float8 as held
      from (
        select distinct found.paper_id
        from unnest(${sql.param(candidates(telling, papers))}::text[]) as w(query)
        cross join lateral ${firstOf(sql.join(conditions, sql` and `), RELAXED)} found
        limit ${sql.raw(String(RELAXED))}
      ) candidate
      join search_entry e on e.paper_id = candidate.paper_id
      cross join lateral (
        select ${fetched('head')}, ${fetched('document')}
        offset 0
      ) t
    ) e
    cross join lateral (select e.whole as head) t
    where e.held >= ${ENOUGH * 0.6 * all}::float8
      and ${without(compiled.indexed.sieve)}`,
  );
}

/** Each is looked up for itself: of a choice among pairs, the index goes through every list to its end. */
const MOST_LOOKED_UP = 8;

/**
 * What few papers match, and among them nearly every one that holds enough: one of the rarest words,
 * or two of rare ones.
 */
function candidates(telling: readonly Weighed[], papers: number): string[] {
  const [rarest, ...others] = telling.map(({ lexeme, papers: some }) => ({ match: quoted(lexeme), some }));
  const pairs = others.flatMap((one, i) =>
    others.slice(i + 1).map((other) => ({
      match: `(${one.match} & ${other.match})`,
      some: together(one.some, other.some, papers),
    })),
  );
  let left = LOOKED_AT - rarest!.some;
  const few = [...others, ...pairs].toSorted((a, b) => a.some - b.some).filter(({ some }) => (left -= some) >= 0);
  return [rarest!, ...few].slice(0, MOST_LOOKED_UP).map(({ match }) => match);
}
