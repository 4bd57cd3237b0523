import { type SQL, sql } from 'drizzle-orm';
import type { Paper } from '../paper.ts';
import type { Compiled } from '../search/compile.ts';
import type { Query } from '../search/query.ts';
import type { Ask } from './client.ts';
import { PAPER_OF_P, paperOfRow } from './papers.ts';

/** Where a page of results ended: among those that were ranked, or among the rest of many. */
export type HitCursor = RankedCursor | RestCursor;
export interface RankedCursor {
  score: number;
  id: string;
  /** Of many: which were ranked, so that the next page is of the same, however much later. */
  ranked?: RankedPart;
}
export interface RestCursor {
  ranked: RankedPart;
  /** `null`: the first of them comes next. */
  rest: Heat | null;
}

/**
 * Which papers of many were ranked: those whose heads match, or `all` that match, down to the `last`
 * that is as much talked about; and who bears a name that was asked for.
 */
export interface RankedPart {
  of: 'heads' | 'all';
  /** `null`: no paper is left out. */
  last: Heat | null;
  /** The same of papers that bear a name that was asked for. */
  named: Heat | null;
}

/** Where a paper stands among all by how much they are talked about. */
export interface Heat {
  heat: number;
  firstSeenAt: Date;
  id: string;
}

export interface Hit {
  paper: Paper;
  topics: string[];
  score: number;
}

/** How many of the papers found (the best of many) are of each kind. */
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

/** One page of what was ranked. */
export interface HitPage {
  hits: Hit[];
  /** How many match; at least so many, where `isMore`. */
  total: number;
  isMore: boolean;
  next: RankedCursor | null;
  facets: Facets | null;
}

/** Which part of what is ranked is wanted. */
export interface PageAsked {
  limit: number;
  after?: Pick<RankedCursor, 'score' | 'id'> | undefined;
  /** Whether facets are wanted. */
  facets?: boolean;
}

/** What a head must match, which holds no abstract. */
export const inHead = ({ wanted }: Compiled, query: Query): SQL =>
  sql.join([...(wanted === null ? [] : [sql`e.head @@ ${wanted}::tsquery`]), ...inDays(query)], sql` and `);

/** The same for papers of people: few, and each is read for the rest. */
export const inHeadOf = (people: string, { wanted }: Compiled, query: Query): SQL =>
  sql.join(
    [sql`e.head @@ ${people}::tsquery`, ...(wanted === null ? [] : [holds(wanted)]), ...inDays(query)],
    sql` and `,
  );

/** What an entry must match. */
export function inDocument({ indexed: { arms, rest } }: Compiled, query: Query): SQL {
  const days = inDays(query);
  const found = arms
    .map(({ pairs, words }) => [
      ...(pairs.length === 0 ? [] : [holdsPairs(pairs)]),
      ...(words === null ? [] : [sql`e.document @@ ${words}::tsquery`]),
      ...days,
    ])
    .map((all) => sql`(${sql.join(all, sql` and `)})`);
  const asked = rest === null ? sql`` : sql` and ${holds(rest)}`;
  return sql`(${sql.join(found, sql` or `)})${asked}`;
}

/** The function behind `@@`, which no index answers. */
const holds = (match: string): SQL => sql`ts_match_vq(e.document, ${match}::tsquery)`;

/** Without what is unwanted. Each entry is read for it. */
export const without = (unwanted: string | null): SQL => (unwanted === null ? sql`true` : sql`not ${holds(unwanted)}`);

const holdsPairs = (pairs: readonly string[]): SQL => sql`
  search_pairs(e.document) @> array(
    select hashtext(pair)
    from unnest(${sql.param([...pairs])}::text[]) as pair
  )`;

export const inDays = ({ after, before }: Query): SQL[] => [
  ...(after === null ? [] : [sql`e.day >= ${after}::date`]),
  ...(before === null ? [] : [sql`e.day < ${before}::date`]),
];

/** So many are read for what they must not hold: each takes 60 µs. */
export const READ = 500;

/** Of keywords, people and abstract against the title's 1, in Postgres's order: D, C, B, A. */
const WEIGHTS = sql.raw(`'{0.05,0.25,0.35,1}'::real[]`);
/** What the words one after the other add, and a whole name. */
const PHRASE = sql.raw('0.3::float8');
const PERSON = sql.raw('2::float8');
/** What the votes and the date add at most: they tell apart what is as relevant. */
const HEAT_AND_TIME = sql.raw(`(0.012::float8 * e.heat + 1e-6::float8 * (e.day - date '2000-01-01'))`);

/** How well an entry answers: by its words first, then by how much it is talked about, then by time. */
export function scoreOf({ rank: words, phrase, people }: Compiled): SQL {
  const parts = [
    HEAT_AND_TIME,
    ...(words === null ? [] : [sql`ts_rank(${WEIGHTS}, t.head, ${words}::tsquery)`]),
    ...(phrase === null ? [] : [sql`(case when t.head @@ ${phrase}::tsquery then ${PHRASE} else 0 end)`]),
    ...(people === null ? [] : [sql`(case when t.head @@ ${people}::tsquery then ${PERSON} else 0 end)`]),
  ];
  return sql`(${sql.join(parts, sql` + `)})::float8`;
}

const HIT = sql.raw('e.paper_id, e.day, e.topics, e.has_code, e.organisation');

/**
 * A vector as it lies beside its row, fetched once for all that look at it. To take nothing out of it
 * costs a quarter of adding nothing to it, which copies it word by word.
 */
export const fetched = (column: 'head' | 'document'): SQL => sql.raw(`ts_delete(e.${column}, '') as ${column}`);

const HEAD_OF_E = sql`cross join lateral (select ${fetched('head')} offset 0) t`;

export const hitsOf = (score: SQL, where: SQL): SQL => sql`
  select ${HIT}, ${score} as score
  from search_entry e
  ${HEAD_OF_E}
  where ${where}`;

/** By time alone; of what has to be sieved, the newest are read. */
export const newestHits = (where: SQL, sieve: string | null, most: number): SQL => sql`
  select ${HIT}, extract(epoch from e.first_seen_at)::float8 as score
  from ${
    sieve === null
      ? sql`search_entry e where ${where}`
      : sql`(
    select ${HIT}, e.first_seen_at, e.document
    from search_entry e
    where ${where}
    order by e.first_seen_at desc
    limit ${sql.raw(String(most))}
  ) e
  where ${without(sieve)}`
  }`;

/** As much talked about as this paper, or more; and less. The order is that of the index search_entry_hottest. */
export const asHot = ({ heat, firstSeenAt, id }: Heat): SQL => sql`(
  e.heat >= ${heat}::real
  and (
    e.heat > ${heat}::real
    or e.first_seen_at > ${firstSeenAt}::timestamptz
    or (e.first_seen_at = ${firstSeenAt}::timestamptz and e.paper_id <= ${id}::text)
  ))`;
export const lessHot = ({ heat, firstSeenAt, id }: Heat): SQL => sql`(
  e.heat <= ${heat}::real
  and (
    e.heat < ${heat}::real
    or e.first_seen_at < ${firstSeenAt}::timestamptz
    or (e.first_seen_at = ${firstSeenAt}::timestamptz and e.paper_id > ${id}::text)
  ))`;
export const HOTTEST_FIRST = sql.raw('e.heat desc, e.first_seen_at desc, e.paper_id');

/** What tells the `paper_id` of those that follow, the hottest first. */
export interface Following {
  following: SQL;
  /** Of which entries, as the table `passed`: so many of those that are so, the hottest first. */
  through: { where: SQL; most: number } | null;
}

/**
 * The next so many that follow, and where the next page goes on (`null`: at their beginning). Where
 * only so many entries are gone through, fewer may be found though more come.
 */
export async function hitsInOrder(
  ask: Ask,
  { following, through }: Following,
  limit: number,
): Promise<{ hits: Hit[]; isMore: boolean; last: Heat | null }> {
  const passed =
    through &&
    sql`
    passed as materialized (
      select e.paper_id, e.head, e.document, e.day, e.heat, e.first_seen_at
      from search_entry e
      where ${through.where}
      order by ${HOTTEST_FIRST}
      limit ${sql.raw(String(through.most))}
    ),`;
  const end = through
    ? sql`(
      select json_build_array(e.paper_id, e.heat, e.first_seen_at)
      from passed e
      offset ${sql.raw(String(through.most - 1))}
    )`
    : sql`null`;
  const rows = await ask<Paper & { heat: number; seenAt: Date; hitTopics: string[] | null; end: HeatRow | null }>(sql`
    with ${passed ?? sql``}
    following as materialized (
      ${following}
      limit ${sql.raw(String(limit + 1))}
    )
    select
      ${end} as end,
      e.heat,
      e.first_seen_at as "seenAt",
      e.topics as "hitTopics",
      ${PAPER_OF_P}
    from (select) one
    left join following on true
    left join search_entry e using (paper_id)
    left join paper p on p.id = e.paper_id
    order by ${HOTTEST_FIRST}`);
  const found = rows.filter(({ id }) => id !== null);
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  const hits = shown.map((row) => ({ paper: paperOfRow(row), score: 0, topics: row.hitTopics ?? [] }));
  if (found.length > limit)
    return { hits, isMore: true, last: last ? { heat: last.heat, firstSeenAt: last.seenAt, id: last.id } : null };
  const ended = rows[0]!.end;
  return { hits, isMore: ended !== null, last: ended && heatOf(ended) };
}

/** Where a paper stands in the order of heat, as JSON. */
export type HeatRow = [id: string, heat: number, seenAt: string, ...more: boolean[]];
export const heatOf = ([id, heat, seenAt]: HeatRow): Heat => ({ id, heat, firstSeenAt: new Date(seenAt) });

/** The page of hits whose statement is given. */
export const rank = (ask: Ask, asked: PageAsked, hits: SQL): Promise<HitPage> =>
  page(
    ask,
    asked,
    sql`
    hit as materialized (${hits}),
    counted as (select count(*)::int as total, false as "isMore" from hit)`,
  );

/**
 * Counts what matches, among as many as are `looked` at, and ranks it all where that is no more than
 * `ranked`: from one reading of the index, for most questions are such.
 */
export const countAndRank = (
  ask: Ask,
  asked: PageAsked,
  {
    score,
    where,
    sieve,
    looked,
    ranked,
  }: { score: SQL; where: SQL; sieve: string | null; looked: number; ranked: number },
): Promise<HitPage> =>
  page(
    ask,
    asked,
    sql`
    looking as materialized (
      select ${HIT}, e.heat, e.head${sieve === null ? sql`` : sql`, e.document`}
      from search_entry e
      where ${where}
      limit ${sql.raw(String(looked + 1))}
    ),
    matching as ${sieve === null ? sql`not ` : sql``}materialized (
      select *
      from looking e
      where ${without(sieve)}
    ),
    counted as materialized (
      select
        (select count(*)::int from matching) as total,
        (select count(*) from looking) > ${sql.raw(String(looked))} as "isMore"
    ),
    hit as materialized (
      select ${HIT}, ${score} as score
      from matching e
      ${HEAD_OF_E}
      where (select total from counted) <= ${sql.raw(String(ranked))}
    )`,
  );

interface Row extends Paper {
  total: number;
  isMore: boolean;
  score: number | null;
  hitTopics: string[] | null;
  facets: Facets | null;
}

/** Orders the table `hit` by score and reads one page of it; `counted` says how many there are. */
async function page(ask: Ask, { limit, after, facets = false }: PageAsked, tables: SQL): Promise<HitPage> {
  const rows = await ask<Row>(sql`
    with ${tables},
    page as materialized (
      select
        paper_id,
        score,
        topics,
        row_number() over (order by score desc, paper_id desc) as place
      from hit
      ${after === undefined ? sql`` : sql`where (score, paper_id) < (${after.score}::float8, ${after.id}::text)`}
      order by score desc, paper_id desc
      limit ${sql.raw(String(limit + 1))}
    )
    select
      counted.total,
      counted."isMore",
      page.score,
      array_to_json(page.topics) as "hitTopics",
      ${facets ? sql`case when coalesce(page.place, 1) = 1 then ${FACETS} end` : sql`null`} as facets,
      ${PAPER_OF_P}
    from counted
    left join page on true
    left join paper p on p.id = page.paper_id
    order by page.place`);
  const found = rows.filter(({ id }) => id !== null);
  const hits = found
    .slice(0, limit)
    .map((row) => ({ paper: paperOfRow(row), score: row.score!, topics: row.hitTopics ?? [] }));
  const last = hits.at(-1);
  return {
    hits,
    total: rows[0]!.total,
    isMore: rows[0]!.isMore,
    next: found.length > limit && last ? { score: last.score, id: last.paper.id } : null,
    facets: rows[0]!.facets,
  };
}

const FACET_VALUES = 8;

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
const FACETS = sql.raw(`(select json_build_object(
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
))`);
