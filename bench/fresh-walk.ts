import { inCodeOrder } from '../src/order.ts';
import { createFreshTraining, forecast, type Forecast, type Options, OPTIONS } from '../src/ranking/fresh.ts';
import { morningOf, type AnnouncedPaper, type Memory } from '../src/ranking/fresh-features.ts';
import type { VotedPaper } from './ranking-lists.ts';

/** A morning as it was: what was announced, what was foretold of it, what was known then. */
export interface FreshMorning {
  morning: string;
  papers: AnnouncedPaper[];
  forecasts: Forecast[];
  memory: Memory;
}

/** Walks through the mornings. Each knows the lists of earlier days alone, and is refitted. */
export function* walkMornings(
  { lists, pool, from, until }: { lists: readonly VotedPaper[][]; pool: readonly AnnouncedPaper[]; from: string; until: string },
  options: Options = OPTIONS,
): Generator<FreshMorning> {
  const training = createFreshTraining(options);
  const mornings = [...Map.groupBy(pool, morningOf)].toSorted(([a], [b]) => inCodeOrder(a, b));
  let next = 0;
  for (const [morning, announced] of mornings) {
    if (morning > until) return;
    while (next < lists.length && lists[next]![0]!.day < morning) training.learnList(lists[next++]!);
    const papers = announced.filter(({ id }) => !training.isListed(id));
    if (morning >= from)
      yield { morning, papers, forecasts: forecast(training.fit(morning), papers, morning, training.memory), memory: training.memory };
    training.learnMorning(morning, papers);
  }
}
