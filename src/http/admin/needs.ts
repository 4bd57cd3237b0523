import { addDays, dayOf } from '../../day.ts';
import { brakesOn } from '../../db/brakes.ts';
import type { Db } from '../../db/client.ts';
import { findInstallation, type Installation } from '../../db/installation.ts';
import { unknownSums } from '../../db/unknown.ts';
import { findingsNow } from '../../health/watch.ts';
import { type Need, needsOf } from './needs-view.ts';
import type { Clock } from './words.ts';

/** Deliveries in doubt of the last days are worth a word. */
const UNKNOWN_DAYS = 7;

/** What needs the operator, and what of it a page tells in words of its own. */
export interface NeedsRead {
  needs: Need[];
  findings: Awaited<ReturnType<typeof findingsNow>>;
  closed: Installation['closed'];
}

export type ReadNeeds = () => Promise<NeedsRead>;

/** Reads all that needs the operator: what the last looks found, and what is known at once. */
export function readNeeds({
  db,
  now,
  clock,
  canBackUp,
  onUnknown,
}: {
  db: Db;
  now: () => Date;
  clock: Clock;
  canBackUp: boolean;
  onUnknown: 'resend' | 'hold';
}): ReadNeeds {
  return async () => {
    const today = dayOf(now());
    const [findings, brakes, unknown, installation] = await Promise.all([
      findingsNow(db),
      brakesOn(db),
      unknownSums(db, { since: addDays(today, -UNKNOWN_DAYS), until: today }),
      findInstallation(db),
    ]);
    const closed = installation?.closed ?? null;
    return { needs: needsOf({ findings, brakes, unknown, onUnknown, closed, canBackUp }, clock), findings, closed };
  };
}
