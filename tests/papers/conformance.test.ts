import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { latestSignals, writePapers } from '../../src/db/papers.ts';
import { createArxiv } from '../../src/papers/arxiv.ts';
import { createFeed, feedName, readAnyFeed } from '../../src/papers/feed.ts';
import { createHttpClient, type HttpClient } from '../../src/papers/fetch.ts';
import { createGitHub, repositoryOf } from '../../src/papers/github.ts';
import { createHackerNews } from '../../src/papers/hackernews.ts';
import { createHuggingFace } from '../../src/papers/huggingface.ts';
import { ingest } from '../../src/papers/ingest.ts';
import type { PaperSource } from '../../src/papers/source.ts';
import { empty, testDatabase, type TestDatabase } from '../support/database.ts';
import { dump, paper, silent } from '../support/papers.ts';
import {
  type Answer,
  body,
  cutOff,
  dailyPapers,
  patientClock,
  sourceServer,
  type SourceServer,
} from '../support/source-server.ts';

const IDS = ['2605.00001', '2605.00002', '2605.00003'];
const idOf = (path: string): number => Number(/code(\d)/.exec(path)?.[1]);

interface Contender {
  create(client: HttpClient, url: string): PaperSource;
  /** A regular answer: three papers, or what is said of them; in `strange` ways where asked for. */
  answer(strange?: 'digits' | 'broken'): Answer;
  /** Well formed, and nothing of what was asked for. */
  wrong: string;
  /** How far apart requests are at least, in milliseconds; 0: the source asks for no distance. */
  distance: number;
}

/** A count as it is, in digits, or as what nobody can count. */
const count = (value: number, strange?: string): unknown =>
  strange === 'digits' ? String(value) : strange === 'broken' ? { about: value } : value;

const CONTENDERS: Record<string, Contender> = {
  huggingface: {
    create: (client, baseUrl) => createHuggingFace({ client, baseUrl }),
    answer: (strange) =>
      dailyPapers(() =>
        IDS.map((id, i) => ({
          paper: {
            id: strange === 'broken' && i === 0 ? { id } : id,
            title: `T ${id}`,
            upvotes: count(i + 5, strange === 'digits' ? strange : undefined),
          },
        })),
      ),
    wrong: '{"error":"no"}',
    distance: 0,
  },
  arxiv: {
    create: (client, url) => createArxiv({ client, apiUrl: url, rssUrl: url, categories: ['cs.AI'] }),
    answer: (strange) =>
      body(
        `<rss version="2.0"><channel>${IDS.map((id, i) => `<item><title>T</title><link>${strange === 'broken' && i === 0 ? 'https://a.example' : `https://arxiv.org/abs/${id}v2`}</link></item>`).join('')}</channel></rss>`,
      ),
    wrong: '<opml></opml>',
    distance: 3_000,
  },
  hackernews: {
    create: (client, baseUrl) => createHackerNews({ client, baseUrl }),
    answer: (strange) =>
      body(
        JSON.stringify({
          nbPages: 1,
          hits: [
            ...IDS.map((id, i) => ({
              url: `https://arxiv.org/abs/${id}v1`,
              points: count(i + 5, i === 0 ? strange : undefined),
              num_comments: null,
            })),
            { url: null, points: 3 },
            { url: 'https://arxiv.org/abs/2605.99999', points: 9 },
          ],
        }),
      ),
    wrong: '[]',
    distance: 1_000,
  },
  github: {
    create: (client, baseUrl) => createGitHub({ client, baseUrl }),
    answer: (strange) => (request, response) =>
      void response.end(
        JSON.stringify({
          stargazers_count: count(idOf(request.url!) + 5, idOf(request.url!) === 1 ? strange : undefined),
        }),
      ),
    wrong: '7',
    distance: 1_000,
  },
  feed: {
    create: (client, url) => createFeed({ client, url: `${url}/feed.xml` }),
    answer: (strange) =>
      body(
        `<feed xmlns="http://www.w3.org/2005/Atom">${IDS.map((id, i) => `<entry><id>${strange === 'broken' && i === 0 ? 'urn:x' : `http://arxiv.org/abs/${id}v1`}</id><title>T</title><summary>S</summary><author><name>A</name></author></entry>`).join('')}</feed>`,
      ),
    wrong: '<html><body>Sign in</body></html>',
    distance: 0,
  },
};

describe.each(Object.entries(CONTENDERS))('the source %s', (_name, contender) => {
  let database: TestDatabase;
  let server: SourceServer;
  let answer: Answer;
  let clock: ReturnType<typeof patientClock>;
  let source: PaperSource;
  let warned: unknown[];
  let offset: number;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database[Symbol.asyncDispose]());
  beforeEach(async () => {
    await empty(database.db, 'signal', 'ingest_run', 'edition_entry', 'fresh_pick', 'paper');
    clock = patientClock();
    answer = contender.answer();
    server = await sourceServer((request, response) => answer(request, response));
    source = contender.create(createHttpClient({ userAgent: 'test', random: () => 0.5, ...clock }), server.url);
    [warned, offset] = [[], 0];
    if (source.observe)
      await writePapers(
        database.db,
        IDS.map((id, i) => paper(`arxiv:${id}`, { codeUrl: `https://github.com/lab/code${i + 1}` })),
        clock.now(),
      );
  });
  afterEach(() => server[Symbol.asyncDispose]());

  const now = (): Date => new Date(clock.now().getTime() + offset);
  const log = { ...silent, warn: (...said: unknown[]) => void warned.push(said) };
  const run = async () => (await ingest({ db: database.db, sources: [source], now, log }))[0]!;
  const state = () => dump(database.db, ['paper', 'signal']);

  test('says of three papers what there is to say, and twice is once', async () => {
    expect(await run()).toMatchObject({ papers: 3, skipped: 0 });
    const before = await state();
    offset = 3_600_000;
    expect(await run()).toMatchObject({ papers: 3, added: 0, signals: 0 });
    expect(await state()).toEqual(before);
  });
  test.each([
    ['429 with Retry-After', body('', 429, { 'retry-after': '40' }), 40_000],
    ['429 without', body('', 429), 1_000],
    ['"Rate exceeded." under 200', body('Rate exceeded.'), 1_000],
    ['a failure of its own', body('', 503), 1_000],
    ['a cut answer', cutOff('[{"paper":'), 1_000],
    ['HTML', body('<html><body>Please wait</body></html>'), 1_000],
  ])('comes through after %s', async (_what, fault, least) => {
    server.faults.push(fault);
    expect(await run()).toMatchObject({ papers: 3 });
    expect(Math.max(...clock.waits)).toBeGreaterThanOrEqual(least);
  });
  test('keeps its distance', async () => {
    await run();
    await run();
    if (contender.distance > 0) expect(Math.max(...clock.waits)).toBeGreaterThanOrEqual(contender.distance * 0.9);
    expect(server.requests.length).toBeGreaterThan(1);
  });
  test.each([
    ['something else', contender.wrong],
    ['nothing', ''],
    ['half of it', '{"hits":['],
  ])('that answers with %s is told of, and leaves all as it is', async (_what, text) => {
    const before = await state();
    answer = body(text);
    expect((await run()).error).toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    expect(await state()).toEqual(before);
    answer = contender.answer();
    expect(await run()).toMatchObject({ papers: 3 });
  });
  test('reads a count in digits', async () => {
    answer = contender.answer('digits');
    expect(await run()).toMatchObject({ papers: 3, skipped: 0 });
    const counts = (
      await latestSignals(
        database.db,
        IDS.map((id) => `arxiv:${id}`),
      )
    ).map((signal) => signal.value);
    for (const value of counts) expect([5, 6, 7, 8]).toContain(value);
  });
  test('counts and tells what it cannot read, and takes the rest', async () => {
    answer = contender.answer('broken');
    expect(await run()).toMatchObject({ papers: 2, skipped: 1 });
    expect(warned.filter((said) => JSON.stringify(said).includes('left out'))).toHaveLength(1);
    const { rows } = await database.db.$client.query('select skipped, error from ingest_run');
    expect(rows).toEqual([{ skipped: 1, error: null }]);
  });
  test('goes on when the clock jumps', async () => {
    await run();
    offset = -86_400_000;
    expect((await run()).error).toBeUndefined();
    offset = 86_400_000;
    expect(await run()).toMatchObject({ papers: 3 });
  });
});

describe('GitHub', () => {
  test('is asked whether anything changed, and says no at no cost', async () => {
    const clock = patientClock();
    await using server = await sourceServer((request, response) =>
      request.headers['if-none-match'] === '"a"'
        ? void response.writeHead(304).end()
        : void response.writeHead(200, { etag: '"a"' }).end('{"stargazers_count":9}'),
    );
    const { observe } = createGitHub({
      client: createHttpClient({ userAgent: 'test', ...clock }),
      baseUrl: server.url,
    });
    const papers = [{ id: 'arxiv:2605.00001', codeUrl: 'https://github.com/lab/code/tree/main' }];
    const seen = { observations: [{ paperId: 'arxiv:2605.00001', metric: 'stars', value: 9 }], skipped: 0 };
    for (let i = 0; i < 2; i++) expect(await observe!({ papers, asOf: clock.now() })).toEqual(seen);
    expect(server.requests.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"a"']);
  });
  test('is asked for those that wait longest, no more than its hour allows, and a lost repository is no failure', async () => {
    const clock = patientClock();
    await using server = await sourceServer(body('{}', 404));
    const { observe } = createGitHub({
      client: createHttpClient({ userAgent: 'test', ...clock }),
      baseUrl: server.url,
    });
    const papers = Array.from({ length: 40 }, (_, i) => ({ id: `p${i}`, codeUrl: `https://github.com/lab/code${i}` }));
    expect(await observe!({ papers, asOf: clock.now() })).toEqual({ observations: [], skipped: 25 });
    await observe!({ papers, asOf: clock.now() });
    expect(new Set(server.requests.map(({ path }) => path)).size).toBe(40);
  });
  test.each([
    ['https://github.com/lab/code', 'lab/code'],
    ['https://www.github.com/lab/code.git', 'lab/code'],
    ['http://github.com/lab/a.b-c/tree/main?x=1', 'lab/a.b-c'],
    ['https://github.com/lab', null],
    ['https://github.com/lab/..%2f..', null],
    ['https://gitlab.com/lab/code', null],
    [null, null],
  ])('%j is the repository %j', (codeUrl, repository) => expect(repositoryOf({ codeUrl })).toBe(repository));
});

describe('a feed', () => {
  test.each([
    [
      'RSS 2.0',
      '<rss><channel><item><title>T</title><link>https://arxiv.org/abs/2605.00001</link><description>&lt;p&gt;Says it.&lt;/p&gt;</description><pubDate>Fri, 29 May 2026 08:00:00 GMT</pubDate></item></channel></rss>',
    ],
    [
      'RSS 1.0',
      '<rdf:RDF xmlns:rdf="r" xmlns:dc="d"><item><title>T</title><link>https://arxiv.org/abs/2605.00001</link><description>Says it.</description><dc:date>2026-05-29T08:00:00Z</dc:date></item></rdf:RDF>',
    ],
    [
      'Atom',
      '<feed xmlns="a"><entry><title>T</title><id>x</id><link href="https://doi.org/10.48550/arXiv.2605.00001"/><summary>Says it.</summary><published>2026-05-29T08:00:00Z</published></entry></feed>',
    ],
  ])('is read as %s', async (_kind, xml) =>
    expect((await readAnyFeed(xml)).papers[0]).toMatchObject({
      id: 'arxiv:2605.00001',
      title: 'T',
      abstract: 'Says it.',
      publishedAt: new Date('2026-05-29T08:00:00Z'),
    }),
  );
  test('is called by its address', () =>
    expect(feedName('https://a.example:8/feed.xml?token=x')).toMatch(/^a\.example:8\/feed\.xml-[0-9a-f]{6}$/));
});
