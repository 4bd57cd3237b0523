import type { FastifyInstance, FastifyReply } from 'fastify';
import { escapeHtml } from '../../words/escape-html.ts';
import { RANKED } from '../../db/search.ts';
import { paperLinks, paperPath } from '../../papers/links.ts';
import { newsOf } from '../../papers/news.ts';
import { type Answer, search } from '../../papers/search.ts';
import { sentencesOf } from '../../papers/sentence.ts';
import { corrected } from '../../search/correct.ts';
import { finderOf, type IsFound, piecesOf } from '../../search/mark.ts';
import { misreadWords } from '../../search/misread.ts';
import { parseQuery, piecesWithoutFilters } from '../../search/query.ts';
import { topicNamesIn } from '../../papers/topic-words.ts';
import { type Topics } from '../../papers/topics.ts';
import { readHitCursor, writeHitCursor } from '../api/cursor.ts';
import type { Words } from '../../words/words.ts';
import type { SiteDeps } from '../deps.ts';
import { atomFeed, type Feed, jsonFeed } from '../feed.ts';
import { searchPath } from '../paths.ts';
import { cardOf } from './cards.ts';
import type { CardView, LinkView, SearchView } from './views.ts';

const PAGE = 20;
const FEED_ITEMS = 30;
const MAX_AUTHORS = 20;

interface SearchRoute {
  Querystring: { q?: string | string[]; before?: string | string[] };
}

const first = (value: string | string[] | undefined): string => [value].flat()[0]?.trim() ?? '';

/** The search for papers, and a feed of what is new for every search. */
export async function searchPages(app: FastifyInstance, deps: SiteDeps): Promise<void> {
  const { look } = deps;
  const { render, limits, topics, config } = deps;
  const reads = ({ q, before }: SearchRoute['Querystring']): unknown => [first(q), first(before)];
  const route = { onRequest: limits.search, config: { reads, keptWith: 'questions', takesAnyText: true } } as const;

  app.get<SearchRoute>('/search', route, async ({ query, words }, reply) => {
    const text = first(query.q);
    const before = readHitCursor(first(query.before));
    const answer = text === '' ? null : await search(deps, { text, limit: PAGE, after: before, facets: true });
    if (answer?.named) return reply.redirect(paperPath(answer.named.id), 303);
    const asked = parseQuery(text).text;
    return reply.type('text/html; charset=utf-8').send(
      render(words, 'search', {
        title: asked === '' ? words.t('site-search') : words.t('search-title', { query: asked }),
        noindex: true,
        here: 'search',
        ...(answer && { feed: { title: `${look().brand.name}: ${asked}`, href: searchPath(asked, '/feed.xml') } }),
        ...viewOf(words, { query: asked, answer, isLater: before !== undefined }, topics),
      }),
    );
  });

  const feedOf = async (words: Words, text: string, form: string): Promise<Feed> => {
    const asked = parseQuery(text).text;
    const { hits } = await search(deps, { text, limit: FEED_ITEMS, newest: true });
    return {
      title: `${look().brand.name}: ${asked}`,
      site: look().brand.name,
      about: words.t('search-feed-about', { query: asked }),
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

  app.get<SearchRoute>('/search/feed.xml', route, async ({ query, words }, reply) =>
    sendFeed(reply, 'atom+xml').send(atomFeed(words, await feedOf(words, first(query.q), '/feed.xml'))),
  );
  app.get<SearchRoute>('/search/feed.json', route, async ({ query, words }, reply) =>
    sendFeed(reply, 'feed+json')
      .serializer(JSON.stringify)
      .send(jsonFeed(words, await feedOf(words, first(query.q), '/feed.json'))),
  );
}

const NO_RESULTS = { count: '', notes: [], cards: [], ways: [], filters: [], next: null, feeds: [], offer: null };

function viewOf(
  words: Words,
  { query, answer, isLater }: { query: string; answer: Answer | null; isLater: boolean },
  topics: Topics,
): SearchView {
  if (answer === null) return { query, ...NO_RESULTS };
  const isFound = finderOf(corrected(answer.query, answer.corrections));
  return {
    query,
    count: countOf(words, answer),
    notes: notesOf(words, answer),
    cards: answer.hits.map(({ paper }) =>
      markedCard(cardOf(words, paper), paper.abstract, paper.titleTex === null, isFound),
    ),
    ways: answer.total === 0 ? waysOn(words, answer) : [],
    filters: isLater ? [] : filtersOf(words, query, answer, topics),
    next: answer.next && `${searchPath(query)}&before=${encodeURIComponent(writeHitCursor(answer.next))}`,
    feeds: [
      { label: words.t('search-atom'), href: searchPath(query, '/feed.xml') },
      { label: words.t('site-json'), href: searchPath(query, '/feed.json') },
    ],
    offer: isLater ? null : { kind: 'search', value: query, words: words.t('search-offer') },
  };
}

function countOf(words: Words, { total, isMore }: Answer): string {
  if (total === 0 && isMore) return words.t('search-none-read');
  if (total === 0) return words.t('search-none');
  return isMore ? words.t('search-more-than', { papers: total }) : words.t('papers', { papers: total });
}

function notesOf(words: Words, { corrections, isRelaxed, total, isMore, facets, query }: Answer): string[] {
  const isOfMany = isMore || total > RANKED;
  const changed = corrections.map(({ from, to }) => words.t('search-corrected', { from, to })).join(words.t('comma'));
  return [
    ...(changed === '' ? [] : [words.t('search-showing', { changed })]),
    ...(isRelaxed ? [words.t('search-relaxed')] : []),
    // Of very many, the best are ranked: it would else take seconds.
    ...(isOfMany && facets !== null && facets.of > 0 ? [words.t('search-numbers', { papers: facets.of })] : []),
    ...query.misread.map((misread) => misreadWords(words, misread)),
  ];
}

/** What to try where nothing was found. */
function waysOn(words: Words, { query }: Answer): LinkView[] {
  const pieces = piecesWithoutFilters(query.text);
  const plain = pieces.join(' ');
  const loose = pieces
    .filter((piece) => !piece.startsWith('-'))
    .join(' ')
    .replaceAll('"', '')
    .trim();
  const ways = [
    { label: words.t('search-without-filters', { query: plain }), text: plain },
    { label: words.t('search-any-order', { query: loose }), text: loose },
    {
      label: words.t('search-any-word', { query: loose.split(' ').join(' or ') }),
      text: loose.split(' ').join(' or '),
    },
  ];
  const other = ways.filter(
    ({ text }, i) => text !== '' && text !== query.text && ways.findIndex((w) => w.text === text) === i,
  );
  return other.map(({ label, text }) => ({ label, href: searchPath(text) }));
}

/** What narrows the search, with how many papers each leaves. */
function filtersOf(words: Words, query: string, { facets, total }: Answer, topics: Topics): SearchView['filters'] {
  if (facets === null || total < 2) return [];
  const names = topicNamesIn(words, topics.list);
  const link = (label: string, more: string, papers: number) => ({
    label,
    papers: words.number(papers),
    href: searchPath(`${query} ${more}`),
  });
  const has = (filter: string): boolean => new RegExp(`(?:^|\\s)${filter}:`, 'i').test(query);
  const groups = [
    {
      name: words.t('site-topics'),
      links: has('topic')
        ? []
        : facets.topics.map((t) => link(names.get(t.value) ?? t.value, `topic:${t.value}`, t.papers)),
    },
    {
      name: words.t('fact-published'),
      links:
        has('after') || has('before') ? [] : facets.months.map((m) => link(...monthLink(words, m.value), m.papers)),
    },
    {
      name: words.t('follow-group-organisation'),
      links: has('org')
        ? []
        : facets.organisations.map((o) => link(o.value, `org:"${o.value.replaceAll('"', '')}"`, o.papers)),
    },
    {
      name: words.t('site-more'),
      links:
        has('code') || facets.withCode === 0 ? [] : [link(words.t('search-with-code'), 'code:yes', facets.withCode)],
    },
  ];
  return groups.filter(({ links }) => links.length > 0);
}

function monthLink(words: Words, month: string): [string, string] {
  const from = new Date(`${month}-01T00:00:00Z`);
  const to = new Date(from);
  to.setUTCMonth(to.getUTCMonth() + 1);
  return [words.date('month', from), `after:${month} before:${to.toISOString().slice(0, 7)}`];
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
