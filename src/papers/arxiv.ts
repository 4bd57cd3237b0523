import type { HttpClient, Request } from './fetch.ts';
import { NO_DETAILS } from '../paper.ts';
import { authorNames } from './author-names.ts';
import { canonicalId } from './identity.ts';
import { createBreathe } from './breathe.ts';
import { normalise, type RawPaper } from './normalise.ts';
import { LOOKED_UP_AT_ONCE, moment, unique, type Fetched, type PaperSource } from './source.ts';
import { isWithdrawal } from './withdrawal.ts';
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
        variable: 'ARXIV_RSS_URL',
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

/**
 * The papers a feed announces as new or cross-listed. New versions of old papers are no news, but
 * for those that take a paper back.
 */
export async function readFeed(xml: string): Promise<Fetched> {
  const breathe = createBreathe();
  const { entries, damaged } = await readEntries(xml, { root: 'rss', entry: 'item' }, breathe);
  const said = entries
    .map((item) => ({ paper: fromItem(item), isNews: !announceType(item).startsWith('replace') }))
    .filter(({ paper, isNews }) => isNews || paper?.isWithdrawn);
  const { papers, skipped } = await normalise(
    said.map(({ paper }) => paper),
    breathe,
  );
  return { papers, skipped: skipped + damaged };
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
  const title = textOf(item, 'title');
  const abstract = textOf(item, 'description').replace(/^[^\n]{0,200}\n? *Abstract: */i, '');
  const comment = textOf(item, 'comment');
  return {
    id,
    title,
    abstract,
    authors: authorNames(all(item, 'creator').map((creator) => creator.text)),
    organisation: null,
    publishedAt: moment(textOf(item, 'pubDate')),
    categories: all(item, 'category').map((c) => c.text.trim()),
    keywords: [],
    ...NO_DETAILS,
    isWithdrawn: isWithdrawal({ title, abstract, comment, announceType: announceType(item) }),
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
  const id = canonicalId(textOf(entry, 'id'));
  if (id === null) return null;
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
    metrics: {},
  };
}
