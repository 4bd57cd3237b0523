// Whether related papers belong together, told by the authors that neighbours share, against plain
// tf-idf over words and pairs of words (two papers at least) in the same run.
//   npm run bench:related -- --data ../shared/data [--every 10]
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Paper } from '../src/paper.ts';
import { neighboursOf } from '../src/papers/relate-papers.ts';
import { mean } from '../src/ranking/standing.ts';
import { acrossDays, createVocabulary } from '../src/search/related.ts';
import { countEntries } from '../src/db/related.ts';
import { nameKey } from '../src/search/fold.ts';
import { testPostgres } from '../tests/support/postgres.ts';
import { readCorpus, storeCorpus } from './search-corpus.ts';

const SHOWN = 10;

const { values: options } = parseArgs({
  options: { data: { type: 'string', default: '../shared/data' }, every: { type: 'string', default: '10' } },
});

await using postgres = await testPostgres();
const corpus = await readCorpus(path.resolve(options.data));
const papers = corpus.papers.filter(({ authors }) => authors.length > 0);
const byId = new Map(corpus.papers.map((paper) => [paper.id, paper]));
const authorsOf = new Map(corpus.papers.map((paper) => [paper.id, new Set(paper.authors.map(nameKey))]));
await storeCorpus(postgres.db, corpus);
const asked = papers.filter((_, i) => i % Number(options.every) === 0);
console.log(`${papers.length} papers, of which ${asked.length} are asked for`);

const sharing = (paper: Paper, others: readonly string[]): number =>
  others.filter((other) => !authorsOf.get(paper.id)!.isDisjointFrom(authorsOf.get(other)!)).length / SHOWN;

const vocabulary = createVocabulary(await countEntries(postgres.db));
const times: number[] = [];
const ours: number[] = [];
for (const paper of asked) {
  const began = performance.now();
  const nearest = await neighboursOf(postgres.db, paper, vocabulary);
  times.push(performance.now() - began);
  const shown = acrossDays(
    nearest.map(({ id }) => ({ id, day: byId.get(id)!.firstSeenAt.toISOString().slice(0, 10) })),
    SHOWN,
  );
  ours.push(
    sharing(
      paper,
      shown.map(({ id }) => id),
    ),
  );
}

const plain = plainTfIdf(corpus.papers);
const theirs = asked.map((paper) => sharing(paper, plain(paper.id)));
console.log(
  JSON.stringify({
    related10: Number(mean(ours).toFixed(4)),
    plain10: Number(mean(theirs).toFixed(4)),
    ratio: Number((mean(ours) / mean(theirs)).toFixed(3)),
    asked: asked.length,
    msMedian: Math.round(times.toSorted((one, other) => one - other)[times.length >> 1]!),
  }),
);

/** Words and pairs as they stand, counted, times the logarithm of their rarity; the cosine. */
function plainTfIdf(all: readonly Paper[]): (id: string) => string[] {
  const termsOf = ({ title, abstract }: Paper): Map<string, number> => {
    const words = `${title} ${abstract}`.toLowerCase().match(/[\p{L}\p{N}]{2,}/gu) ?? [];
    const terms = new Map<string, number>();
    for (const [i, word] of words.entries())
      for (const term of i > 0 ? [word, `${words[i - 1]} ${word}`] : [word])
        terms.set(term, (terms.get(term) ?? 0) + 1);
    return terms;
  };
  const counted = all.map(termsOf);
  const papersWith = new Map<string, number>();
  for (const terms of counted) for (const term of terms.keys()) papersWith.set(term, (papersWith.get(term) ?? 0) + 1);
  const postings = new Map<string, { at: number[]; weights: number[] }>();
  const vectors = counted.map((terms, at) => {
    const kept = [...terms].filter(([term]) => papersWith.get(term)! > 1);
    const weighed = kept.map(
      ([term, times]) => [term, times * (1 + Math.log((1 + all.length) / (1 + papersWith.get(term)!)))] as const,
    );
    const length = Math.hypot(...weighed.map(([, weight]) => weight)) || 1;
    const vector = weighed.map(([term, weight]) => [term, weight / length] as const);
    for (const [term, weight] of vector) {
      const posting = postings.get(term) ?? { at: [], weights: [] };
      posting.at.push(at);
      posting.weights.push(weight);
      postings.set(term, posting);
    }
    return vector;
  });
  const places = new Map(all.map(({ id }, at) => [id, at]));
  return (id) => {
    const own = places.get(id)!;
    const sums = new Float64Array(all.length);
    for (const [term, weight] of vectors[own]!) {
      const { at, weights } = postings.get(term)!;
      for (let i = 0; i < at.length; i++) sums[at[i]!]! += weight * weights[i]!;
    }
    sums[own] = -1;
    return [...sums.keys()]
      .toSorted((one, other) => sums[other]! - sums[one]! || one - other)
      .slice(0, SHOWN)
      .map((at) => all[at]!.id);
  };
}
