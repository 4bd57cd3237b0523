import { SaxesParser } from 'saxes';
import type { HttpClient, Request } from './fetch.ts';
import { canonicalId } from './identity.ts';
import { LOOKED_UP_AT_ONCE, moment, unique, type Fetched, type FetchedPaper, type PaperSource } from './source.ts';
import { texToText } from '../tex/text.ts';

export interface ArxivDeps {
  client: HttpClient;
  apiUrl: string;
  rssUrl: string;
  /** The categories of every topic, such as `cs.AI`. */
  categories: readonly string[];
  /** arXiv allows one request per three seconds over one connection, API and RSS together. */
  intervalMs?: number;
}

/** arXiv: the day's announcements in one request, and single papers. Its metadata is CC0; PDFs are only ever linked to. */
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

/** An element as far as feeds need it: local name, own text, children. */
interface Element {
  name: string;
  attributes: Readonly<Record<string, string>>;
  text: string;
  children: Element[];
}

/**
 * The elements of a feed. Names are taken without their prefix, so both Atom dialects (namespaces declared at the root or at each
 * element) read alike. saxes expands no entity that a document defines, so there is nothing to blow up.
 */
function readXml(xml: string): Element {
  const parser = new SaxesParser();
  const root: Element = { name: '', attributes: {}, text: '', children: [] };
  const stack = [root];
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', (tag) => {
    const element: Element = {
      name: tag.name.replace(/^.*:/, ''),
      attributes: tag.attributes as Record<string, string>,
      text: '',
      children: [],
    };
    stack.at(-1)!.children.push(element);
    if (stack.length > 50) throw new RangeError('nested too deeply for a feed');
    stack.push(element);
  });
  const append = (text: string): void => {
    stack.at(-1)!.text += text;
  };
  parser.on('text', append);
  parser.on('cdata', append);
  parser.on('closetag', () => {
    stack.pop();
  });
  parser.write(xml).close();
  return root.children[0]!;
}

const all = (element: Element | undefined, name: string): Element[] =>
  element?.children.filter((c) => c.name === name) ?? [];
const textOf = (element: Element | undefined, name: string): string => all(element, name)[0]?.text.trim() ?? '';

/** The papers a feed announces as new or cross-listed; new versions of old papers are no news. */
export function readFeed(xml: string): Fetched {
  const rss = readXml(xml);
  if (rss.name !== 'rss') throw new TypeError(`<${rss.name}> instead of a feed`);
  const items = all(all(rss, 'channel')[0], 'item').filter((item) => !announceType(item).startsWith('replace'));
  const papers = items.map(fromItem).filter((paper) => paper !== null);
  return { papers, skipped: items.length - papers.length };
}

const announceType = (item: Element): string =>
  (
    textOf(item, 'announce_type') ||
    /Announce Type: *([a-z-]+)/i.exec(textOf(item, 'description').slice(0, 200))?.[1] ||
    'new'
  ).toLowerCase();

function fromItem(item: Element): FetchedPaper | null {
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
  const feed = readXml(xml);
  if (feed.name !== 'feed') throw new TypeError(`<${feed.name}> instead of an Atom feed`);
  const entries = all(feed, 'entry');
  const papers = entries.map(fromAtomEntry).filter((paper) => paper !== null);
  return { papers, skipped: entries.length - papers.length };
}

function fromAtomEntry(entry: Element): FetchedPaper | null {
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
