import { addDays } from '../day.ts';
import type { Signal } from '../paper.ts';
import { latestValue } from '../ranking/signals.ts';

/** No return before the day after the next: until then votes of the first morning gather. */
const REST_DAYS = 2;
/** What counts as new attention: as many upvotes again, and not just a few. */
const LEAST_MORE = 30;

/** Whether upvotes have at least doubled after the day on which a paper led an edition. */
export function risesAgain(signals: readonly Signal[], { since, date }: { since: string; date: string }): boolean {
  if (date < addDays(since, REST_DAYS)) return false;
  const then = latestValue(
    signals.filter((signal) => signal.observedAt <= new Date(`${since}T23:59:59.999Z`)),
    'upvotes',
  );
  const now = latestValue(signals, 'upvotes');
  return now - then >= Math.max(then, LEAST_MORE);
}
