import type { HttpClient } from './fetch.ts';
import { NO_DETAILS } from '../paper.ts';
import { canonicalId } from './identity.ts';
import { normalise, type RawPaper } from './normalise.ts';
import { counted, moment, webAddress, type Fetched, type PaperSource } from './source.ts';

const PAGE_SIZE = 100;
/** Ten times the largest page of a year. JSON is read in one go, and others wait meanwhile. */
const MOST_BYTES = 3_000_000;
/** A day has had at most 50 entries. A server that never runs out must not keep us for ever. */
const MAX_PAGES = 20;

/** Hugging Face Daily Papers. The order of its answers follows the upvotes and is never used. */
export function createHuggingFace(deps: { client: HttpClient; baseUrl: string }): PaperSource {
  return {
    name: 'huggingface',
    hasLists: true,
    async fetch({ date, signal }) {
      // The first of each: a paper that moves between two pages comes twice.
      const entries = new Map<string, unknown>();
      let nameless = 0;
      for (let page = 0; page < MAX_PAGES; page++) {
        const batch = await deps.client.get(pageUrl(deps.baseUrl, date, page), {
          what: 'Hugging Face Daily Papers',
          variable: 'HUGGINGFACE_URL',
          accept: 'application/json',
          maxBytes: MOST_BYTES,
          read: readPage,
          ...(signal && { signal }),
        });
        const named = Map.groupBy(batch, nameOf);
        const fresh = [...named.keys()].filter((name) => name !== null && !entries.has(name));
        // A source may cap its pages below what was asked for, so a short one is not the last.
        if (fresh.length === 0 && page > 0) break;
        for (const name of fresh) entries.set(name!, named.get(name)![0]);
        nameless += named.get(null)?.length ?? 0;
      }
      const { papers, skipped } = await fromEntries([...entries.values()]);
      return { papers, skipped: skipped + nameless };
    },
  };
}

/** What tells an entry from the others; one that names no paper cannot be read anyway. */
function nameOf(entry: unknown): string | null {
  const id = fields(fields(entry)['paper'])['id'];
  return typeof id === 'string' ? id : null;
}

function pageUrl(baseUrl: string, date: string | null, page: number): string {
  const query = new URLSearchParams({ ...(date !== null && { date }), limit: String(PAGE_SIZE), p: String(page) });
  return `${baseUrl}/api/daily_papers?${query.toString()}`;
}

// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL_CHARACTERS = /[\0-\x1f]/g;

function readPage(body: string): unknown[] {
  // JSON allows no bare control character, and one in a title would cost the whole page.
  const value: unknown = JSON.parse(body.replace(CONTROL_CHARACTERS, ' '));
  if (!Array.isArray(value)) throw new TypeError('not a list of papers');
  return value;
}

/** Reads every entry that can be read and counts the others. */
export const fromEntries = (entries: readonly unknown[]): Promise<Fetched> => normalise(entries.map(fromEntry));

type Fields = Readonly<Record<string, unknown>>;
const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function fromEntry(entry: unknown): RawPaper | null {
  const outer = fields(entry);
  const paper = fields(outer['paper']);
  const id = typeof paper['id'] === 'string' ? canonicalId(paper['id']) : null;
  const title = text(paper['title'] ?? outer['title']);
  if (id === null) return null;
  const summary = text(paper['ai_summary']);
  const organisation = fields(paper['organization'] ?? outer['organization']);
  return {
    id,
    title,
    abstract: text(paper['summary'] ?? outer['summary']),
    authors: list(paper['authors']).map(authorName),
    organisation: text(organisation['fullname']).trim() || text(organisation['name']),
    publishedAt: moment(paper['publishedAt'] ?? outer['publishedAt']),
    categories: [],
    keywords: list(paper['ai_keywords']).map(text),
    ...NO_DETAILS,
    codeUrl: webAddress(paper['githubRepo']),
    projectUrl: webAddress(paper['projectPage']),
    hasMedia: list(paper['mediaUrls'] ?? outer['mediaUrls']).length > 0,
    summary: summary === '' ? null : summary,
    summaryBy: summary === '' ? null : 'Hugging Face',
    submitter: text(fields(paper['submittedOnDailyBy'] ?? outer['submittedBy'])['user']) || null,
    listedOn: moment(paper['submittedOnDailyAt'])?.toISOString().slice(0, 10) ?? null,
    pageAt: pageMoment(text(paper['discussionId'])),
    metrics: metrics({ upvotes: paper['upvotes'], comments: outer['numComments'], stars: paper['githubStars'] }),
  };
}

/**
 * When the page was made: an id of MongoDB begins with the seconds since 1970, in hexadecimal. The
 * time of `submittedOnDailyAt` is gone since summer 2026.
 */
function pageMoment(discussionId: string): Date | null {
  if (!/^[0-9a-f]{24}$/i.test(discussionId)) return null;
  return moment(new Date(Number.parseInt(discussionId.slice(0, 8), 16) * 1000).toISOString());
}

/**
 * A hidden author asked Hugging Face not to be shown there, wrongly attributed or not; the name
 * stays with the source.
 */
function authorName(author: unknown): string {
  const { name, hidden } = fields(author);
  return hidden === true ? '' : text(name);
}

const metrics = (values: Fields): Record<string, number> =>
  Object.fromEntries(
    Object.entries(values)
      .map(([name, value]) => [name, counted(value)] as const)
      .filter((pair): pair is [string, number] => pair[1] !== null),
  );
