import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { edition, editionEntry, paper, related, topic } from '../../src/db/schema.ts';
import { type DigestContent, loadContent } from '../../src/editions/content.ts';
import { topicsInForce } from '../../src/papers/topics.ts';
import { samplePaper } from '../support/site.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { DEFAULT_LOOK } from '../../src/brand/look.ts';

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
  content = await load();
}, 60_000);
afterAll(() => database[Symbol.asyncDispose]());

const load = (): Promise<DigestContent> =>
  loadContent(
    { db: database.db, topics: topicsInForce() },
    { look: DEFAULT_LOOK, publicUrl: 'https://papers.example', postalAddress: null },
    DATE,
  );

const digestOf = (topics: readonly string[]) =>
  content.digestFor({ topics, since: '2026-05-28', wantsFresh: true, length: 10, taste: '', had: '' });

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

/** Three thousand digests are made: a thousand more than the choices that are kept. */
const PATIENT = { timeout: 120_000 };

test('readers of 3,000 different sets of topics need no more memory than those of a thousand', PATIENT, async () => {
  const ask = async (from: number, to: number): Promise<void> => {
    for (let n = from; n < to; n++) await digestOf(setOf(n));
  };
  expect(new Set(Array.from({ length: 3_000 }, (_, n) => setOf(n).join())).size).toBe(3_000);
  await ask(0, 1000);
  const few = await used();
  await ask(1000, 3_000);
  expect((await used()) - few).toBeLessThan(15); // without a bound it is forty
});

test('a digest names earlier papers like its first one, none that it holds, and none that came after its day', async () => {
  const { db } = database;
  const [first, second] = [samplePaper(0, DATE), samplePaper(1, DATE)];
  const earlier = samplePaper(900, '2026-05-20');
  const later = samplePaper(901, '2026-05-30');
  const others = [second, later, earlier];
  await db.insert(paper).values([earlier, later].map((p) => ({ ...p, updatedAt: p.firstSeenAt })));
  await db.insert(related).values({ paperId: first.id, others: others.map(({ id }) => id), scores: [0.9, 0.8, 0.7] });
  content = await load();
  const { mail } = (await digestOf(['topic-0']))!;
  const text = mail.text.map(String).join('').replaceAll('=\r\n', '');
  expect(text.slice(text.indexOf('IF YOU LIKED NO. 1'))).toContain(earlier.id);
  expect(text).not.toContain(later.id);
  expect(text.split(`papers/${second.id}`)).toHaveLength(2);
});

test('readers of different topics share the blocks of the papers they share, whatever the order of their topics', async () => {
  const one = (await digestOf(['topic-0', 'topic-1']))!;
  const other = (await digestOf(['topic-1', 'topic-2']))!;
  const shared = one.mail.html.filter((piece) => other.mail.html.includes(piece));
  expect(shared.length).toBeGreaterThan(one.mail.html.length / 4);
  expect(await digestOf(['topic-1', 'topic-0'])).toBe(one);
  expect(await digestOf(['nothing'])).toBeNull();
});
