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
  asHot,
  countAndRank,
  fetched,
  type Heat,
  type HitCursor,
  type HitPage,
  hitsInOrder,
  hitsOf,
  HOTTEST_FIRST,
  inDays,
  inDocument,
  inHead,
  inHeadOf,
  lessHot,
  newestHits,
  type PageAsked,
  rank,
  type RankedPart,
  scoreOf,
  without,
} from './search-hits.ts';
import { correctionsFor, lookUp } from './search-words.ts';
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
/** Of more, the most talked-about: each is fetched twice. */
const BEST = 200;
/** Counted exactly up to here, and wholly among no more papers than that: it takes some µs for each. */
const COUNTED = 5_000;
const COUNTED_WHOLLY = 40_000;
/** So many are read for what they must not hold: each takes 60 µs. */
const READ = 500;
/** Where more heads match, the most talked-about of them are looked for in their order. */
const HEADS = 30_000;
const WALKED = 300;
/** Papers that bear a name that was asked for. */
const NAMED = 300;
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
  // A feed tells of what matches, and of nothing else.
  if (found.total > 0 || found.isMore || asked.newest) return { ...found, corrections, isRelaxed: false };
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
    if (best.next !== null) return { ...best, ...counts, facets: best.facets, next: { ...best.next, ranked: part } };
  }
  const hits = best?.hits ?? [];
  const from = after !== undefined && 'rest' in after ? after.rest : null;
  const rest = await hitsInOrder(ask, restOf(compiled, query, { part, from, isMore }), limit - hits.length);
  return {
    ...counts,
    facets: best?.facets ?? null,
    hits: [...hits, ...rest.hits],
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
        when (select reltuples from pg_class where oid = 'search_entry'::regclass) <= ${sql.raw(String(COUNTED_WHOLLY))}
        then ((select count(*) from search_entry e where ${where})${unwanted})::int
      end as total`);
  return row!.total;
}

/**
 * Papers whose heads match are the best of many: all of them, or the most talked-about. A head holds
 * no abstract, so each of those is read for what is unwanted. Where few do, all that match are looked at.
 */
async function bestOfMany(
  ask: Ask,
  compiled: Compiled,
  query: Query,
  isMore: boolean,
): Promise<{ where: SQL; part: RankedPart }> {
  const { people, unwanted, indexed, share } = compiled;
  const head = inHead(compiled, query);
  const anywhere = inDocument(compiled, query);
  const named = people === null ? null : sql`${inHeadOf(people, compiled, query)} and ${without(indexed.sieve)}`;
  const met = share > COMMON ? await hottestAmong(ask, head, { unwanted, named, most: PASSED }) : null;
  if (met !== null && met.ids.length >= BEST) return partOf('heads', met);
  const found = await hottest(ask, head, unwanted, named);
  if (found.isTooMany) {
    const most = unwanted === null ? null : PASSED;
    const { ids, last } = await hottestAmong(ask, head, { unwanted, named: null, most });
    return partOf('heads', { ...found, ids, last });
  }
  if (found.ids.length >= BEST / 2 || found.last !== null || isMore) return partOf('heads', found);
  const { ids, last } = await hottest(ask, anywhere, indexed.sieve, null);
  return partOf('all', { ...found, ids: [...found.ids, ...ids], last });
}

function partOf(of: RankedPart['of'], found: Hottest): { where: SQL; part: RankedPart } {
  const ids = [...new Set([...found.ids, ...found.named])];
  return {
    where: sql`e.paper_id in (select unnest(${sql.param(ids)}::text[]))`,
    part: { of, last: found.last, named: found.lastNamed },
  };
}

/** What was ranked for an earlier page, found in the same indexes. */
function rankedBefore({ of, last, named }: RankedPart, compiled: Compiled, query: Query): SQL {
  const { people, unwanted, indexed } = compiled;
  const hot = last === null ? sql`true` : asHot(last);
  const sets = [among(inHead(compiled, query), sql`${of === 'heads' ? hot : sql`true`} and ${without(unwanted)}`)];
  if (of === 'all') sets.push(among(inDocument(compiled, query), sql`${hot} and ${without(indexed.sieve)}`));
  if (people !== null)
    sets.push(
      among(
        sql`e.head @@ ${people}::tsquery`,
        sql`${named === null ? sql`true` : asHot(named)} and ${asWritten(compiled, query)}`,
      ),
    );
  return sql`e.paper_id in (${sql.join(sets, sql` union all `)})`;
}

/** Those of some, which an index finds, that are also so. */
const among = (some: SQL, also: SQL): SQL => sql`
  select e.paper_id
  from (
    select e.paper_id, e.head, e.document, e.day, e.heat, e.first_seen_at
    from search_entry e
    where ${some}
    offset 0
  ) e
  where ${also}`;

/** Whether an entry that matches is of the part that was ranked. */
function isIn({ of, last, named }: RankedPart, compiled: Compiled, query: Query): SQL {
  const head = inHead(compiled, query);
  const hot = last === null ? sql`true` : asHot(last);
  const isHot = of === 'heads' ? sql`(${head} and ${hot})` : sql`(${head} or ${hot})`;
  if (compiled.people === null) return isHot;
  return sql`(${isHot} or (e.head @@ ${compiled.people}::tsquery and ${named === null ? sql`true` : asHot(named)}))`;
}

/**
 * The others, in the order of heat. Where more match than are counted, the next are soon met by going
 * through all in their order; else those that match are put in order, and looked at one by one.
 */
function restOf(
  compiled: Compiled,
  query: Query,
  { part, from, isMore }: { part: RankedPart; from: Heat | null; isMore: boolean },
): SQL {
  const others = sql`not ${isIn(part, compiled, query)}`;
  const below = from === null ? sql`true` : lessHot(from);
  if (isMore)
    return sql`
      select e.paper_id
      from (
        select e.paper_id, e.head, e.document, e.day, e.heat, e.first_seen_at
        from search_entry e
        where ${below}
        order by ${HOTTEST_FIRST}
        offset 0
      ) e
      where ${asWritten(compiled, query)}
        and ${others}`;
  return sql`
    select e.paper_id
    from (
      ${among(inDocument(compiled, query), below)}
      order by ${HOTTEST_FIRST}
      offset 0
    ) found
    cross join lateral (
      select e.paper_id
      from search_entry e
      where e.paper_id = found.paper_id
        and ${without(compiled.indexed.sieve)}
        and ${others}
      offset 0
    ) e`;
}

/** What an entry must match, asked of itself and of no index. */
const asWritten = ({ wanted, unwanted }: Compiled, query: Query): SQL =>
  sql.join(
    [...(wanted === null ? [] : [sql`e.document @@ ${wanted}::tsquery`]), ...inDays(query), without(unwanted)],
    sql` and `,
  );

/** The first that pass the sieve, of no more than are read. */
const firstOf = (where: SQL, most: number): SQL =>
  sql`(select e.paper_id from search_entry e where ${where} limit ${sql.raw(String(most))})`;

interface Hottest {
  ids: string[];
  last: Heat | null;
  named: string[];
  lastNamed: Heat | null;
}
type HeatRow = [id: string, heat: number, seenAt: string, passes: boolean];
const heatOf = ([id, heat, seenAt]: HeatRow): Heat => ({ id, heat, firstSeenAt: new Date(seenAt) });
const HEAT_ROW = sql.raw('json_build_array(e.paper_id, e.heat, e.first_seen_at');

/**
 * The most talked-about that match, without what is unwanted, and where they end; `isTooMany` where
 * more match than are put in order. Beside them those who bear a name that was asked for.
 */
async function hottest(
  ask: Ask,
  where: SQL,
  unwanted: string | null,
  named: SQL | null,
): Promise<Hottest & { isTooMany: boolean }> {
  const looked = unwanted === null ? BEST : READ;
  const [row] = await ask<{ matching: number; hot: HeatRow[]; named: HeatRow[] }>(sql`
    with matching as materialized (
      select e.paper_id, e.heat, e.first_seen_at, e.document
      from search_entry e
      where ${where}
      limit ${sql.raw(String(HEADS + 1))}
    )
    select
      (select count(*)::int from matching) as matching,
      (
        select coalesce(json_agg(${HEAT_ROW}, ${without(unwanted)}) order by ${HOTTEST_FIRST}), '[]')
        from (
          select *
          from matching e
          order by ${HOTTEST_FIRST}
          limit ${sql.raw(String(looked))}
        ) e
      ) as hot,
      ${named === null ? sql`'[]'::json` : namedHottest(named)} as named`);
  const { matching, hot, named: bearing } = row!;
  const passed = hot.filter(([, , , passes]) => passes).slice(0, BEST);
  const end = passed.length === BEST ? passed.at(-1)! : hot.at(-1);
  const isAll = passed.length < BEST && matching <= hot.length;
  return {
    isTooMany: matching > HEADS,
    ids: passed.map(([id]) => id),
    last: isAll || end === undefined ? null : heatOf(end),
    ...bearersOf(bearing),
  };
}

const namedHottest = (where: SQL): SQL => sql`(
  select coalesce(json_agg(${HEAT_ROW}, true) order by ${HOTTEST_FIRST}), '[]')
  from (
    select e.paper_id, e.heat, e.first_seen_at
    from search_entry e
    where ${where}
    order by ${HOTTEST_FIRST}
    limit ${sql.raw(String(NAMED + 1))}
  ) e
)`;

/** The most talked-about where so many match that the first are soon met by going through all, or `most`, in order. */
async function hottestAmong(
  ask: Ask,
  where: SQL,
  { unwanted, named, most }: { unwanted: string | null; named: SQL | null; most: number | null },
): Promise<Hottest> {
  const [row] = await ask<{ hot: HeatRow[]; named: HeatRow[] }>(sql`
    select
      (
        select coalesce(json_agg(${HEAT_ROW}, true) order by ${HOTTEST_FIRST}), '[]')
        from (
          select e.paper_id, e.heat, e.first_seen_at
          from (
            select paper_id, head, document, day, heat, first_seen_at
            from search_entry
            order by heat desc, first_seen_at desc, paper_id
            ${most === null ? sql`offset 0` : sql`limit ${sql.raw(String(most))}`}
          ) e
          where ${where}
            and ${without(unwanted)}
          limit ${sql.raw(String(WALKED))}
        ) e
      ) as hot,
      ${named === null ? sql`'[]'::json` : namedHottest(named)} as named`);
  const end = row!.hot.at(-1);
  return {
    ids: row!.hot.map(([id]) => id),
    last: end === undefined ? HOTTER_THAN_ALL : heatOf(end),
    ...bearersOf(row!.named),
  };
}

const bearersOf = (bearing: readonly HeatRow[]): Pick<Hottest, 'named' | 'lastNamed'> => ({
  named: bearing.slice(0, NAMED).map(([id]) => id),
  lastNamed: bearing.length > NAMED ? heatOf(bearing[NAMED - 1]!) : null,
});

/** None is ranked: all are of the rest. */
const HOTTER_THAN_ALL: Heat = { heat: Infinity, firstSeenAt: new Date(0), id: '' };

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
    pageOf(asked),
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
