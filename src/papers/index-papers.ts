import { type Db, transaction } from '../db/client.ts';
import { markIndexed, unindexedPapers } from '../db/papers.ts';
import { lockSearch, storeEntries } from '../db/search-index.ts';
import type { Topics } from './topics.ts';

/** So many go in one transaction: some seconds' work at most, and no lock is held for longer. */
const AT_ONCE = 200;

export interface IndexDeps {
  db: Db;
  topics: Pick<Topics, 'classify'>;
  signal?: AbortSignal;
}

/**
 * Completes the index for what was written since, and for papers of an older Paperboy: a portion
 * at a time, the newest first, until none is left or `signal` fires. Returns how many those were.
 */
export async function indexPapers({ db, topics, signal }: IndexDeps): Promise<number> {
  let indexed = 0;
  while (!signal?.aborted) {
    const count = await transaction(db, async (tx) => {
      await lockSearch(tx);
      const papers = await unindexedPapers(tx, AT_ONCE);
      // Nothing is written where nothing changed: all kept pages would be made anew.
      if (papers.length === 0) return 0;
      const filed = papers.map((paper) => ({ paper, topics: topics.classify(paper).map(({ slug }) => slug) }));
      await storeEntries(tx, filed);
      await markIndexed(tx, papers);
      return papers.length;
    });
    indexed += count;
    if (count < AT_ONCE) break;
  }
  return indexed;
}
