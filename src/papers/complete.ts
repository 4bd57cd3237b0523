import { isDeepStrictEqual } from 'node:util';
import { type Db, transaction } from '../db/client.ts';
import { lockIngest, papersById, papersToLookUp, writePapers } from '../db/papers.ts';
import { DAY } from '../duration.ts';
import { codeOf } from '../errors.ts';
import type { Paper } from '../paper.ts';
import type { Logger } from '../telemetry.ts';
import { newestVersion } from './merge.ts';
import { type FetchedPaper, LOOKED_UP_AT_ONCE, type PaperSource } from './source.ts';

/** Older papers enter no edition any more. */
const RECENT_MS = 7 * DAY;
const REQUESTS = 2;

interface CompleteDeps {
  db: Db;
  sources: readonly PaperSource[];
  now: () => Date;
  log: Pick<Logger, 'info' | 'warn'>;
  signal?: AbortSignal;
}

/**
 * Asks a source that knows single papers (arXiv, when it is among the sources) for the categories
 * and the version of recent papers that came without, as those of Hugging Face do: topics go by
 * categories. A failure is only warned about; the next ingest asks again.
 */
export async function completePapers(deps: CompleteDeps): Promise<void> {
  const source = deps.sources.find((s) => s.lookUp);
  if (!source?.lookUp) return;
  try {
    const ids = await papersToLookUp(deps.db, new Date(deps.now().getTime() - RECENT_MS), REQUESTS * LOOKED_UP_AT_ONCE);
    for (let at = 0; at < ids.length; at += LOOKED_UP_AT_ONCE) {
      const found = await source.lookUp(ids.slice(at, at + LOOKED_UP_AT_ONCE), deps.signal);
      const completed = await complete(deps, found);
      deps.log.info({ source: source.name, completed }, 'papers completed');
    }
  } catch (err) {
    deps.signal?.throwIfAborted();
    deps.log.warn(
      { source: source.name, code: codeOf(err), err },
      'Cannot look up categories and versions: the next ingest tries again',
    );
  }
}

/** Returns how many papers were given something. */
const complete = ({ db, now }: CompleteDeps, found: readonly FetchedPaper[]): Promise<number> =>
  transaction(db, async (tx) => {
    await lockIngest(tx);
    const said = new Map(found.map((paper) => [paper.id, paper]));
    const known = await papersById(tx, [...said.keys()]);
    const pairs = known.map((paper) => ({ paper, completed: completedBy(paper, said.get(paper.id)!) }));
    const changed = pairs.filter(({ paper, completed }) => !isDeepStrictEqual(paper, completed));
    await writePapers(
      tx,
      changed.map(({ completed }) => completed),
      now(),
    );
    return changed.length;
  });

/** The paper with what it lacked, and nothing else of what is said of it. */
const completedBy = (paper: Paper, said: FetchedPaper): Paper => ({
  ...paper,
  categories: paper.categories.length > 0 ? paper.categories : said.categories,
  ...newestVersion(paper, said),
});
