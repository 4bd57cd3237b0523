import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { contentVersion } from '../../src/db/content-version.ts';
import { openDatabase } from '../../src/db/client.ts';
import { writePapers } from '../../src/db/papers.ts';
import { indexPapers } from '../../src/papers/index-papers.ts';
import { topicsInForce } from '../../src/papers/topics.ts';
import { blackHole } from '../support/black-hole.ts';
import { addEdition, samplePaper, testSite, type TestSite, TODAY } from '../support/site.ts';

let site: TestSite;
beforeAll(async () => {
  site = await testSite();
});
afterAll(() => site[Symbol.asyncDispose]());

const PAGES = ['/', '/editions', `/editions/${TODAY}`, '/feed.xml', '/feed.json', '/api/v1/papers', '/openapi.json'];
interface Asked {
  text: string;
  values: unknown[];
}
/** What requests ask the database for meanwhile. */
async function askedBy(work: () => Promise<unknown>): Promise<Asked[]> {
  const pool = site.db.$client;
  const query = pool.query;
  const asked: Asked[] = [];
  pool.query = ((statement: string | { text: string }, values: unknown[], ...more: unknown[]) => {
    asked.push({ text: typeof statement === 'string' ? statement : statement.text, values });
    return (query as (...all: unknown[]) => unknown).call(pool, statement, values, ...more);
  }) as typeof query;
  try {
    await work();
  } finally {
    pool.query = query;
  }
  return asked;
}
const statementsOf = async (work: () => Promise<unknown>): Promise<string[]> =>
  (await askedBy(work)).map(({ text }) => text);
const VERSION = 'select version from content_version';

test.each(PAGES)('%s is made once, and then asks the database only whether anything changed', async (url) => {
  const first = await site.app.inject(url);
  const asked = await statementsOf(async () => {
    const again = await site.app.inject(url);
    expect([again.statusCode, again.body, again.headers.etag]).toEqual([200, first.body, first.headers.etag]);
    expect(again.headers['content-type']).toBe(first.headers['content-type']);
  });
  expect(asked).toEqual([VERSION]);
});

test.each(['/search?q=paper', '/search/feed.xml?q=paper', '/api/v1/search?q=paper'])(
  '%s is searched for once, and anew when a paper has come',
  async (url) => {
    const connect = vi.spyOn(site.database.searchDb.$client, 'connect');
    const [first, again] = [await site.app.inject(url), await site.app.inject(url)];
    expect(first.body).not.toContain('A paper that has come since');
    expect([again.statusCode, again.body, again.headers.etag]).toEqual([200, first.body, first.headers.etag]);
    expect(connect).toHaveBeenCalledTimes(1);
    connect.mockRestore();
    const come = { ...samplePaper(9, TODAY), title: 'A paper that has come since' };
    await writePapers(site.db, [come], new Date());
    await indexPapers({ db: site.db, topics: topicsInForce() });
    expect((await site.app.inject(url)).body).toContain('A paper that has come since');
    await site.db.$client.query('delete from paper where id = $1', [come.id]);
  },
);

test('a page that fifty ask for at once is made once', async () => {
  await site.db.$client.query(`update paper set updated_at = updated_at`);
  const asked = await statementsOf(async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => site.app.inject('/')));
    expect(new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1);
  });
  expect(asked.filter((statement) => statement.includes('"edition_entry"')).length).toBeLessThan(5);
  expect(asked.filter((statement) => statement === VERSION).length).toBeLessThan(5);
});

test('one whose maker leaves before the answer is made by the next who asks', async () => {
  await site.db.$client.query(`update paper set updated_at = updated_at`);
  const leaving = new AbortController();
  const left = site.app.inject({ url: `/editions/${TODAY}`, signal: leaving.signal });
  leaving.abort();
  await left.catch(() => {});
  expect((await site.app.inject(`/editions/${TODAY}`)).statusCode).toBe(200);
});

test.each([
  ['a paper', `update paper set title = 'A new title' where id = '${samplePaper(1, TODAY).id}'`, 'A new title'],
  ['an edition', null, 'number 7 of 2026-05-30'],
  ['a topic', `update topic set name = 'Machines that walk' where slug = 'robotics'`, 'Machines that walk'],
])('every page shows a change of %s with the next answer', async (_what, statement, seen) => {
  const before = await site.app.inject('/');
  expect(before.body).not.toContain(seen);
  if (statement === null) await addEdition(site.db, '2026-05-30', [samplePaper(7, '2026-05-30')]);
  else await site.db.$client.query(statement);
  const after = await site.app.inject('/');
  expect(after.body).toContain(seen);
  expect(after.headers.etag).not.toBe(before.headers.etag);
});

test('a change that is rolled back changes nothing, one under way is not shown', async () => {
  const { etag } = (await site.app.inject('/')).headers;
  const client = await site.db.$client.connect();
  try {
    await client.query('begin');
    await client.query(`update topic set name = 'Never' where slug = 'robotics'`);
    expect((await site.app.inject('/')).headers.etag).toBe(etag);
    await client.query('rollback');
  } finally {
    client.release();
  }
  expect((await site.app.inject('/')).headers.etag).toBe(etag);
});

test.each(PAGES)('%s is compressed for clients that take it, each form with a strong ETag of its own', async (url) => {
  const ask = (encoding: string, etag?: unknown) =>
    site.app.inject({ url, headers: { 'accept-encoding': encoding, 'if-none-match': String(etag ?? '') } });
  const [plain, gzip, br] = await Promise.all(['identity', 'gzip', 'gzip, br'].map((encoding) => ask(encoding)));
  expect(plain!.headers['content-encoding']).toBeUndefined();
  expect([gzip!.headers['content-encoding'], gunzipSync(gzip!.rawPayload).toString()]).toEqual(['gzip', plain!.body]);
  expect([br!.headers['content-encoding'], brotliDecompressSync(br!.rawPayload).toString()]).toEqual([
    'br',
    plain!.body,
  ]);
  const tags = [plain, gzip, br].map((answer) => String(answer!.headers.etag));
  expect(new Set(tags).size).toBe(3);
  expect(tags.join()).not.toContain('W/');
  for (const answer of [plain, gzip, br]) expect(answer!.headers['vary']).toContain('accept-encoding');
  expect((await ask('br', br!.headers.etag)).statusCode).toBe(304);
  expect((await ask('gzip', br!.headers.etag)).statusCode).toBe(200);
});

test('what an address holds beyond what the page reads makes no other answer', async () => {
  await site.app.inject('/?from=mail');
  expect(await statementsOf(() => site.app.inject('/?from=feed'))).toEqual([VERSION]);
  const [all, topic] = await Promise.all(
    ['', '?topic=language-models'].map((query) => site.app.inject(`/editions/${TODAY}${query}`)),
  );
  expect(all!.body).not.toBe(topic!.body);
});

test.each([
  ['/editions', ['?before=x', '?before=', '?before=tomorrow&x=1']],
  [`/editions/${TODAY}`, ['?topics=,', '?topic=', '?topics=,,']],
  [`/editions/${TODAY}?topics=language-models,robotics`, ['&topic=robotics', ',robotics', ',,']],
])('%s has one answer, however its address is spelled', async (url, spellings) => {
  await site.app.inject(url);
  for (const spelling of spellings)
    expect(await statementsOf(() => site.app.inject(url + spelling))).toEqual([VERSION]);
});

test('HEAD is answered as GET, without the body', async () => {
  const [get, head] = [await site.app.inject('/'), await site.app.inject({ method: 'HEAD', url: '/' })];
  expect([head.statusCode, head.body, head.headers.etag]).toEqual([200, '', get.headers.etag]);
  expect(head.headers['content-length']).toBe(get.headers['content-length']);
});

test('stylesheet, script and icon are there while the database is away', async () => {
  await using other = await testSite({ empty: true });
  const { body } = await other.app.inject('/');
  const files = [...body.matchAll(/\/assets\/[\w.-]+/g)].map((m) => m[0]);
  await other.db.$client.end();
  expect((await other.app.inject('/')).statusCode).toBeGreaterThanOrEqual(500);
  for (const url of [...files, '/favicon.ico'])
    expect([url, (await other.app.inject(url)).statusCode]).toEqual([url, 200]);
});

test('a connection that died in silence holds pages up for two seconds, and the next one is taken', async () => {
  await using hole = await blackHole(site.database.address);
  const db = openDatabase({ url: hole.url }, 2);
  await contentVersion(db);
  hole.swallow();
  const asked = contentVersion(db);
  setTimeout(hole.giveBack, 2_500);
  const began = performance.now();
  expect(await asked).toMatch(/^\d+$/);
  expect(performance.now() - began).toBeLessThan(10_000);
  await db.$client.end();
});

test('what thousands search for pushes out no page', async () => {
  await site.app.inject('/editions');
  for (let n = 0; n < 28; n++) await site.app.inject(`/search?q=${n}${'-'.repeat(1_900_000)}`);
  expect(await statementsOf(() => site.app.inject('/editions'))).toEqual([VERSION]);
});

test('a page of the list of papers is read in the order of its index, without sorting', async () => {
  await site.db.$client.query(`
    insert into paper (id, source, title, abstract, authors, first_seen_at, categories, keywords, updated_at)
    select 'arxiv:2401.' || lpad(i::text, 5, '0'), 'arxiv', 'Title', '', '{}', now() - make_interval(secs => i), '{}', '{}', now()
    from generate_series(1, 5000) i`);
  await site.db.$client.query('analyze paper');
  const asked = await askedBy(() => site.app.inject('/api/v1/papers'));
  const { text, values } = asked.find((statement) => statement.text.includes('from "paper"'))!;
  const { rows } = await site.db.$client.query<{ 'QUERY PLAN': string }>(`explain ${text}`, values);
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(plan).toContain('Index Scan using paper_first_seen_at');
  expect(plan).not.toContain('Sort');
});
