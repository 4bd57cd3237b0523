/**
 * What is read ahead is about this old at most when it is used: a reader who leaves meanwhile may
 * still get that digest.
 */
const AHEAD_MS = 100;
const MOST = 500;

/**
 * Reads a sequence in portions, the next one while the last is used up; gives one item at a time,
 * and `undefined` when all were given. `read` brings up to `limit` items after `last`. Portions
 * begin at `least` and grow as long as they do not last for `AHEAD_MS`.
 */
export function readAhead<T>(
  read: (last: T | null, limit: number) => Promise<T[]>,
  least: number,
  clock: () => number = () => performance.now(),
): () => Promise<T | undefined> {
  const ready: T[] = []; // the next one last
  let last: T | null = null;
  let size = least;
  let readAt = -Infinity;
  let exhausted = false;
  let reading: Promise<void> | null = null;

  const readPortion = async (): Promise<void> => {
    const now = clock();
    if (readAt > -Infinity)
      size = now - readAt < AHEAD_MS ? Math.min(size * 2, MOST) : Math.max(least, Math.floor(size / 2));
    readAt = now;
    const items = await read(last, size);
    exhausted = items.length < size;
    last = items.at(-1) ?? last;
    ready.unshift(...items.toReversed());
  };
  const readMore = (): Promise<void> =>
    (reading ??= readPortion().finally(() => {
      reading = null;
    }));

  return async () => {
    while (ready.length === 0 && !exhausted) await readMore();
    // a caller that finds nothing ready tries again
    if (ready.length < size / 2 && !exhausted) readMore().catch(() => {});
    return ready.pop();
  };
}
