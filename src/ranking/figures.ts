import { mean } from './standing.ts';
import { seeded } from './seeded.ts';

/**
 * How much of the best possible gain an order collects in its first `k` places. The gain of a paper
 * is its votes as they are; the place's discount is 1 / log2(place + 1).
 */
export function ndcg(scores: readonly number[], gains: readonly number[], k: number): number {
  const collected = (order: readonly number[]): number =>
    order.slice(0, k).reduce((sum, gain, place) => sum + gain / Math.log2(place + 2), 0);
  const best = collected(gains.toSorted((a, b) => b - a));
  return best === 0 ? 1 : collected(inOrderOf(scores).map((i) => gains[i]!)) / best;
}

const inOrderOf = (scores: readonly number[]): number[] =>
  [...scores.keys()].toSorted((a, b) => scores[b]! - scores[a]!);

/** Spearman's rank correlation, equals sharing their mean rank; 0 where one side is all equal. */
export function spearman(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [fromTheMean(ranks(a)), fromTheMean(ranks(b))];
  const together = Math.sqrt(product(x, x) * product(y, y));
  return together === 0 ? 0 : product(x, y) / together;
}

const fromTheMean = (values: readonly number[]): number[] => values.map((value) => value - mean(values));
const product = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0);

const ranks = (values: readonly number[]): number[] =>
  values.map(
    (value) =>
      values.filter((other) => other < value).length + (values.filter((other) => other === value).length - 1) / 2,
  );

export interface Interval {
  mean: number;
  /** 2.5 % and 97.5 % of 2,000 draws of days. */
  low: number;
  high: number;
}

const DRAWS = 2000;

/** The mean difference of two figures of the same days, and how far another choice of days moves it. */
export function pairedBootstrap(ours: readonly number[], theirs: readonly number[]): Interval {
  const differences = ours.map((value, day) => value - theirs[day]!);
  const random = seeded(20_260_301);
  const draws = Array.from({ length: DRAWS }, () =>
    mean(differences.map(() => differences[Math.floor(random() * differences.length)]!)),
  ).toSorted((a, b) => a - b);
  return {
    mean: mean(differences),
    low: draws[Math.floor(DRAWS * 0.025)]!,
    high: draws[Math.ceil(DRAWS * 0.975) - 1]!,
  };
}
