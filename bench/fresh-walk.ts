import { inCodeOrder } from '../src/order.ts';
import type { AnnouncedPaper } from '../src/ranking/announced.ts';
import { announcementOf } from '../src/announcement.ts';
import { createFreshTraining, forecast, type Forecast } from '../src/ranking/fresh.ts';
import type { Memory } from '../src/ranking/memory.ts';
import type { PooledPaper } from './fresh-pool.ts';
import type { VotedPaper } from './ranking-lists.ts';

/** A morning as it was: what was announced, what was foretold of it, what was known of earlier lists. */
export interface FreshMorning {
  morning: string;
  papers: AnnouncedPaper[];
  forecasts: Forecast[];
  memory: Memory;
}

interface FreshWalk {
  /** Oldest first. */
  lists: readonly VotedPaper[][];
  pool: readonly PooledPaper[];
  /** The first and the last morning that are foretold; without `from`, the third there is. */
  from?: string | undefined;
  until: string;
  /** Whether nothing is to know when a paper was submitted, as in arXiv's feeds. */
  hourless: boolean;
}

/** So many announcements come before the first forecast, at least. */
const LEARNT_MORNINGS = 2;

/** Walks through the mornings. Each knows the lists of earlier days alone, and is fitted anew. */
export function* walkMornings({ lists, pool, from, until, hourless }: FreshWalk): Generator<FreshMorning> {
  const training = createFreshTraining();
  const mornings = [...Map.groupBy(pool, (paper) => announcementOf(paper.submittedAt).morning)]
    .filter(([morning]) => morning <= until)
    .toSorted(([a], [b]) => inCodeOrder(a, b));
  const first = from ?? mornings[LEARNT_MORNINGS]?.[0];
  let next = 0;
  for (const [morning, announced] of mornings) {
    while (next < lists.length && lists[next]![0]!.day < morning) training.learnList(lists[next++]!);
    const papers = announced
      .filter(({ id }) => !training.isListed(id))
      .map((paper) => ({ ...paper, submittedAt: hourless ? null : paper.submittedAt }));
    if (first !== undefined && morning >= first) {
      const model = training.fit(morning);
      if (model === null)
        throw new Error(`There is no list before ${morning} that has papers of the pool to learn from`);
      const { memory } = training;
      yield { morning, papers, forecasts: forecast(model, papers, { morning, memory }), memory };
    }
    training.learnMorning(morning, papers);
  }
}
