import { sql } from 'drizzle-orm';
import { type Compiled, compile, mostTelling, papersOf, type Vocabulary, wordsToLookUp } from '../search/compile.ts';
import { corrected, type Corrections } from '../search/correct.ts';
import { type Query, wordsIn } from '../search/query.ts';
import { AppError, codeOf } from '../errors.ts';
import { type Ask, type Db, onConnection } from './client.ts';
import {
  countAndRank,
  type HitCursor,
  type HitPage,
  hitsInOrder,
  hitsOf,
  inDocument,
  newestHits,
  type PageAsked,
  rank,
  READ,
  scoreOf,
} from './search-hits.ts';
import { bestOfMany, rankedBefore, restOf } from './search-many.ts';
import { runRelaxed } from './search-relaxed.ts';
import { ABOUT_ALL, correctionsFor, lookUp } from './search-words.ts';
import { CANCELLED } from './sql-states.ts';

export interface Found extends Omit<HitPage, 'next'> {
  next: HitCursor | null;
  /** Words that no paper holds, and those that were searched for instead. */
  corrections: Corrections;
  /** No paper has all the words: these have most. */
  isRelaxed: boolean;
}

export interface Asked extends Omit<PageAsked, 'after'> {
  query: Query;
  after?: HitCursor | undefined;
  /** By time alone, as a feed wants it. */
  newest?: boolean;
}

/** What a search may take in all, as the last guard: its questions are bounded before. */
const MOST_MS = 2_000;
/** So many are ranked one by one, where no more match. */
export const RANKED = 400;
/** Counted exactly up to here, and wholly among no more papers than that: it takes some µs for each. */
const COUNTED = 5_000;
const COUNTED_WHOLLY = 40_000;
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
  // A feed tells of what matches, and of nothing else.
  const corrections = asked.newest ? [] : await correctionsFor(ask, asked.query, vocabulary);
  const query = corrected(asked.query, corrections);
  const known = corrections.length === 0 ? vocabulary : await lookUpMore(ask, query, vocabulary);
  const compiled = compile(query, known, papers);
  const found = await run(ask, compiled, { ...asked, query, isMany: isOneCommonWord(query, known) });
  if (found.total > 0 || found.isMore || asked.newest) return { ...found, corrections, isRelaxed: false };
  const telling = mostTelling(query, known, papers);
  if (telling.length < 2) return { ...found, corrections, isRelaxed: false };
  const relaxed = await runRelaxed(ask, compiled, { telling, papers }, { query, page: pageOf(asked) });
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

type Page = Omit<Found, 'corrections' | 'isRelaxed'>;

async function run(ask: Ask, compiled: Compiled, asked: Asked & { isMany: boolean }): Promise<Page> {
  const { wanted, unwanted, indexed } = compiled;
  if (wanted === null && unwanted === null && isEmpty({ ...asked.query, clauses: [] })) return NOTHING;
  const where = inDocument(compiled, asked.query);
  const { sieve } = indexed;
  const page = pageOf(asked);
  if (asked.newest) return rank(ask, page, newestHits(where, sieve, READ));
  if (asked.isMany) return pageOfMany(ask, compiled, asked, { total: COUNTED, isMore: true });
  const looked = sieve === null ? COUNTED : READ;
  const ranked = rankedAtMost(asked.after);
  const found = await countAndRank(ask, page, { score: scoreOf(compiled), where, sieve, looked, ranked });
  if (found.total <= ranked && !found.isMore) return found;
  return pageOfMany(ask, compiled, asked, found);
}

const pageOf = ({ after, ...asked }: Asked): PageAsked => ({
  ...asked,
  after: after !== undefined && 'score' in after ? after : undefined,
});

/** A page after one of few papers is still of few, and after one of many of many, whatever came meanwhile. */
function rankedAtMost(after: HitCursor | undefined): number {
  if (after === undefined) return RANKED;
  return after.ranked === undefined ? 2 * RANKED : 0;
}

/** Of many, the best are ranked, and the rest follow in the order of how much they are talked about. */
async function pageOfMany(
  ask: Ask,
  compiled: Compiled,
  asked: Asked,
  { total, isMore }: { total: number; isMore: boolean },
): Promise<Page> {
  const { query, limit, after } = asked;
  const { where, part } =
    after?.ranked === undefined
      ? await bestOfMany(ask, compiled, query, isMore)
      : { part: after.ranked, where: rankedBefore(after.ranked, compiled, query) };
  const all = isMore ? await countAll(ask, compiled, query) : null;
  const counts = all === null ? { total, isMore } : { total: all, isMore: false };
  let best: HitPage | null = null;
  if (after === undefined || 'score' in after) {
    best = await rank(ask, pageOf(asked), hitsOf(scoreOf(compiled), where));
    counts.total = Math.max(counts.total, best.total);
    if (best.next !== null) return { ...best, ...counts, next: { ...best.next, ranked: part } };
  }
  const ranked = best?.hits ?? [];
  const from = after !== undefined && 'rest' in after ? after.rest : null;
  const rest = await hitsInOrder(ask, restOf(compiled, query, { part, from, isMore }), limit - ranked.length);
  const hits = [...ranked, ...rest.hits];
  return {
    ...counts,
    total: Math.max(counts.total, hits.length),
    facets: best?.facets ?? null,
    hits,
    next: rest.isMore ? { ranked: part, rest: rest.last } : null,
  };
}

/**
 * How many match, by the indexes alone: those that also hold what is unwanted are counted for
 * themselves. `null` in a large library, where it takes too long.
 */
async function countAll(ask: Ask, compiled: Compiled, query: Query): Promise<number | null> {
  const { sieve } = compiled.indexed;
  const where = inDocument(compiled, query);
  const unwanted =
    sieve === null
      ? sql``
      : sql` - (select count(*) from search_entry e where ${where} and e.document @@ ${sieve}::tsquery)`;
  const [row] = await ask<{ total: number | null }>(sql`
    select
      case
        when ${ABOUT_ALL} between 0 and ${sql.raw(String(COUNTED_WHOLLY))}
        then ((select count(*) from search_entry e where ${where})${unwanted})::int
      end as total`);
  return row!.total;
}
