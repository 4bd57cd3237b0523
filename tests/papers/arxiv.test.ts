import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createArxiv, feedNames, readAtom, readFeed } from '../../src/papers/arxiv.ts';
import { createHttpClient } from '../../src/papers/fetch.ts';
import { topicsInForce } from '../../src/papers/topics.ts';
import { NO_DETAILS } from '../../src/paper.ts';
import { DATA, SHARED_DATA_MISSING } from '../support/shared-data.ts';
import { body, patientClock, sourceServer, type SourceServer } from '../support/source-server.ts';

const item = (id: string, type: string, over = '') => `
  <item>
    <title>Fast $\\mathcal{O}(n)$ &amp; slow ${id}</title>
    <link>https://arxiv.org/abs/${id}</link>
    <description>arXiv:${id}v1 Announce Type: ${type}
Abstract: We save 77\\% &lt; all of it.</description>
    <guid isPermaLink="false">oai:arXiv.org:${id}v1</guid>
    <category>cs.AI</category><category>cs.LG</category>
    <pubDate>Fri, 29 May 2026 00:00:00 -0400</pubDate>
    <arxiv:announce_type>${type}</arxiv:announce_type>
    <dc:creator>Ada Lovelace, L\\'aszl\\'o Kov\\'acs (Budapest, Hungary), Grace Hopper</dc:creator>${over}
  </item>`;
const feed = (...items: string[]) => `<?xml version='1.0' encoding='UTF-8'?>
<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel><title>cs.AI updates</title>
<skipDays><day>Saturday</day><day>Sunday</day></skipDays>${items.join('')}</channel></rss>`;

const asOf = new Date('2026-05-29T12:00:00Z');
let server: SourceServer;
afterEach(() => server?.[Symbol.asyncDispose]());

test('the daily feed is one request for all categories', async () => {
  server = await sourceServer(body(feed(item('2605.00001', 'new'), item('2605.00002', 'replace'))));
  const arxiv = createArxiv({
    client: createHttpClient({ userAgent: 'test', ...patientClock() }),
    apiUrl: server.url,
    rssUrl: server.url,
    categories: ['cs.LG', 'cs.AI', 'cs.LG'],
  });
  expect(await arxiv.fetch({ date: null, asOf })).toMatchObject({
    papers: [{ id: 'arxiv:2605.00001' }],
    revised: [{ id: 'arxiv:2605.00002', publishedAt: null }],
  });
  expect(await arxiv.fetch({ date: '2026-05-01', asOf })).toEqual({ papers: [], skipped: 0 });
  expect(server.requests.map((r) => r.path)).toEqual(['/rss/cs.AI+cs.LG']);
});

const submitted = (id: string, published: string) =>
  `<entry><id>http://arxiv.org/abs/${id}v1</id><title>T ${id}</title><summary>We try.</summary><published>${published}</published>
  <author><name>Ada Lovelace</name></author><category term="cs.AI"/></entry>`;
const answer = (...entries: string[]) => `<feed xmlns="http://www.w3.org/2005/Atom">${entries.join('')}</feed>`;

describe('in the night, when the feed still holds the day before', () => {
  const night = new Date('2026-05-30T01:20:00Z'); // of Saturday: nothing is announced
  const monday = new Date('2026-06-01T01:20:00Z');
  const arxivAt = (url: string) =>
    createArxiv({
      client: createHttpClient({ userAgent: 'test', attempts: 1, ...patientClock() }),
      apiUrl: url,
      rssUrl: url,
      categories: ['cs.AI', 'math.*'],
    });

  test('the announcement of the morning is had from the API, page by page, and nothing else of it', async () => {
    const pages = [
      [submitted('2605.00002', '2026-05-29T17:59:00Z'), submitted('2605.00003', '2026-05-28T18:00:00Z')],
      [submitted('2605.00003', '2026-05-28T18:00:00Z'), submitted('2605.00004', '2026-05-28T17:59:00Z')],
    ];
    server = await sourceServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url!, server.url);
      const page = Number(searchParams.get('start')) / 2; // fewer than were asked for
      const told = pathname === '/api/query' ? answer(...(pages[page] ?? [])) : feed(item('2605.00001', 'new'));
      body(told)(request, response);
    });
    const { papers, missed } = await arxivAt(server.url).fetch({ date: null, asOf: monday });
    expect(papers.map(({ id }) => id)).toEqual(['arxiv:2605.00001', 'arxiv:2605.00002', 'arxiv:2605.00003']);
    expect(missed).toBeUndefined();
    const asked = new URL(server.requests[1]!.path, server.url).searchParams;
    expect(asked.get('search_query')).toBe(
      '(cat:cs.AI OR cat:math.*) AND submittedDate:[202605281800 TO 202605291800]',
    );
  });

  test('nothing is asked on a morning without an announcement, nor once the feed holds it', async () => {
    server = await sourceServer(body(feed(item('2605.00001', 'new'))));
    await arxivAt(server.url).fetch({ date: null, asOf: night });
    await arxivAt(server.url).fetch({ date: null, asOf: new Date('2026-05-29T05:20:00Z') });
    expect(server.requests.map((r) => r.path)).toEqual(['/rss/cs.AI+math', '/rss/cs.AI+math']);
  });

  test('an API that fails costs nothing of the feed, and is told', async () => {
    server = await sourceServer((request, response) => {
      if (request.url!.startsWith('/rss')) return body(feed(item('2605.00001', 'new')))(request, response);
      response.writeHead(404).end();
    });
    const { papers, missed } = await arxivAt(server.url).fetch({ date: null, asOf: monday });
    expect(papers).toHaveLength(1);
    expect(missed?.message).toContain('the arXiv API');
  });
});

test('an archive is asked for by its name, and computer science by its parts, all in few short requests', () => {
  expect(feedNames(['math.*', 'math.OC', 'q-bio.NC', 'hep-th', 'stat.*'])).toEqual([
    'hep-th',
    'math',
    'q-bio.NC',
    'stat',
  ]);
  const all = feedNames(topicsInForce().categories);
  expect(all).toEqual(expect.arrayContaining(['cs.AI', 'cs.SE', 'math', 'astro-ph', 'quant-ph', 'eess', 'econ']));
  expect(all).not.toContain('cs');
  expect(all.join('+').length).toBeLessThan(500);
});

test('an answer at arXiv’s limit is asked for again in halves, and each paper counts once', async () => {
  const many = Array.from({ length: 2_000 }, (_, n) => item(`2605.${String(n).padStart(5, '0')}`, 'replace'));
  server = await sourceServer((request, response) => {
    const asked = request.url!;
    const few = [item('2605.00001', 'new'), item(asked.slice(-2), 'new')];
    body(feed(...(asked.includes('+') ? many : few)))(request, response);
  });
  const arxiv = createArxiv({
    client: createHttpClient({ userAgent: 'test', ...patientClock() }),
    apiUrl: server.url,
    rssUrl: server.url,
    categories: ['cs.LG', 'cs.AI'],
  });
  const { papers, skipped } = await arxiv.fetch({ date: null, asOf });
  expect(server.requests.map((r) => r.path)).toEqual(['/rss/cs.AI+cs.LG', '/rss/cs.AI', '/rss/cs.LG']);
  expect({ ids: papers.map((p) => p.id), skipped }).toEqual({ ids: ['arxiv:2605.00001'], skipped: 2 });
});

test('an announcement becomes a paper; new versions of old papers stand apart', async () => {
  const { papers, revised, skipped } = await readFeed(
    feed(
      item('2605.00001', 'new'),
      item('2605.00002', 'cross'),
      item('2605.00003', 'replace'),
      item('2605.00004', 'replace-cross'),
    ),
  );
  expect(skipped).toBe(0);
  expect(papers.map((p) => p.id)).toEqual(['arxiv:2605.00001', 'arxiv:2605.00002']);
  expect(revised!.map((p) => p.id)).toEqual(['arxiv:2605.00003', 'arxiv:2605.00004']);
  expect(papers[0]).toEqual({
    id: 'arxiv:2605.00001',
    title: 'Fast O(n) & slow 2605.00001',
    abstract: 'We save 77% < all of it.',
    authors: ['Ada Lovelace', 'László Kovács', 'Grace Hopper'],
    organisation: null,
    publishedAt: new Date('2026-05-29T04:00:00Z'),
    categories: ['cs.AI', 'cs.LG'],
    keywords: [],
    ...NO_DETAILS,
    titleTex: 'Fast $\\mathcal{O}(n)$ & slow 2605.00001',
    version: 1,
    versionAt: new Date('2026-05-29T04:00:00Z'),
    metrics: {},
  });
});

test('the empty feed of a weekend holds no paper', async () =>
  expect(await readFeed(feed())).toEqual({ papers: [], revised: [], skipped: 0, entries: 0 }));

test('an announcement that names no paper is counted', async () => {
  expect(
    await readFeed(
      feed(item('2605.00001', 'new'), '<item><title>Notice</title><link>https://arxiv.org/help</link></item>'),
    ),
  ).toMatchObject({ skipped: 1, papers: [{ id: 'arxiv:2605.00001' }] });
});

test('what is no feed, or half of one, is damaged', async () => {
  for (const text of [
    '',
    'Rate exceeded.',
    '<html><body>Sorry</body></html>',
    feed(item('2605.00001', 'new')).slice(0, 400),
  ])
    await expect(readFeed(text)).rejects.toThrow();
});

const atom = (...entries: string[]) =>
  `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>arXiv</title>${entries.join('')}</feed>`;
const entry = (id: string) =>
  `<entry><id>http://arxiv.org/abs/${id}v1</id><title>Fast ${id}</title><summary>S</summary></entry>`;

describe.each([
  ['RSS', readFeed, feed, (id: string) => item(id, 'new')],
  ['Atom', readAtom, atom, entry],
] as const)('damage in one item of %s', (_, readAll, whole, one) => {
  const withDamage = (text: string) =>
    readAll(whole(one('2605.00001'), one('2605.00002').replace('<title>Fast', `<title>${text}`), one('2605.00003')));

  test.each([
    ['a raw control character', 'e\x0ef', 'ef'],
    ['a reference to a control character', 'e&#14;f&#x0E;g', 'efg'],
    ['a name of HTML', 'Caf&eacute; &nbsp;&LT;b&gt;', 'Café <b>'],
    ['a bare &', 'R&D & more &c;', 'R&D & more &c;'],
    ['a bare & in a CDATA section', '<![CDATA[R&D &eacute; <b>]]>', 'R&D é <b>'],
    ['a character that is none', 'e\uffff\ud800f', 'ef'],
  ])('is mended where it is %s', async (__, text, title) => {
    const { papers, skipped } = await withDamage(text);
    expect(papers.map((p) => p.id)).toEqual(['arxiv:2605.00001', 'arxiv:2605.00002', 'arxiv:2605.00003']);
    expect(papers[1]!.title).toMatch(new RegExp(`^${RegExp.escape(title)}`));
    expect(skipped).toBe(0);
  });

  test.each([
    ['a bare <', 'a < b'],
    ['a tag that is not closed', '<b>bold'],
    ['an end without a beginning', '</i>'],
    ['an attribute without quotes', '<a href=x>y</a>'],
    ['hundreds of nested tags', '<b>'.repeat(300) + '</b>'.repeat(300)],
    ['an unfinished CDATA section', '<![CDATA['],
  ])('costs that item, which is counted, where it is %s', async (__, text) => {
    const { papers, skipped } = await withDamage(text);
    expect(papers.map((p) => p.id)).toEqual(['arxiv:2605.00001', 'arxiv:2605.00003']);
    expect(skipped).toBe(1);
  });

  test('costs that item where its end is missing', async () => {
    const { papers, skipped } = await readAll(
      whole(one('2605.00001'), one('2605.00002').replace(/<\/(?:item|entry)>/, ''), one('2605.00003')),
    );
    expect(papers.map((p) => p.id)).toEqual(['arxiv:2605.00001', 'arxiv:2605.00003']);
    expect(skipped).toBe(1);
  });
});

test('no damage costs more time than there is text', async () => {
  const started = performance.now();
  for (const text of ['<![CDATA[', '&', '&a', '<item>', '</item>', '<a:', '&#14;'])
    await readFeed(feed(item('2605.00001', 'new'), `<item><title>${text.repeat(200_000)}</title></item>`)).catch(
      () => {},
    );
  expect(performance.now() - started).toBeLessThan(10_000);
});

test('entities that a document defines are never expanded', async () => {
  const bomb = `<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>`;
  const text = feed(item('2605.00001', 'new'))
    .replace(/<\?xml[^>]*>/, bomb)
    .replace('We save', '&b;&x;');
  let papers: unknown = [];
  try {
    papers = (await readFeed(text)).papers;
  } catch {
    /* refusing the document is as good */
  }
  expect(JSON.stringify(papers)).not.toMatch(/aaaaaaaaaa|root:/);
});

test('single papers are asked for in one request, every three seconds', async () => {
  server = await sourceServer(
    body(
      `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><entry><id>http://arxiv.org/abs/hep-th/9901001v3</id><title>T</title><summary>S</summary><author><name>A</name></author></entry></feed>`,
    ),
  );
  const clock = patientClock();
  const arxiv = createArxiv({
    client: createHttpClient({ userAgent: 'test', ...clock }),
    apiUrl: server.url,
    rssUrl: server.url,
    categories: [],
  });
  expect(await arxiv.lookUp(['arxiv:2605.00002', 'arxiv:hep-th/9901001'])).toMatchObject([
    { id: 'arxiv:hep-th/9901001', title: 'T' },
  ]);
  expect(await arxiv.lookUp(['arxiv:2605.00001'])).toEqual([]);
  expect(await arxiv.lookUp([])).toEqual([]);
  expect(server.requests.map((r) => r.path)).toEqual([
    '/api/query?id_list=2605.00002,hep-th%2F9901001&max_results=50',
    '/api/query?id_list=2605.00001&max_results=50',
  ]);
  expect(clock.waits).toEqual([3000]);
});

/** One paper in Atom, with the namespaces where either dialect of the API declares them. */
const dialect = (root: string, each: string) => `<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"${root}><entry>
<id>http://arxiv.org/abs/1507.00001v2</id><title>A wiki
  for everyone</title><summary>  Recently, wikis became efficient.  </summary>
<published>2008-07-29T09:54:44Z</published><author><name>Ada Lovelace</name></author><author><name>Emmy Noether</name></author>
<arxiv:primary_category${each} term="cs.LG" scheme="http://arxiv.org/schemas/atom"/><category term="cs.LG"/></entry></feed>`;
const NAMESPACE = ' xmlns:arxiv="http://arxiv.org/schemas/atom"';
const MADE_UP = {
  '2026-08-05_newformat_captured_transcribed.xml': dialect(NAMESPACE, ''),
  '2408.00716_transcribed.xml': dialect('', NAMESPACE),
  'cs.AI_2025-09-22_header+1item_transcribed_truncated.xml': feed(item('2605.00001', 'new')),
};

describe('the version of a paper', () => {
  const announced = new Date('2026-05-29T04:00:00Z');
  test.each([
    ['new', 'v1', 1, announced],
    ['replace', 'v3', 3, announced],
    ['replace-cross', 'v12', 12, announced],
    ['cross', 'v2', 2, null], // its second version may be there for long
    ['new', '', null, null],
    ['replace', 'v0', null, null],
  ])('is told by the feed: %s of %s', async (type, named, version, versionAt) => {
    const text = item('2605.00001', type).replaceAll('2605.00001v1', `2605.00001${named}`);
    const bare = text.replace(/<guid.*<\/guid>/, '');
    for (const one of [text, bare]) {
      const { papers, revised } = await readFeed(feed(one));
      expect([...papers, ...revised!]).toMatchObject([{ version, versionAt }]);
    }
  });

  test.each([
    ['http://arxiv.org/abs/2605.01234v2', '2026-06-03T09:00:00Z', 2, new Date('2026-06-03T09:00:00Z')],
    ['https://arxiv.org/abs/hep-th/9901001v11', '2001-01-01T00:00:00Z', 11, new Date('2001-01-01T00:00:00Z')],
    ['http://arxiv.org/abs/2605.01234', '2026-06-03T09:00:00Z', null, null],
    ['http://arxiv.org/abs/2605.01234v2', 'soon', 2, null],
  ])('is told by the API: %s of %s', async (id, updated, version, versionAt) => {
    const entry = `<entry><id>${id}</id><title>T</title><summary>S</summary><updated>${updated}</updated>
      <published>2026-05-29T10:00:00Z</published></entry>`;
    expect((await readAtom(answer(entry))).papers).toMatchObject([
      { version, versionAt, publishedAt: new Date('2026-05-29T10:00:00Z') },
    ]);
  });
});

describe('recorded answers', () => {
  const read = (name: keyof typeof MADE_UP): string =>
    SHARED_DATA_MISSING ? MADE_UP[name] : readFileSync(path.join(DATA, 'arxiv', name), 'utf8');
  const expected = <T>(recorded: T, madeUp: T): T => (SHARED_DATA_MISSING ? madeUp : recorded);

  test('the API with its namespaces at the root', async () => {
    expect((await readAtom(read('2026-08-05_newformat_captured_transcribed.xml'))).papers).toMatchObject([
      {
        id: expected('arxiv:0807.4618', 'arxiv:1507.00001'),
        title: expected('AceWiki: A Natural and Expressive Semantic Wiki', 'A wiki for everyone'),
        authors: expected(['Kaarel Kaljurand', 'Norbert E. Fuchs'], ['Ada Lovelace', 'Emmy Noether']),
        publishedAt: new Date('2008-07-29T09:54:44Z'),
        version: 1,
        versionAt: new Date('2008-07-29T09:54:44Z'),
      },
    ]);
  });
  test('the API with its namespaces at each element', async () => {
    const [paper] = (await readAtom(read('2408.00716_transcribed.xml'))).papers;
    expect(paper).toMatchObject({ id: expected('arxiv:2408.00716', 'arxiv:1507.00001'), categories: ['cs.LG'] });
    expect(paper!.authors).toHaveLength(expected(4, 2));
    expect(paper).toMatchObject({ version: 1, versionAt: paper!.publishedAt });
    expect(paper!.abstract).toMatch(/^Recently, .* efficient(?: recommendation systems)?\.$/);
  });
  test('the feed', async () => {
    const { papers } = await readFeed(read('cs.AI_2025-09-22_header+1item_transcribed_truncated.xml'));
    expect(papers).toMatchObject([
      {
        id: expected('arxiv:2509.15237', 'arxiv:2605.00001'),
        abstract: expect.stringMatching(expected(/^Industrial workflows/, /^We save/)),
        version: 1,
      },
    ]);
  });
});
