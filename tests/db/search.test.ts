import { sql } from 'drizzle-orm';
import type { PoolClient, QueryResult } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Db } from '../../src/db/client.ts';
import { MINUTE } from '../../src/duration.ts';
import type { Paper } from '../../src/paper.ts';
import { appendSignals, writePapers } from '../../src/db/papers.ts';
import { indexPapers } from '../../src/papers/index-papers.ts';
import { readHitCursor, writeHitCursor } from '../../src/http/api/cursor.ts';
import type { HitCursor } from '../../src/db/search-hits.ts';
import { type Answer, search } from '../../src/papers/search.ts';
import { topicsInForce } from '../../src/papers/topics.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { paper } from '../support/papers.ts';

const topics = topicsInForce();
const NOW = new Date('2026-05-29T08:00:00Z');
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await writePapers(database.db, PAPERS, NOW);
  await indexPapers({ db: database.db, topics });
});
afterAll(() => database[Symbol.asyncDispose]());

const PAPERS = [
  paper('arxiv:2605.00001', {
    title: 'Best Arm Identification in Bandits',
    authors: ['Emilie Kaufmann', 'José Müller'],
  }),
  paper('arxiv:2605.00002', { title: 'Robots', abstract: 'The best robots use an arm for identification.' }),
  paper('arxiv:2605.00003', {
    title: 'Paging the KV Cache',
    authors: ['Wei Li', 'Hao Zhang'],
    codeUrl: 'https://github.com/a/b',
  }),
  paper('arxiv:2605.00004', { title: 'KVCache Everywhere', authors: ['Wei Zhang'], organisation: 'Google DeepMind' }),
  paper('arxiv:2605.00005', { title: 'π₀: A Policy', abstract: 'It explores exploration.', categories: ['cs.RO'] }),
  paper('arxiv:2605.00006', { title: 'LoRA for All', publishedAt: new Date('2025-01-15T00:00:00Z') }),
  paper('arxiv:2605.00007', { title: 'Plain', abstract: 'all about 100% of models of language' }),
  paper('arxiv:hep-th/9901001', { title: 'Strings', abstract: 'Old.' }),
];

/** Papers come, and are found from then on. */
async function comes(...papers: Paper[]): Promise<void> {
  await writePapers(database.db, papers, new Date(NOW.getTime() + ++comings * MINUTE));
  await indexPapers({ db: database.db, topics });
}
let comings = 0;

const ask = (text: string, limit = 10) =>
  search({ searchDb: database.searchDb, topics }, { text, limit, facets: true });
const found = async (text: string): Promise<string[]> => (await ask(text)).hits.map(({ paper: { id } }) => id.at(-1)!);

/** How Postgres reads what `work` asks, whatever the words are. */
async function plansOf(db: Db, work: () => Promise<unknown>): Promise<string[]> {
  const plans: string[] = [];
  const connect = db.$client.connect.bind(db.$client) as () => Promise<PoolClient>;
  db.$client.connect = (async () => {
    const client = await connect();
    const query = client.query.bind(client) as (asked: string | { text: string }) => Promise<QueryResult>;
    const release = client.release.bind(client);
    client.query = (async (asked: { text: string }) => {
      const { rows } = await query(`explain (generic_plan) ${asked.text}`);
      plans.push(rows.map((row: Record<string, string>) => row['QUERY PLAN']).join('\n'));
      return query(asked);
    }) as typeof client.query;
    client.release = (broken) => {
      client.query = query as typeof client.query;
      release(broken);
    };
    return client;
  }) as typeof db.$client.connect;
  try {
    await work();
  } finally {
    db.$client.connect = connect as typeof db.$client.connect;
  }
  return plans;
}

describe('a search', () => {
  test.each([
    ['best arm', ['1', '2']],
    ['"best arm"', ['1']],
    ['arms identifications', ['1', '2']],
    ['best -robots', ['1']],
    ['bandits or lora', ['1', '6']],
    ['muller', ['1']],
    ['author:"Emilie Kaufmann"', ['1']],
    ['author:muller best', ['1']],
    ['org:deepmind', ['4']],
    ['category:cs.RO', ['5']],
    ['code:github', ['3']],
    ['code:yes cache', ['3']],
    ['lora after:2025-01 before:2025-02', ['6']],
    ['lora after:2026', []],
    ['pi0', ['5']],
    ['pi_0', ['5']],
    ['π0', ['5']],
    ['LoRA', ['6']],
    ['-robots', []],
    ['lora after:0000', ['6']],
    ['100%', ['7']],
    ['bandts', ['1']],
    ['kvcahce', ['3', '4']],
    ["'; drop table paper; --", []],
    [' \0 ', []],
    ['', []],
  ])('for %s', async (text, ids) => {
    expect((await found(text)).toSorted()).toEqual(ids.toSorted());
  });
  test.each(['kv-cache', 'kv cache', 'KVCache', 'ＫＶ　cache', 'kvcache'])(
    'spelt %s finds every spelling',
    async (text) => {
      expect((await found(text)).toSorted()).toEqual(['3', '4']);
    },
  );
  test('finds a person before those who share parts of the name', async () => {
    expect(await found('wei zhang')).toEqual(['4', '3']);
    expect(await found('Zhang Wei')).toEqual(['4', '3']);
  });
  test.each([
    '2605.00002',
    'arXiv:2605.00002v3',
    'https://arxiv.org/pdf/2605.00002v1.pdf',
    'https://www.alphaxiv.org/abs/2605.00002',
    'https://huggingface.co/papers/2605.00002',
    'doi:10.48550/arXiv.2605.00002',
    'https://doi.org/10.48550/arXiv.2605.00002',
    'https://doi.org/10.48550%2FarXiv.2605.00002',
    '2605.00002V1',
    '２６０５.０0002',
    'arxiv 2605.00002',
    'arXiv:2605.00002v1 [cs.LG] 19 May 2026',
    'A. Robot. Robots. arXiv preprint arXiv:2605.00002, 2026.',
    'https://www.semanticscholar.org/arxiv/2605.00002?x=1',
    'https://de.arxiv.org//e-print/2605.00002v2.',
    'http://paperboy.test/papers/arxiv:2605.00002',
    'https://www.google.com/url?q=https://arxiv.org/abs/2605.00002&sa=D&source=docs',
    'https://l.facebook.com/l.php?u=https%3A%2F%2Farxiv.org%2Fabs%2F2605.00002&h=x',
    'https://x.org/?id=2605.00002&v=1',
    'Read arXiv:2605.00002!',
    '`2605.00002`',
    'arXiv:2605.00002\u2013the best',
  ])('for %s finds that paper', async (text) => {
    expect((await ask(text)).named?.id).toBe('arxiv:2605.00002');
  });
  test('that names two papers, or one that is not here, goes to none', async () => {
    for (const text of ['2605.00001 2605.00002', '2605.99999']) expect((await ask(text)).named).toBeNull();
  });
  test.each([
    '-arxiv:2605.00002',
    'robots -"arxiv:2605.00002"',
    'papers like 2605.00002',
    'robots after:2605.00002',
    'https://doi.org/10.1109/2605.00002',
  ])('for %s goes to no paper', async (text) => {
    expect((await ask(text)).named).toBeNull();
  });
  test.each([
    'hep-th/9901001',
    'HEP-TH/9901001v2',
    'https://arxiv.org/abs/hep-th/9901001',
    'https://xxx.lanl.gov/abs/hep-th/9901001',
  ])('finds an old paper by its old id: %s', async (text) => {
    expect((await ask(text)).named?.title).toBe('Strings');
  });
  test('says which word it took for another, and which words it left out', async () => {
    expect(await ask('bandts')).toMatchObject({ corrections: [{ from: 'bandts', to: 'bandits' }], total: 1 });
    expect(await ask('bandits arm policy')).toMatchObject({ isRelaxed: true });
    expect((await ask('best topic:nonsense')).query.misread).toHaveLength(1);
  });
  test('counts all that it finds, and pages without gaps or repeats', async () => {
    const first = await ask('best arm', 1);
    const second = await search(
      { searchDb: database.searchDb, topics },
      { text: 'best arm', limit: 1, after: first.next! },
    );
    expect([first.total, second.total, second.next]).toEqual([2, 2, null]);
    expect([...first.hits, ...second.hits].map(({ paper: { id } }) => id.at(-1))).toEqual(['1', '2']);
    expect(first.facets).toMatchObject({ of: 2, withCode: 0, months: [{ value: '2026-05', papers: 2 }] });
  });
  test('puts what is talked about first among what is as relevant', async () => {
    const { db } = database;
    await comes(...['2605.00011', '2605.00012'].map((id) => paper(`arxiv:${id}`, { title: 'Twin' })));
    expect(await found('twin')).toEqual(['2', '1']);
    await appendSignals(db, [
      { paperId: 'arxiv:2605.00011', source: 'huggingface', metric: 'upvotes', observedAt: NOW, value: 50 },
    ]);
    expect(await found('twin')).toEqual(['1', '2']);
  });
  test('knows a paper by what it says now, and words by the papers that hold them', async () => {
    const { db } = database;
    const words = async () =>
      (await db.execute(sql`select papers from search_word where word in ('zebra', 'okapi') order by word desc`)).rows;
    await comes(paper('arxiv:2605.00021', { title: 'Zebra' }));
    expect(await found('zebra')).toEqual(['1']);
    await comes(paper('arxiv:2605.00021', { title: 'Okapi' }));
    expect(await found('okapi')).toEqual(['1']);
    expect(await words()).toEqual([{ papers: 0 }, { papers: 1 }]);
  });
  test.each([
    'best arm',
    '"best arm" -robots',
    'bandts identfication of arms in policy exploration',
    'author:muller or org:deepmind',
    'category:cs.RO code:yes topic:robotics',
    'after:2025 before:2027',
  ])('for %s reads no table from end to end', async (text) => {
    const plans = await plansOf(database.searchDb, () => ask(text));
    expect(plans.length).toBeGreaterThan(0);
    for (const plan of plans) expect(plan).not.toMatch(WHOLE_TABLE);
  });
  test('for a phrase asks the index of pairs, and reads no entry for two words', async () => {
    const plans = await plansOf(database.searchDb, () => ask('"best arm"'));
    expect(plans[1]).toMatch(/Bitmap Index Scan on search_entry_pairs/);
    expect(plans[1]).not.toMatch(/search_entry_document|Filter: .*document/);
  });
});

const WHOLE_TABLE = /Seq Scan on (?:paper|search_entry|search_word|signal)\b/;

test('a word with a letter behind it is not that word alone', async () => {
  await comes(
    paper('arxiv:2603.00001', { title: 'Zorgs' }),
    paper('arxiv:2603.00002', { title: 'A zorge-d and its kin' }),
    paper('arxiv:2603.00003', { title: 'Zorgery', abstract: 'A zorging of zorged things.' }),
  );
  expect(await found('zorge-d')).toEqual(['2']);
});

describe('a search that hundreds of papers answer', () => {
  const CROWD = 1_100;
  const crowd = Array.from({ length: CROWD }, (_, i) =>
    paper(`arxiv:2604.${10_000 + i}`, {
      title: `Crowd ${i % 2 === 0 ? 'of' : 'and'} people`,
      authors: ['Wei Crowd'],
      abstract: i % 10 === 0 ? 'A striped quagga walks by.' : 'A quagga, not striped, walks by a gnu.',
      categories: [i % 2 === 0 ? 'cs.RO' : 'cs.CL', ...(i < CROWD - 3 ? [] : ['cs.CR'])],
    }),
  );
  beforeAll(async () => {
    await comes(...crowd);
    await database.db.execute(sql`analyze search_entry`);
    await appendSignals(database.db, [
      { paperId: 'arxiv:2604.10007', source: 'huggingface', metric: 'upvotes', observedAt: NOW, value: 50 },
    ]);
  });
  test('counts them all, and ranks the most talked-about', async () => {
    const answer = await ask('crowd', 100);
    expect(answer).toMatchObject({ total: CROWD, isMore: false, facets: { of: 300 } });
    expect(answer.hits[0]!.paper.id).toBe('arxiv:2604.10007');
  });
  test.each([
    ['crowd', () => true],
    ['quagga', () => true],
    ['wei crowd', () => true],
    ['"crowd of"', (one: Paper) => one.title.includes('of')],
    ['crowd -zebra category:cs.RO', (one: Paper) => one.categories.includes('cs.RO')],
    ['crowd -"striped quagga"', (one: Paper) => !one.abstract.includes('striped quagga')],
    ['wei crowd -striped', () => false],
    ['wei crowd -gnu', (one: Paper) => !one.abstract.includes('gnu')],
  ])('pages through all that match %s, each once, also while papers come', async (text, matches) => {
    const seen: string[] = [];
    for (let after: HitCursor | undefined, page = 0; page === 0 || after !== undefined; page++) {
      const answer = await search({ searchDb: database.searchDb, topics }, { text, limit: 70, after });
      seen.push(...answer.hits.map(({ paper: { id } }) => id));
      // As it stands in an address.
      after = answer.next === null ? undefined : readHitCursor(writeHitCursor(answer.next));
      if (page === 1) await comes(paper('arxiv:2604.30001', { title: 'Crowd of newcomers', authors: ['Wei Crowd'] }));
    }
    expect(new Set(seen).size).toBe(seen.length);
    const wanted = crowd.filter((one) => matches(one)).map(({ id }) => id);
    expect(seen.filter((id) => id < 'arxiv:2604.30000').toSorted()).toEqual(wanted.toSorted());
    await database.db.execute(sql`delete from search_entry where paper_id = 'arxiv:2604.30001'`);
    await database.db.execute(sql`delete from paper where id = 'arxiv:2604.30001'`);
  });
  test.each(['crowd', '"crowd of people"', 'wei crowd', 'crowd -zebra after:2020'])(
    'for %s reads no table from end to end',
    async (text) => {
      const plans = await plansOf(database.searchDb, async () => {
        let after: HitCursor | undefined;
        for (let page = 0; page < 4; page++)
          after = (await search({ searchDb: database.searchDb, topics }, { text, limit: 70, after })).next ?? undefined;
      });
      for (const plan of plans) expect(plan).not.toMatch(WHOLE_TABLE);
    },
  );
  test.each([
    ['crowd -gnu', CROWD / 10, false, /gnu/],
    ['"crowd of" -gnu', CROWD / 10, false, /gnu/],
    ['crowd -"striped quagga"', 0.9 * CROWD, false, /striped quagga/],
    ['crowd -"striped quagga" -"a gnu"', 0, false, /quagga/],
    ['crowd -"walks striped"', CROWD, false, /walks striped/],
    ['"crowd and" -gnu', 0, false, /gnu/],
  ])('for %s shows no paper whose abstract holds what is unwanted', async (text, total, isMore, unwanted) => {
    const { searchDb } = database;
    const answers = await Promise.all(
      [false, true].map((newest) => search({ searchDb, topics }, { text, limit: 100, newest })),
    );
    expect(answers[0]).toMatchObject({ isMore, isRelaxed: false });
    expect(Math.round(answers[0]!.total / 10) * 10).toBe(total);
    for (const { hits } of answers) {
      expect(hits).toHaveLength(Math.min(100, total));
      for (const { paper: one } of hits) expect(one.abstract).not.toMatch(unwanted);
    }
  });
  describe('in a large library', () => {
    beforeAll(() =>
      database.db.execute(sql`
      update pg_class set reltuples = 1e6 where oid = 'search_entry'::regclass`),
    );
    afterAll(() => database.db.execute(sql`analyze search_entry`));
    const pagesOf = async (text: string): Promise<Answer[]> => {
      const pages = [await search({ searchDb: database.searchDb, topics }, { text, limit: 70 })];
      for (let next = pages[0]!.next; next !== null; next = pages.at(-1)!.next)
        pages.push(await search({ searchDb: database.searchDb, topics }, { text, limit: 70, after: next }));
      return pages;
    };
    test('reads some of what may hold unwanted words in a row, says so, and pages through all', async () => {
      const pages = await pagesOf('crowd -"striped quagga"');
      expect(pages[0]).toMatchObject({ isMore: true });
      const ids = pages.flatMap(({ hits }) => hits.map(({ paper: { id } }) => id));
      expect(ids.toSorted()).toEqual(
        crowd.filter(({ abstract }) => !abstract.includes('striped quagga')).map(({ id }) => id),
      );
    });
    test('ends where none of all passes, however many match', async () => {
      const pages = await pagesOf('"crowd of" -"crowd of"');
      expect(pages.flatMap(({ hits }) => hits)).toEqual([]);
      const [first] = await pagesOf('crowd -"quagga not" -"striped quagga"');
      expect(first).toMatchObject({ total: 0, isMore: true, hits: [] });
    });
  });
  test.each(['0~x!all!!', '9~x!foo!!', '9~x!heads!1~2', '!heads!!', '1~x!heads!a~1~b!', '!all!!!!'])(
    'a page after %s, which an address made up, is one that was written or the first',
    async (text) => {
      const after = readHitCursor(text);
      const { hits } = await search({ searchDb: database.searchDb, topics }, { text: 'crowd', limit: 70, after });
      expect(after === undefined || writeHitCursor(after) === text).toBe(true);
      expect(hits.length).toBeLessThanOrEqual(70);
    },
  );
  test('a feed of a word that no paper holds has none of a word like it', async () => {
    const { hits, corrections } = await search(
      { searchDb: database.searchDb, topics },
      { text: 'crowb', limit: 70, newest: true },
    );
    expect([hits, corrections]).toEqual([[], []]);
  });
  test('keeps to filters and to what is unwanted where no paper has all the words', async () => {
    const answer = await ask('crowd people giraffe -gnu category:cs.RO', 100);
    expect(answer).toMatchObject({ isRelaxed: true });
    expect(answer.hits.length).toBeGreaterThan(0);
    for (const { paper: one } of answer.hits)
      expect([one.abstract, one.categories[0]]).toEqual(['A striped quagga walks by.', 'cs.RO']);
    expect(await ask('crowd people giraffe category:cs.CR')).toMatchObject({ total: 3, isRelaxed: true });
    expect(await ask('crowd people giraffe category:cs.CV')).toMatchObject({ total: 0, isRelaxed: false });
  });
  test('finds a phrase where its words stand in that order alone', async () => {
    expect((await ask('"crowd of people"')).total).toBe(CROWD / 2);
    expect(await ask('"people crowd"')).toMatchObject({ isRelaxed: true });
    expect(await ask('"crowd people"')).toMatchObject({ isRelaxed: true });
    expect(await ask('"crowd of" -"crowd of people"')).toMatchObject({ total: 0 });
  });
});
