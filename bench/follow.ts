// How long it takes to look for what readers follow among the papers of a day.
//   npm run bench:follow -- --data ../shared/data [--searches 5000] [--papers 1200] [--seed 1]
// Searches are made of the words of other papers; each is matched by the same statement as in service,
// over one database that runs beside it.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { transaction } from '../src/db/client.ts';
import { type Followed, keptHits, matchFollows } from '../src/db/follow-hits.ts';
import { nameKey } from '../src/search/fold.ts';
import { testPostgres } from '../tests/support/postgres.ts';
import { randomOf } from '../tests/support/random.ts';
import type { Paper } from '../src/paper.ts';
import { readCorpus, storeCorpus } from './search-corpus.ts';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    searches: { type: 'string', default: '5000' },
    papers: { type: 'string', default: '1200' },
    seed: { type: 'string', default: '1' },
  },
});
const RUNS = 5;
const EARLIER = 2_000;
const DATE = '2026-06-30';
const UNTIL = new Date(`${DATE}T23:00:00Z`);
const LONG_AGO = new Date('2026-01-01T00:00:00Z');

await using postgres = await testPostgres();
const { db } = postgres;
const { papers, signals } = await readCorpus(path.resolve(options.data));
const count = Number(options.papers);
const random = randomOf(Number(options.seed));
const ordered = papers.toSorted((a, b) => b.firstSeenAt.getTime() - a.firstSeenAt.getTime() || (a.id < b.id ? -1 : 1));
const day = ordered.slice(0, count).map((paper) => ({ ...paper, firstSeenAt: new Date(`${DATE}T06:00:00Z`) }));
/** Enough to make searches of, and to know words by. */
const earlier = ordered.slice(count, count + EARLIER).map((paper) => ({ ...paper, firstSeenAt: LONG_AGO }));
const other = earlier.length > 0 ? earlier : day;
const stored = [...day, ...earlier];
const ids = new Set(stored.map(({ id }) => id));
await storeCorpus(db, { papers: stored, signals: signals.filter(({ paperId }) => ids.has(paperId)) });
console.log(`${day.length + earlier.length} papers, of which the day has ${day.length}`);

const pick = <T>(all: readonly T[]): T => all[random(all.length)]!;
const wordsIn = (text: string): string[] => text.match(/[\p{L}\p{N}-]{4,}/gu) ?? [];

/** Ways in which people write down what they want to hear of. */
const WAYS: readonly ((paper: Paper) => Followed | null)[] = [
  ({ title }) => ({ kind: 'search', value: [pick(wordsIn(title)), pick(wordsIn(title))].join(' ') }),
  ({ title }) => ({ kind: 'search', value: wordsIn(title).slice(0, 3).join(' ') }),
  ({ title }) => ({ kind: 'search', value: `"${wordsIn(title).slice(1, 3).join(' ')}"` }),
  ({ keywords, title }) => ({ kind: 'search', value: keywords.length > 0 ? pick(keywords) : pick(wordsIn(title)) }),
  ({ title, abstract }) => ({ kind: 'search', value: `${pick(wordsIn(title))} -${pick(wordsIn(abstract))}` }),
  ({ title }) => ({ kind: 'search', value: `${pick(wordsIn(title))} or ${pick(wordsIn(title))}` }),
  ({ title, authors }) => ({ kind: 'search', value: `${pick(wordsIn(title))} author:"${pick(authors)}"` }),
  ({ title, categories }) => ({ kind: 'search', value: `${pick(wordsIn(title))} category:${pick(categories)}` }),
  ({ authors }) => ({ kind: 'author', value: nameKey(pick(authors)) }),
  ({ organisation }) => (organisation === null ? null : { kind: 'organisation', value: nameKey(organisation) }),
];

const followed = new Map<string, Followed>();
for (let tries = 0; followed.size < Number(options.searches) && tries < 1e6; tries++) {
  const paper = pick(other);
  if (wordsIn(paper.title).length < 3 || paper.authors.length === 0 || paper.categories.length === 0) continue;
  const one = pick(WAYS)(paper);
  if (one !== null && one.value !== '') followed.set(`${one.kind} ${one.value}`, one);
}
const all = [...followed.values()];

const milliseconds: number[] = [];
for (let run = 0; run < RUNS; run++) {
  await db.$client.query('truncate follow_hit');
  const begun = performance.now();
  await transaction(db, (tx) => matchFollows(tx, { date: DATE, until: UNTIL }, all));
  milliseconds.push(Math.round(performance.now() - begun));
}
const hits = await keptHits(db, DATE);
const sorted = milliseconds.toSorted((a, b) => a - b);
console.log(
  JSON.stringify({
    papersOfTheDay: day.length,
    papersInAll: day.length + earlier.length,
    followed: all.length,
    thatMatch: hits.filter(({ papers: found }) => found.length > 0).length,
    hits: hits.reduce((sum, { papers: found }) => sum + found.length, 0),
    milliseconds,
    median: sorted[Math.floor(RUNS / 2)],
    most: sorted.at(-1),
  }),
);
