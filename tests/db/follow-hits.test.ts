import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keptHits, matchFollows } from '../../src/db/follow-hits.ts';
import { changeFollows, followsOf } from '../../src/db/follows.ts';
import { paper } from '../../src/db/schema.ts';
import { searchPapers } from '../../src/db/search.ts';
import { erase } from '../../src/db/subscribers.ts';
import { indexPapers } from '../../src/papers/index-papers.ts';
import { topicsInForce } from '../../src/papers/topics.ts';
import { parseQuery } from '../../src/search/query.ts';
import { empty, type TestDatabase, testDatabase } from '../support/database.ts';
import { addReaders } from '../support/ledger.ts';
import { randomOf } from '../support/random.ts';
import { samplePaper } from '../support/site.ts';

const DATE = '2026-05-29';
const UNTIL = new Date(`${DATE}T23:00:00Z`);
const WORDS = (
  'best arm identification bandits kv-cache KVCache language models robots’ robot learning learns O’Neil π₀ LoRA ' +
  'exploration the of Müller graph graphs C++ 3D'
).split(' ');
const random = randomOf(7);
const some = (count: number): string => Array.from({ length: count }, () => WORDS[random(WORDS.length)]!).join(' ');
const PAPERS = Array.from({ length: 90 }, (_, i) => ({
  ...samplePaper(1, DATE),
  id: `arxiv:2605.${20_000 + i}`,
  title: some(5),
  titleTex: null,
  abstract: some(14),
  keywords: [some(2)],
  authors: [['Ada Lovelace', 'José García-Pérez', 'Jane O’Neil'][i % 3]!],
  organisation: ['Google', 'Google DeepMind', null][i % 3]!,
  firstSeenAt: new Date(`${DATE}T0${i % 10}:00:00Z`),
}));

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await database.db.insert(paper).values(PAPERS.map((one) => ({ ...one, updatedAt: new Date() })));
  await indexPapers({ db: database.db, topics: topicsInForce() });
});
afterAll(() => database[Symbol.asyncDispose]());

async function found(kind: 'search' | 'author' | 'organisation' | 'not', values: readonly string[]) {
  await empty(database.db, 'follow_hit');
  await matchFollows(
    database.db,
    { date: DATE, until: UNTIL },
    values.map((value) => ({ kind, value })),
  );
  return new Map((await keptHits(database.db, DATE)).map(({ value, papers }) => [value, papers.toSorted()]));
}

describe('what is followed finds', () => {
  test('the papers that the search finds for the same words', async () => {
    const forms = [
      (a: string, b: string) => `${a} ${b}`,
      (a: string, b: string) => `"${a} ${b}"`,
      (a: string, b: string) => `${a} -${b}`,
      (a: string, b: string) => `${a} or ${b}`,
      (a: string, b: string) => `${a} or ${b} -"${b} ${a}"`,
      (a: string) => `${a} author:lovelace`,
      (a: string) => `${a} author:"jose perez" or org:deepmind`,
      (a: string) => `${a} code:no after:2026-05`,
      (a: string) => `${a} before:2020`,
    ];
    const values = forms.flatMap((form) => [some(1), some(1), some(1), some(1)].map((a) => form(a, some(1))));
    const hits = await found('not', values);
    for (const value of new Set(values)) {
      const { hits: searched, isRelaxed } = await searchPapers(database.searchDb, {
        query: parseQuery(value),
        limit: 100,
      });
      const papers = isRelaxed ? [] : searched.map((hit) => hit.paper.id).toSorted();
      expect(hits.get(value), value).toEqual(papers);
    }
  });

  test('the papers of a name, and of no longer one', async () => {
    const by = (is: (one: (typeof PAPERS)[number]) => boolean) => PAPERS.filter(is).map(({ id }) => id);
    expect(await found('author', ['jose-garcia-perez', 'garcia'])).toEqual(
      new Map([
        ['jose-garcia-perez', by(({ authors }) => authors[0]!.startsWith('José'))],
        ['garcia', []],
      ]),
    );
    expect(await found('organisation', ['google'])).toEqual(
      new Map([['google', by(({ organisation }) => organisation === 'Google')]]),
    );
  });

  test('fifty papers at most, but keeps out all', async () => {
    const value = 'best or arm or graph or robot or learning or lora';
    expect((await found('search', [value])).get(value)).toHaveLength(50);
    expect((await found('not', [value])).get(value)!.length).toBeGreaterThan(50);
  });

  test('what it found before, when it is asked again', async () => {
    const before = await found('search', ['graph']);
    await database.db.$client.query(`update paper set is_withdrawn = true where id = $1`, [before.get('graph')![0]]);
    await matchFollows(database.db, { date: DATE, until: UNTIL }, [{ kind: 'search', value: 'graph' }]);
    const again = await keptHits(database.db, DATE);
    expect(again.map(({ papers }) => papers.toSorted())).toEqual([before.get('graph')]);
  });
});

test('an erased reader follows nothing', async () => {
  const [id] = await addReaders(database.db, [{}]);
  await changeFollows(database.db, id!, { add: [{ kind: 'search', value: 'x', label: 'x' }], only: true }, new Date());
  expect((await followsOf(database.db, id!)).isOnly).toBe(true);
  await erase(database.db, id!, new Date());
  expect(await followsOf(database.db, id!)).toEqual({ follows: [], isOnly: false });
  const { rows } = await database.db.$client.query('select follows from subscriber');
  expect(rows).toEqual([{ follows: '' }]);
});
