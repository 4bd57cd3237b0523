import { listEditions } from '../../db/editions.ts';
import { entriesBySource, lastAnswers, lastRuns } from '../../db/sources.ts';
import type { Counts } from '../counts.ts';
import type { DeskTools, SiteDeps } from '../deps.ts';
import { RUNS_SHOWN, type SourcesFacts } from './sources-view.ts';

type FactsDeps = Pick<SiteDeps, 'db' | 'log'> & {
  tools: Pick<DeskTools, 'sources' | 'nextAsk'>;
  counts: Pick<Counts, 'papersBySource'>;
};

/** What each source of SOURCES brought, and when it is asked next. */
export async function sourcesFacts({
  db,
  log,
  tools,
  counts,
}: FactsDeps): Promise<Pick<SourcesFacts, 'edition' | 'sources'>> {
  const names = tools.sources.map(({ name }) => name);
  /** The queue may be away: less is said then, and the runs are still told. */
  const nextAsk = (name: string): Promise<Date | null> =>
    tools.nextAsk(name).catch((err: unknown) => {
      log.warn({ err }, 'Cannot ask the queue when a source is asked next');
      return null;
    });
  const [runs, answers, papers, edition, next] = await Promise.all([
    lastRuns(db, names, RUNS_SHOWN),
    lastAnswers(db, names),
    counts.papersBySource(),
    listEditions(db, { limit: 1 }).then(([newest]) => newest ?? null),
    Promise.all(names.map(nextAsk)),
  ]);
  const inEdition = edition === null ? new Map<string, number>() : await entriesBySource(db, edition.date);
  return {
    edition,
    sources: tools.sources.map((source, i) => ({
      name: source.name,
      ...(source.hasLists && { hasLists: source.hasLists }),
      ...(source.observe && { observe: source.observe }),
      runs: runs.filter((run) => run.source === source.name),
      answeredAt: answers.get(source.name) ?? null,
      nextAt: next[i]!,
      papers: papers.value.get(source.name) ?? 0,
      inEdition: inEdition.get(source.name) ?? 0,
    })),
  };
}
