import { addDays } from '../day.ts';
import type { Signal } from '../paper.ts';
import { latestValue } from '../ranking/signals.ts';

/** No return before the day after the next: until then votes of the first morning gather. */
const REST_DAYS = 2;
/** A paper is news again when it has so many times the votes that were expected of it, and many. */
const TIMES_EXPECTED = 3;
const LEAST_VOTES = 50;

/** Whether a paper that led an edition has got far more attention than was expected there. */
export function risesAgain(
  signals: readonly Signal[],
  { last, expectedVotes, date }: { last: string; expectedVotes: number; date: string },
): boolean {
  if (date < addDays(last, REST_DAYS)) return false;
  return latestValue(signals, 'upvotes') >= Math.max(LEAST_VOTES, TIMES_EXPECTED * expectedVotes);
}
