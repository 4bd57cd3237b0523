import { sql } from 'drizzle-orm';
import { DAY } from '../duration.ts';
import { CANDIDATE_DAYS } from '../paper.ts';
import { compile, wordsToLookUp } from '../search/compile.ts';
import { LEXEME, quoted } from '../search/entry.ts';
import { parseQuery } from '../search/query.ts';
import type { Follow } from '../subscriber.ts';
import type { Tx } from './client.ts';
import { lookUp } from './search.ts';

/** What is followed, whoever follows it. */
export type Followed = Pick<Follow, 'kind' | 'value'>;

/** Something followed, and the papers that it matches, the most talked-about first. */
export interface Hits extends Followed {
  papers: string[];
}

/**
 * Of one search so many are kept: a digest shows few, and what it had no room for comes with the
 * next ones. What keeps papers out is kept whole.
 */
const MOST_HITS = 50;
/** Edition dates whose hits are kept: late digests look at theirs, and none is later than this. */
const KEPT_DAYS = 30;

/** The hits of an edition that were found until now. */
export async function keptHits(tx: Tx, date: string): Promise<Hits[]> {
  const { rows } = await tx.execute<Hits & Record<string, unknown>>(sql`
    select kind, value, papers
    from follow_hit
    where edition_date = ${date}`);
  return rows;
}

/** What active readers follow and no one looked for in this edition yet. */
export async function followedAnew(tx: Tx, date: string): Promise<Followed[]> {
  const { rows } = await tx.execute<Followed & Record<string, unknown>>(sql`
    select distinct f.kind, f.value
    from follow f
    join subscriber s on s.id = f.subscriber_id
    where s.status = 'active'
      and not exists (
        select
        from follow_hit h
        where h.edition_date = ${date}
          and h.kind = f.kind
          and h.value = f.value
      )`);
  return rows;
}

interface Matching {
  date: string;
  /** The moment that the edition was made at: it looked at the papers first seen before. */
  until: Date;
}

/**
 * Looks for all that is followed among the papers that an edition was chosen from, and keeps what it
 * finds. One statement for all: papers that hold a word which a search cannot do without are few,
 * and only these are asked whether they match. What was kept before stays.
 */
export async function matchFollows(tx: Tx, { date, until }: Matching, followed: readonly Followed[]): Promise<void> {
  if (followed.length === 0) return;
  const wanted = await compileAll(tx, followed);
  const column = <T>(of: (one: (typeof wanted)[number]) => T) => sql.param(wanted.map(of));
  const anchors = wanted.flatMap(({ anchors: some }, place) => some.map((lexeme) => ({ lexeme, place: place + 1 })));
  const after = new Date(until.getTime() - CANDIDATE_DAYS * DAY);
  await tx.execute(sql`
    with wanted as materialized (
      select w.kind, w.value, w.match::tsquery as match, w.after::date as after, w.before::date as before, w.nth
      from unnest(
        ${column(({ kind }) => kind)}::text[],
        ${column(({ value }) => value)}::text[],
        ${column(({ match }) => match)}::text[],
        ${column((one) => one.after)}::text[],
        ${column((one) => one.before)}::text[])
        with ordinality as w (kind, value, match, after, before, nth)
    ), anchor as materialized (
      select a.lexeme, a.nth
      from unnest(
        ${sql.param(anchors.map(({ lexeme }) => lexeme))}::text[],
        ${sql.param(anchors.map(({ place }) => place))}::bigint[]) as a (lexeme, nth)
    ), recent as materialized (
      select
        e.paper_id,
        e.day,
        e.document || array_to_tsvector(array_remove(array[${LEXEME.organisationKey} || p.organisation_key], null))
          as document,
        row_number() over (order by e.heat desc, e.first_seen_at desc, e.paper_id) as place
      from paper p
      join search_entry e on e.paper_id = p.id
      where p.first_seen_at > ${after}
        and p.first_seen_at <= ${until}
        and p.source <> 'sample'
        and not p.is_withdrawn
    ), near as materialized (
      select distinct a.nth, r.place
      from recent r
      cross join unnest(tsvector_to_array(r.document)) as l (lexeme)
      join anchor a on a.lexeme = l.lexeme
    ), hit as (
      select
        w.nth,
        r.paper_id,
        r.place,
        w.kind = 'not' as is_whole,
        row_number() over (partition by w.nth order by r.place) as rank
      from near n
      join wanted w on w.nth = n.nth
      join recent r on r.place = n.place
      where r.document @@ w.match
        and (w.after is null or r.day >= w.after)
        and (w.before is null or r.day < w.before)
    )
    insert into follow_hit (edition_date, kind, value, papers)
    select
      ${date},
      w.kind,
      w.value,
      coalesce(array_agg(h.paper_id order by h.place) filter (where h.is_whole or h.rank <= ${MOST_HITS}), '{}')
    from wanted w
    left join hit h on h.nth = w.nth
    group by w.nth, w.kind, w.value
    on conflict do nothing`);
}

interface Wanted extends Followed {
  match: string;
  anchors: string[];
  after: string | null;
  before: string | null;
}

/** What to ask the index for, in the words that it knows by now. */
async function compileAll(tx: Tx, followed: readonly Followed[]): Promise<Wanted[]> {
  const isName = ({ kind }: Followed): boolean => kind === 'author' || kind === 'organisation';
  const queries = followed.map((one) => (isName(one) ? null : parseQuery(one.value)));
  const vocabulary = await lookUp(tx, [
    ...new Set(queries.flatMap((query) => query && wordsToLookUp(query)) as string[]),
  ]);
  return followed.map((one, i) => {
    const query = queries[i];
    if (!query) return { ...one, ...namedBy(one), after: null, before: null };
    const { match, anchors } = compile(query, vocabulary);
    return { ...one, match: match ?? '', anchors, after: query.after, before: query.before };
  });
}

function namedBy({ kind, value }: Followed): Pick<Wanted, 'match' | 'anchors'> {
  const lexeme = (kind === 'author' ? LEXEME.person : LEXEME.organisationKey) + value;
  return { match: quoted(lexeme), anchors: [lexeme] };
}

/** Forgets the hits of editions from which no digest can be made any more. */
export async function forgetOldHits(tx: Tx, date: string): Promise<void> {
  await tx.execute(sql`
    delete from follow_hit
    where edition_date < ${date}::date - ${sql.raw(String(KEPT_DAYS))}`);
}
