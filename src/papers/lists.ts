import { listsTaken } from '../db/papers.ts';
import { addDays, asOf, dayOf } from '../day.ts';
import { MINUTE } from '../duration.ts';
import { ingestList, type IngestDeps, type IngestResult } from './ingest.ts';
import type { PaperSource } from './source.ts';

/** How long votes on a list are watched, in days: as long as its papers can enter an edition. */
const WATCHED_DAYS = 7;
/** Ranking lives from what names earned: half a year of it is as good as all. */
const REMEMBERED_DAYS = 183;
/** Lists that one job takes in, so that it holds up no other and a stop loses little. */
const PORTION = 5;
/** Between portions: a source that is asked for half a year at once is asked slowly. */
const REST_MS = 10_000;
const AGAIN_MS = 30 * MINUTE;
/** So many days that fail one after another are no matter of the days. */
const AWAY_AFTER = 3;

const isWeekend = (day: string): boolean => [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());

/** The days from `from` to `until` that may have lists, newest first. */
function listDays(from: string, until: string): string[] {
  const days: string[] = [];
  for (let day = until; day >= from; day = addDays(day, -1)) if (!isWeekend(day)) days.push(day);
  return days;
}

const withLists = (sources: readonly PaperSource[]): PaperSource[] => sources.filter((source) => source.hasLists);

/** Looks again at the lists of the last days, on which votes go on. Each look is of now. */
export async function watchLists(deps: IngestDeps): Promise<void> {
  const now = deps.now();
  const today = dayOf(now);
  for (const source of withLists(deps.sources)) {
    for (const date of listDays(addDays(today, -WATCHED_DAYS), today)) {
      const { error } = await ingestList(deps, source, { date, moment: now, isCurrent: true });
      if (error) break;
    }
  }
}

/** What is known of the way back to a day. */
export interface Progress extends IngestResult {
  date: string;
  done: number;
  days: number;
}

/**
 * Takes in the lists from `since` to yesterday that were not taken in yet, newest first, as of the
 * end of their days: nearly all votes on a list come on its day. What was taken in before is not
 * asked for again. Returns whether it came to its end.
 */
export async function rememberLists(
  deps: IngestDeps,
  { since, limit = Infinity, tell = () => {} }: { since: string; limit?: number; tell?: (progress: Progress) => void },
): Promise<'done' | 'more' | 'failed'> {
  const yesterday = addDays(dayOf(deps.now()), -1);
  const days = listDays(since, yesterday);
  let hasFailed = false;
  for (const source of withLists(deps.sources)) {
    const taken = new Set(await listsTaken(deps.db, source.name, since));
    const open = days.filter((day) => !taken.has(day));
    let failures = 0;
    for (const [i, date] of open.slice(0, limit).entries()) {
      deps.signal?.throwIfAborted();
      const moment = asOf(date, deps.now());
      const result = await ingestList(deps, source, { date, moment, isCurrent: false });
      tell({ ...result, date, done: days.length - open.length + i + 1, days: days.length });
      failures = result.error ? failures + 1 : 0;
      hasFailed ||= failures > 0;
      // One day that cannot be read costs no other; a source that is away is left alone.
      if (failures === AWAY_AFTER) return 'failed';
    }
    if (open.length > limit && !hasFailed) return 'more';
  }
  return hasFailed ? 'failed' : 'done';
}

/** One portion of half a year of lists, in the background. Returns when to go on; `null`: all is known. */
export async function rememberSome(deps: IngestDeps): Promise<Date | null> {
  const since = addDays(dayOf(deps.now()), -REMEMBERED_DAYS);
  const left = await rememberLists(deps, { since, limit: PORTION });
  if (left === 'done') return null;
  return new Date(deps.now().getTime() + (left === 'more' ? REST_MS : AGAIN_MS));
}
