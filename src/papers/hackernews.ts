import { DAY, SECOND } from '../duration.ts';
import type { HttpClient } from './fetch.ts';
import { canonicalId } from './identity.ts';
import { counted, type Observed, type PaperSource } from './source.ts';

/** Where stories on papers lead to. */
const PLACES = ['arxiv.org', 'huggingface.co/papers'];
/** A story of two weeks ago gets no points any more. */
const WATCHED_MS = 14 * DAY;
const PAGE_SIZE = 100;
/** Two weeks have some 200 stories that lead to arXiv. */
const MAX_PAGES = 10;
/** Algolia allows about 10,000 requests an hour. */
const INTERVAL_MS = SECOND;

interface Page {
  hits: unknown[];
  pages: number;
}

/** Hacker News, through Algolia's search: how many points stories got that lead to papers we know. */
export function createHackerNews(deps: { client: HttpClient; baseUrl: string; intervalMs?: number }): PaperSource {
  const lane = { name: 'hackernews', intervalMs: deps.intervalMs ?? INTERVAL_MS };
  return {
    name: 'hackernews',
    fetch: async () => ({ papers: [], skipped: 0 }),
    async observe({ papers, asOf, signal }) {
      const after = Math.floor((asOf.getTime() - WATCHED_MS) / SECOND);
      // One that both searches find counts once.
      const stories = new Map<unknown, unknown>();
      for (const place of PLACES) {
        for (let page = 0, pages = 1; page < Math.min(pages, MAX_PAGES); page++) {
          const found = await deps.client.get(addressOf(deps.baseUrl, { place, after, page }), {
            what: 'Hacker News',
            variable: 'HACKER_NEWS_URL',
            accept: 'application/json',
            read: readPage,
            lane,
            ...(signal && { signal }),
          });
          for (const story of found.hits) stories.set(fields(story)['objectID'] ?? JSON.stringify(story), story);
          pages = found.pages;
        }
      }
      return observedIn([...stories.values()], new Set(papers.map((paper) => paper.id)));
    },
  };
}

function addressOf(baseUrl: string, { place, after, page }: { place: string; after: number; page: number }): string {
  const query = new URLSearchParams({
    query: place,
    restrictSearchableAttributes: 'url',
    tags: 'story',
    numericFilters: `created_at_i>${after}`,
    hitsPerPage: String(PAGE_SIZE),
    page: String(page),
  });
  return `${baseUrl}/api/v1/search_by_date?${query.toString()}`;
}

type Fields = Readonly<Record<string, unknown>>;
const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});

function readPage(body: string): Page {
  const { hits, nbPages } = fields(JSON.parse(body));
  if (!Array.isArray(hits)) throw new TypeError('not a page of stories');
  return { hits, pages: counted(nbPages) ?? 1 };
}

/**
 * The points and comments of the best story on each paper. A story that names no address (they ask
 * a question) is on no paper; one whose points cannot be read is counted.
 */
export function observedIn(stories: readonly unknown[], known: ReadonlySet<string>): Observed {
  const best = new Map<string, { points: number; comments: number | null }>();
  let skipped = 0;
  for (const story of stories) {
    const { url, points: said, num_comments: comments } = fields(story);
    const id = typeof url === 'string' ? canonicalId(url) : null;
    if (id === null || !known.has(id)) continue;
    const points = counted(said);
    if (points === null) skipped++;
    else if (points > (best.get(id)?.points ?? -1)) best.set(id, { points, comments: counted(comments) });
  }
  const observations = [...best].flatMap(([paperId, { points, comments }]) => [
    { paperId, metric: 'points', value: points },
    ...(comments === null ? [] : [{ paperId, metric: 'comments', value: comments }]),
  ]);
  return { observations, skipped };
}
