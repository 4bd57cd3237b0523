import { escapeHtml } from '../words/escape-html.ts';
import type { Words } from '../words/words.ts';

/** A feed as its readers see it, in either form. All URLs are absolute. */
export interface Feed {
  title: string;
  /** Who gathered it. */
  site: string;
  about: string;
  homeUrl: string;
  selfUrl: string;
  items: FeedItem[];
}
export interface FeedItem {
  url: string;
  /** The paper itself, where it was published. */
  sourceUrl: string | null;
  title: string;
  authors: string[];
  summary: string;
  reasons: string[];
  published: Date;
  tags: string[];
}

/** What XML 1.0 cannot hold at all, not even escaped. */
const NOT_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;
const escapeXml = (text: string): string => escapeHtml(text.replace(NOT_XML, ''));

/** An element of XML, its text escaped. */
export const element = (name: string, text: string, attributes = ''): string =>
  `<${name}${attributes}>${escapeXml(text)}</${name}>`;
const link = (rel: string, href: string, type?: string): string =>
  `<link rel="${rel}" href="${escapeXml(href)}"${type ? ` type="${type}"` : ''}/>`;

/**
 * An empty feed was last changed before anything happened: a time that stays the same keeps its
 * ETag.
 */
const updatedOf = (feed: Feed): Date => new Date(Math.max(0, ...feed.items.map((i) => i.published.getTime())));

/** Atom (RFC 4287). Ids are the pages' addresses, which do not change. */
export function atomFeed(words: Words, feed: Feed): string {
  const head = [
    element('id', feed.selfUrl),
    element('title', feed.title),
    element('subtitle', feed.about),
    element('updated', updatedOf(feed).toISOString()),
    link('self', feed.selfUrl, 'application/atom+xml'),
    link('alternate', feed.homeUrl, 'text/html'),
    `<author>${element('name', feed.site)}</author>`,
  ];
  const lines = [
    '<?xml version="1.0" encoding="utf-8"?>',
    `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${words.language.tag}">`,
    ...head,
    ...feed.items.map((item) => atomEntry(words, item)),
    '</feed>',
  ];
  return `${lines.join('\n')}\n`;
}

function atomEntry(words: Words, item: FeedItem): string {
  return [
    '<entry>',
    element('id', item.url),
    element('title', item.title),
    link('alternate', item.url, 'text/html'),
    ...(item.sourceUrl ? [link('related', item.sourceUrl)] : []),
    element('published', item.published.toISOString()),
    element('updated', item.published.toISOString()),
    ...item.authors.map((name) => `<author>${element('name', name)}</author>`),
    ...item.tags.map((tag) => `<category term="${escapeXml(tag)}"/>`),
    element('summary', textOf(words, item)),
    '</entry>',
  ].join('\n');
}

const textOf = (words: Words, { summary, reasons }: FeedItem): string =>
  [summary, reasons.length > 0 ? words.t('feed-why', { reasons: reasons.join(words.t('semicolon')) }) : '']
    .filter(Boolean)
    .join(' ');

/** JSON Feed 1.1 (jsonfeed.org). */
export const jsonFeed = (words: Words, feed: Feed) => ({
  version: 'https://jsonfeed.org/version/1.1',
  title: feed.title,
  description: feed.about,
  home_page_url: feed.homeUrl,
  feed_url: feed.selfUrl,
  language: words.language.tag,
  items: feed.items.map((item) => ({
    id: item.url,
    url: item.url,
    ...(item.sourceUrl && { external_url: item.sourceUrl }),
    title: item.title,
    content_text: textOf(words, item),
    date_published: item.published.toISOString(),
    authors: item.authors.map((name) => ({ name })),
    tags: item.tags,
  })),
});

/** A list of feeds that feed readers take in at once (OPML 2.0). */
export function opml(title: string, feeds: readonly { title: string; url: string; home: string }[]): string {
  const outlines = feeds.map((feed) => {
    const [name, url, home] = [feed.title, feed.url, feed.home].map(escapeXml);
    return `<outline type="rss" text="${name}" title="${name}" xmlUrl="${url}" htmlUrl="${home}"/>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head>${element('title', title)}</head><body>${outlines.join('')}</body></opml>`;
}
