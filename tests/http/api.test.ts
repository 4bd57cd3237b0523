import { createConfig, lintFromString } from '@redocly/openapi-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { samplePaper, testSite, type TestSite, TODAY } from '../support/site.ts';

let site: TestSite;
beforeAll(async () => {
  site = await testSite();
});
afterAll(() => site[Symbol.asyncDispose]());

const get = async (url: string) => {
  const answer = await site.app.inject(`/api/v1${url}`);
  return { status: answer.statusCode, body: answer.json(), headers: answer.headers };
};

async function walk(path: string, name: string, limit: number): Promise<unknown[]> {
  const found: unknown[] = [];
  for (let before: string | null = ''; before !== null;) {
    const { status, body } = await get(`${path}?limit=${limit}${before && `&before=${encodeURIComponent(before)}`}`);
    expect(status).toBe(200);
    found.push(...body[name]);
    before = body.next;
  }
  return found;
}

describe('lists', () => {
  test.each([1, 2, 4, 5, 100])('of papers are walked without a gap or a repeat in pages of %i', async (limit) => {
    const papers = (await walk('/papers', 'papers', limit)) as { id: string; firstSeenAt: string }[];
    expect(new Set(papers.map((p) => p.id)).size).toBe(15);
    expect(papers).toHaveLength(15);
    expect(papers.map((p) => p.firstSeenAt)).toEqual(
      papers
        .map((p) => p.firstSeenAt)
        .toSorted()
        .toReversed(),
    );
  });

  test('of editions are walked too', async () => {
    expect(await walk('/editions', 'editions', 2)).toMatchObject([
      { date: '2026-05-29', papers: 5, sample: false },
      { date: '2026-05-28' },
      { date: '2026-05-27' },
    ]);
  });

  test.each([
    '/papers?limit=0',
    '/papers?limit=101',
    '/papers?limit=x',
    '/papers?before=nonsense',
    '/papers?before=zzzzzzzzzz~x',
    '/editions?before=yesterday',
    '/editions?before=2026-02-31',
    '/editions/2026-02-31',
    '/editions/x',
  ])('%s is refused', async (url) => {
    const { status, body } = await get(url);
    expect([status, body.code]).toEqual([400, 'INVALID_REQUEST']);
    expect(body.detail).toContain('Cannot read');
  });

  test('of topics name their pages', async () => {
    expect((await get('/topics')).body.topics).toMatchObject([
      { slug: 'language-models', url: 'http://paperboy.test/topics/language-models' },
      { slug: 'robotics' },
    ]);
  });
});

describe('one thing', () => {
  test('a paper, with its newest signals', async () => {
    const { id } = samplePaper(1, TODAY);
    expect((await get(`/papers/${id}`)).body).toMatchObject({
      id,
      url: `http://paperboy.test/papers/${id}`,
      publishedAt: '2026-05-29T00:00:00.000Z',
      links: { page: expect.stringContaining('https://'), code: 'https://github.com/example/things' },
      signals: [{ source: 'huggingface', metric: 'upvotes', value: 1234 }],
    });
    expect((await get('/papers/arxiv:hep-th%2F9901001')).body.authors).toHaveLength(120);
  });

  test('a paper, with its topics and the editions that it stood in', async () => {
    const { id } = samplePaper(1, TODAY);
    const place = { date: TODAY, rank: 1 };
    const url = `http://paperboy.test/editions/${TODAY}`;
    expect((await get(`/papers/${id}`)).body).toMatchObject({
      topics: ['computer-science'],
      editions: [
        { ...place, topic: 'all', url },
        { ...place, topic: 'language-models', url: `${url}?topic=language-models` },
      ],
    });
  });

  test('the newest edition, overall and of a topic', async () => {
    expect((await get('/editions/latest')).body).toEqual((await get(`/editions/${TODAY}`)).body);
    expect((await get('/editions/latest?topic=language-models')).body).toMatchObject({
      date: TODAY,
      topic: 'language-models',
    });
    expect((await get('/editions/latest?topic=robotics')).status).toBe(404);
  });

  test('an edition, overall and of a topic', async () => {
    const { body } = await get(`/editions/${TODAY}`);
    expect(body).toMatchObject({
      date: TODAY,
      topic: 'all',
      sample: false,
      entries: [{ rank: 1 }, { rank: 2 }, { rank: 3 }, { rank: 4 }, { rank: 5 }],
    });
    expect((await get(`/editions/${TODAY}?topic=language-models`)).body.entries).toHaveLength(2);
  });

  test.each([
    '/papers/arxiv:2001.00001',
    '/papers/x',
    '/editions/2026-01-01',
    `/editions/${TODAY}?topic=x`,
    '/nowhere',
  ])('%s is nowhere', async (url) => {
    const { status, body, headers } = await get(url);
    expect([status, body.code]).toEqual([404, 'NOT_FOUND']);
    expect(headers['content-type']).toContain('application/problem+json');
  });
});

test.each(['0000-01-01', '2026-02-30', '2025-02-29', '2026-13-01', '20260529', '10000-01-01'])(
  '%s is no day',
  async (day) => {
    for (const url of [`/api/v1/editions/${day}`, `/api/v1/editions?before=${day}`])
      expect([url, (await site.app.inject(url)).statusCode]).toEqual([url, 400]);
    expect((await site.app.inject(`/editions/${day}`)).statusCode).toBe(404);
    expect((await site.app.inject(`/editions?before=${day}`)).statusCode).toBe(200);
  },
);

test('the OpenAPI document describes every route of the API', async () => {
  const document = (await site.app.inject('/openapi.json')).json();
  expect(document.openapi).toBe('3.1.0');
  expect(Object.keys(document.paths).sort()).toEqual([
    '/api/v1/authors/{key}',
    '/api/v1/editions',
    '/api/v1/editions/latest',
    '/api/v1/editions/{date}',
    '/api/v1/fresh',
    '/api/v1/organisations/{key}',
    '/api/v1/papers',
    '/api/v1/papers/{id}',
    '/api/v1/papers/{id}/related',
    '/api/v1/search',
    '/api/v1/subscriptions',
    '/api/v1/topics',
  ]);
  for (const methods of Object.values<Record<string, { summary?: string; responses: object }>>(document.paths)) {
    for (const operation of Object.values(methods)) {
      expect(operation.summary).toBeTruthy();
      expect(Object.keys(operation.responses).length).toBeGreaterThan(0);
    }
  }
  expect(document.components.schemas.SubscriptionRequest.required).toEqual(['email']);
  const names =
    'Accepted,Edition,EditionPage,EditionSummary,Entry,Fresh,Named,Outcome,Paper,PaperPage,PaperWithSignals,Place,Problem,ProofWanted,RelatedPapers,SearchPage,Signal';
  expect(Object.keys(document.components.schemas).sort().join()).toBe(`${names},SubscriptionRequest,Topic,Topics`);
});

test('the OpenAPI document passes the rules that redocly recommends, without a warning', async () => {
  const source = (await site.app.inject('/openapi.json')).body;
  const config = await createConfig({ extends: ['recommended'], rules: { 'no-server-example.com': 'off' } });
  const problems = await lintFromString({ source, config, absoluteRef: 'openapi.json' });
  expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual([]);
});

test('mistakes are described as they are sent', async () => {
  const document = (await site.app.inject('/openapi.json')).json();
  for (const [route, methods] of Object.entries<Record<string, { responses: Record<string, any> }>>(document.paths))
    for (const { responses } of Object.values(methods))
      for (const status of Object.keys(responses).filter((code) => code >= '400'))
        expect([route, status, Object.keys(responses[status].content)]).toEqual([
          route,
          status,
          ['application/problem+json'],
        ]);
  const refused = await site.app.inject('/api/v1/papers?limit=0');
  expect(refused.headers['content-type']).toContain('application/problem+json');
});

test.each(['/papers', `/papers/${samplePaper(1, TODAY).id}`, '/editions', '/editions/latest', '/topics'])(
  'a parameter that %s does not know is a mistake, also when its answer is kept',
  async (url) => {
    expect((await get(url)).status).toBe(200);
    const { status, body } = await get(`${url}?limt=5`);
    expect([status, body.code]).toEqual([400, 'INVALID_REQUEST']);
    expect(body.detail).toContain('limt');
  },
);

test('a search takes any text, and no page that cannot have been', async () => {
  expect(await get('/search?q=%00number%00')).toMatchObject({ status: 200, body: { notes: [] } });
  expect(await get('/search?q=number&before=1~%00')).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
});

test('a page of any other site may read the API, and not subscribe anyone', async () => {
  const headers = { origin: 'https://elsewhere.example' };
  for (let time = 0; time < 2; time++)
    expect((await site.app.inject({ url: '/api/v1/topics', headers })).headers['access-control-allow-origin']).toBe(
      '*',
    );
  const preflight = (url: string, method: string) =>
    site.app.inject({ method: 'OPTIONS', url, headers: { ...headers, 'access-control-request-method': method } });
  const read = await preflight('/api/v1/papers', 'GET');
  expect([read.statusCode, read.headers['access-control-allow-methods']]).toEqual([204, 'GET, HEAD']);
  expect((await preflight('/api/v1/subscriptions', 'POST')).headers['access-control-allow-methods']).toBe('GET, HEAD');
  expect((await preflight('/subscribe', 'POST')).statusCode).toBe(405);
});

test('a program may search ten times a second, and is then told when to ask again', async () => {
  let asked = 0;
  // Each for something else: what was answered already costs nothing, and counts for nothing.
  const search = (remoteAddress: string, headers = {}) =>
    site.app.inject({ url: `/api/v1/search?q=${'-'.repeat(++asked)}`, remoteAddress, headers });
  for (let i = 0; i < 600; i++) expect((await search('198.51.100.9')).statusCode).toBe(200);
  const late = await search('198.51.100.9');
  expect(late.statusCode).toBe(429);
  expect(Number(late.headers['retry-after'])).toBeGreaterThan(0);
  expect(late.json()).toMatchObject({ code: 'RATE_LIMITED', detail: expect.stringMatching(/wait \d+ seconds/) });
  expect((await search('198.51.100.10')).statusCode).toBe(200);
});

test('one on the same machine may search as often as it likes, and no proxy there that is not trusted', async () => {
  await using here = await testSite({ trustProxy: true });
  let asked = 0;
  const search = (on: TestSite, headers = {}) =>
    on.app.inject({ url: `/api/v1/search?q=${'~'.repeat(++asked)}`, remoteAddress: '127.0.0.1', headers });
  for (let i = 0; i < 601; i++) expect((await search(here)).statusCode).toBe(200);
  for (let i = 0; i < 600; i++) await search(here, { 'x-forwarded-for': '198.51.100.11' });
  expect((await search(here, { 'x-forwarded-for': '198.51.100.11' })).statusCode).toBe(429);
  await using elsewhere = await testSite({ publicUrl: 'https://papers.example' });
  for (let i = 0; i < 600; i++) await search(elsewhere);
  expect((await search(elsewhere)).statusCode).toBe(429);
});

describe('health', () => {
  test('is alive, and ready while the database is', async () => {
    await using other = await testSite({ empty: true });
    expect((await other.app.inject('/health/live')).statusCode).toBe(200);
    expect((await other.app.inject('/health/ready')).json()).toEqual({ status: 'ok', parts: { database: true } });
    await other.db.$client.end();
    const answer = await other.app.inject('/health/ready');
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toEqual({ status: 'unavailable', parts: { database: false } });
    expect((await other.app.inject('/health/live')).statusCode).toBe(200);
  });

  test('is told in figures to the operator alone', async () => {
    await using other = await testSite({ empty: true, adminToken: 'a word of the operator' });
    const ask = async (app: TestSite['app'], authorization?: string) => {
      const answer = await app.inject({ url: '/metrics', headers: { ...(authorization && { authorization }) } });
      return { code: answer.statusCode, body: answer.body, headers: Object.keys(answer.headers).toSorted() };
    };
    const nothing = await ask(site.app);
    expect(nothing.code).toBe(404);
    expect(await ask(site.app, 'Bearer null')).toEqual(nothing);
    for (const wrong of [undefined, '', 'Bearer', 'Bearer ', 'Bearer a word', 'Basic a word of the operator'])
      expect(await ask(other.app, wrong)).toEqual(nothing);
    const shown = await ask(other.app, 'Bearer a word of the operator');
    expect([shown.code, shown.body.includes('paperboy_http_request_duration_seconds')]).toEqual([200, true]);
  });

  test('is measured by route', async () => {
    await using other = await testSite({ adminToken: 'a word of the operator' });
    await other.app.inject(`/papers/${samplePaper(1, TODAY).id}`);
    const { body } = await other.app.inject({
      url: '/metrics',
      headers: { authorization: 'Bearer a word of the operator' },
    });
    expect(body).toContain('paperboy_http_request_duration_seconds_count{method="GET",route="/papers/*",status="200"}');
  });
});
