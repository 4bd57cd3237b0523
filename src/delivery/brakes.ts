import { brakesOn } from '../db/brakes.ts';
import type { Tx } from '../db/client.ts';
import { MINUTE, SECOND } from '../duration.ts';

/** How long a look at the brakes is believed, and how long what they hold waits before it is asked again. */
const LOOK_MS = 5 * SECOND;
const HELD_MS = 2 * MINUTE;

/** Which domains' mail is held, for too much of it came back as "unknown user". */
export interface Brakes {
  /** Until when one reader's message waits; `null`: it may go. */
  admit(date: string, domain: string): Date | null;
}

/** Looks at the brakes beside the sending, every few seconds while something is sent. */
export function createBrakes({ db, now }: { db: Tx; now: () => Date }): Brakes {
  let held = new Set<string>();
  let [lookedAt, looking] = [-Infinity, false];
  const look = async (): Promise<void> => {
    looking = true;
    lookedAt = performance.now();
    try {
      held = new Set((await brakesOn(db)).map(({ date, domain }) => `${date} ${domain}`));
    } catch {
      // The database is away: what was known holds, and the next look is soon.
    } finally {
      looking = false;
    }
  };
  return {
    admit(date, domain) {
      if (!looking && performance.now() - lookedAt > LOOK_MS) void look();
      return held.has(`${date} ${domain}`) ? new Date(now().getTime() + HELD_MS) : null;
    },
  };
}
