import type { FastifyInstance, FastifyReply } from 'fastify';
import { escapeHtml } from '../../editions/plain-text.ts';
import { RANKED } from '../../db/search.ts';
import { paperLinks, paperPath } from '../../papers/links.ts';
import { newsOf } from '../../papers/news.ts';
import { type Answer, search } from '../../papers/search.ts';
import { sentencesOf } from '../../papers/sentence.ts';
import { corrected } from '../../search/correct.ts';
import { finderOf, type IsFound, piecesOf } from '../../search/mark.ts';
import { parseQuery } from '../../search/query.ts';
import { type Topics } from '../../papers/topics.ts';
import { readHitCursor, writeHitCursor } from '../api/cursor.ts';
import type { SiteDeps } from '../deps.ts';
import { atomFeed, type Feed, jsonFeed } from '../feed.ts';
import { searchPath } from '../paths.ts';
import { cardOf } from './cards.ts';
import type { CardView, LinkView, SearchView } from './views.ts';

const PAGE = 20;
const FEED_ITEMS = 30;
const MAX_AUTHORS = 20;
const NUMBER = new Intl.NumberFormat('en-GB');
const MONTH = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' });

interface SearchRoute {
  Querystring: { q?: string | string[]; before?: string | string[] };
}

const first = (value: string | string[] | undefined): string => [value].flat()[0]?.trim() ?? '';

/** The search for papers, and a feed of what is new for every search. */
export async function searchPages(app: FastifyInstance, deps: SiteDeps): Promise<void> {
  const { look } = deps;
  const { render, limits, topics, config } = deps;
  const route = { onRequest: limits.search, config: { keep: false, takesAnyText: true } };

  app.get<SearchRoute>('/search', route, async ({ query }, reply) => {
    const text = first(query.q);
    const before = readHitCursor(first(query.before));
    const answer = text === '' ? null : await search(deps, { text, limit: PAGE, after: before, facets: true });
    if (answer?.named) return reply.redirect(paperPath(answer.named.id), 303);
    const asked = parseQuery(text).text;
    return reply.type('text/html; charset=utf-8').send(
      render('search', {
        title: asked === '' ? 'Search' : `Search: ${asked}`,
        noindex: true,
        here: 'search',
        ...(answer && { feed: { title: `${look().brand.name}: ${asked}`, href: searchPath(asked, '/feed.xml') } }),
        ...viewOf(asked, answer, topics, before !== undefined),
      }),
    );
  });

  const feedOf = async (text: string, form: string): Promise<Feed> => {
    const asked = parseQuery(text).text;
    const { hits } = await search(deps, { text, limit: FEED_ITEMS, newest: true });
    return {
      title: `${look().brand.name}: ${asked}`,
      site: look().brand.name,
      about: `New papers for the search “${asked}”.`,
      homeUrl: config.publicUrl + searchPath(asked),
      selfUrl: config.publicUrl + searchPath(asked, form),
      items: hits.map(({ paper }) => ({
        url: config.publicUrl + paperPath(paper.id),
        sourceUrl: paperLinks(paper).page,
        title: paper.title,
        authors: paper.authors.slice(0, MAX_AUTHORS),
        summary: newsOf(paper).text,
        reasons: [],
        published: paper.firstSeenAt,
        tags: paper.categories,
      })),
    };
  };
  const sendFeed = (reply: FastifyReply, type: string): FastifyReply =>
    reply.type(`application/${type}; charset=utf-8`);

  app.get<SearchRoute>('/search/feed.xml', route, async ({ query }, reply) =>
    sendFeed(reply, 'atom+xml').send(atomFeed(await feedOf(first(query.q), '/feed.xml'))),
  );
  app.get<SearchRoute>('/search/feed.json', route, async ({ query }, reply) =>
    sendFeed(reply, 'feed+json')
      .serializer(JSON.stringify)
      .send(jsonFeed(await feedOf(first(query.q), '/feed.json'))),
  );
}

const NO_RESULTS = { count: '', notes: [], cards: [], ways: [], filters: [], next: null, feeds: [], offer: null };

function viewOf(query: string, answer: Answer | null, topics: Topics, isLater: boolean): SearchView {
  if (answer === null) return { query, ...NO_RESULTS };
  const isFound = finderOf(corrected(answer.query, answer.corrections));
  return {
    query,
    count: countOf(answer),
    notes: notesOf(answer),
    cards: answer.hits.map(({ paper }) => markedCard(cardOf(paper), paper.abstract, paper.titleTex === null, isFound)),
    ways: answer.total === 0 ? waysOn(answer) : [],
    filters: isLater ? [] : filtersOf(query, answer, topics),
    next: answer.next && `${searchPath(query)}&before=${encodeURIComponent(writeHitCursor(answer.next))}`,
    feeds: [
      { label: 'Atom feed of this search', href: searchPath(query, '/feed.xml') },
      { label: 'JSON feed', href: searchPath(query, '/feed.json') },
    ],
    offer: isLater ? null : { kind: 'search', value: query, words: 'new papers for this search' },
  };
}

function countOf({ total, isMore }: Answer): string {
  if (total === 0) return 'No paper matches.';
  if (isMore) return `More than ${NUMBER.format(total)} papers`;
  return total === 1 ? '1 paper' : `${NUMBER.format(total)} papers`;
}

function notesOf({ corrections, isRelaxed, total, facets, next, query }: Answer): string[] {
  const words = corrections.map(({ from, to }) => `“${to}” for “${from}”`).join(', ');
  return [
    ...(words === '' ? [] : [`Showing results for ${words}: no paper has it as you wrote it.`]),
    ...(isRelaxed ? ['No paper has all of these words: these have most of them.'] : []),
    // Of very many, the best are ranked: it would else take seconds.
    ...(total > RANKED && facets !== null && facets.of > 0
      ? [`The numbers beside are of the best ${NUMBER.format(facets.of)}.`]
      : []),
    ...(total > RANKED && next === null
      ? ['These are the last of the best: add a word or a filter to see others.']
      : []),
    ...query.misread,
  ];
}

/** What to try where nothing was found. */
function waysOn({ query }: Answer): LinkView[] {
  const plain = query.text
    .replace(/(?:^|\s)-?\w+:(?:"[^"]*"?|\S+)/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const loose = plain.replace(/"|(?<=^|\s)-\S+/g, '').trim();
  const ways = [
    { label: `Without filters: ${plain}`, text: plain },
    { label: `The words in any order: ${loose}`, text: loose },
    { label: `Any of the words: ${loose.split(' ').join(' or ')}`, text: loose.split(' ').join(' or ') },
  ];
  const other = ways.filter(
    ({ text }, i) => text !== '' && text !== query.text && ways.findIndex((w) => w.text === text) === i,
  );
  return other.map(({ label, text }) => ({ label, href: searchPath(text) }));
}

/** What narrows the search, with how many papers each leaves. */
function filtersOf(query: string, { facets, total }: Answer, topics: Topics): SearchView['filters'] {
  if (facets === null || total < 2) return [];
  const names = new Map(topics.list.map(({ slug, name }) => [slug, name]));
  const link = (label: string, more: string, papers: number) => ({
    label,
    papers: NUMBER.format(papers),
    href: searchPath(`${query} ${more}`),
  });
  const has = (filter: string): boolean => new RegExp(`(?:^|\\s)${filter}:`, 'i').test(query);
  const groups = [
    {
      name: 'Topics',
      links: has('topic')
        ? []
        : facets.topics.map((t) => link(names.get(t.value) ?? t.value, `topic:${t.value}`, t.papers)),
    },
    {
      name: 'Published',
      links: has('after') || has('before') ? [] : facets.months.map((m) => link(...monthLink(m.value), m.papers)),
    },
    {
      name: 'Organisations',
      links: has('org')
        ? []
        : facets.organisations.map((o) => link(o.value, `org:"${o.value.replaceAll('"', '')}"`, o.papers)),
    },
    {
      name: 'More',
      links: has('code') || facets.withCode === 0 ? [] : [link('With code', 'code:yes', facets.withCode)],
    },
  ];
  return groups.filter(({ links }) => links.length > 0);
}

function monthLink(month: string): [string, string] {
  const from = new Date(`${month}-01T00:00:00Z`);
  const to = new Date(from);
  to.setUTCMonth(to.getUTCMonth() + 1);
  return [MONTH.format(from), `after:${month} before:${to.toISOString().slice(0, 7)}`];
}

const marked = (text: string, isFound: IsFound): string =>
  piecesOf(text, isFound)
    .map((piece) => (piece.found ? `<mark>${escapeHtml(piece.text)}</mark>` : escapeHtml(piece.text)))
    .join('');

const LONGEST_EXCERPT = 240;

/** The card with what was found marked; its sentence is the one that holds most of it. */
function markedCard(card: CardView, abstract: string, isPlain: boolean, isFound: IsFound): CardView {
  const held = (text: string): number =>
    new Set(
      piecesOf(text, isFound)
        .filter(({ found }) => found)
        .map((piece) => piece.text.toLowerCase()),
    ).size;
  const sentences = sentencesOf(abstract).filter((sentence) => sentence.length <= LONGEST_EXCERPT);
  const best = sentences.reduce((most, sentence) => (held(sentence) > held(most) ? sentence : most), card.news);
  return {
    ...card,
    titleHtml: isPlain ? marked(card.title, isFound) : card.titleHtml,
    newsHtml: marked(best, isFound),
    newsBy: best === card.news ? card.newsBy : null,
  };
}
