import { dayOf } from '../day.ts';
import { announcedOn } from '../announcement.ts';
import { AppError } from '../errors.ts';
import type { HttpClient, Request } from './fetch.ts';
import { NO_DETAILS } from '../paper.ts';
import { authorNames } from './author-names.ts';
import { canonicalId, namedPaper } from './identity.ts';
import { createBreathe } from './breathe.ts';
import { normalise, type RawPaper } from './normalise.ts';
import { LOOKED_UP_AT_ONCE, moment, unique, type Fetched, type FetchedPaper, type PaperSource } from './source.ts';
import { isWithdrawal } from './withdrawal.ts';
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
  /** What the API knows of a morning's announcement, some hours before the feed holds it. */
  const announcement = async (morning: string, signal?: AbortSignal): Promise<Fetched[]> => {
    const span = announcedOn(morning);
    const pages: Fetched[] = [];
    const seen = new Set<string>();
    let start = 0;
    while (span !== null && start < MOST_ANNOUNCED) {
      const page = await deps.client.get(`${deps.apiUrl}/api/query?${announcedQuery(deps.categories, span, start)}`, {
        what: 'the arXiv API',
        variable: 'ARXIV_API_URL',
        accept: 'application/atom+xml',
        read: readAtom,
        lane,
        ...(signal && { signal }),
      });
      // It may answer with fewer than were asked for, so a short page is not the last.
      if (page.papers.every(({ id }) => seen.has(id))) break;
      for (const { id } of page.papers) seen.add(id);
      start += page.papers.length + page.skipped;
      const isOf = ({ publishedAt: at }: FetchedPaper): boolean => at !== null && at >= span.from && at < span.until;
      pages.push({ ...page, papers: page.papers.filter(isOf) });
    }
    return pages;
  };
  return {
    name: 'arxiv',
    async fetch({ date, asOf, signal }) {
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
      const feed = together(await inParts(feedNames(deps.categories), announced));
      const morning = dayOf(asOf);
      if (asOf.getUTCHours() >= FEED_HOUR || isFeedOf(feed, morning)) return feed;
      try {
        return together([feed, ...(await announcement(morning, signal))]);
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof AppError)) throw error;
        return { ...feed, missed: error };
      }
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

/** When the feed of a day is made at the latest, in UTC: at midnight in New York. */
const FEED_HOUR = 6;
/** Papers that the API is asked for at a time, and at most: three times a large day's. */
const PAGE_SIZE = 500;
const MOST_ANNOUNCED = 6_000;

/** Whether the feed holds what was announced on that day: its items have that day's midnight in New York. */
const isFeedOf = ({ papers }: Fetched, day: string): boolean =>
  papers.some(({ publishedAt }) => publishedAt !== null && dayOf(publishedAt) === day);

/** https://info.arxiv.org/help/api/user-manual.html: categories may end in `*`, moments are in GMT. */
function announcedQuery(categories: readonly string[], span: { from: Date; until: Date }, start: number): string {
  const minute = (moment: Date): string => moment.toISOString().replace(/\D/g, '').slice(0, 12);
  const filed = unique(categories)
    .map((name) => `cat:${name}`)
    .join(' OR ');
  return new URLSearchParams({
    search_query: `(${filed}) AND submittedDate:[${minute(span.from)} TO ${minute(span.until)}]`,
    sortBy: 'submittedDate',
    sortOrder: 'descending',
    start: String(start),
    max_results: String(PAGE_SIZE),
  }).toString();
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
function together(feeds: readonly Fetched[]): Fetched {
  const papers = new Map(feeds.flatMap((feed) => feed.papers).map((paper) => [paper.id, paper]));
  const revised = new Map(feeds.flatMap((feed) => feed.revised ?? []).map((paper) => [paper.id, paper]));
  return {
    papers: [...papers.values()],
    revised: [...revised.values()],
    skipped: feeds.reduce((sum, feed) => sum + feed.skipped, 0),
  };
}

/**
 * The papers a feed announces as new or cross-listed, and the new versions of old papers. Those are
 * no news, but for those that take a paper back.
 */
export async function readFeed(xml: string): Promise<Feed> {
  const breathe = createBreathe();
  const { entries, damaged } = await readEntries(xml, { root: 'rss', entry: 'item' }, breathe);
  const said = entries.map((item) => ({ paper: fromItem(item), isNews: !isReplacement(item) }));
  const isNews = (one: (typeof said)[number]): boolean => one.isNews || one.paper?.isWithdrawn === true;
  const papersOf = (some: typeof said) =>
    normalise(
      some.map(({ paper }) => paper),
      breathe,
    );
  const { papers, skipped } = await papersOf(said.filter(isNews));
  const { papers: revised } = await papersOf(said.filter((one) => !isNews(one)));
  return { papers, revised, skipped: skipped + damaged, entries: entries.length + damaged };
}

const announceType = (item: XmlElement): string =>
  (
    textOf(item, 'announce_type') ||
    /Announce Type: *([a-z-]+)/i.exec(textOf(item, 'description').slice(0, 200))?.[1] ||
    'new'
  ).toLowerCase();

const isReplacement = (item: XmlElement): boolean => announceType(item).startsWith('replace');

/** The version that an item announces; a cross-list is of a version that may be there for long. */
function versionOfItem(item: XmlElement): Pick<RawPaper, 'version' | 'versionAt'> {
  const named = textOf(item, 'description').slice(0, 200).trim().split(/\s/, 1)[0]!;
  const version = namedPaper(textOf(item, 'guid'))?.version ?? namedPaper(named)?.version ?? null;
  const isItsDay = version !== null && !announceType(item).startsWith('cross');
  return { version, versionAt: isItsDay ? moment(textOf(item, 'pubDate')) : null };
}

function fromItem(item: XmlElement): RawPaper | null {
  const id = canonicalId(textOf(item, 'link')) ?? canonicalId(textOf(item, 'guid'));
  if (id === null) return null;
  const title = textOf(item, 'title');
  const abstract = textOf(item, 'description').replace(/^[^\n]{0,200}\n? *Abstract: */i, '');
  const comment = textOf(item, 'comment');
  return {
    id,
    title,
    abstract,
    authors: authorNames(all(item, 'creator').map((creator) => creator.text)),
    organisation: null,
    publishedAt: isReplacement(item) ? null : moment(textOf(item, 'pubDate')),
    categories: all(item, 'category').map((c) => c.text.trim()),
    keywords: [],
    ...NO_DETAILS,
    isWithdrawn: isWithdrawal({ title, abstract, comment, announceType: announceType(item) }),
    ...versionOfItem(item),
    metrics: {},
  };
}

/** The papers of an answer of the Atom API. */
export async function readAtom(xml: string): Promise<Fetched> {
  const breathe = createBreathe();
  const { entries, damaged } = await readEntries(xml, { root: 'feed', entry: 'entry' }, breathe);
  const { papers, skipped } = await normalise(entries.map(fromAtomEntry), breathe);
  return { papers, skipped: skipped + damaged };
}

function fromAtomEntry(entry: XmlElement): RawPaper | null {
  const named = namedPaper(textOf(entry, 'id'));
  if (named === null) return null;
  const { id, version } = named;
  const title = textOf(entry, 'title');
  const abstract = textOf(entry, 'summary');
  return {
    id,
    title,
    abstract,
    authors: all(entry, 'author').flatMap((author) => authorNames([textOf(author, 'name')])),
    organisation: null,
    publishedAt: moment(textOf(entry, 'published')),
    categories: all(entry, 'category').map((c) => c.attributes['term'] ?? ''),
    keywords: [],
    ...NO_DETAILS,
    isWithdrawn: isWithdrawal({ title, abstract, comment: textOf(entry, 'comment'), announceType: '' }),
    version,
    versionAt: version === null ? null : moment(textOf(entry, 'updated')),
    metrics: {},
  };
}
