import { SaxesParser } from 'saxes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testSite, type TestSite, TODAY } from '../support/site.ts';

const PUBLIC_URL = 'https://papers.example/daily';
let site: TestSite;
beforeAll(async () => {
  site = await testSite({ publicUrl: PUBLIC_URL });
});
afterAll(() => site[Symbol.asyncDispose]());

/** Follows an address as a proxy would that serves the site below PUBLIC_URL. */
const follow = (url: string) => {
  expect(url.startsWith(`${PUBLIC_URL}/`)).toBe(true);
  return site.app.inject(url.slice(PUBLIC_URL.length));
};

test('robots.txt keeps search engines from readers’ own pages, and names the sitemap', async () => {
  const { body, headers } = await site.app.inject('/robots.txt');
  expect(headers['content-type']).toBe('text/plain; charset=utf-8');
  const lines = body.split('\n');
  for (const page of ['confirm', 'preferences', 'unsubscribe']) expect(lines).toContain(`Disallow: /daily/${page}/`);
  expect(lines).toContain('Allow: /');
  const sitemap = /^Sitemap: (.*)$/m.exec(body)![1]!;
  expect((await follow(sitemap)).statusCode).toBe(200);
});

test('the sitemap is well-formed, and every page that it lists is there', async () => {
  const { body, headers } = await site.app.inject('/sitemap.xml');
  expect(headers['content-type']).toBe('application/xml; charset=utf-8');
  const parser = new SaxesParser();
  parser.on('error', (error) => expect.fail(error.message));
  parser.write(body).close();
  const urls = [...body.matchAll(/<loc>([^<]*)<\/loc>/g)].map((m) => m[1]!);
  for (const path of ['/', `/editions/${TODAY}`, '/topics/robotics']) expect(urls).toContain(PUBLIC_URL + path);
  expect(body).toContain(`<lastmod>${TODAY}</lastmod>`);
  for (const url of urls) expect([url, (await follow(url)).statusCode]).toEqual([url, 200]);
});

test('samples are no editions to be found', async () => {
  await using samples = await testSite({ sample: true });
  expect((await samples.app.inject('/sitemap.xml')).body).not.toContain('/editions/2026');
});

/** Width and height, as the header chunk of a PNG says them. */
const sizeOf = (png: Buffer) => [png.readUInt32BE(16), png.readUInt32BE(20)];

test.each([
  ['a picture for links to the site', /property="og:image" content="([^"]*)"/, [1200, 630]],
  ['an icon for the home screen', /rel="apple-touch-icon" href="([^"]*)"/, [180, 180]],
] as const)('every page names %s, small and kept for ever', async (_what, pattern, size) => {
  for (const page of ['/', '/editions', '/docs']) {
    const named = pattern.exec((await site.app.inject(page)).body)![1]!;
    const { statusCode, headers, rawPayload } = await site.app.inject(named.replace(PUBLIC_URL, ''));
    expect([statusCode, headers['content-type'], sizeOf(rawPayload)]).toEqual([200, 'image/png', size]);
    expect(headers['cache-control']).toContain('immutable');
    expect(rawPayload.length).toBeLessThan(60_000);
  }
});

test('the picture is named with its whole address', async () => {
  expect((await site.app.inject('/')).body).toContain(`property="og:image" content="${PUBLIC_URL}/assets/card.`);
});
