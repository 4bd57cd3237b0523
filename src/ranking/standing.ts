/** Of no values: 0. */
export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Mean and standard deviation; a deviation of 0 is given as 1, so that one can divide by it. */
export function spreadOf(values: readonly number[]): { mean: number; deviation: number } {
  const middle = mean(values);
  return { mean: middle, deviation: Math.sqrt(mean(values.map((value) => (value - middle) ** 2))) || 1 };
}

/**
 * How papers stand among those of their day: the square root of the votes, in standard deviations
 * from the day's mean. The root keeps one famous paper from being the whole day.
 */
export function standingsOf(upvotes: readonly number[]): number[] {
  const roots = upvotes.map(Math.sqrt);
  const { mean: middle, deviation } = spreadOf(roots);
  return roots.map((root) => (root - middle) / deviation);
}
