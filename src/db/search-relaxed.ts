import { type SQL, sql } from 'drizzle-orm';
import { type Compiled, together, type Weighed } from '../search/compile.ts';
import { quoted } from '../search/entry.ts';
import type { Query } from '../search/query.ts';
import type { Ask } from './client.ts';
import { fetched, type HitPage, inDays, type PageAsked, rank, scoreOf, without } from './search-hits.ts';

/** About so many are looked at for how much they hold, and never more than so many. */
const LOOKED_AT = 100;
const RELAXED = 200;
/** Of all that is said a paper must hold so much. */
const ENOUGH = 0.5;

/** Papers that hold most of what is said, where none holds all of it. */
export async function runRelaxed(
  ask: Ask,
  compiled: Compiled,
  { telling, papers }: { telling: readonly Weighed[]; papers: number },
  { query, page }: { query: Query; page: PageAsked },
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
  const conditions = [sql`e.document @@ (w.query || ${besides}::text)::tsquery`, ...inDays(query)];
  return rank(
    ask,
    page,
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

const firstOf = (where: SQL, most: number): SQL =>
  sql`(select e.paper_id from search_entry e where ${where} limit ${sql.raw(String(most))})`;

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
