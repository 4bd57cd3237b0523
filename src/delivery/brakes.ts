import { brakesSince } from '../db/brakes.ts';
import type { Tx } from '../db/client.ts';
import { DAY, MINUTE, SECOND } from '../duration.ts';

/** How long a look at the brakes is believed, and how long what they hold waits before it is asked again. */
const LOOK_MS = 2 * SECOND;
const HELD_MS = 15 * MINUTE;
/** What was let go of is worth sending for two days more, and not longer (`isPastDeadline`). */
const REMEMBERED_MS = 3 * DAY;

/** Whose mail is held, for too much of it came back as "unknown user". */
export interface Brakes {
  /** Until when one reader's message waits; `null`: it may go. */
  admit(date: string, domain: string): Date | null;
  /** When an operator let go of a digest's brake: it is worth sending as long as if it were frozen then. */
  letGoAt(date: string): Date | null;
}

/** Looks at the brakes beside the sending, every few seconds while something is sent. */
export function createBrakes({ db, now }: { db: Tx; now: () => Date }): Brakes {
  let held = new Set<string>();
  let letGo = new Map<string, Date>();
  let lookedAt = -Infinity;
  let looking: Promise<void> | null = null;
  const look = async (): Promise<void> => {
    lookedAt = performance.now();
    // While the database is away what was known holds, and the next look is soon.
    const found = await brakesSince(db, new Date(now().getTime() - REMEMBERED_MS)).catch(() => null);
    if (found) {
      held = new Set(found.filter((one) => one.releasedAt === null).map(({ date, domain }) => `${date} ${domain}`));
      letGo = new Map(found.flatMap(({ date, releasedAt }) => (releasedAt === null ? [] : [[date, releasedAt]])));
    }
    looking = null;
  };
  const lookSometimes = (): void => {
    if (looking === null && performance.now() - lookedAt > LOOK_MS) looking = look();
  };
  return {
    admit(date, domain) {
      lookSometimes();
      // That of the whole digest stands for those of its domains, and for readers frozen later.
      return held.has(`${date} `) || held.has(`${date} ${domain}`) ? new Date(now().getTime() + HELD_MS) : null;
    },
    letGoAt: (date) => letGo.get(date) ?? null,
  };
}
