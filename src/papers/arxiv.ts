import type { HttpClient, Request } from './fetch.ts';
import { NO_DETAILS } from '../paper.ts';
import { canonicalId } from './identity.ts';
import { createBreathe } from './breathe.ts';
import { normalise, type RawPaper } from './normalise.ts';
import { LOOKED_UP_AT_ONCE, moment, unique, type Fetched, type PaperSource } from './source.ts';
import { all, readEntries, textOf, type XmlElement } from './xml.ts';

export interface ArxivDeps {
  client: HttpClient;
  apiUrl: string;
  rssUrl: string;
  /** The categories of every topic, such as `cs.AI`; `math.*` is all of an archive. */
  categories: readonly string[];
  /** arXiv allows one request per three seconds over one connection, API and RSS together. */
  intervalMs?: number;
}

/**
 * arXiv: the day's announcements in as few requests as hold them, and single papers. Its metadata
 * is CC0; PDFs are only ever linked to.
 */
export function createArxiv(deps: ArxivDeps): PaperSource & Required<Pick<PaperSource, 'lookUp'>> {
  const lane: Request<unknown>['lane'] = { name: 'arxiv', intervalMs: deps.intervalMs ?? 3_000 };
  return {
    name: 'arxiv',
    async fetch({ date, signal }) {
      // The feed holds the latest announcement only; there is nothing to replay.
      if (date !== null || deps.categories.length === 0) return { papers: [], skipped: 0 };
      const announced = (names: readonly string[]): Promise<Feed> =>
        deps.client.get(`${deps.rssUrl}/rss/${names.join('+')}`, {
          what: 'the arXiv feed',
          variable: 'ARXIV_RSS_URL',
          accept: 'application/rss+xml',
          read: readFeed,
          lane,
          ...(signal && { signal }),
        });
      return together(await inParts(feedNames(deps.categories), announced));
    },
    async lookUp(ids, signal) {
      const names = ids.slice(0, LOOKED_UP_AT_ONCE).map((id) => encodeURIComponent(id.replace(/^arxiv:/, '')));
      if (names.length === 0) return [];
      const url = `${deps.apiUrl}/api/query?id_list=${names.join(',')}&max_results=${LOOKED_UP_AT_ONCE}`;
      const { papers } = await deps.client.get(url, {
        what: 'the arXiv API',
        variable: 'ARXIV_API_URL',
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

/** What one request announced, and how many entries that took, replacements included. */
interface Feed extends Fetched {
  entries: number;
}

/** "Limit 2000 results": https://info.arxiv.org/help/rss.html. What is beyond it is left out in silence. */
const MOST_ENTRIES = 2_000;
/** On an ordinary day this many categories announce about half of that. */
const NAMES_AT_ONCE = 16;
const COMPUTER_SCIENCE =
  'AI AR CC CE CG CL CR CV CY DB DC DL DM DS ET FL GL GR GT HC IR IT LG LO MA MM MS NA NE NI OH OS PF PL RO SC SD SE SI SY';

/**
 * What the feed is asked for: an archive by its name and without its parts, but computer science,
 * which alone may exceed the limit, by its parts. Pure.
 */
export function feedNames(categories: readonly string[]): string[] {
  const archives = new Set(categories.filter((name) => name.endsWith('.*')).map((name) => name.slice(0, -2)));
  const parts = categories.filter((name) => !name.endsWith('.*') && !archives.has(name.split('.', 1)[0]!));
  const wholes = [...archives].filter((archive) => archive !== 'cs');
  const computing = archives.has('cs') ? COMPUTER_SCIENCE.split(' ').map((part) => `cs.${part}`) : [];
  return unique([...parts, ...wholes, ...computing]).toSorted();
}

/** Asks for some names at a time, and for fewer of them where the answer was full. */
async function inParts(names: readonly string[], ask: (names: readonly string[]) => Promise<Feed>): Promise<Feed[]> {
  if (names.length > NAMES_AT_ONCE) return halves(names, ask);
  const feed = await ask(names);
  return feed.entries >= MOST_ENTRIES && names.length > 1 ? halves(names, ask) : [feed];
}

async function halves(names: readonly string[], ask: (names: readonly string[]) => Promise<Feed>): Promise<Feed[]> {
  const middle = Math.ceil(names.length / 2);
  return [...(await inParts(names.slice(0, middle), ask)), ...(await inParts(names.slice(middle), ask))];
}

/** One list of all: a paper that is in several feeds counts once. */
function together(feeds: readonly Feed[]): Fetched {
  const papers = new Map(feeds.flatMap((feed) => feed.papers).map((paper) => [paper.id, paper]));
  return { papers: [...papers.values()], skipped: feeds.reduce((sum, feed) => sum + feed.skipped, 0) };
}

/** The papers a feed announces as new or cross-listed; new versions of old papers are no news. */
export async function readFeed(xml: string): Promise<Feed> {
  const breathe = createBreathe();
  const { entries, damaged } = await readEntries(xml, { root: 'rss', entry: 'item' }, breathe);
  const items = entries.filter((item) => !announceType(item).startsWith('replace'));
  const { papers, skipped } = await normalise(items.map(fromItem), breathe);
  return { papers, skipped: skipped + damaged, entries: entries.length + damaged };
}

const announceType = (item: XmlElement): string =>
  (
    textOf(item, 'announce_type') ||
    /Announce Type: *([a-z-]+)/i.exec(textOf(item, 'description').slice(0, 200))?.[1] ||
    'new'
  ).toLowerCase();

function fromItem(item: XmlElement): RawPaper | null {
  const id = canonicalId(textOf(item, 'link')) ?? canonicalId(textOf(item, 'guid'));
  if (id === null) return null;
  return {
    id,
    title: textOf(item, 'title'),
    abstract: textOf(item, 'description').replace(/^[^\n]{0,200}\n? *Abstract: */i, ''),
    authors: all(item, 'creator').flatMap((c) => authorNames(c.text.slice(0, MOST_OF_AUTHORS))),
    organisation: null,
    publishedAt: moment(textOf(item, 'pubDate')),
    categories: all(item, 'category').map((c) => c.text.trim()),
    keywords: [],
    ...NO_DETAILS,
    metrics: {},
  };
}

/** Three thousand authors, in characters. */
const MOST_OF_AUTHORS = 100_000;

/** "A. Author, B. Author (Group, Place)": commas inside brackets separate nothing. */
const authorNames = (line: string): string[] => line.replace(/\([^()]{0,500}\)/g, ' ').split(/,| and (?=\p{Lu})/u);

/** The papers of an answer of the Atom API. */
export async function readAtom(xml: string): Promise<Fetched> {
  const breathe = createBreathe();
  const { entries, damaged } = await readEntries(xml, { root: 'feed', entry: 'entry' }, breathe);
  const { papers, skipped } = await normalise(entries.map(fromAtomEntry), breathe);
  return { papers, skipped: skipped + damaged };
}

function fromAtomEntry(entry: XmlElement): RawPaper | null {
  const id = canonicalId(textOf(entry, 'id'));
  if (id === null) return null;
  return {
    id,
    title: textOf(entry, 'title'),
    abstract: textOf(entry, 'summary'),
    authors: all(entry, 'author').map((author) => textOf(author, 'name')),
    organisation: null,
    publishedAt: moment(textOf(entry, 'published')),
    categories: all(entry, 'category').map((c) => c.attributes['term'] ?? ''),
    keywords: [],
    ...NO_DETAILS,
    metrics: {},
  };
}
