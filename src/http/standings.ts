import { addDays, dayOf } from '../day.ts';
import { type Db, pretend } from '../db/client.ts';
import { editionState } from '../db/editions.ts';
import { type Standing, standingOf } from '../editions/build.ts';
import type { Topics } from '../papers/topics.ts';
import type { FeatureGroup } from '../ranking/features.ts';
import { keepCount, type Kept } from './admin/kept.ts';

export interface Standings {
  /** The first day whose edition is not frozen. */
  nextDate(): Promise<string>;
  /** What stands for the edition of a day that is to come. */
  of(date: string): Promise<Standing>;
  /** Something was chosen: what is kept is out of date. */
  clear(): void;
}

/** What stands for editions to come, kept for a while: ranking a week of papers takes seconds where there are many. */
export function createStandings(deps: {
  db: Db;
  now: () => Date;
  topics: Topics;
  without?: readonly FeatureGroup[];
}): Standings {
  const { db, now } = deps;
  const kept = new Map<string, () => Promise<Kept<Standing>>>();
  return {
    async nextDate() {
      const today = dayOf(now());
      return (await editionState(db, today)) === 'frozen' ? addDays(today, 1) : today;
    },
    async of(date) {
      let count = kept.get(date);
      if (!count) {
        count = keepCount(() => pretend(db, (tx) => standingOf({ ...deps, tx }, date)), now);
        if (kept.size > 2) kept.clear();
        kept.set(date, count);
      }
      return (await count()).value;
    },
    clear: () => kept.clear(),
  };
}
