import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { edition, editionEntry, paper, topic } from '../../src/db/schema.ts';
import { type DigestContent, loadContent } from '../../src/editions/content.ts';
import { samplePaper } from '../support/site.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

const DATE = '2026-05-29';
const TOPICS = Array.from({ length: 20 }, (_, i) => `topic-${i}`);
let database: TestDatabase;
let content: DigestContent;

beforeAll(async () => {
  database = await testDatabase();
  const { db } = database;
  const frozenAt = new Date(`${DATE}T07:00:00Z`);
  await db
    .insert(topic)
    .values(
      TOPICS.map((slug, position) => ({ slug, name: slug, description: '', categories: [], keywords: [], position })),
    );
  const papers = Array.from({ length: 200 }, (_, i) => samplePaper(i, DATE));
  await db.insert(paper).values(papers.map((p) => ({ ...p, updatedAt: frozenAt })));
  await db.insert(edition).values(TOPICS.map((slug) => ({ editionDate: DATE, topic: slug, frozenAt })));
  await db.insert(editionEntry).values(
    TOPICS.flatMap((slug, t) =>
      papers.slice(t * 10, t * 10 + 10).map((p, i) => ({
        editionDate: DATE,
        topic: slug,
        rank: i + 1,
        paperId: p.id,
        score: 1 / (i + t / 20 + 1),
        reasons: [],
      })),
    ),
  );
  content = await loadContent(
    db,
    { siteName: 'Paperboy', publicUrl: 'https://papers.example', postalAddress: null },
    { date: DATE, since: '2026-05-28' },
  );
}, 60_000);
afterAll(() => database[Symbol.asyncDispose]());

/** The n-th set of topics: no two are alike, and most have about ten. */
const setOf = (n: number): string[] => TOPICS.filter((_, i) => ((n * 2_654_435_761) >>> 0) & (1 << i));

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const used = async (): Promise<number> => {
  for (let i = 0; i < 3; i++) {
    collectGarbage();
    await new Promise(setImmediate); // what buffers held is given back after the collection
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
};

test('readers of 50,000 different sets of topics need no more memory than those of a thousand', async () => {
  const ask = (from: number, to: number): void => {
    for (let n = from; n < to; n++) content.select(setOf(n));
  };
  expect(new Set(Array.from({ length: 50_000 }, (_, n) => setOf(n).join())).size).toBe(50_000);
  ask(0, 1000);
  const few = await used();
  ask(1000, 50_000);
  expect((await used()) - few).toBeLessThan(20); // without a bound it is 117
});

test('readers of different topics share the blocks of the papers they share, whatever the order of their topics', () => {
  const [one, other] = [content.select(['topic-0', 'topic-1'])!, content.select(['topic-1', 'topic-2'])!];
  const shared = one.html.filter((piece) => other.html.includes(piece));
  expect(shared.length).toBeGreaterThan(one.html.length / 3);
  expect(content.select(['topic-1', 'topic-0'])).toBe(one);
  expect(content.select(['nothing'])).toBeNull();
});
