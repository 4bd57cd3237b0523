/** Rows of equal width, one after the other. */
export interface Matrix {
  width: number;
  values: Float64Array;
}

export const rowsOf = (matrix: Matrix): number => matrix.values.length / matrix.width;

/** A line through the data: `offset + Σ weights · x`. */
export interface Ridge {
  offset: number;
  weights: number[];
}

/**
 * Least squares with a penalty of `strength` per row's worth of squared weight, each column measured
 * in its own standard deviations. A column that never changes weighs nothing.
 */
export function fitRidge(x: Matrix, y: Float64Array, strength: number): Ridge {
  const { width, values } = x;
  const rows = rowsOf(x);
  const { means, deviations } = spread(x);
  const gram = new Float64Array(width * width);
  const moments = new Float64Array(width);
  const meanY = y.reduce((sum, value) => sum + value, 0) / Math.max(1, rows);
  const scaled = new Float64Array(width);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < width; c++) scaled[c] = (values[r * width + c]! - means[c]!) / deviations[c]!;
    for (let c = 0; c < width; c++) {
      const value = scaled[c]!;
      if (value === 0) continue;
      moments[c]! += value * (y[r]! - meanY);
      for (let d = 0; d <= c; d++) gram[c * width + d]! += value * scaled[d]!;
    }
  }
  for (let c = 0; c < width; c++) gram[c * width + c]! += strength;
  const solved = solve(gram, moments, width);
  const weights = Array.from(solved, (weight, c) => weight / deviations[c]!);
  return { offset: meanY - weights.reduce((sum, weight, c) => sum + weight * means[c]!, 0), weights };
}

/** What the line says of each row. */
export function alongRidge(ridge: Ridge, x: Matrix): Float64Array {
  return Float64Array.from({ length: rowsOf(x) }, (_, r) =>
    ridge.weights.reduce((sum, weight, c) => sum + weight * x.values[r * x.width + c]!, ridge.offset),
  );
}

function spread({ width, values }: Matrix): { means: Float64Array; deviations: Float64Array } {
  const rows = values.length / width;
  const means = new Float64Array(width);
  const deviations = new Float64Array(width);
  for (let i = 0; i < values.length; i++) means[i % width]! += values[i]! / rows;
  for (let i = 0; i < values.length; i++) deviations[i % width]! += (values[i]! - means[i % width]!) ** 2 / rows;
  for (let c = 0; c < width; c++) deviations[c] = Math.sqrt(deviations[c]!) || 1;
  return { means, deviations };
}

/** Solves `A w = b` for a positive definite A, of which the lower triangle is given, by Cholesky. */
function solve(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const l = Float64Array.from(a);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = l[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= l[i * n + k]! * l[j * n + k]!;
      l[i * n + j] = i === j ? Math.sqrt(sum) : sum / l[j * n + j]!;
    }
  const w = Float64Array.from(b);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) w[i]! -= l[i * n + k]! * w[k]!;
    w[i]! /= l[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) w[i]! -= l[k * n + i]! * w[k]!;
    w[i]! /= l[i * n + i]!;
  }
  return w;
}
