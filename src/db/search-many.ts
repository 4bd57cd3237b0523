import { type SQL, sql } from 'drizzle-orm';
import type { Compiled } from '../search/compile.ts';
import type { Query } from '../search/query.ts';
import type { Ask } from './client.ts';
import {
  asHot,
  type Following,
  type Heat,
  heatOf,
  type HeatRow,
  HOTTEST_FIRST,
  inDays,
  inDocument,
  inHead,
  inHeadOf,
  lessHot,
  type RankedPart,
  READ,
  without,
} from './search-hits.ts';

/** Of more, the most talked-about: each is fetched twice. */
const BEST = 200;
/** Where more heads match, the most talked-about of them are looked for in their order. */
const HEADS = 30_000;
const WALKED = 300;
/** Papers that bear a name that was asked for. */
const NAMED = 300;
/**
 * Of what so large a share of all papers matches, enough are mostly met among so many of the most
 * talked-about. The first fifth of them tells whether they are: abstracts hold much that no head does.
 */
const COMMON = 1 / 8;
const PASSED = 5_000;

/**
 * Papers whose heads match are the best of many: all of them, or the most talked-about. A head holds
 * no abstract, so each of those is read for what is unwanted. Where few do, all that match are looked at.
 */
export async function bestOfMany(
  ask: Ask,
  compiled: Compiled,
  query: Query,
  isMore: boolean,
): Promise<{ where: SQL; part: RankedPart }> {
  const { people, unwanted, indexed, share } = compiled;
  const head = inHead(compiled, query);
  const anywhere = inDocument(compiled, query);
  const named = people === null ? null : sql`${inHeadOf(people, compiled, query)} and ${without(unwanted)}`;
  for (const most of share > COMMON ? [PASSED / 5, PASSED] : []) {
    const met = await hottestAmong(ask, head, { unwanted, named, most });
    if (met.ids.length >= BEST) return partOf('heads', met);
    if (met.ids.length < (most * BEST) / PASSED) break;
  }
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
export function rankedBefore({ of, last, named }: RankedPart, compiled: Compiled, query: Query): SQL {
  const { people, unwanted, indexed } = compiled;
  const most = sql.raw(`limit ${MOST_RANKED}`);
  const since = (heat: Heat | null): SQL => (heat === null ? sql`true` : asHot(heat));
  const hot = of === 'heads' ? since(last) : sql`true`;
  const sets = [among(inHead(compiled, query), sql`${hot} and ${without(unwanted)}`, most)];
  if (of === 'all')
    sets.push(among(inDocument(compiled, query), sql`${since(last)} and ${without(indexed.sieve)}`, most));
  if (people !== null)
    sets.push(among(sql`e.head @@ ${people}::tsquery`, sql`${since(named)} and ${asWritten(compiled, query)}`, most));
  return sql`e.paper_id in (${sql.join(sets, sql` union all `)})`;
}

/** More than are ever ranked: what an address says was ranked may be made up. */
const MOST_RANKED = 1_000;

/** Those of some, which an index finds, that are also so. */
const among = (some: SQL, also: SQL, inWhat: SQL): SQL => sql`
  (select e.paper_id
  from (
    select e.paper_id, e.head, e.document, e.day, e.heat, e.first_seen_at
    from search_entry e
    where ${some}
    offset 0
  ) e
  where ${also}
  ${inWhat})`;

/** Whether an entry that matches is of the part that was ranked. */
function isIn({ of, last, named }: RankedPart, compiled: Compiled, query: Query): SQL {
  const head = inHead(compiled, query);
  const hot = last === null ? sql`true` : asHot(last);
  const isHot = of === 'heads' ? sql`(${head} and ${hot})` : sql`(${head} or ${hot})`;
  if (compiled.people === null) return isHot;
  return sql`(${isHot} or (e.head @@ ${compiled.people}::tsquery and ${named === null ? sql`true` : asHot(named)}))`;
}

/** So many are gone through for one page of the rest; fewer where each is read for more than its words. */
const GONE_THROUGH = 1_000;
const GONE_THROUGH_READING = 300;

/**
 * The others, in the order of heat. Where more match than are counted, the next are met by going through
 * all in their order; else those that match are put in order, and looked at one by one.
 */
export function restOf(
  compiled: Compiled,
  query: Query,
  { part, from, isMore }: { part: RankedPart; from: Heat | null; isMore: boolean },
): Following {
  const others = sql`not ${isIn(part, compiled, query)}`;
  const below = from === null ? sql`true` : lessHot(from);
  const { sieve } = compiled.indexed;
  if (isMore)
    return {
      through: { where: below, most: sieve === null ? GONE_THROUGH : GONE_THROUGH_READING },
      following: sql`
      select e.paper_id
      from passed e
      where ${asWritten(compiled, query)}
        and ${others}`,
    };
  return {
    through: null,
    following: sql`
    select e.paper_id
    from ${among(inDocument(compiled, query), below, sql`order by ${HOTTEST_FIRST} offset 0`)} found
    cross join lateral (
      select e.paper_id
      from search_entry e
      where e.paper_id = found.paper_id
        and ${without(sieve)}
        and ${others}
      offset 0
    ) e`,
  };
}

/** What an entry must match, asked of itself and of no index. */
const asWritten = ({ wanted, unwanted }: Compiled, query: Query): SQL =>
  sql.join(
    [...(wanted === null ? [] : [sql`e.document @@ ${wanted}::tsquery`]), ...inDays(query), without(unwanted)],
    sql` and `,
  );

interface Hottest {
  ids: string[];
  last: Heat | null;
  named: string[];
  lastNamed: Heat | null;
}
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
