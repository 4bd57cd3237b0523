import { afterEach, describe, expect, test } from 'vitest';
import { createHttpClient } from '../../src/papers/fetch.ts';
import { NO_DETAILS } from '../../src/paper.ts';
import { createHuggingFace, fromEntries } from '../../src/papers/huggingface.ts';
import { recordedDay, recordedDays } from '../support/recorded-days.ts';
import { body, cutOff, dailyPapers, patientClock, sourceServer, type SourceServer } from '../support/source-server.ts';

const entry = (n: number, over: object = {}) => ({
  paper: {
    id: `2605.${String(n).padStart(5, '0')}`,
    title: `Paper ${n}`,
    summary: 'It saves 77\\% of $\\mathcal{O}(n)$.',
    upvotes: n,
    publishedAt: '2026-05-28T00:00:00.000Z',
    authors: [
      { name: 'Ada Lovelace', hidden: false },
      { name: "Mat\\'u\\v{s}", hidden: false },
      { name: 'Hidden Person', hidden: true },
    ],
    ai_keywords: ['language models'],
    githubRepo: 'https://github.com/a/b',
    githubStars: 12,
    projectPage: 'https://example.org/project',
    mediaUrls: ['https://example.org/film.mp4'],
    ai_summary: 'It saves 77\\% by looking away.',
    submittedOnDailyBy: { user: 'member7' },
    submittedOnDailyAt: '2026-05-29T00:00:00.000Z',
    discussionId: '6a164a96e9aa3c8e322db2ab',
    organization: { name: 'lab', fullname: 'The Lab ' },
    ...over,
  },
  numComments: 3,
});
const asOf = new Date('2026-05-29T23:59:59Z');

let server: SourceServer;
afterEach(() => server?.[Symbol.asyncDispose]());
const source = (url: string) =>
  createHuggingFace({ client: createHttpClient({ userAgent: 'test', ...patientClock() }), baseUrl: url });

test('an entry becomes a paper in readable text with its metrics', async () => {
  expect(await fromEntries([entry(7)])).toEqual({
    skipped: 0,
    papers: [
      {
        id: 'arxiv:2605.00007',
        title: 'Paper 7',
        abstract: 'It saves 77% of O(n).',
        authors: ['Ada Lovelace', 'Matúš'],
        organisation: 'The Lab',
        publishedAt: new Date('2026-05-28T00:00:00Z'),
        categories: [],
        keywords: ['language models'],
        ...NO_DETAILS,
        codeUrl: 'https://github.com/a/b',
        projectUrl: 'https://example.org/project',
        hasMedia: true,
        summary: 'It saves 77% by looking away.',
        summaryBy: 'Hugging Face',
        submitter: 'member7',
        listedOn: '2026-05-29',
        pageAt: new Date('2026-05-27T01:36:22Z'),
        abstractTex: 'It saves 77\\% of $\\mathcal{O}(n)$.',
        metrics: { upvotes: 7, comments: 3, stars: 12 },
      },
    ],
  });
});

test('a day of more than one page is read to its end', async () => {
  server = await sourceServer(dailyPapers(() => Array.from({ length: 230 }, (_, i) => entry(i))));
  const { papers } = await source(server.url).fetch({ date: '2026-05-29', asOf });
  expect(papers).toHaveLength(230);
  expect(server.requests.map((r) => r.path)).toEqual(
    [0, 1, 2, 3].map((p) => `/api/daily_papers?date=2026-05-29&limit=100&p=${p}`),
  );
});

test('a day is read to its end from a source that caps its pages below what is asked for', async () => {
  const day = Array.from({ length: 130 }, (_, i) => entry(i));
  server = await sourceServer((request, response) => {
    const page = Number(new URL(request.url!, 'http://x').searchParams.get('p'));
    body(JSON.stringify(day.slice(page * 50, (page + 1) * 50)))(request, response);
  });
  const { papers } = await source(server.url).fetch({ date: '2026-05-29', asOf });
  expect(papers.map((p) => p.metrics['upvotes'])).toEqual(day.map((_, i) => i));
});

test('a source that knows no pages, or never runs out of them, is left in the end', async () => {
  let asked = 0;
  server = await sourceServer((request, response) => {
    asked++;
    body(JSON.stringify([entry(1), { damaged: true }]))(request, response);
  });
  expect(await source(server.url).fetch({ date: null, asOf })).toMatchObject({ papers: [{}], skipped: 1 });
  expect(asked).toBe(2);
  await using endless = await sourceServer((request, response) =>
    body(JSON.stringify([entry(++asked)]))(request, response),
  );
  expect((await source(endless.url).fetch({ date: null, asOf })).papers).toHaveLength(20);
});

test('a bare control character in one title does not cost the page', async () => {
  const text = JSON.stringify([entry(1, { title: 'Form@feed' }), entry(2)]).replace('@', '\x0e');
  server = await sourceServer(body(text));
  const { papers } = await source(server.url).fetch({ date: null, asOf });
  expect(papers.map((p) => p.title)).toEqual(['Form feed', 'Paper 2']);
});

test('without a date the newest papers are asked for', async () => {
  server = await sourceServer(dailyPapers(() => [entry(1)]));
  await source(server.url).fetch({ date: null, asOf });
  expect(server.requests[0]!.path).toBe('/api/daily_papers?limit=100&p=0');
});

test('what cannot be read is counted and the rest is kept', async () => {
  const broken = [
    null,
    7,
    'x',
    [],
    {},
    { paper: null },
    { paper: { id: '../etc', title: 'x' } },
    { paper: { id: '2605.00001' } },
    { paper: { id: 5, title: 'x' } },
  ];
  const odd = [
    entry(1, {
      upvotes: 'many',
      githubStars: -4,
      authors: 'nobody',
      ai_keywords: null,
      organization: 5,
      publishedAt: 'soon',
      githubRepo: 'javascript:alert(1)',
    }),
    entry(2, { upvotes: Infinity, summary: null, authors: [null, {}, { name: 4 }] }),
  ];
  const { papers, skipped } = await fromEntries([...broken, ...odd]);
  expect(skipped).toBe(broken.length);
  expect(papers[0]).toMatchObject({
    authors: [],
    keywords: [],
    organisation: null,
    publishedAt: null,
    codeUrl: null,
    metrics: { comments: 3 },
  });
  expect(papers[1]).toMatchObject({ abstract: '', authors: [], metrics: { comments: 3, stars: 12 } });
});

test('an entry nested without end costs itself alone', async () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  server = await sourceServer(body(`[{"paper":${deep}},${deep},${JSON.stringify(entry(1))}]`));
  const { papers, skipped } = await source(server.url).fetch({ date: null, asOf });
  expect(papers.map((p) => p.id)).toEqual(['arxiv:2605.00001']);
  expect(skipped).toBe(2);
});

test('a damaged answer is asked for again, and is the end only when it stays damaged', async () => {
  server = await sourceServer(dailyPapers(() => [entry(1)]));
  server.faults.push(
    body('[{"paper":'),
    cutOff('[{'),
    body('{"error":"no list"}'),
    body('', 429, { 'retry-after': '1' }),
  );
  expect((await source(server.url).fetch({ date: null, asOf })).papers).toHaveLength(1);
  server.faults.push(...Array.from({ length: 5 }, () => body('[{"paper":')));
  await expect(source(server.url).fetch({ date: null, asOf })).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
});

describe('recorded days', () => {
  const days = recordedDays();
  const some = [0, 0.3, 0.6, 1].map((part) => days[Math.round(part * (days.length - 1))]!);
  test.each(some)('every entry of %s is read', async (day) => {
    const entries = recordedDay(day);
    const { papers, skipped } = await fromEntries(entries);
    expect(skipped).toBe(0);
    expect(papers).toHaveLength(entries.length);
    for (const paper of papers)
      expect(paper).toMatchObject({
        id: expect.stringMatching(/^arxiv:\d{4}\.\d{5}$/),
        publishedAt: expect.any(Date),
        metrics: { upvotes: expect.any(Number) },
      });
  });
});
