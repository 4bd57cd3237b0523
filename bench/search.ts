// How well the search finds papers, on recorded data.
//   npm run bench:search -- --data ../shared/data [--seed 1] [--misses] [--big] [--wild 10000]
// --big multiplies the papers afterwards, and measures among 200,000: how long 20 clients wait who ask
// again at once, or once a second; how long until the papers of a day are found and compared; and how
// long each kind of page takes. --wild asks so many strange questions of the API there.
import { loadavg } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openSearchDatabase } from '../src/db/client.ts';
import { SECOND } from '../src/duration.ts';
import { search } from '../src/papers/search.ts';
import { topicsInForce } from '../src/papers/topics.ts';
import { mean } from '../src/ranking/standing.ts';
import { testPostgres } from '../tests/support/postgres.ts';
import { randomOf } from '../tests/support/random.ts';
import { multiply } from './search-big.ts';
import { readCorpus, storeCorpus } from './search-corpus.ts';
import { measureDay } from './search-day.ts';
import { fillPages, measurePages } from './search-pages.ts';
import { measureWild, siteOver } from './search-site.ts';
import { type LookUp, lookUps } from './search-lookups.ts';
import { precisionOf, type Written } from './search-queries.ts';
import written from './search-queries.json' with { type: 'json' };

const OF_EACH = 125;

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    seed: { type: 'string', default: '1' },
    big: { type: 'boolean', default: false },
    wild: { type: 'string', default: '0' },
    misses: { type: 'boolean', default: false },
  },
});

await using postgres = await testPostgres();
const corpus = await readCorpus(path.resolve(options.data));
console.log(`${corpus.papers.length} papers`);
await storeCorpus(postgres.db, corpus);
console.log('stored and indexed');
const searchDb = openSearchDatabase(postgres.address);
const deps = { searchDb, topics: topicsInForce() };

const looked: (LookUp & { place: number })[] = [];
for (const lookUp of lookUps(corpus.papers, randomOf(Number(options.seed)), OF_EACH)) {
  const { hits } = await search(deps, { text: lookUp.text, limit: 10 });
  const place = hits.findIndex(({ paper }) => paper.id === lookUp.id);
  looked.push({ ...lookUp, place: place === -1 ? Infinity : place });
  if (options.misses && (place === -1 || place > 2)) console.log('missed', place, lookUp);
}

const asked = [];
for (const question of written as Written[]) {
  const { hits } = await search(deps, { text: question.query, limit: 5 });
  const precision = precisionOf(
    question,
    corpus.papers,
    hits.map(({ paper }) => paper),
  );
  asked.push(precision);
  if (options.misses && precision < 1)
    console.log(
      precision,
      question.query,
      hits.map(({ paper }) => paper.title),
    );
}

const BIG = 200_000;
const CLIENTS = 20;

/** How long each of some clients waited, in milliseconds; each asks again after `pause`. */
async function waits(pause: number): Promise<Record<string, number>> {
  const texts = looked.map(({ text }) => text).concat((written as Written[]).map(({ query }) => query));
  const random = randomOf(2);
  const asking = texts.map((text) => ({ text, key: random(1e9) })).toSorted((a, b) => a.key - b.key);
  const waited: number[] = [];
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      await setTimeout(random(pause + 1));
      for (let next = asking.pop(); next !== undefined; next = asking.pop()) {
        const begun = performance.now();
        await search(deps, { text: next.text, limit: 20 });
        const ms = performance.now() - begun;
        waited.push(ms);
        if (pause > 0) await setTimeout(Math.max(0, pause - ms));
      }
    }),
  );
  const sorted = waited.toSorted((a, b) => a - b);
  const at = (share: number): number => Math.round(sorted[Math.floor(share * (sorted.length - 1))]!);
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), slowest: at(1) };
}

/** What is measured among many papers. */
async function measureBig(): Promise<Record<string, unknown>> {
  await multiply(postgres.db, BIG);
  const closedLoop = await waits(0);
  const onceASecond = await waits(SECOND);
  const day = await measureDay(postgres.db, corpus);
  const app = await siteOver(postgres.db, searchDb);
  await fillPages(postgres.db);
  const pages = await measurePages(app, postgres.db, postgres.address);
  const words = [...new Set(corpus.papers.flatMap(({ title, abstract }) => `${title} ${abstract}`.split(/\s+/)))];
  const strange = Number(options.wild);
  const wild = strange > 0 ? await measureWild(app, randomOf(Number(options.seed)), words, strange) : null;
  await app.close();
  return { bigPapers: BIG, clients: CLIENTS, load: loadavg()[0], ...closedLoop, onceASecond, day, pages, wild };
}

const within = (places: readonly { place: number }[], last: number): number =>
  Number(mean(places.map(({ place }) => (place < last ? 1 : 0))).toFixed(4));
const kinds = Map.groupBy(looked, ({ kind }) => kind);
console.log(
  JSON.stringify({
    seed: Number(options.seed),
    papers: corpus.papers.length,
    lookUps: looked.length,
    first: within(looked, 1),
    top3: within(looked, 3),
    kinds: Object.fromEntries(
      [...kinds].map(([kind, places]) => [
        kind,
        { of: places.length, first: within(places, 1), top3: within(places, 3) },
      ]),
    ),
    queries: asked.length,
    p5: Number(mean(asked).toFixed(4)),
    ...(options.big && (await measureBig())),
  }),
);
await searchDb.$client.end();
