import type { Db } from '../db/client.ts';
import { addCategories, papersWithoutCategory } from '../db/papers.ts';
import { DAY } from '../duration.ts';
import { codeOf } from '../errors.ts';
import type { Logger } from '../telemetry.ts';
import { LOOKED_UP_AT_ONCE, type PaperSource } from './source.ts';

/** Older papers enter no edition any more. */
const RECENT_MS = 7 * DAY;
const REQUESTS = 2;

interface CategoriesDeps {
  db: Db;
  sources: readonly PaperSource[];
  now: () => Date;
  log: Pick<Logger, 'info' | 'warn'>;
  signal?: AbortSignal;
}

/**
 * Asks a source that knows single papers (arXiv, when it is among the sources) for the categories
 * of recent papers that came without any, as those of Hugging Face do: topics go by them. A failure
 * is only warned about; the next ingest asks again.
 */
export async function completeCategories(deps: CategoriesDeps): Promise<void> {
  const source = deps.sources.find((s) => s.lookUp);
  if (!source?.lookUp) return;
  try {
    const ids = await papersWithoutCategory(
      deps.db,
      new Date(deps.now().getTime() - RECENT_MS),
      REQUESTS * LOOKED_UP_AT_ONCE,
    );
    for (let at = 0; at < ids.length; at += LOOKED_UP_AT_ONCE) {
      const found = await source.lookUp(ids.slice(at, at + LOOKED_UP_AT_ONCE), deps.signal);
      const completed = await addCategories(deps.db, found, deps.now());
      deps.log.info({ source: source.name, completed }, 'categories completed');
    }
  } catch (err) {
    deps.signal?.throwIfAborted();
    deps.log.warn(
      { source: source.name, code: codeOf(err), err },
      'Cannot look up categories: the next ingest tries again',
    );
  }
}
