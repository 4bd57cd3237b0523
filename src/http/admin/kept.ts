import { MINUTE } from '../../duration.ts';

/** A value and when it was read. */
export interface Kept<T> {
  value: T;
  at: Date;
}

/** What is kept is read anew when it is this many times as old as the reading took. */
const TIMES_ITS_COST = 50;
const LEAST_MS = 2_000;
/** After so long without a look the count is of another hour, and the next look waits for a new one. */
const OLD_MS = MINUTE;

/**
 * Keeps what is dear to count: it is read again beside, so that all looking takes at most a fiftieth
 * of the database's time, however many look. The first look waits, and the first after a while. Gives when it was counted,
 * for the page to say so.
 */
export function keepCount<T>(load: () => Promise<T>, now: () => Date): () => Promise<Kept<T>> {
  let kept: (Kept<T> & { readAt: number; cost: number }) | null = null;
  let reading: Promise<Kept<T>> | null = null;

  const read = async (): Promise<Kept<T>> => {
    const began = performance.now();
    const at = now();
    try {
      const value = await load();
      const ended = performance.now();
      kept = { value, at, readAt: ended, cost: ended - began };
      return kept;
    } finally {
      reading = null;
    }
  };

  return async () => {
    const age = kept === null ? Infinity : performance.now() - kept.readAt;
    if (kept !== null && age < Math.max(LEAST_MS, TIMES_ITS_COST * kept.cost)) return kept;
    reading ??= read();
    if (kept === null || age > Math.max(OLD_MS, 2 * TIMES_ITS_COST * kept.cost)) return reading;
    // A failure is the next reader's to meet: who looks now has the last count.
    reading.catch(() => {});
    return kept;
  };
}
