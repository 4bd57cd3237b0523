import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { wordsOf } from '../../src/words/words.ts';
import { atomFeed, type FeedItem, jsonFeed } from '../../src/http/feed.ts';
import { DATES, testSite, type TestSite, TODAY, WILD_TITLE } from '../support/site.ts';

let site: TestSite;
beforeAll(async () => {
  site = await testSite();
});
afterAll(() => site[Symbol.asyncDispose]());

interface Node {
  name: string;
  attributes: Record<string, string>;
  children: Node[];
  text: string;
}

/** Throws when the text is not well-formed XML. */
function parseXml(text: string): Node {
  const root: Node = { name: '', attributes: {}, children: [], text: '' };
  const path = [root];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const node: Node = { name, attributes: attributes as Record<string, string>, children: [], text: '' };
    path.at(-1)!.children.push(node);
    path.push(node);
  });
  parser.on('text', (content) => {
    path.at(-1)!.text += content;
  });
  parser.on('closetag', () => {
    path.pop();
  });
  parser.write(text).close();
  return root.children[0]!;
}

const all = (node: Node, name: string): Node[] => node.children.filter((c) => c.name === name);
const one = (node: Node, name: string): string => {
  expect(all(node, name)).toHaveLength(1);
  return all(node, name)[0]!.text;
};

test.each(['/feed.xml', '/topics/language-models/feed.xml'])('%s is valid Atom', async (url) => {
  const { body, headers } = await site.app.inject(url);
  expect(headers['content-type']).toBe('application/atom+xml; charset=utf-8');
  const feed = parseXml(body);
  expect([feed.name, feed.attributes['xmlns']]).toEqual(['feed', 'http://www.w3.org/2005/Atom']);
  expect(one(feed, 'id')).toBe(`http://paperboy.test${url}`);
  expect(all(feed, 'link').find((l) => l.attributes['rel'] === 'self')?.attributes['href']).toBe(
    `http://paperboy.test${url}`,
  );
  const entries = all(feed, 'entry');
  expect(entries.length).toBe(url === '/feed.xml' ? 15 : 6);
  expect(new Set(entries.map((e) => one(e, 'id'))).size).toBe(entries.length);
  for (const entry of entries) {
    expect(one(entry, 'id')).toMatch(/^http:\/\/paperboy\.test\/papers\/arxiv:/);
    expect(one(entry, 'title')).not.toBe('');
    expect(Number.isNaN(Date.parse(one(entry, 'updated')))).toBe(false);
    expect(all(entry, 'link').every((l) => URL.canParse(l.attributes['href']!))).toBe(true);
    expect(all(entry, 'author').every((a) => one(a, 'name') !== '')).toBe(true);
  }
  expect(one(feed, 'updated')).toBe('2026-05-29T07:00:00.000Z');
  expect(entries.map((e) => one(e, 'title'))).toContain(WILD_TITLE);
});

test('/feed.json is a JSON Feed', async () => {
  const { headers, ...answer } = await site.app.inject('/feed.json');
  expect(headers['content-type']).toBe('application/feed+json; charset=utf-8');
  const feed = answer.json();
  expect(feed).toMatchObject({
    version: 'https://jsonfeed.org/version/1.1',
    home_page_url: 'http://paperboy.test/',
    feed_url: 'http://paperboy.test/feed.json',
  });
  expect(feed.items).toHaveLength(15);
  expect(feed.items[0]).toMatchObject({
    id: expect.stringContaining('http://paperboy.test/papers/'),
    content_text: expect.stringContaining('Why it is here'),
  });
});

test('a paper that came back stands in each feed once', async () => {
  const { db, app } = site;
  const { rows } = await db.execute(sql`
    insert into edition_entry (edition_date, topic, rank, paper_id, score, reasons)
    select ${DATES[1]}, topic, 6, paper_id, score, reasons
    from edition_entry
    where edition_date = ${TODAY}
      and rank = 1
    returning paper_id as id`);
  expect(rows).toHaveLength(2);
  for (const url of ['/feed.xml', '/topics/language-models/feed.xml']) {
    const ids = all(parseXml((await app.inject(url)).body), 'entry').map((entry) => one(entry, 'id'));
    expect(ids.filter((id) => id.endsWith(String(rows[0]!['id'])))).toHaveLength(1);
  }
  await db.execute(sql`delete from edition_entry where edition_date = ${DATES[1]} and rank = 6`);
});

test('the feed of a search tells of papers that match, and of none that nearly do', async () => {
  const found = async (form: string) => (await site.app.inject(`/${form}q=things%20easier%20quagga`)).json();
  expect(await found('api/v1/search?')).toMatchObject({
    isRelaxed: true,
    papers: expect.arrayContaining([expect.anything()]),
  });
  expect((await found('search/feed.json?')).items).toEqual([]);
});

test('there is no feed of a topic that is none', async () => {
  expect((await site.app.inject('/topics/nonsense/feed.xml')).statusCode).toBe(404);
});

test('whatever is in a paper, the Atom feed stays well-formed and says the same', () => {
  const wild = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(wild, wild, fc.array(wild), fc.array(wild), (title, summary, authors, tags) => {
      const item: FeedItem = {
        url: 'https://x.example/papers/1',
        sourceUrl: null,
        title,
        summary,
        authors,
        reasons: authors,
        tags,
        published: new Date(0),
      };
      const feed = {
        title,
        site: title,
        about: summary,
        homeUrl: 'https://x.example/',
        selfUrl: 'https://x.example/feed.xml',
        items: [item],
      };
      const entry = all(parseXml(atomFeed(wordsOf(null), feed)), 'entry')[0]!;
      // XML cannot hold most control characters, and turns a carriage return into a line feed.
      const kept = title
        .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '')
        .replace(/\r\n?/g, '\n');
      expect(one(entry, 'title')).toBe(kept);
      expect(JSON.parse(JSON.stringify(jsonFeed(wordsOf(null), feed))).items[0].title).toBe(
        title.toWellFormed() === title ? title : expect.any(String),
      );
    }),
  );
});

test('/feeds.opml lists the feed of everything and of every topic, each of which there is', async () => {
  const answer = await site.app.inject('/feeds.opml');
  expect(answer.headers['content-type']).toContain('text/x-opml');
  const [, body] = parseXml(answer.body).children;
  const urls = body!.children.map(({ attributes }) => new URL(attributes['xmlUrl']!).pathname);
  expect(urls[0]).toBe('/feed.xml');
  expect(urls.length).toBeGreaterThan(2);
  for (const url of urls) expect((await site.app.inject(url)).statusCode).toBe(200);
});
