/** A value and when it was read. */
export interface Kept<T> {
  value: T;
  at: Date;
}

/** What is kept is read anew when it is this many times as old as the reading took. */
const TIMES_ITS_COST = 50;
const LEAST_MS = 2_000;

/**
 * Keeps what is dear to count: it is read again beside, so that all looking takes at most a fiftieth
 * of the database's time, however many look. Only the first look waits. Gives when it was counted,
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
    if (kept === null) return reading;
    // A failure is the next reader's to meet: who looks now has the last count.
    reading.catch(() => {});
    return kept;
  };
}
