import type { Paper } from '../paper.ts';
import { partsOf, writtenIn } from './fold.ts';

/** What a paper says, as far as likeness looks at it. */
export type Said = Pick<Paper, 'title' | 'abstract'>;

/**
 * Words as numbers, and in how many of all papers they stand: thousands of papers are compared, and
 * most of their words are the same. It lives as long as those counts are believed.
 */
export interface Vocabulary {
  /** How many papers there are. */
  papers: number;
  words: string[];
  /** By number, as far as it was learned. */
  papersWith: number[];
  rarity: number[];
  numbers: Map<string, number>;
  /** The numbers of the parts of a word by how it is written: to fold it takes longer than all else. */
  written: Map<string, readonly number[]>;
}

export const createVocabulary = (papers: number): Vocabulary => ({
  papers,
  words: [],
  papersWith: [],
  rarity: [],
  numbers: new Map(),
  written: new Map(),
});

/** The words whose counts are to be learned next. */
export const unlearned = ({ words, papersWith }: Vocabulary): string[] => words.slice(papersWith.length);

/** Takes in how many papers hold each of the words that were not learned yet. */
export function learn(vocabulary: Vocabulary, papersWith: (word: string) => number): void {
  for (const word of unlearned(vocabulary)) {
    const count = papersWith(word);
    vocabulary.papersWith.push(count);
    vocabulary.rarity.push(1 + Math.log((1 + vocabulary.papers) / (1 + count)));
  }
}

function numberOf({ numbers, words }: Vocabulary, word: string): number {
  const known = numbers.get(word);
  if (known !== undefined) return known;
  numbers.set(word, words.length);
  return words.push(word) - 1;
}

function numbersIn(vocabulary: Vocabulary, text: string): number[] {
  const found: number[] = [];
  for (const written of writtenIn(text)) {
    let numbers = vocabulary.written.get(written);
    if (numbers === undefined) {
      numbers = partsOf(written).map((part) => numberOf(vocabulary, part));
      vocabulary.written.set(written, numbers);
    }
    for (const number of numbers) found.push(number);
  }
  return found;
}

/** A pair of neighbours is a number too: beyond all words, and small enough to be exact. */
const PAIR = 2 ** 26;
const pairOf = (one: number, other: number): number => (one + 1) * PAIR + other;
const isPair = (term: number): boolean => term >= PAIR;

/** The words and pairs of a paper in the order of their numbers, and how often each stands there. */
export interface Counts {
  terms: Float64Array;
  times: Uint16Array;
}

/** Title and abstract in folded words; pairs do not run on from the one into the other. */
export function countsOf(vocabulary: Vocabulary, { title, abstract }: Said): Counts {
  const all: number[] = [];
  for (const text of [title, abstract]) {
    const numbers = numbersIn(vocabulary, text);
    for (let at = 0; at < numbers.length; at++) {
      all.push(numbers[at]!);
      if (at > 0) all.push(pairOf(numbers[at - 1]!, numbers[at]!));
    }
  }
  const terms = Float64Array.from(all).sort();
  const times = new Uint16Array(terms.length);
  let last = -1;
  for (const term of terms) {
    if (last === -1 || terms[last] !== term) terms[++last] = term;
    times[last]!++;
  }
  return { terms: terms.slice(0, last + 1), times: times.slice(0, last + 1) };
}

/** What is weighed, as a vector of length 1. */
export interface Weights {
  terms: Float64Array;
  weights: Float64Array;
}

/**
 * Weighs the terms of a paper by tf-idf, with the logarithm of how often they stand there. How rare
 * a pair is is not counted but taken from the rarer of its words: a count of all pairs would be
 * larger than all papers. Words of one paper alone tell nothing.
 */
export function weigh({ terms, times }: Counts, { papers, papersWith, rarity }: Vocabulary): Weights {
  const rarest = 1 + Math.log(papers);
  const weights = new Float64Array(terms.length);
  let squares = 0;
  for (let i = 0; i < terms.length; i++) {
    const term = terms[i]!;
    const rare = isPair(term) ? rarityOfPair(term, rarity, rarest) : toldBy(papersWith[term]!, rarity[term]!);
    const weight = often(times[i]!) * rare;
    weights[i] = weight;
    squares += weight * weight;
  }
  const length = Math.sqrt(squares) || 1;
  for (let i = 0; i < weights.length; i++) weights[i]! /= length;
  return { terms, weights };
}

const toldBy = (papersWith: number, rarity: number): number => (papersWith > 1 ? rarity : 0);

const PAIRS_ARE_RARER = 0.5;
function rarityOfPair(pair: number, rarity: readonly number[], rarest: number): number {
  const other = pair % PAIR;
  const one = (pair - other) / PAIR - 1;
  return Math.min(Math.max(rarity[one]!, rarity[other]!) + PAIRS_ARE_RARER, rarest);
}

const often = (times: number): number => (times === 1 ? 1 : 1 + Math.log(times));

/** How like two papers are: the cosine between them. */
export function likeness(one: Weights, other: Weights): number {
  let sum = 0;
  for (let i = 0, k = 0; i < one.terms.length && k < other.terms.length;) {
    const difference = one.terms[i]! - other.terms[k]!;
    if (difference === 0) sum += one.weights[i]! * other.weights[k]!;
    if (difference <= 0) i++;
    if (difference >= 0) k++;
  }
  return sum;
}

/**
 * By which words to look for papers like this one, and what each counts: the most telling ones that
 * stand in no more than `budget` papers altogether.
 */
export function tellingWords(
  { terms, times }: Counts,
  { words, papersWith, rarity }: Vocabulary,
  budget: number,
): { word: string; weight: number }[] {
  const weighed = [...terms]
    .map((term, i) => ({ term, weight: often(times[i]!) * (rarity[term] ?? 0) }))
    .filter(({ term }) => !isPair(term) && papersWith[term]! > 1)
    .toSorted((one, other) => other.weight - one.weight || (words[one.term]! < words[other.term]! ? -1 : 1));
  let left = budget;
  const chosen = weighed.filter(({ term }) => {
    if (papersWith[term]! > left) return false;
    left -= papersWith[term]!;
    return true;
  });
  return chosen.map(({ term, weight }) => ({ word: words[term]!, weight: weight * rarity[term]! }));
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
