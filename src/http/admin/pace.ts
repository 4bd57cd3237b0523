import { MINUTE, SECOND } from '../../duration.ts';

/** How fast a digest went between two looks at it. */
const WINDOW_MS = MINUTE;
const LEAST_MS = 2 * SECOND;

/**
 * Measures the pace of each digest from the looks that were taken at it in the last minute: messages
 * that ended a second, `null` until two looks lie far enough apart. `ended` is `null` while it stands
 * still, which is forgotten.
 */
export function createPaceMeter(now: () => Date): (date: string, ended: number | null) => number | null {
  const looks = new Map<string, { at: number; ended: number }[]>();
  return (date, ended) => {
    if (ended === null) {
      looks.delete(date);
      return null;
    }
    const at = now().getTime();
    const recent = (looks.get(date) ?? []).filter((look) => at - look.at <= WINDOW_MS && look.at <= at);
    const first = recent[0];
    if (recent.at(-1)?.at !== at) recent.push({ at, ended });
    if (looks.size > MOST_DATES) looks.clear();
    looks.set(date, recent);
    if (first === undefined || at - first.at < LEAST_MS) return null;
    return Math.max(0, ended - first.ended) / ((at - first.at) / SECOND);
  };
}

const MOST_DATES = 8;
