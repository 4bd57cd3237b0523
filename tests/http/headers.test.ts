import { afterAll, beforeAll, expect, test } from 'vitest';
import { testSite, type TestSite, TODAY } from '../support/site.ts';

let site: TestSite;
beforeAll(async () => {
  site = await testSite();
});
afterAll(() => site[Symbol.asyncDispose]());

const PUBLIC = [
  '/',
  '/editions',
  `/editions/${TODAY}`,
  '/topics/robotics',
  '/search?q=things',
  '/docs',
  '/openapi.json',
  '/feed.xml',
  '/feed.json',
  '/topics/robotics/feed.xml',
  '/api/v1/papers',
  '/api/v1/topics',
];

test.each([...PUBLIC, '/nowhere', '/health/live', '/%', '/search?q=%00'])(
  '%s runs nothing inline and cannot be framed',
  async (url) => {
    const { headers, body } = await site.app.inject(url);
    const policy = String(headers['content-security-policy']);
    expect(policy).not.toContain('unsafe');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBeDefined();
    if (String(headers['content-type']).includes('html')) expect(body).not.toMatch(/<style|style="|<script>|onclick=/);
  },
);

test('only https is made strict', async () => {
  expect((await site.app.inject('/')).headers['strict-transport-security']).toBeUndefined();
  await using secure = await testSite({ publicUrl: 'https://papers.example', empty: true });
  expect((await secure.app.inject('/')).headers['strict-transport-security']).toContain('max-age=');
});

test.each(PUBLIC)('%s is answered with 304 to whoever has it', async (url) => {
  const first = await site.app.inject(url);
  const etag = String(first.headers.etag);
  expect(first.headers['cache-control']).toContain('public');
  for (const sent of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const again = await site.app.inject({ url, headers: { 'if-none-match': sent } });
    expect([sent, again.statusCode, again.body]).toEqual([sent, 304, '']);
    expect(again.headers.etag).toBe(etag);
  }
  expect((await site.app.inject({ url, headers: { 'if-none-match': '"other"' } })).statusCode).toBe(200);
});

test('stylesheet, script, icons and picture are named by their content and kept for ever', async () => {
  const { body } = await site.app.inject('/');
  const files = [...body.matchAll(/\/assets\/[\w.]+/g)].map((m) => m[0]);
  expect(new Set(files.map((f) => f.split('.').at(-1)))).toEqual(new Set(['svg', 'css', 'js', 'png']));
  for (const url of files) {
    const { statusCode, headers } = await site.app.inject(url);
    expect(statusCode).toBe(200);
    expect(headers['cache-control']).toContain('immutable');
    expect((await site.app.inject({ url, headers: { 'if-none-match': String(headers.etag) } })).statusCode).toBe(304);
  }
  expect((await site.app.inject('/assets/site.css')).statusCode).toBe(404);
  expect((await site.app.inject('/assets/..%2f..%2fpackage.json')).statusCode).toBe(404);
});

test('errors are never kept', async () => {
  const { headers } = await site.app.inject('/nowhere');
  expect(headers['cache-control']).toBe('no-store');
  expect(headers.etag).toBeUndefined();
});
