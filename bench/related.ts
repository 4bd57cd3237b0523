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
// Papers are compared by their words alone: no topic, vote or index of anything else is made.
await storeCorpus(
  postgres.db,
  { ...corpus, signals: [] },
  { topics: { classify: () => [] }, isWanted: (definition) => definition.includes('(document)') },
);
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
  const numbers = new Map<string, number>();
  const numberOf = (term: string): number => {
    const number = numbers.get(term) ?? numbers.size;
    numbers.set(term, number);
    return number;
  };
  const termsOf = ({ title, abstract }: Paper): Map<number, number> => {
    const words = `${title} ${abstract}`.toLowerCase().match(/[\p{L}\p{N}]{2,}/gu) ?? [];
    const terms = new Map<number, number>();
    for (const [i, word] of words.entries())
      for (const term of i > 0 ? [word, `${words[i - 1]} ${word}`] : [word]) {
        const number = numberOf(term);
        terms.set(number, (terms.get(number) ?? 0) + 1);
      }
    return terms;
  };
  const counted = all.map(termsOf);
  const papersWith = new Uint32Array(numbers.size);
  for (const terms of counted) for (const term of terms.keys()) papersWith[term]!++;
  const vectors = counted.map((terms) => {
    const kept = [...terms].filter(([term]) => papersWith[term]! > 1);
    const weights = Float64Array.from(
      kept,
      ([term, times]) => times * (1 + Math.log((1 + all.length) / (1 + papersWith[term]!))),
    );
    const length = Math.hypot(...weights) || 1;
    return { terms: Uint32Array.from(kept, ([term]) => term), weights: weights.map((weight) => weight / length) };
  });
  const places = new Map(all.map(({ id }, at) => [id, at]));
  const own = new Float64Array(numbers.size);
  return (id) => {
    const asked = vectors[places.get(id)!]!;
    for (const [i, term] of asked.terms.entries()) own[term] = asked.weights[i]!;
    const sums = vectors.map((vector) => {
      let sum = 0;
      for (let i = 0; i < vector.terms.length; i++) sum += vector.weights[i]! * own[vector.terms[i]!]!;
      return vector === asked ? -1 : sum;
    });
    for (const term of asked.terms) own[term] = 0;
    return nearestPlaces(sums, SHOWN).map((at) => all[at]!.id);
  };
}

/** The places of the largest, the largest first and of equals the earlier. */
function nearestPlaces(sums: readonly number[], most: number): number[] {
  const nearest: number[] = [];
  for (let at = 0; at < sums.length; at++) {
    if (nearest.length === most && sums[at]! <= sums[nearest.at(-1)!]!) continue;
    const before = nearest.findIndex((one) => sums[one]! < sums[at]!);
    nearest.splice(before === -1 ? nearest.length : before, 0, at);
    nearest.length = Math.min(nearest.length, most);
  }
  return nearest;
}
