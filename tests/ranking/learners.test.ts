import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ndcg, pairedBootstrap, spearman } from '../../src/ranking/figures.ts';
import { stack } from '../../src/ranking/matrix.ts';
import { fitRidge, weighedSum } from '../../src/ranking/ridge.ts';
import { seeded } from '../../src/ranking/seeded.ts';
import { askTrees, fitTrees } from '../../src/ranking/trees.ts';

const matrix = (rows: readonly (readonly number[])[]) => ({
  width: rows[0]!.length,
  values: Float64Array.from(rows.flat()),
});

describe('a ridge', () => {
  const random = seeded(7);
  const rows = Array.from({ length: 200 }, () => [random(), random() * 100, 5]);
  const y = Float64Array.from(rows, ([a, b]) => 3 + 2 * a! - 0.5 * b!);

  test('finds a line when it costs nothing, and leaves a column that never changes alone', () => {
    const { offset, weights } = fitRidge(matrix(rows), y, 1e-9);
    expect(weights[0]).toBeCloseTo(2, 4);
    expect(weights[1]).toBeCloseTo(-0.5, 6);
    expect(weights[2]).toBeCloseTo(0, 9);
    expect(offset).toBeCloseTo(3, 4);
    expect(weighedSum({ offset, weights }, Float64Array.of(1, 2, 5))).toBeCloseTo(4, 4);
  });

  test('says the mean when weights cost all there is', () => {
    const { offset, weights } = fitRidge(matrix(rows), y, 1e12);
    expect(Math.max(...weights.map(Math.abs))).toBeLessThan(1e-6);
    expect(offset).toBeCloseTo(y.reduce((sum, value) => sum + value, 0) / y.length, 3);
  });

  test('stands equal columns and few rows', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 8 }), (values) => {
        const twice = matrix(values.map((value) => [value, value]));
        const { offset, weights } = fitRidge(twice, Float64Array.from(values), 1);
        expect([offset, ...weights].every(Number.isFinite)).toBe(true);
        expect(weights[0]).toBeCloseTo(weights[1]!, 9);
      }),
    );
  });
});

describe('trees', () => {
  const OPTIONS = { trees: 100, depth: 2, rate: 0.3, leastRows: 5, penalty: 0, columns: 1 };
  const random = seeded(3);
  const rows = Array.from({ length: 400 }, () => [random(), random(), random()]);
  // What no weighted sum can say: high where exactly one of the two is.
  const oneOf = ([a, b]: readonly number[]): number => Number(a! > 0.5 !== b! > 0.5);
  const y = Float64Array.from(rows, oneOf);

  test('learn what depends on two columns together', () => {
    const trees = fitTrees(matrix(rows), y, OPTIONS);
    const missed = rows.filter((row) => Math.abs(askTrees(trees, Float64Array.from(row)) - oneOf(row)) > 0.5);
    expect(missed.length).toBeLessThan(rows.length * 0.05);
  });

  test('answer with a mean where no cut leaves enough rows on both sides', () => {
    const trees = fitTrees(matrix(rows), y, { ...OPTIONS, leastRows: 201, trees: 1, rate: 1 });
    expect(trees).toEqual([expect.closeTo(y.reduce((sum, value) => sum + value, 0) / y.length, 9)]);
  });

  test('are the same for the same rows', () => {
    const options = { ...OPTIONS, columns: 0.5, trees: 5 };
    expect(fitTrees(matrix(rows), y, options)).toEqual(fitTrees(matrix(rows), y, options));
  });

  test('never answer beyond what they were shown', () => {
    const trees = fitTrees(matrix(rows), y, { ...OPTIONS, rate: 0.1 });
    fc.assert(
      fc.property(fc.array(fc.double(), { minLength: 3, maxLength: 3 }), (row) => {
        const answer = askTrees(trees, Float64Array.from(row));
        expect(answer).toBeGreaterThan(-0.5);
        expect(answer).toBeLessThan(1.5);
      }),
    );
  });
});

test('matrices are put one below the other', () => {
  expect(stack(2, [matrix([[1, 2]]), { width: 2, values: new Float64Array() }, matrix([[3, 4]])]).values).toEqual(
    Float64Array.of(1, 2, 3, 4),
  );
});

describe('figures', () => {
  test.each([
    ['the best order', [3, 2, 1], [30, 20, 10], 1],
    ['the worst order', [1, 2, 3], [30, 20, 10], (10 + 20 / Math.log2(3) + 30 / 2) / (30 + 20 / Math.log2(3) + 10 / 2)],
    ['a day without votes', [1, 2], [0, 0], 1],
  ])('NDCG of %s', (_name, scores, gains, expected) => expect(ndcg(scores, gains, 3)).toBeCloseTo(expected));

  test('NDCG looks at the first places only', () => {
    expect(ndcg([3, 2, 1], [5, 0, 9], 1)).toBeCloseTo(5 / 9);
  });

  test.each([
    ['the same order', [1, 2, 3], [10, 20, 90], 1],
    ['the reverse', [1, 2, 3], [9, 8, 7], -1],
    ['all equal', [1, 1, 1], [1, 2, 3], 0],
    ['ties, which share a rank', [1, 1, 2], [1, 2, 3], Math.sqrt(3) / 2],
  ])('Spearman of %s', (_name, a, b, expected) => expect(spearman(a, b)).toBeCloseTo(expected));

  test('the bootstrap of days finds a difference that is always there, and doubts one that is chance', () => {
    const days = Array.from({ length: 60 }, (_, day) => day / 60);
    const sure = pairedBootstrap(
      days.map((value) => value + 0.1),
      days,
    );
    expect(sure.low).toBeCloseTo(0.1);
    const doubtful = pairedBootstrap(
      days.map((value, day) => value + (day % 2 === 0 ? 1 : -1)),
      days,
    );
    expect(doubtful.low).toBeLessThan(0);
    expect(doubtful.high).toBeGreaterThan(0);
  });
});
