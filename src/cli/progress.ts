import { setTimeout as wait } from 'node:timers/promises';
import type { Db } from '../db/client.ts';
import { digestState, digestSums, type DigestState, type DigestSums } from '../db/digests.ts';
import type { Context } from './context.ts';

/** How a digest stood at a moment, by performance.now(). */
export interface Reading {
  at: number;
  sums: DigestSums;
  state: DigestState | null;
}

const EVERY_MS = 1000;
/** The rate is that of so many seconds: long enough to be calm, short enough to be now. */
const OVER_MS = 5000;
const KEPT = 10;

/** One line on how far a digest is: `readings` of the last seconds, the newest last. Pure. */
export function progressLine(readings: readonly Reading[]): string {
  const { at, sums, state } = readings.at(-1)!;
  const oldest = readings.findLast((r) => r.at <= at - OVER_MS) ?? readings[0]!;
  const rate = at > oldest.at ? Math.max(0, ((oldest.sums.pending - sums.pending) * 1000) / (at - oldest.at)) : 0;
  const stuck = state === 'sending' && rate === 0 && sums.pending > 0 && at >= oldest.at + OVER_MS;
  const left = rate > 0 && sums.pending > 0 ? `, ${duration(sums.pending / rate)} left` : '';
  const moving = `${rate.toFixed(rate < 10 ? 1 : 0)}/s${left}${stuck ? ': nothing moves' : ''}`;
  const pace = state === 'paused' || state === 'cancelled' ? state : moving;
  const rest = (['deferred', 'rejected', 'unknown', 'skipped'] as const)
    .filter((name) => sums[name] > 0)
    .map((name) => `, ${sums[name]} ${name}`)
    .join('');
  return `${sums.date}: ${sums.accepted} of ${sums.frozen} accepted${rest}, ${sums.pending} pending; ${pace}`;
}

/** A time that is left, in the two units that matter. */
export function duration(seconds: number): string {
  const s = Math.ceil(seconds);
  if (s < 60) return `${s} s`;
  return s < 3600
    ? `${Math.floor(s / 60)} min ${s % 60} s`
    : `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}

/**
 * Says once a second how far a digest is, until `signal` fires. Counting a million takes a while:
 * it never takes more than a twentieth of the time.
 */
async function showProgress(db: Db, date: string, say: Context['progress'], signal: AbortSignal): Promise<void> {
  const readings: Reading[] = [];
  while (!signal.aborted) {
    const at = performance.now();
    const [sums, state] = await Promise.all([digestSums(db, date), digestState(db, date)]);
    readings.push({ at, sums, state });
    if (readings.length > KEPT) readings.shift();
    if (!signal.aborted) say(progressLine(readings));
    await wait(Math.max(EVERY_MS, 19 * (performance.now() - at)), undefined, { signal }).catch(() => {});
  }
}

/** Shows progress while `work` is going on. A reading that fails ends the show and not the work. */
export async function withProgress(
  { progress, log }: Pick<Context, 'progress' | 'log'>,
  db: Db,
  date: string,
  work: () => Promise<void>,
): Promise<void> {
  const done = new AbortController();
  const shown = showProgress(db, date, progress, done.signal).catch((err: unknown) =>
    log.warn({ err }, 'Cannot read how far the digest is'),
  );
  try {
    await work();
  } finally {
    done.abort();
    await shown;
    progress(null);
  }
}
