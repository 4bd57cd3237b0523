import { dayOf } from '../day.ts';
import { requireTrueClock } from '../db/clock.ts';
import { createSums, loadSums, type Period, PERIODS, perThousand, type PeriodSum } from '../delivery/sums.ts';
import { AppError } from '../errors.ts';
import { openStore } from '../store.ts';
import type { Context } from './context.ts';

/** Brings the sums up to date and prints them, newest first; with `json` one object as the last line. */
export async function numbersCommand(
  { config, log, signal, print }: Context,
  { by, again = false, json = false }: { by: string; again?: boolean; json?: boolean },
): Promise<void> {
  const period = periodOf(by);
  await using store = await openStore(config, log, { signal });
  await requireTrueClock(store);
  await createSums(store).count({ again, signal });
  signal.throwIfAborted();
  const sums = (await loadSums(store.db, period, dayOf(store.now()))).toReversed();
  if (json) return print(JSON.stringify({ by: period, readers: sums[0]?.active ?? 0, periods: sums }));
  if (sums.length === 0) await print('There is nothing to count yet: no reader and no digest.');
  for (const sum of sums) await print(line(sum));
}

function periodOf(text: string): Period {
  const period = PERIODS.find((name) => name === text);
  if (period !== undefined) return period;
  throw new AppError('INPUT_INVALID', `--by must be ${PERIODS.join(', ')}, not "${text.slice(0, 20)}".`);
}

const rate = (count: number, deliveries: number): string => (perThousand(count, deliveries) ?? 0).toFixed(2);

function line(sum: PeriodSum): string {
  const { from, until, active, joined, unsubscribed, bounced, complained, frozen, accepted } = sum;
  const sent =
    frozen === 0
      ? 'no digest'
      : `${frozen} frozen, ${accepted} accepted; per 1,000: ${rate(sum.bounces, frozen)} bounces, ` +
        `${rate(sum.complaints, frozen)} complaints, ${rate(sum.more, frozen)} “more like this”`;
  return (
    `${from} to ${until}: ${active} readers (${joined} joined, ${unsubscribed} left, ${bounced} bounced, ` +
    `${complained} complained); ${sent}.`
  );
}
