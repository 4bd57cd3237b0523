import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAhead } from '../../src/delivery/read-ahead.ts';

/** A sequence of the numbers up to `count`, and the portions that were asked for. */
function numbers(count: number, fails: (nth: number) => boolean = () => false) {
  const portions: number[] = [];
  const read = async (last: number | null, limit: number): Promise<number[]> => {
    if (fails(portions.push(limit))) throw new Error('away');
    const from = (last ?? 0) + 1;
    return Array.from({ length: Math.max(0, Math.min(limit, count - from + 1)) }, (_, i) => from + i);
  };
  return { read, portions };
}

async function drain(next: () => Promise<number | undefined>, readers: number): Promise<number[]> {
  const got: number[] = [];
  await Promise.all(
    Array.from({ length: readers }, async () => {
      for (let n = await next(); n !== undefined; n = await next()) got.push(n);
    }),
  );
  return got;
}

test('gives every item once and in order, however many ask at once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(1200),
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 20 }),
      async (count, least, readers) => {
        const { read } = numbers(count);
        expect(await drain(readAhead(read, least), readers)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
      },
    ),
    { numRuns: 50 },
  );
});

test('reads more at a time while items go fast, and little to begin with', async () => {
  const { read, portions } = numbers(3000);
  await drain(
    readAhead(read, 10, () => 0),
    5,
  );
  expect(portions.slice(0, 7)).toEqual([10, 20, 40, 80, 160, 320, 500]);
});

test('reads little while items go slowly: what is read long before it is used is out of date', async () => {
  const { read, portions } = numbers(1000);
  let now = 0;
  const next = readAhead(read, 10, () => now);
  for (let n = 0; n < 100; n++) {
    await next();
    now += 25;
  }
  expect(Math.max(...portions)).toBeLessThanOrEqual(20);
});

test('a portion that could not be read is read when it is asked for again', async () => {
  const { read } = numbers(100, (nth) => nth === 1 || nth === 3);
  const next = readAhead(read, 10);
  await expect(next()).rejects.toThrow('away');
  const got: number[] = [];
  for (;;) {
    const n = await next().catch(() => null);
    if (n === undefined) break;
    if (n !== null) got.push(n);
  }
  expect(got).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
});
