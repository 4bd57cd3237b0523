import { type Db, onConnection } from '../db/client.ts';
import { paperById } from '../db/papers.ts';
import { type Found, searchPapers } from '../db/search.ts';
import type { HitCursor } from '../db/search-hits.ts';
import type { Paper } from '../paper.ts';
import type { Misread } from '../search/misread.ts';
import { namesSomething, parseQuery, type Query } from '../search/query.ts';
import { idsIn } from './identity.ts';
import type { Topics } from './topics.ts';

export interface SearchDeps {
  /** Of `openSearchDatabase`. */
  searchDb: Db;
  topics: Topics;
}

/** What a search found, and how the question was understood. */
export interface Answer extends Found {
  query: Query;
  /** The paper that the question names by its id or by a link. */
  named: Paper | null;
}

const NONE: Found = {
  hits: [],
  total: 0,
  isMore: false,
  next: null,
  corrections: [],
  isRelaxed: false,
  facets: null,
};

/** Answers a question in the words of a reader. An id, a DOI or a link finds its paper alone. */
export async function search(
  deps: SearchDeps,
  input: { text: string; limit: number; after?: HitCursor | undefined; facets?: boolean; newest?: boolean },
): Promise<Answer> {
  const id = idIn(input.text);
  const named = id === null ? null : await onConnection(deps.searchDb, (ask) => paperById(ask, id));
  if (named !== null) {
    const hit = { paper: named, score: 1, topics: deps.topics.classify(named).map(({ slug }) => slug) };
    return { ...NONE, hits: [hit], total: 1, query: parseQuery(input.text), named };
  }
  const query = withSomethingToFind(parseWithTopics(input.text, deps.topics));
  const { limit, after, facets = false, newest = false } = input;
  return { ...(await searchPapers(deps.searchDb, { query, limit, after, facets, newest })), query, named: null };
}

/**
 * The one paper that a question names ("Title. arXiv:2605.01234v1 [cs.LG]"), or `null`. A number that
 * stands bare beside other words is one of them, and what is left out or filtered by names none.
 */
function idIn(text: string): string | null {
  const said = text.slice(0, LONGEST_REFERENCE).replace(ARXIV, 'arxiv:').replace(LEFT_OUT, ' ').trim();
  const [id, ...others] = idsIn(said);
  if (id === undefined || others.length > 0) return null;
  const isAlone = !/\s/.test(said);
  return isAlone || idsIn(said.replace(BARE, ' ')).length > 0 ? id : null;
}

const LONGEST_REFERENCE = 2_000;
const ARXIV = /\barxiv\s+(?=\d)/gi;
const LEFT_OUT = /(?<!\S)-?(?:(?<=-)|(?:author|org|topic|category|code|after|before):)(?:"[^"]*"?|\S+)/gi;
const BARE = /(?<!\S)["'([]*\p{Nd}{4}\.\p{Nd}{4,5}\S*/gu;

/** Nearly every paper lacks some word: what is only to be left out is looked for in none. */
function withSomethingToFind(query: Query): Query {
  const { clauses, after, before, misread } = query;
  if (clauses.length === 0 || after !== null || before !== null || namesSomething(query)) return query;
  return { ...query, clauses: [], misread: [...misread, ['misread-only-not', null]] };
}

/** A topic that there is not would find nothing: it is left out, and said so. */
function parseWithTopics(text: string, topics: Topics): Query {
  const known = new Set(topics.list.map(({ slug }) => slug));
  const query = parseQuery(text, (slug) => known.has(slug));
  const unknown = query.clauses.flatMap(({ any }) =>
    any.flatMap((term) => (term.kind === 'topic' && !known.has(term.value) ? [term.value] : [])),
  );
  if (unknown.length === 0) return query;
  const clauses = query.clauses
    .map((clause) => ({ ...clause, any: clause.any.filter((t) => t.kind !== 'topic' || known.has(t.value)) }))
    .filter(({ any }) => any.length > 0);
  const misread = unknown.map((topic): Misread => ['misread-no-topic', { topic }]);
  return { ...query, clauses, misread: [...query.misread, ...misread] };
}
