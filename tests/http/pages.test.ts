import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordEmpty } from '../../src/db/editions.ts';
import { createComposer } from '../../src/delivery/compose.ts';
import { signal } from '../../src/db/schema.ts';
import { topicsInForce } from '../../src/papers/topics.ts';
import { readLetter } from '../support/letter.ts';
import { addEdition, NOW, samplePaper, testSite, type TestSite, TODAY } from '../support/site.ts';
import { DEFAULT_LOOK } from '../../src/brand/look.ts';

let site: TestSite;
beforeAll(async () => {
  site = await testSite();
});
afterAll(() => site[Symbol.asyncDispose]());

/** The digest as the mail to a reader of these topics holds it. */
async function digestOf(topics: string[], since: string) {
  const sender = {
    look: DEFAULT_LOOK,
    publicUrl: 'http://paperboy.test',
    from: { name: 'Paperboy', address: 'paperboy@paperboy.test' },
    domain: 'paperboy.test',
    postalAddress: null,
    bounceDomain: null,
  };
  const { compose } = createComposer({ db: site.db, keyring: site.keyring, sender, topics: topicsInForce() });
  const reader = {
    subscriberId: 1,
    email: 'reader@example.org',
    topics,
    since,
    frozenAt: NOW,
    wantsFresh: true,
    length: 10,
    taste: '',
    had: '',
  };
  return readLetter(Buffer.concat((await compose(TODAY, reader))!.message), reader.email);
}

const get = (url: string, headers: Record<string, string> = {}) => site.app.inject({ method: 'GET', url, headers });

describe('the front page', () => {
  test('shows the newest edition, best three first, and the form', async () => {
    const { statusCode, body } = await get('/');
    expect(statusCode).toBe(200);
    expect(body).toContain('Friday, 29 May 2026');
    expect(body.indexOf('number 1 of 2026-05-29')).toBeGreaterThan(0);
    expect(body.indexOf('number 3 of 2026-05-29')).toBeLessThan(body.indexOf('In brief'));
    expect(body.indexOf('number 4 of 2026-05-29')).toBeGreaterThan(body.indexOf('In brief'));
    expect(body).toMatch(/<form[^>]*method="post" action="\/subscribe"/);
    for (const name of ['email', 'topics', 'frequency', 'sendHour', 'timezone'])
      expect(body).toContain(`name="${name}"`);
    expect(body).toContain('/editions/2026-05-28');
  });

  test('names the day of its edition, and calls none today’s: that depends on where its reader is', async () => {
    let now = NOW;
    await using aging = await testSite({ now: () => now });
    const front = async (at: string) => {
      now = new Date(at);
      return (await aging.app.inject('/')).body;
    };
    const today = await front('2026-05-29T23:59:59Z');
    expect(today).toContain('data-today="2026-05-29">Front page<');
    for (const at of ['2026-05-29T23:59:59Z', '2026-05-31T00:00:00Z']) {
      const body = await front(at);
      expect(body).toContain('Friday, 29 May 2026');
      expect(body.replace('data-say="Today" data-today', '')).not.toMatch(
        /\b(?:today|tomorrow|yesterday|this morning)\b/i,
      );
      expect(body).not.toContain('no newer one');
    }
    expect(await front('2026-11-25T12:00:00Z')).toContain(
      'The edition of Friday, 29 May 2026: no newer one has come since.',
    );
  });

  test('says why a day has no edition, as soon as that is known, and when the next is due', async () => {
    await using weekend = await testSite({ now: () => new Date('2026-05-30T09:00:00Z') });
    const said =
      'There is no edition of Saturday, 30 May 2026: no new papers came. The next is due on Sunday, 31 May 2026';
    expect((await weekend.app.inject('/')).body).not.toContain(said);
    await recordEmpty(weekend.db, '2026-05-30', new Date('2026-05-30T04:00:00Z'));
    expect((await weekend.app.inject('/')).body).toContain(said);
  });

  test('says what is happening while there is no edition', async () => {
    await using empty = await testSite({ empty: true });
    for (const url of ['/', '/editions'])
      expect((await empty.app.inject(url)).body).toContain('first edition is being gathered');
    expect((await empty.app.inject('/feed.xml')).statusCode).toBe(200);
  });

  test('labels samples as samples', async () => {
    await using samples = await testSite({ sample: true });
    for (const url of ['/', `/editions/${TODAY}`, '/topics/language-models'])
      expect((await samples.app.inject(url)).body).toContain('A sample edition.');
    expect((await get('/')).body).not.toContain('A sample edition.');
  });
});

describe('whatever a title holds', () => {
  const id = samplePaper(2, TODAY).id;
  test.each(['/', `/editions/${TODAY}`, '/topics/language-models', `/papers/${id}`, '/search?q=script'])(
    '%s shows it as text',
    async (url) => {
      const { body } = await get(url);
      expect(body).not.toContain('<script>alert');
      expect(body).toContain('A &lt; B &amp; &quot;C&quot; &gt; &#39;D&#39; &lt;script&gt;');
    },
  );
});

describe('editions', () => {
  test('are listed newest first, page by page', async () => {
    const { body } = await get('/editions');
    expect(body.indexOf('29 May')).toBeLessThan(body.indexOf('28 May'));
    const older = await get('/editions?before=2026-05-28');
    expect(older.body).toContain('27 May');
    expect(older.body).not.toContain('28 May');
  });

  test('are filtered by topic', async () => {
    expect((await get(`/editions/${TODAY}?topic=language-models`)).body).not.toContain(`number 3 of ${TODAY}`);
    const none = await get(`/editions/${TODAY}?topic=robotics`);
    expect(none.statusCode).toBe(200);
    expect(none.body).toContain('No paper on this topic');
  });

  test.each([
    [['all'], '2026-05-28'],
    [['language-models'], '2026-05-28'],
    [['language-models', 'robotics'], '2026-05-28'],
    [['language-models', 'robotics'], '2026-05-26'],
    [['all'], '2026-05-22'],
  ])('a digest of %j since %s is found in the browser', async (topics, since) => {
    const { html } = await digestOf(topics, since);
    const link = /href="([^"]*)"[^>]*>View in browser/.exec(html)![1]!.replaceAll('&amp;', '&');
    expect(link).toMatch(new RegExp(`^http://paperboy\\.test/editions/${TODAY}\\?digest=\\d+$`));
    const { statusCode, body } = await get(link.replace('http://paperboy.test', ''));
    expect(statusCode).toBe(200);
    const papers = (page: string) => [...new Set([...page.matchAll(/\/papers\/(arxiv:[^"]*)/g)].map((m) => m[1]))];
    expect(papers(body)).toEqual(papers(html));
    expect(papers(html).length).toBeGreaterThan(1);
  });

  test('of everything and a topic are of everything', async () => {
    const [both, all] = [await get(`/editions/${TODAY}?topics=all,robotics`), await get(`/editions/${TODAY}`)];
    expect(both.body).toBe(all.body);
  });

  test('of several topics are not for search engines, and those of an unknown one are nowhere', async () => {
    const { body } = await get(`/editions/${TODAY}?topics=language-models,robotics`);
    expect(body).toContain('<meta name="robots" content="noindex">');
    for (const query of [
      'topics=language-models,nonsense',
      'since=2026-05-29',
      'since=2026-05-21',
      'since=yesterday',
      'digest=99999',
      'digest=x',
    ])
      expect([query, (await get(`/editions/${TODAY}?${query}`)).statusCode]).toEqual([query, 404]);
  });

  test.each(['/editions/2026-05-01', '/editions/2026-13-45', '/editions/today', `/editions/${TODAY}?topic=nonsense`])(
    '%s is nowhere',
    async (url) => {
      const { statusCode, body } = await get(url);
      expect(statusCode).toBe(404);
      expect(body).toContain('There is no edition at this address');
    },
  );
});

describe('a paper', () => {
  test('shows its authors, facts, links and newest signals', async () => {
    const { body } = await get(`/papers/${samplePaper(1, TODAY).id}`);
    for (const part of [
      'Émilie du Châtelet',
      'Institute of Things',
      '29 May 2026',
      '1,234',
      'https://github.com/example/things',
    ])
      expect(body).toContain(part);
  });

  test('shows its formulas as formulas, without a style of their own, and the rest as text', async () => {
    const { body } = await get(`/papers/${samplePaper(4, TODAY).id}`);
    expect(body).toMatch(/<h1[^>]*>Things in <math aria-label="O\(n²\)">.*<\/math>, number 4 of 2026-05-29<\/h1>/);
    expect(body).toContain('<mfrac><mn>1</mn><mn>2</mn></mfrac>');
    expect(body).toContain('as mysys &amp; others do');
    expect(body).not.toContain('style=');
    expect(body).toContain(`<title>Things in O(n²), number 4 of 2026-05-29`);
  });

  test('shows them in the headline of its card, and no markup of theirs in other words', async () => {
    const { body } = await get('/');
    expect(body).toMatch(/class="headline"[^>]*><a href="[^"]*">Things in <math aria-label="O\(n²\)">/);
    expect(body).toContain(`aria-label="PDF: Things in O(n²), number 4 of 2026-05-29"`);
  });

  test('says where its stars were counted, and not who told of them', async () => {
    const { id } = samplePaper(3, TODAY);
    const told = { paperId: id, source: 'huggingface', observedAt: NOW };
    await site.db.insert(signal).values([
      { ...told, metric: 'stars', value: 77 },
      { ...told, metric: 'upvotes', value: 66 },
    ]);
    const { body } = await get(`/papers/${id}`);
    expect(body).toMatch(/Stars on GitHub<\/dt><dd>77</);
    expect(body).toMatch(/<b>66<\/b><span class="facts">upvotes on Hugging Face, counted on 29 May</);
  });

  test.each(['/papers/arxiv:hep-th%2F9901001', '/papers/arxiv:hep-th/9901001', '/papers/hep-th%2F9901001v2'])(
    'with an old identifier is found at %s',
    async (url) => {
      const { statusCode, body } = await get(url);
      expect(statusCode).toBe(200);
      expect(body).toContain('and 108 more');
      expect(body).toContain('<link rel="canonical" href="http://paperboy.test/papers/arxiv:hep-th%2F9901001">');
    },
  );

  test.each(['/papers/arxiv:2001.00001', '/papers/nonsense', '/papers/', '/papers/%F0%9F%93%B0'])(
    'is not found at %s',
    async (url) => {
      expect((await get(url)).statusCode).toBe(404);
    },
  );
});

describe('search', () => {
  test('finds papers and says how many', async () => {
    const { body } = await get('/search?q=number%204');
    expect(body).toMatch(/\d papers?</);
    expect((await get('/search?q=nothing%20like%20it')).body).toContain('No paper matches.');
    const { body: ways } = await get('/search?q=zzqq+yyqq+author:+lecun');
    expect(ways).toContain('zzqq or yyqq');
    expect(ways).not.toMatch(/or (?:author|lecun)/);
  });
  test('takes a character that no word holds for a space', async () => {
    const [odd, plain] = [await get('/search?q=number%004%07'), await get('/search?q=number%204')];
    const hits = (body: string) => body.match(/href="\/papers\/[^"]+"/g);
    expect([odd.statusCode, hits(odd.body)]).toEqual([200, hits(plain.body)]);
    expect(hits(plain.body)).not.toBeNull();
  });
  test('keeps and escapes what was typed', async () => {
    const { body } = await get('/search?q=%22%3E%3Cscript%3E');
    expect(body).toContain('value="&quot;&gt;&lt;script&gt;"');
    expect(body).toContain('&lt;<mark>script</mark>&gt;');
  });
  test.each([
    '/search',
    '/search?q=',
    '/search?q=%25',
    '/search?q=a&q=b',
    `/search?q=${'x'.repeat(5000)}`,
    '/search?q=%ff',
    '/search?q=%00',
    '/search?q=number&before=1~%00',
    '/search/feed.xml?q=a%00b',
  ])('%s is a page', async (url) => {
    expect((await get(url)).statusCode).toBe(200);
  });
  test('costs time, so one client may search for new things only so often', async () => {
    let asked = 0;
    const search = (remoteAddress: string) =>
      site.app.inject({ url: `/search?q=${'-'.repeat(++asked)}`, remoteAddress });
    for (let i = 0; i < 120; i++) expect((await search('198.51.100.7')).statusCode).toBe(200);
    const late = await search('198.51.100.7');
    expect([late.statusCode, late.body]).toEqual([429, expect.stringMatching(/wait \d+ seconds/)]);
    expect((await search('198.51.100.8')).statusCode).toBe(200);
  });
});

describe('what goes wrong', () => {
  test('is told in words, as a page or as JSON, as the client likes', async () => {
    const page = await get('/nowhere', { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
    expect(page.statusCode).toBe(404);
    expect(page.headers['content-type']).toContain('text/html');
    const problem = await get('/nowhere', { accept: 'application/json' });
    expect(problem.headers['content-type']).toContain('application/problem+json');
    expect(problem.json()).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });

  test.each(['/%', '/papers/%E0%A4', '/editions/%zz?x=%', '/editions?before=%00', '/papers/arxiv:%00'])(
    '%s is refused with a page',
    async (url) => {
      const { statusCode, body } = await get(url);
      expect([404, 422]).toContain(statusCode);
      expect(body).toContain('<h1>');
    },
  );

  test('a wrong method is told the right ones', async () => {
    for (const [method, url, allow] of [
      ['DELETE', '/', 'GET, HEAD'],
      ['DELETE', '/subscribe', 'GET, HEAD, POST'],
      ['PUT', '/editions/2026-05-29', 'GET, HEAD'],
      ['PATCH', '/confirm/x', 'GET, HEAD, POST'],
    ] as const) {
      const answer = await site.app.inject({ method, url });
      expect([url, answer.statusCode]).toEqual([url, 405]);
      expect(String(answer.headers.allow).split(', ').sort().join(', ')).toBe(allow);
    }
  });

  test('a person is told of pages, and a program of methods', async () => {
    const ask = (accept: string) => site.app.inject({ method: 'POST', url: '/editions', headers: { accept } });
    const [page, problem] = [await ask('text/html'), await ask('application/json')];
    expect(page.body).toContain('This page cannot be used in that way');
    expect(page.body).not.toMatch(/GET|HEAD|method/);
    expect(problem.json().detail).toContain('GET, HEAD');
  });

  test('a failure of ours says nothing of its reason', async () => {
    await using broken = await testSite();
    await broken.db.$client.query('DROP TABLE edition_entry CASCADE');
    const page = await broken.app.inject('/');
    expect(page.statusCode).toBe(500);
    expect(page.body).toContain('Something broke on our side');
    expect(page.body).not.toMatch(/edition_entry|select|relation/);
    const problem = await broken.app.inject('/api/v1/editions/2026-05-29');
    expect(problem.json()).toEqual({
      type: 'about:blank',
      title: 'Something broke on our side',
      status: 500,
      detail: expect.any(String),
      code: 'INTERNAL',
    });
  });
});

test('HEAD answers like GET everywhere, without a body', async () => {
  for (const url of [
    '/',
    '/editions',
    `/editions/${TODAY}`,
    '/topics/robotics',
    '/search?q=a',
    '/feed.xml',
    '/feed.json',
    '/docs',
    '/openapi.json',
    '/health/live',
    '/api/v1/papers',
    `/papers/${samplePaper(1, TODAY).id}`,
  ]) {
    const [head, full] = await Promise.all([site.app.inject({ method: 'HEAD', url }), get(url)]);
    expect([url, head.statusCode, head.body]).toEqual([url, full.statusCode, '']);
    expect(head.headers['content-type']).toBe(full.headers['content-type']);
  }
});

test('an edition that a wrong clock dated a year ahead is neither on the front page nor the latest one', async () => {
  await using site = await testSite();
  await addEdition(site.db, '2027-05-29', [samplePaper(1, '2027-05-29')]);
  const [front, latest] = [await site.app.inject('/'), await site.app.inject('/api/v1/editions/latest')];
  expect(front.body).toContain(samplePaper(1, TODAY).title);
  expect(front.body).not.toContain(samplePaper(1, '2027-05-29').title);
  expect(latest.json()).toMatchObject({ date: TODAY });
});

test('a paper of many authors names each to reference managers', async () => {
  const { body } = await site.app.inject('/papers/arxiv:hep-th%2F9901001');
  expect(body.match(/name="citation_author"/g)).toHaveLength(120);
});
