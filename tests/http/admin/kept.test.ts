import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keepCount } from '../../../src/http/admin/kept.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

/** Counts how often it is read. */
const counting = () => {
  let reads = 0;
  return keepCount(
    async () => ++reads,
    () => new Date(),
  );
};
const valueOf = async (count: ReturnType<typeof counting>): Promise<number> => (await count()).value;

test('who looks again at once gets the same count, and a little later the last one while a new one is read beside', async () => {
  const count = counting();
  expect([await valueOf(count), await valueOf(count)]).toEqual([1, 1]);
  vi.advanceTimersByTime(3_000);
  expect(await valueOf(count)).toBe(1);
  await Promise.resolve();
  expect(await valueOf(count)).toBe(2);
});

test('after a while without a look the next one waits for a new count', async () => {
  const count = counting();
  await count();
  vi.advanceTimersByTime(10 * 60_000);
  expect(await valueOf(count)).toBe(2);
});

test('many who look at once are told by one reading, and a failure is not kept', async () => {
  let fails = true;
  let reads = 0;
  const count = keepCount(
    async () => {
      reads++;
      if (fails) throw new Error('away');
      return reads;
    },
    () => new Date(),
  );
  await expect(Promise.all([count(), count()])).rejects.toThrow('away');
  expect(reads).toBe(1);
  fails = false;
  expect((await count()).value).toBe(2);
});
