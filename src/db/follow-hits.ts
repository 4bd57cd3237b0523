import { sql } from 'drizzle-orm';
import { DAY } from '../duration.ts';
import { CANDIDATE_DAYS } from '../paper.ts';
import { matchOf, wordsToLookUp } from '../search/compile.ts';
import { LEXEME, quoted } from '../search/entry.ts';
import { indexFor, readMatch } from '../search/many.ts';
import { parseQuery } from '../search/query.ts';
import type { Follow } from '../subscriber.ts';
import { asking, type Tx } from './client.ts';
import { lookUp } from './search-words.ts';

/** What is followed, by one reader or many. */
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
 * finds. What was kept before stays.
 */
export async function matchFollows(tx: Tx, { date, until }: Matching, followed: readonly Followed[]): Promise<void> {
  if (followed.length === 0) return;
  // The papers are read while the searches are compiled.
  const papers = recentPapers(tx, until);
  const [wanted, recent] = await Promise.all([compileAll(tx, followed), papers.then((all) => readFirst(tx, all))]);
  const found = await findAll(tx, wanted, recent);
  const hits = followed.map(({ kind, value }, place) => {
    const papers = found[place]!;
    return { kind, value, papers: kind === 'not' ? papers : papers.slice(0, MOST_HITS) };
  });
  await tx.execute(sql`
    insert into follow_hit (edition_date, kind, value, papers)
    select ${date}::date, h.kind, h.value, array(select jsonb_array_elements_text(h.papers))
    from jsonb_to_recordset(${JSON.stringify(hits)}::jsonb) as h (kind text, value text, papers jsonb)
    on conflict do nothing`);
}

/** Which of these papers something followed matches, on whatever day they came. */
export async function matchedAmong(
  tx: Tx,
  ids: readonly string[],
  followed: readonly Followed[],
): Promise<Set<string>> {
  if (ids.length === 0 || followed.length === 0) return new Set();
  const [wanted, papers] = await Promise.all([compileAll(tx, followed), papersOf(tx, ids)]);
  return new Set((await findAll(tx, wanted, await readFirst(tx, papers))).flat());
}

/** Documents are read so many at a time: each takes ten thousand bytes. */
const AT_ONCE = 1_000;

/**
 * The papers that each of these matches, in their order, the most talked-about first. Done in the
 * program: to ask Postgres whether each paper matches each search took ten seconds for 5,000 searches
 * of 1,200 papers, with an index of the rarest words.
 */
async function findAll(tx: Tx, wanted: readonly Wanted[], { papers, first }: Reading): Promise<string[][]> {
  const matches = wanted.map(({ match }) => readMatch(match));
  const index = indexFor(matches, papers.length);
  let documents = first;
  for (let from = 0; from < papers.length; from += AT_ONCE) {
    const next = documentsOf(tx, papers.slice(from + AT_ONCE, from + 2 * AT_ONCE));
    documents.forEach((document, i) => {
      const { organisation } = papers[from + i]!;
      index.add(document, organisation === null ? [] : [LEXEME.organisationKey + organisation]);
    });
    documents = await next;
  }
  return wanted.map(({ after, before }, i) => {
    const found = index.find(matches[i]!).map((place) => papers[place]!);
    return found
      .filter(({ day }) => (after === null || day >= after) && (before === null || day < before))
      .map(({ id }) => id);
  });
}

/** Papers of which the first documents are read. */
interface Reading {
  papers: readonly Recent[];
  first: string[];
}

const readFirst = async (tx: Tx, papers: readonly Recent[]): Promise<Reading> => ({
  papers,
  first: await documentsOf(tx, papers.slice(0, AT_ONCE)),
});

/** What the index holds of these papers, in their order. */
async function documentsOf(tx: Tx, papers: readonly Recent[]): Promise<string[]> {
  if (papers.length === 0) return [];
  const { rows } = await tx.execute<{ document: string }>(sql`
    select coalesce(e.document::text, '') as document
    from unnest(${sql.param(papers.map(({ id }) => id))}::text[]) with ordinality as p (id, nth)
    left join search_entry e on e.paper_id = p.id
    order by p.nth`);
  return rows.map(({ document }) => document);
}

interface Recent {
  id: string;
  /** `YYYY-MM-DD` */
  day: string;
  /** The key of its organisation. */
  organisation: string | null;
}

/** The papers that the edition of that moment was chosen from, the most talked-about first. */
async function recentPapers(tx: Tx, until: Date): Promise<Recent[]> {
  const after = new Date(until.getTime() - CANDIDATE_DAYS * DAY);
  const { rows } = await tx.execute<Recent & Record<string, unknown>>(sql`
    select e.paper_id as id, e.day::text as day, p.organisation_key as organisation
    from paper p
    join search_entry e on e.paper_id = p.id
    where p.first_seen_at > ${after}
      and p.first_seen_at <= ${until}
      and p.source <> 'sample'
      and not p.is_withdrawn
    order by e.heat desc, e.first_seen_at desc, e.paper_id`);
  return rows;
}

async function papersOf(tx: Tx, ids: readonly string[]): Promise<Recent[]> {
  const { rows } = await tx.execute<Recent & Record<string, unknown>>(sql`
    select e.paper_id as id, e.day::text as day, p.organisation_key as organisation
    from paper p
    join search_entry e on e.paper_id = p.id
    where p.id = any(${sql.param(ids)}::text[])`);
  return rows;
}

interface Wanted extends Followed {
  match: string;
  after: string | null;
  before: string | null;
}

/** What to ask the index for, in the words that it knows by now. */
async function compileAll(tx: Tx, followed: readonly Followed[]): Promise<Wanted[]> {
  const isName = ({ kind }: Followed): boolean => kind === 'author' || kind === 'organisation';
  const queries = followed.map((one) => (isName(one) ? null : parseQuery(one.value)));
  const { vocabulary } = await lookUp(asking(tx), [
    ...new Set(queries.flatMap((query) => query && wordsToLookUp(query)) as string[]),
  ]);
  return followed.map((one, i) => {
    const query = queries[i];
    if (!query) return { ...one, match: namedBy(one), after: null, before: null };
    const match = matchOf(query, vocabulary);
    return { ...one, match: match ?? NOTHING, after: query.after, before: query.before };
  });
}

/** A lexeme that no paper holds. */
const NOTHING = quoted('');

function namedBy({ kind, value }: Followed): string {
  return quoted((kind === 'author' ? LEXEME.person : LEXEME.organisationKey) + value);
}

/** Forgets the hits of editions from which no digest can be made any more. */
export async function forgetOldHits(tx: Tx, date: string): Promise<void> {
  await tx.execute(sql`
    delete from follow_hit
    where edition_date < ${date}::date - ${sql.raw(String(KEPT_DAYS))}`);
}
