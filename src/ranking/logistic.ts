import { rowOf, rowsIn, type Matrix } from './matrix.ts';
import { weighedSum, type Ridge } from './ridge.ts';
import { solve } from './solve.ts';

export interface LogisticData {
  x: Matrix;
  /** What came true of each row: 0, 1, or how likely it is where that is not known yet. */
  y: Float64Array;
  /** How much each row counts. */
  weights: Float64Array;
}

const MOST_STEPS = 25;
const SETTLED = 1e-6;

/**
 * Logistic regression that pays for its weights, by Newton's steps. A weight of one standard
 * deviation has to bring the evidence of `strength` rows; the offset is free.
 */
export function fitLogistic({ x, y, weights }: LogisticData, strength: number, from?: Ridge): Ridge {
  const { width } = x;
  const scales = scalesOf(x);
  // The offset is the last of the coefficients.
  let at = Float64Array.from({ length: width + 1 }, (_, c) => (c < width ? (from?.weights[c] ?? 0) * scales[c]! : 0));
  at[width] =
    from?.offset ??
    logOdds(
      y.reduce((sum, value, r) => sum + value * weights[r]!, 0),
      weights,
    );
  let { cost, change } = newtonStep({ x, y, weights }, { at, scales, strength });
  for (let step = 0; step < MOST_STEPS && Math.max(...change.map(Math.abs)) > SETTLED; step++) {
    const next = at.map((value, c) => value + change[c]!);
    const there = newtonStep({ x, y, weights }, { at: next, scales, strength });
    // A whole step can jump over the valley: then half of it is tried.
    if (there.cost > cost) {
      change = change.map((value) => value / 2);
      continue;
    }
    at = next;
    ({ cost, change } = there);
  }
  return { offset: at[width]!, weights: Array.from({ length: width }, (_, c) => at[c]! / scales[c]!) };
}

export const chanceOf = (model: Ridge, row: Float64Array): number => sigmoid(weighedSum(model, row));

export const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

function logOdds(hits: number, weights: Float64Array): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Math.log((hits + 0.5) / (total - hits + 0.5));
}

interface Place {
  at: Float64Array;
  scales: Float64Array;
  strength: number;
}

interface Step {
  /** How wrong the coefficients are, what they cost included. */
  cost: number;
  /** What would make them right, if the valley were a parabola. */
  change: Float64Array;
}

/** Most columns of words are 0 in most rows: only the others are multiplied. */
function newtonStep({ x, y, weights }: LogisticData, { at, scales, strength }: Place): Step {
  const n = x.width + 1;
  const curvature = new Float64Array(n * n);
  const slope = new Float64Array(n);
  const columns = new Int32Array(n);
  const values = new Float64Array(n);
  let cost = 0;
  for (let r = 0; r < y.length; r++) {
    const row = rowOf(x, r);
    let filled = 0;
    let z = at[x.width]!;
    for (let c = 0; c < x.width; c++) {
      if (row[c] === 0) continue;
      columns[filled] = c;
      values[filled] = row[c]! / scales[c]!;
      z += at[c]! * values[filled++]!;
    }
    columns[filled] = x.width;
    values[filled++] = 1;
    const chance = sigmoid(z);
    cost += weights[r]! * (Math.log1p(Math.exp(-Math.abs(z))) + Math.max(z, 0) - y[r]! * z);
    const push = weights[r]! * (y[r]! - chance);
    const bend = weights[r]! * Math.max(1e-6, chance * (1 - chance));
    for (let i = 0; i < filled; i++) {
      slope[columns[i]!]! += push * values[i]!;
      const line = columns[i]! * n;
      for (let j = 0; j <= i; j++) curvature[line + columns[j]!]! += bend * values[i]! * values[j]!;
    }
  }
  for (let c = 0; c < x.width; c++) {
    cost += (strength * at[c]! ** 2) / 2;
    slope[c]! -= strength * at[c]!;
    curvature[c * n + c]! += strength;
  }
  return { cost, change: solve(curvature, slope) };
}

/** Standard deviations; 1 for a column that never changes. */
function scalesOf(x: Matrix): Float64Array {
  const rows = Math.max(1, rowsIn(x));
  const sums = new Float64Array(x.width);
  const squares = new Float64Array(x.width);
  for (let i = 0; i < x.values.length; i++) {
    sums[i % x.width]! += x.values[i]! / rows;
    squares[i % x.width]! += x.values[i]! ** 2 / rows;
  }
  return squares.map((square, c) => {
    const variance = square - sums[c]! ** 2;
    return variance < 1e-12 ? 1 : Math.sqrt(variance);
  });
}
