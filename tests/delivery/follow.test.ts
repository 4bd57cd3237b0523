import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { paper, related, topic } from '../../src/db/schema.ts';
import { changeFollows } from '../../src/db/follows.ts';
import { indexPapers } from '../../src/papers/index-papers.ts';
import type { Follow } from '../../src/subscriber.ts';
import { topicsInForce } from '../../src/papers/topics.ts';
import { emptyOfDigests, testDatabase, type TestDatabase } from '../support/database.ts';
import { digestsOf } from '../support/digests.ts';
import { addReaders } from '../support/ledger.ts';
import { samplePaper, TOPICS } from '../support/site.ts';

const [MONDAY, TUESDAY] = ['2026-05-25', '2026-05-26'] as const;
const APRIL = '2026-04-02';
const ARM = 'Best-Arm Identification with Abstention';
/** Papers 1 to 8 are about arms, the others are not; 14 is Jane's. */
const PAPERS = Array.from({ length: 14 }, (_, i) => ({
  ...samplePaper(i + 1, MONDAY),
  title: i < 8 ? `${ARM}, part ${i + 1}` : `Robots, part ${i + 1}`,
  titleTex: null,
  authors: i === 13 ? ['Jane Doe'] : ['Someone Else'],
  firstSeenAt: new Date(`${MONDAY}T02:00:00Z`),
}));

let database: TestDatabase;
const { addEdition, send } = digestsOf(() => database.db, PAPERS);
beforeAll(async () => {
  database = await testDatabase();
  await database.db.insert(topic).values(TOPICS);
  await database.db.insert(paper).values(PAPERS.map((p) => ({ ...p, updatedAt: new Date() })));
  await indexPapers({ db: database.db, topics: topicsInForce() });
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(() => emptyOfDigests(database.db, 'follow', 'follow_hit'));

const follow = (subscriberId: number, ...add: Follow[]) =>
  changeFollows(database.db, subscriberId, { add }, new Date());
const search = (value: string): Follow => ({ kind: 'search', value, label: value });
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test('a search brings its papers under its own words, marked, once, a few at a time', async () => {
  const [id] = await addReaders(database.db, [{}]);
  await follow(id!, search('best arm identification'));
  await addEdition(MONDAY, 'all', [9, 1]);
  const { papers, html } = (await send(MONDAY)).get('reader0@example.org')!;
  expect(papers.slice(0, 2)).toEqual([9, 1]);
  expect(papers).toHaveLength(7);
  expect(papers.slice(2).every((n) => n > 1 && n <= 8)).toBe(true);
  expect(html).toContain('Your search: best arm identification');
  expect(html).toContain('matches your search: best arm identification');
  expect(html).toMatch(/<span class="mark"[^>]*>Best-Arm<\/span>/);
  await addEdition(TUESDAY, 'all', [9, 1]);
  const next = (await send(TUESDAY)).get('reader0@example.org')!.papers;
  // What had no room comes now, and nothing comes twice.
  expect([...papers, ...next].toSorted((a, b) => a - b)).toEqual([...range(1, 8), 9]);
});

test('who follows nothing gets the same digest as before', async () => {
  const [id] = await addReaders(database.db, [{ email: 'a@example.org' }, { email: 'b@example.org' }]);
  await follow(id!, search('nothing holds these words'));
  await addEdition(MONDAY, 'all', [9, 1]);
  const sent = await send(MONDAY);
  expect(sent.get('a@example.org')!.papers).toEqual(sent.get('b@example.org')!.papers);
  expect(sent.get('b@example.org')!.html).not.toContain('Your search');
});

test('whose topics bring nothing is sent what their searches bring', async () => {
  const [id] = await addReaders(database.db, [{ topics: ['robotics'] }, { topics: ['robotics'] }]);
  await follow(id!, { kind: 'author', value: 'jane-doe', label: 'Jane Doe' });
  await addEdition(MONDAY, 'all', [1]);
  const sent = await send(MONDAY);
  expect([...sent.keys()]).toEqual(['reader0@example.org']);
  expect(sent.get('reader0@example.org')).toMatchObject({
    papers: [14],
    html: expect.stringContaining('New by Jane Doe'),
  });
});

test('who wants only what they follow gets no topic', async () => {
  const [id] = await addReaders(database.db, [{}]);
  await follow(id!, search('robots'));
  await changeFollows(database.db, id!, { only: true }, new Date());
  await addEdition(MONDAY, 'all', [1, 2, 3]);
  const { papers } = (await send(MONDAY)).get('reader0@example.org')!;
  expect(papers).toHaveLength(5);
  expect(papers.every((n) => n > 8)).toBe(true);
});

test('words that are kept out are in no part of the digest', async () => {
  const [id] = await addReaders(database.db, [{}]);
  await follow(id!, search('part'), { kind: 'not', value: '"best arm"', label: '"best arm"' });
  await addEdition(MONDAY, 'all', range(1, 10));
  const { papers } = (await send(MONDAY)).get('reader0@example.org')!;
  expect(papers.slice(0, 2)).toEqual([9, 10]);
  expect(papers.every((n) => n > 8)).toBe(true);
});

test('words that are kept out are not among the earlier papers that are like the first', async () => {
  const before = [
    { ...samplePaper(801, APRIL), title: 'Gloves for surgeons' },
    { ...samplePaper(802, APRIL), title: 'Shoes for surgeons' },
  ].map((p) => ({ ...p, titleTex: null, updatedAt: p.firstSeenAt }));
  await database.db.insert(paper).values(before);
  await indexPapers({ db: database.db, topics: topicsInForce() });
  const others = before.map(({ id }) => id);
  await database.db.insert(related).values({ paperId: PAPERS[8]!.id, others, scores: [0.9, 0.8] });
  const [id] = await addReaders(database.db, [{}, {}]);
  await follow(id!, { kind: 'not', value: 'gloves', label: 'gloves' });
  await addEdition(MONDAY, 'all', [9]);
  const sent = await send(MONDAY);
  expect(sent.get('reader1@example.org')!.html).toContain(before[0]!.title);
  expect(sent.get('reader0@example.org')!.html).toContain(before[1]!.title);
  expect(sent.get('reader0@example.org')!.html).not.toContain(before[0]!.title);
});

test('readers who follow the same share a digest, and what was found is kept with the edition', async () => {
  const ids = await addReaders(database.db, [{}, {}, {}]);
  for (const id of ids.slice(0, 2)) await follow(id, search('identification'));
  await addEdition(MONDAY, 'all', [9]);
  const sent = await send(MONDAY);
  expect(sent.get('reader0@example.org')!.papers).toEqual(sent.get('reader1@example.org')!.papers);
  const { rows } = await database.db.$client.query('select count(*)::int as count from selection');
  expect(rows).toEqual([{ count: 2 }]);
  const kept = await database.db.$client.query('select value, cardinality(papers) as papers from follow_hit');
  expect(kept.rows).toEqual([{ value: 'identification', papers: 8 }]);
});
