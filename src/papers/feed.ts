import { createHash } from 'node:crypto';
import { NO_DETAILS } from '../paper.ts';
import { authorNames } from './author-names.ts';
import { createBreathe } from './breathe.ts';
import type { HttpClient } from './fetch.ts';
import { canonicalId } from './identity.ts';
import { normalise, type RawPaper } from './normalise.ts';
import { moment, type Fetched, type PaperSource } from './source.ts';
import { isWithdrawal } from './withdrawal.ts';
import { all, readEntries, textOf, type XmlElement } from './xml.ts';

/**
 * How a feed is called in public: its host and path. A query may hold a key, so that a mark stands
 * for it.
 */
export function feedName(url: string): string {
  const { host, pathname, search } = new URL(url);
  const mark = search === '' ? '' : `-${createHash('sha256').update(search).digest('hex').slice(0, 6)}`;
  return `${host}${pathname.replace(/\/$/, '')}`.slice(0, 90) + mark;
}

/**
 * Any Atom or RSS feed whose entries are papers of arXiv, by their link or id; also an answer of
 * arXiv's own API, which is a search that the operator keeps. Entries that name no paper are counted.
 */
export function createFeed({
  client,
  url,
  lane,
}: {
  client: HttpClient;
  url: string;
  lane?: { name: string; intervalMs: number };
}): PaperSource {
  return {
    name: feedName(url),
    async fetch({ date, signal }) {
      // A feed holds what is newest; there is nothing to replay.
      if (date !== null) return { papers: [], skipped: 0 };
      return client.get(url, {
        what: 'the feed',
        variable: 'SOURCES',
        accept: 'application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.8',
        read: readAnyFeed,
        ...(lane && { lane }),
        ...(signal && { signal }),
      });
    },
  };
}

const KINDS = [
  { root: 'feed', entry: 'entry' },
  { root: 'rss', entry: 'item' },
  { root: 'RDF', entry: 'item' },
] as const;

/** Atom (RFC 4287), RSS 2.0 and RSS 1.0. */
export async function readAnyFeed(xml: string): Promise<Fetched> {
  const breathe = createBreathe();
  const head = xml.slice(0, 5_000);
  const kind = KINDS.find(({ root }) => new RegExp(`<(?:[\\w.-]{1,50}:)?${root}[\\s>]`).test(head));
  if (!kind) throw new TypeError('neither Atom nor RSS');
  const { entries, damaged } = await readEntries(xml, kind, breathe);
  const { papers, skipped } = await normalise(entries.map(fromEntry), breathe);
  return { papers, skipped: skipped + damaged };
}

/** What an entry may say where its paper is, first what is most sure to be it. */
const addressesOf = (entry: XmlElement): string[] => [
  ...['id', 'guid', 'identifier', 'doi'].flatMap((name) => all(entry, name).map((element) => element.text)),
  ...all(entry, 'link').flatMap((link) => [link.attributes['href'] ?? '', link.text]),
];

function fromEntry(entry: XmlElement): RawPaper | null {
  const id = addressesOf(entry)
    .map(canonicalId)
    .find((found) => found !== null);
  if (id === undefined) return null;
  const said = (...names: string[]): string =>
    names.map((name) => textOf(entry, name)).find((text) => text !== '') ?? '';
  const people = [...all(entry, 'author'), ...all(entry, 'creator')];
  const title = said('title');
  const abstract = said('summary', 'description', 'content', 'encoded').replace(/<[^<>]{0,500}>/g, ' ');
  return {
    ...NO_DETAILS,
    isWithdrawn: isWithdrawal({ title, abstract, comment: said('comment'), announceType: said('announce_type') }),
    id,
    title,
    abstract,
    authors: authorNames(people.map((person) => textOf(person, 'name') || person.text)),
    organisation: null,
    publishedAt: moment(said('published', 'pubDate', 'date', 'updated')),
    categories: all(entry, 'category')
      .map((category) => category.attributes['term'] ?? category.text.trim())
      .filter((category) => /^[a-z-]{2,20}(?:\.[A-Za-z-]{2,20})?$/.test(category)),
    keywords: [],
    metrics: {},
  };
}
