import type { Db } from '../db/client.ts';
import { transaction } from '../db/client.ts';
import { markIndexed, unindexedPapers } from '../db/papers.ts';

/** So many go in one transaction: a second's work, and no lock is held for longer. */
const AT_ONCE = 500;

/**
 * Completes the index for what was written since, and for papers of an older Paperboy: a portion
 * at a time, the newest first, until none is left or `signal` fires. Returns how many those were.
 */
export async function indexPapers({ db, signal }: { db: Db; signal?: AbortSignal }): Promise<number> {
  let indexed = 0;
  while (!signal?.aborted) {
    const papers = await unindexedPapers(db, AT_ONCE);
    await transaction(db, (tx) => markIndexed(tx, papers));
    indexed += papers.length;
    if (papers.length < AT_ONCE) break;
  }
  return indexed;
}
