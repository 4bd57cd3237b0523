import { rowOf, rowsIn, type Matrix } from './matrix.ts';
import { solve } from './solve.ts';

/** A weighted sum: `offset + Σ weights · row`. */
export interface Ridge {
  offset: number;
  weights: number[];
}

/**
 * Least squares that pays for its weights: `strength` is how many rows' worth of evidence a weight of
 * one standard deviation has to bring. A column that never changes weighs nothing.
 */
export function fitRidge(x: Matrix, y: Float64Array, strength: number): Ridge {
  const { width } = x;
  const { means, deviations } = spread(x);
  const gram = new Float64Array(width * width);
  const moments = new Float64Array(width);
  const meanY = y.reduce((sum, value) => sum + value, 0) / Math.max(1, y.length);
  const scaled = new Float64Array(width);
  for (let r = 0; r < y.length; r++) {
    const row = rowOf(x, r);
    for (let c = 0; c < width; c++) scaled[c] = (row[c]! - means[c]!) / deviations[c]!;
    for (let c = 0; c < width; c++) {
      moments[c]! += scaled[c]! * (y[r]! - meanY);
      for (let d = 0; d <= c; d++) gram[c * width + d]! += scaled[c]! * scaled[d]!;
    }
  }
  for (let c = 0; c < width; c++) gram[c * width + c]! += strength;
  const weights = Array.from(solve(gram, moments), (weight, c) => weight / deviations[c]!);
  return { offset: weights.reduce((offset, weight, c) => offset - weight * means[c]!, meanY), weights };
}

export const weighedSum = ({ offset, weights }: Ridge, row: Float64Array): number =>
  weights.reduce((sum, weight, c) => sum + weight * row[c]!, offset);

function spread(x: Matrix): { means: Float64Array; deviations: Float64Array } {
  const { width, values } = x;
  const rows = Math.max(1, rowsIn(x));
  const means = new Float64Array(width);
  const deviations = new Float64Array(width);
  for (let i = 0; i < values.length; i++) means[i % width]! += values[i]! / rows;
  for (let i = 0; i < values.length; i++) deviations[i % width]! += (values[i]! - means[i % width]!) ** 2 / rows;
  return { means, deviations: deviations.map((variance) => (variance < 1e-12 ? 1 : Math.sqrt(variance))) };
}
