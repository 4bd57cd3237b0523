import type { Paper } from '../paper.ts';
import { wordsOf } from './fold.ts';

/** What a paper says, as far as likeness looks at it. */
export type Said = Pick<Paper, 'title' | 'abstract'>;

/** How often each word stands in a paper, and each pair of neighbours (with a space between). */
export interface Counts {
  words: Map<string, number>;
  pairs: Map<string, number>;
}

/** Title and abstract in folded words; pairs do not run on from the one into the other. */
export function countsOf({ title, abstract }: Said): Counts {
  const counts: Counts = { words: new Map(), pairs: new Map() };
  for (const text of [title, abstract]) {
    const words = wordsOf(text).flatMap(({ parts }) => parts);
    for (const [at, word] of words.entries()) {
      add(counts.words, word);
      if (at > 0) add(counts.pairs, `${words[at - 1]} ${word}`);
    }
  }
  return counts;
}

const add = (counts: Map<string, number>, term: string): void => void counts.set(term, (counts.get(term) ?? 0) + 1);

/** In how many of all papers words stand. */
export interface Spread {
  papers: number;
  papersWith: (word: string) => number;
}

/** What is weighed, as a vector of length 1. */
export type Weights = ReadonlyMap<string, number>;

/**
 * Weighs the terms of a paper by tf-idf, with the logarithm of how often they stand there. How rare
 * a pair is is not counted but taken from the rarer of its words: a count of all pairs would be
 * larger than all papers. Words of one paper alone tell nothing.
 */
export function weigh({ words, pairs }: Counts, spread: Spread): Weights {
  const weights = new Map<string, number>();
  for (const [word, times] of words)
    if (spread.papersWith(word) > 1) weights.set(word, often(times) * rarity(word, spread));
  for (const [pair, times] of pairs) {
    const [one = '', other = ''] = pair.split(' ');
    const rarer = Math.max(rarity(one, spread), rarity(other, spread));
    weights.set(pair, often(times) * Math.min(rarer + PAIRS_ARE_RARER, 1 + Math.log(spread.papers)));
  }
  const length = Math.hypot(...weights.values()) || 1;
  for (const [term, weight] of weights) weights.set(term, weight / length);
  return weights;
}

const PAIRS_ARE_RARER = 0.5;
const often = (times: number): number => 1 + Math.log(times);
const rarity = (word: string, { papers, papersWith }: Spread): number =>
  1 + Math.log((1 + papers) / (1 + papersWith(word)));

/** How like two papers are: the cosine between them. */
export function likeness(one: Weights, other: Weights): number {
  const [few, many] = one.size < other.size ? [one, other] : [other, one];
  let sum = 0;
  for (const [term, weight] of few) sum += weight * (many.get(term) ?? 0);
  return sum;
}

/**
 * By which words to look for papers like this one, and what each counts: the most telling ones that
 * stand in no more than `budget` papers altogether.
 */
export function tellingWords({ words }: Counts, spread: Spread, budget: number): { word: string; weight: number }[] {
  const weighed = [...words]
    .filter(([word]) => spread.papersWith(word) > 1)
    .map(([word, times]) => ({ word, weight: often(times) * rarity(word, spread) }))
    .toSorted((one, other) => other.weight - one.weight || (one.word < other.word ? -1 : 1));
  let left = budget;
  const chosen = weighed.filter(({ word }) => {
    if (spread.papersWith(word) > left) return false;
    left -= spread.papersWith(word);
    return true;
  });
  return chosen.map(({ word, weight }) => ({ word, weight: weight * rarity(word, spread) }));
}

/** A paper like another one, and how like it is. */
export interface Neighbour {
  id: string;
  score: number;
}

/** The `most` nearest of both lists, each paper once; what `found` says of it counts. */
export function nearestOf(known: readonly Neighbour[], found: readonly Neighbour[], most: number): Neighbour[] {
  const byId = new Map([...known, ...found].map((one) => [one.id, one]));
  return [...byId.values()]
    .toSorted((one, other) => other.score - one.score || (one.id < other.id ? -1 : 1))
    .slice(0, most);
}

/** No more of one day: what came together is listed together anyway. */
const MOST_OF_A_DAY = 3;

/** The first `most` of these, nearest first, but of one day only some as long as there are others. */
export function acrossDays<T extends { day: string }>(nearest: readonly T[], most: number): T[] {
  const ofDay = new Map<string, number>();
  const [first, later]: [T[], T[]] = [[], []];
  for (const one of nearest) {
    const before = ofDay.get(one.day) ?? 0;
    ofDay.set(one.day, before + 1);
    (before < MOST_OF_A_DAY ? first : later).push(one);
  }
  const chosen = new Set([...first, ...later].slice(0, most));
  return nearest.filter((one) => chosen.has(one));
}
