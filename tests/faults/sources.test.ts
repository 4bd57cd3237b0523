import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writePapers } from '../../src/db/papers.ts';
import { createArxiv } from '../../src/papers/arxiv.ts';
import { createFeed } from '../../src/papers/feed.ts';
import { createHttpClient, type HttpClient } from '../../src/papers/fetch.ts';
import { createGitHub } from '../../src/papers/github.ts';
import { createHackerNews } from '../../src/papers/hackernews.ts';
import { createHuggingFace } from '../../src/papers/huggingface.ts';
import { ingest } from '../../src/papers/ingest.ts';
import type { PaperSource } from '../../src/papers/source.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { paper, silent } from '../support/papers.ts';
import { type Random, randomOf } from '../support/random.ts';
import { patientClock, sourceServer } from '../support/source-server.ts';
import { mutateDailyPapers, mutateFeed, mutateText } from './mutations.ts';

/** `npm run test:hostile` sends 10,000 of each. */
const COUNT = Number(process.env['HOSTILE_COUNT'] ?? 25);
const SEED = Number(process.env['HOSTILE_SEED'] ?? Date.now() % 1_000_000);
const IDS = ['arxiv:2605.00001', 'arxiv:2605.00002'];

const story = (id: string) => ({
  objectID: '1',
  url: `https://arxiv.org/abs/${id.slice(6)}`,
  points: 7,
  num_comments: 3,
});
const entry = (id: string) =>
  `<entry><id>http://arxiv.org/abs/${id.slice(6)}v1</id><title>Fast $O(n)$ &amp; slow</title><summary>It saves 77\\%.</summary><author><name>Ada</name></author><category term="cs.AI"/><published>2026-05-28T00:00:00Z</published></entry>`;
const SOURCES: Record<
  string,
  { create(client: HttpClient, url: string): PaperSource; answer(random: Random): string }
> = {
  huggingface: { create: (client, baseUrl) => createHuggingFace({ client, baseUrl }), answer: mutateDailyPapers },
  arxiv: {
    create: (client, url) => createArxiv({ client, apiUrl: url, rssUrl: url, categories: ['cs.AI'], intervalMs: 0 }),
    answer: mutateFeed,
  },
  hackernews: {
    create: (client, baseUrl) => createHackerNews({ client, baseUrl, intervalMs: 0 }),
    answer: (random) => mutateText(random, JSON.stringify({ nbPages: 1, hits: IDS.map(story) })),
  },
  github: {
    create: (client, baseUrl) => createGitHub({ client, baseUrl, intervalMs: 0 }),
    answer: (random) => mutateText(random, '{"id":1,"full_name":"lab/code","stargazers_count":12,"forks":3}'),
  },
  feed: {
    create: (client, url) => createFeed({ client, url }),
    answer: (random) =>
      mutateText(random, `<feed xmlns="http://www.w3.org/2005/Atom">${IDS.map(entry).join('')}</feed>`),
  },
};

describe.each(Object.entries(SOURCES))('%s', (name, { create, answer }) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
    await writePapers(
      database.db,
      IDS.map((id) => paper(id, { codeUrl: 'https://github.com/lab/code' })),
      new Date(),
    );
  });
  afterAll(() => database[Symbol.asyncDispose]());

  test(
    'leaves no bad row and does not crash, however its answers are mangled',
    { timeout: 60_000 + 60 * COUNT },
    async () => {
      const random = randomOf(SEED);
      const clock = patientClock();
      await using server = await sourceServer((_request, response) => void response.end(answer(random)));
      const source = create(createHttpClient({ userAgent: 'test', attempts: 4, ...clock }), server.url);
      const sums = { read: 0, damaged: 0 };
      for (let i = 0; i < COUNT; i++) {
        await clock.wait(60_000);
        const [result] = await ingest({ db: database.db, sources: [source], now: clock.now, log: silent });
        sums[result!.error ? 'damaged' : 'read']++;
        if (result!.error) expect(result!.error.code, `seed ${SEED}, run ${i}`).toBe('SOURCE_UNAVAILABLE');
      }
      const { rows: papers } = await database.db.$client.query(
        `select id from paper where id !~ '^arxiv:([a-z-]+/)?[0-9.]+$' or title = '' or length(title) > 501 or length(abstract) > 6001`,
      );
      const { rows: signals } = await database.db.$client.query(
        `select * from signal where value < 0 or value > 1e10 or value = 'NaN' or metric not in ('upvotes', 'comments', 'stars', 'points')`,
      );
      console.log(`${name}: ${COUNT} answers, seed ${SEED}: ${sums.read} read, ${sums.damaged} damaged`);
      expect([papers, signals], `seed ${SEED}`).toEqual([[], []]);
      expect(sums.read).toBeGreaterThan(0);
    },
  );
});
