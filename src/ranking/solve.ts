/**
 * Solves `A w = b` by Cholesky's decomposition, for a positive definite A of which the lower
 * triangle is given, row by row.
 */
export function solve(a: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const l = decomposed(a, n);
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

/** The lower triangle L with `L Lᵀ = A`. */
function decomposed(a: Float64Array, n: number): Float64Array {
  const l = Float64Array.from(a);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let rest = l[i * n + j]!;
      for (let k = 0; k < j; k++) rest -= l[i * n + k]! * l[j * n + k]!;
      l[i * n + j] = i === j ? Math.sqrt(rest) : rest / l[j * n + j]!;
    }
  return l;
}
