import { SaxesParser } from 'saxes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writePapers } from '../../src/db/papers.ts';
import { signal } from '../../src/db/schema.ts';
import { NO_DETAILS } from '../../src/paper.ts';
import { addEdition, NOW, samplePaper, testSite, type TestSite, TODAY, WILD_TITLE } from '../support/site.ts';

let site: TestSite;
const MANY = 45;
const LATE = { id: 'arxiv:2605.20001', title: 'A paper of many votes', listedOn: '2026-05-20' };
const REVISED = {
  ...samplePaper(9, '2026-05-20'),
  id: 'arxiv:2605.20002',
  title: 'A paper of three versions',
  publishedAt: new Date('2026-05-29T17:00:00Z'),
  version: 3,
  versionAt: new Date('2026-06-03T09:00:00Z'),
};
beforeAll(async () => {
  site = await testSite();
  const old = ['2026-05-20', '2026-04-30'].map((date) => samplePaper(9, date));
  await addEdition(site.db, '2026-05-20', [{ ...old[0]!, ...LATE, authors: ['María Núñez', 'Ada Lovelace'] }]);
  await addEdition(site.db, '2026-04-30', [old[1]!]);
  const prolific = Array.from({ length: MANY }, (_, i) => ({
    ...samplePaper(1, '2026-03-01'),
    ...NO_DETAILS,
    id: `arxiv:2603.${10_000 + i}`,
    title: `Work ${i}`,
    authors: ['Łukasz O’Neill-Øst'],
    organisation: 'Café </script> & Söhne',
    firstSeenAt: new Date(Date.UTC(2026, 2, 1, 0, i)),
  }));
  await writePapers(site.db, [...prolific, REVISED], NOW);
  const votes = (paperId: string, at: string, value: number) => ({
    paperId,
    source: 'huggingface',
    metric: 'upvotes',
    observedAt: new Date(at),
    value,
  });
  await site.db
    .insert(signal)
    .values([
      votes(LATE.id, '2026-05-20T06:00:00Z', 2),
      votes(LATE.id, '2026-05-21T06:00:00Z', 40),
      votes(LATE.id, '2026-05-28T06:00:00Z', 77),
      votes('arxiv:2603.10007', '2026-03-02T00:00:00Z', 5),
    ]);
});
afterAll(() => site[Symbol.asyncDispose]());
const get = (url: string) => site.app.inject({ url });
const titlesIn = (body: string): string[] => [...body.matchAll(/Work (\d+)</g)].map(([, n]) => n!);

describe('a paper’s page', () => {
  const meta = (body: string, name: string) =>
    [...body.matchAll(new RegExp(`<meta name="${name}" content="([^"]*)">`, 'g'))].map(([, content]) => content);

  test('says where the paper stood, draws its votes, and leads on', async () => {
    const { body } = await get(`/papers/${LATE.id}`);
    expect(body).toMatch(/<i>1<\/i> Wednesday, 20 May 2026/);
    expect(body).toMatch(/All papers, <time datetime="2026-05-20">20 May<\/time><\/a><\/span><span>no. 1 of 1</);
    expect(body).toContain('aria-label="Upvotes from 20 May to 28 May: 40 after a day, 77 at the end."');
    expect(body).toMatch(/<polyline class="run" points="4,/);
    expect(body).toContain('href="/authors/maria-nunez"');
    expect(body).toContain('href="/organisations/institute-of-things"');
    expect(body).toContain('href="https://huggingface.co/papers/2605.20001"');
    const below = (await get(`/papers/${samplePaper(1, TODAY).id}`)).body;
    expect(below).toContain('<i>2</i> Below it');
    expect(below).not.toContain('Above it');
  });

  test('tells of its versions, with a link to each, and nothing where none is known', async () => {
    const { body } = await get(`/papers/${REVISED.id}`);
    expect(body).toContain('Version 3 of 3 June 2026; first of 29 May 2026<');
    const links = [...body.matchAll(/<a href="([^"]*)" aria-label="v\d+ at arXiv">(v\d+)</g)].map(([, ...l]) => l);
    expect(links).toEqual([1, 2, 3].map((n) => [`https://arxiv.org/abs/2605.20002v${n}`, `v${n}`]));
    const article = JSON.parse(/ld\+json">(.*?)<\/script>/s.exec(body)![1]!);
    expect(article).toMatchObject({ version: 3, datePublished: '2026-05-29', dateModified: '2026-06-03' });
    expect((await get(`/papers/${REVISED.id}/cite.bib`)).body).toMatch(/version += \{3\}/);
    expect((await get(`/api/v1/papers/${REVISED.id}`)).json()).toMatchObject({
      version: 3,
      versionAt: '2026-06-03T09:00:00.000Z',
    });
    const silent = await get(`/papers/${LATE.id}`);
    expect(silent.body).not.toMatch(/Version \d|dateModified|"version"|at arXiv/);
    expect((await get(`/papers/${LATE.id}/cite.json`)).body).not.toContain('version');
    expect((await get(`/api/v1/papers/${LATE.id}`)).json()).toMatchObject({ version: null, versionAt: null });
  });

  test('shows a newer version at once', async () => {
    await writePapers(site.db, [{ ...REVISED, version: 12, versionAt: new Date('2026-06-30T09:00:00Z') }], NOW);
    const { body } = await get(`/papers/${REVISED.id}`);
    expect(body).toContain('Version 12 of 30 June 2026; first of 29 May 2026<');
    expect([...body.matchAll(/>(v\d+|…)</g)].map(([, label]) => label)).toEqual(['v1', '…', 'v9', 'v10', 'v11', 'v12']);
    await writePapers(site.db, [REVISED], NOW);
  });

  test('what is new comes before the abstract', async () => {
    const { body } = await get(`/papers/${LATE.id}`);
    expect(body.indexOf('What is new')).toBeLessThan(body.indexOf('>Abstract<'));
  });

  test('tells reference managers what they ask for', async () => {
    const { body } = await get(`/papers/${LATE.id}`);
    expect(meta(body, 'citation_title')).toEqual([LATE.title]);
    expect(meta(body, 'citation_author')).toEqual(['Núñez, María', 'Lovelace, Ada']);
    expect(meta(body, 'citation_publication_date')).toEqual(['2026/05/20']);
    expect(meta(body, 'citation_arxiv_id')).toEqual(['2605.20001']);
    expect(meta(body, 'citation_pdf_url')).toEqual(['https://arxiv.org/pdf/2605.20001']);
  });

  test('carries what schema.org asks of a scholarly article, and no text of a paper ends its script', async () => {
    for (const [id, title] of [
      [LATE.id, LATE.title],
      [samplePaper(2, TODAY).id, WILD_TITLE],
      ['arxiv:2603.10000', 'Work 0'],
    ]) {
      const { body } = await get(`/papers/${id}`);
      const scripts = [...body.matchAll(/<script type="application\/ld\+json">(.*?)<\/script>/gs)];
      expect(scripts).toHaveLength(1);
      const article = JSON.parse(scripts[0]![1]!);
      expect(article).toMatchObject({
        '@context': 'https://schema.org',
        '@type': 'ScholarlyArticle',
        headline: title,
        url: `http://paperboy.test/papers/${id}`,
      });
      expect(article.author.length).toBeGreaterThan(0);
      for (const author of article.author)
        expect(author).toMatchObject({
          '@type': expect.stringMatching(/^(Person|Organization)$/),
          name: expect.stringMatching(/./),
        });
      expect(article.datePublished).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      for (const url of article.sameAs) expect(URL.canParse(url)).toBe(true);
    }
  });

  test.each([
    ['bib', 'application/x-bibtex', '@misc{nunez2026paper,'],
    ['ris', 'application/x-research-info-systems', 'TY  - UNPB'],
    ['json', 'application/vnd.citationstyles.csl+json', '"nunez2026paper"'],
  ])('gives its citation as .%s', async (form, type, begin) => {
    const { statusCode, headers, body } = await get(`/papers/${LATE.id}/cite.${form}`);
    expect(statusCode).toBe(200);
    expect(headers['content-type']).toBe(`${type}; charset=utf-8`);
    expect(headers['content-disposition']).toBe(`attachment; filename="nunez2026paper.${form}"`);
    expect(body).toContain(begin);
    expect((await get(`/papers/arxiv:2001.00001/cite.${form}`)).statusCode).toBe(404);
  });

  test('cites a paper with an old identifier however its address is spelt', async () => {
    for (const url of ['/papers/arxiv:hep-th%2F9901001/cite.bib', '/papers/arxiv:hep-th/9901001/cite.bib'])
      expect((await get(url)).body).toContain('eprint        = {hep-th/9901001}');
    expect((await get('/papers/arxiv:hep-th%2F9901001/cite.pdf')).statusCode).toBe(404);
  });
});

describe('an author and an organisation', () => {
  test('have a page of their papers, newest first, page by page, each paper once', async () => {
    const seen: string[] = [];
    let url: string | undefined = '/authors/lukasz-oneill-ost';
    for (let pages = 0; url !== undefined && pages < 9; pages++) {
      const { statusCode, body } = await get(url);
      expect(statusCode).toBe(200);
      expect(body).toContain('Łukasz O’Neill-Øst</h1>');
      expect(body).toContain(`${MANY} papers`);
      seen.push(...titlesIn(body.slice(0, body.indexOf('<aside'))));
      url = /href="([^"]*)" rel="next"/.exec(body)?.[1];
    }
    expect(seen).toEqual(Array.from({ length: MANY }, (_, i) => String(MANY - 1 - i)));
  });

  test('lead with the best beside the newest', async () => {
    const { body } = await get('/authors/lukasz-oneill-ost');
    expect(titlesIn(body.slice(body.indexOf('<aside')))).toEqual(['7']);
    expect(body).toContain('<b>5 upvotes</b>');
  });

  test('have one address: other spellings of the name lead there', async () => {
    for (const spelling of ['Łukasz O’Neill-Øst', 'LUKASZ ONEILL OST']) {
      const { statusCode, headers } = await get(`/authors/${encodeURIComponent(spelling)}`);
      expect([statusCode, headers.location]).toEqual([301, '/authors/lukasz-oneill-ost']);
    }
  });

  test('show whatever an organisation calls itself as text', async () => {
    const { body } = await get('/organisations/cafe-script-sohne');
    expect(body).toContain('Café &lt;/script&gt; &amp; Söhne</h1>');
  });

  test('have a feed that is well-formed', async () => {
    for (const url of ['/authors/lukasz-oneill-ost/feed.xml', '/organisations/cafe-script-sohne/feed.xml']) {
      const { headers, body } = await get(url);
      expect(headers['content-type']).toBe('application/atom+xml; charset=utf-8');
      const ids: string[] = [];
      const parser = new SaxesParser({ xmlns: true });
      parser.on('opentag', ({ name }) => void (name === 'entry' && ids.push(name)));
      parser.on('error', (error) => {
        throw error;
      });
      parser.write(body).close();
      expect(ids).toHaveLength(30);
      expect(body).toContain(`<id>http://paperboy.test${url}</id>`);
    }
  });

  test('can be read by programs', async () => {
    const first = (await get('/api/v1/authors/lukasz-oneill-ost?limit=40')).json();
    expect(first).toMatchObject({
      key: 'lukasz-oneill-ost',
      name: 'Łukasz O’Neill-Øst',
      total: MANY,
      url: 'http://paperboy.test/authors/lukasz-oneill-ost',
      best: [{ id: 'arxiv:2603.10007', upvotes: 5 }],
    });
    const next = (await get(`/api/v1/authors/lukasz-oneill-ost?limit=40&before=${first.next}`)).json();
    expect([first.papers.length, next.papers.length, next.next]).toEqual([40, MANY - 40, null]);
    expect((await get('/api/v1/organisations/institute%20of%20things')).json().key).toBe('institute-of-things');
  });

  test.each(['/authors/nobody-at-all', '/authors/-', '/authors/%F0%9F%93%B0', '/organisations/nowhere'])(
    '%s is not there',
    async (url) => {
      for (const path of [url, `${url}/feed.xml`, `/api/v1${url}`]) expect((await get(path)).statusCode).toBe(404);
    },
  );
});

describe('the archive', () => {
  test('has the best of a week and of a month, by the votes that papers have by now', async () => {
    const month = (await get('/editions/2026-05')).body;
    const place = (title: string) => month.indexOf(`${title}</a></h2>`);
    expect(month).toContain('May 2026</h1>');
    expect(place('number 1 of 2026-05-29')).toBeGreaterThan(0);
    expect(place('number 1 of 2026-05-29')).toBeLessThan(place(LATE.title));
    expect(month).not.toContain('of 2026-04-30');
    const week = (await get('/editions/2026-W21')).body;
    expect(week).toContain(LATE.title);
    expect(week).not.toContain('of 2026-05-29');
    expect(week).toMatch(/href="\/editions\/2026-W18"><span class="label">Before/);
    expect(week).toMatch(/href="\/editions\/2026-W22"><span class="label">After/);
  });

  test.each(['/editions/2026-W01', '/editions/2026-01', '/editions/2026-W54', '/editions/2026-13'])(
    '%s, of which nothing is kept, is nowhere',
    async (url) => expect((await get(url)).statusCode).toBe(404),
  );

  test('leads from a day to the days beside it, and to its week and month', async () => {
    const { body } = await get('/editions/2026-05-27');
    for (const path of ['2026-05-20', '2026-05-28', '2026-W22', '2026-05'])
      expect(body).toContain(`href="/editions/${path}"`);
  });
});

test('papers that gained votes since their edition are still rising, with how many', async () => {
  await site.db.insert(signal).values({
    paperId: samplePaper(2, '2026-05-28').id,
    source: 'huggingface',
    metric: 'upvotes',
    observedAt: NOW,
    value: 31,
  });
  const { body } = await get('/');
  expect(body).toContain('Still rising');
  expect(body).toContain('<b>31 upvotes</b>, 31 since 28 May');
});

test('topics have a page that names them all, and each its best of a month', async () => {
  const { body } = await get('/topics');
  for (const slug of ['language-models', 'robotics']) expect(body).toContain(`href="/topics/${slug}"`);
  const topic = (await get('/topics/language-models')).body;
  expect(topic.slice(topic.indexOf('<aside'))).toContain(LATE.title);
});

test.each(['/', `/papers/${samplePaper(5, TODAY).id}`, '/authors/ada-lovelace', '/editions/2026-05', '/topics'])(
  '%s takes at most 60 kB',
  async (url) => expect(Buffer.byteLength((await get(url)).body)).toBeLessThanOrEqual(60_000),
);
