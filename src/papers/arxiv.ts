import type { HttpClient, Request } from './fetch.ts';
import { canonicalId } from './identity.ts';
import { LOOKED_UP_AT_ONCE, moment, unique, type Fetched, type FetchedPaper, type PaperSource } from './source.ts';
import { texToText } from '../tex/text.ts';
import { all, readEntries, textOf, type XmlElement } from './xml.ts';

export interface ArxivDeps {
  client: HttpClient;
  apiUrl: string;
  rssUrl: string;
  /** The categories of every topic, such as `cs.AI`. */
  categories: readonly string[];
  /** arXiv allows one request per three seconds over one connection, API and RSS together. */
  intervalMs?: number;
}

/**
 * arXiv: the day's announcements in one request, and single papers. Its metadata is CC0; PDFs are
 * only ever linked to.
 */
export function createArxiv(deps: ArxivDeps): PaperSource & Required<Pick<PaperSource, 'lookUp'>> {
  const lane: Request<unknown>['lane'] = { name: 'arxiv', intervalMs: deps.intervalMs ?? 3_000 };
  return {
    name: 'arxiv',
    async fetch({ date, signal }) {
      // The feed holds the latest announcement only; there is nothing to replay.
      if (date !== null || deps.categories.length === 0) return { papers: [], skipped: 0 };
      const url = `${deps.rssUrl}/rss/${unique([...deps.categories])
        .toSorted()
        .join('+')}`;
      return deps.client.get(url, {
        what: 'the arXiv feed',
        accept: 'application/rss+xml',
        read: readFeed,
        lane,
        ...(signal && { signal }),
      });
    },
    async lookUp(ids, signal) {
      const names = ids.slice(0, LOOKED_UP_AT_ONCE).map((id) => encodeURIComponent(id.replace(/^arxiv:/, '')));
      if (names.length === 0) return [];
      const url = `${deps.apiUrl}/api/query?id_list=${names.join(',')}&max_results=${LOOKED_UP_AT_ONCE}`;
      const { papers } = await deps.client.get(url, {
        what: 'the arXiv API',
        accept: 'application/atom+xml',
        read: readAtom,
        lane,
        ...(signal && { signal }),
      });
      // What it cannot find comes as an entry about the error, under an id that was not asked for.
      return papers.filter((paper) => ids.includes(paper.id));
    },
  };
}

/** The papers a feed announces as new or cross-listed; new versions of old papers are no news. */
export function readFeed(xml: string): Fetched {
  const { entries, damaged } = readEntries(xml, { root: 'rss', entry: 'item' });
  const items = entries.filter((item) => !announceType(item).startsWith('replace'));
  const papers = items.map(fromItem).filter((paper) => paper !== null);
  return { papers, skipped: items.length - papers.length + damaged };
}

const announceType = (item: XmlElement): string =>
  (
    textOf(item, 'announce_type') ||
    /Announce Type: *([a-z-]+)/i.exec(textOf(item, 'description').slice(0, 200))?.[1] ||
    'new'
  ).toLowerCase();

function fromItem(item: XmlElement): FetchedPaper | null {
  const id = canonicalId(textOf(item, 'link')) ?? canonicalId(textOf(item, 'guid'));
  const title = texToText(textOf(item, 'title'));
  if (id === null || title === '') return null;
  return {
    id,
    title,
    abstract: texToText(textOf(item, 'description').replace(/^[^\n]{0,200}\n? *Abstract: */i, '')),
    authors: unique(all(item, 'creator').flatMap((c) => authorNames(c.text))),
    organisation: null,
    publishedAt: moment(textOf(item, 'pubDate')),
    categories: unique(all(item, 'category').map((c) => c.text.trim())),
    keywords: [],
    codeUrl: null,
    metrics: {},
  };
}

/** "A. Author, B. Author (Group, Place)": commas inside brackets separate nothing. */
const authorNames = (line: string): string[] =>
  line
    .replace(/\([^()]*\)/g, ' ')
    .split(/,| and (?=\p{Lu})/u)
    .map((name) => texToText(name));

/** The papers of an answer of the Atom API. */
export function readAtom(xml: string): Fetched {
  const { entries, damaged } = readEntries(xml, { root: 'feed', entry: 'entry' });
  const papers = entries.map(fromAtomEntry).filter((paper) => paper !== null);
  return { papers, skipped: entries.length - papers.length + damaged };
}

function fromAtomEntry(entry: XmlElement): FetchedPaper | null {
  const id = canonicalId(textOf(entry, 'id'));
  const title = texToText(textOf(entry, 'title'));
  if (id === null || title === '') return null;
  return {
    id,
    title,
    abstract: texToText(textOf(entry, 'summary')),
    authors: unique(all(entry, 'author').map((author) => texToText(textOf(author, 'name')))),
    organisation: null,
    publishedAt: moment(textOf(entry, 'published')),
    categories: unique(all(entry, 'category').map((c) => c.attributes['term'] ?? '')),
    keywords: [],
    codeUrl: null,
    metrics: {},
  };
}
