/** Rows of equal width, one after the other. */
export interface Matrix {
  readonly width: number;
  readonly values: Float64Array;
}

export const rowsIn = ({ width, values }: Matrix): number => values.length / width;

export const rowOf = ({ width, values }: Matrix, row: number): Float64Array =>
  values.subarray(row * width, (row + 1) * width);

/** Several of the same width, one below the other. */
export function stack(width: number, parts: readonly Matrix[]): Matrix {
  const values = new Float64Array(parts.reduce((sum, part) => sum + part.values.length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part.values, at);
    at += part.values.length;
  }
  return { width, values };
}
