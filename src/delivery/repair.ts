import { type Db, transaction, type Tx } from '../db/client.ts';
import { setNextDue } from '../db/freeze.ts';
import {
  dueTooLate,
  type Horizon,
  liesAhead,
  redatePapers,
  redateReaders,
  releaseFuture,
  removeFutureEditions,
  seemsBehind,
} from '../db/future.ts';
import { lastEditionDay } from '../day.ts';
import { nextDue } from '../subscribers/schedule.ts';
import type { Logger } from '../telemetry.ts';
import { DAY } from '../duration.ts';

/**
 * No frequency makes a reader wait for longer than a week; a change of summer time adds an hour.
 */
const LONGEST_PAUSE_MS = 8 * DAY;
const AT_ONCE = 1000;

interface RepairDeps {
  db: Db;
  now: () => Date;
  log: Pick<Logger, 'warn'>;
}

const horizon = (now: Date): Horizon => ({
  now,
  day: lastEditionDay(now),
  due: new Date(now.getTime() + LONGEST_PAUSE_MS),
});

/**
 * What `repairFuture` does, if a look at the editions and hours shows that a clock had jumped
 * ahead.
 */
export async function repairIfAhead(deps: RepairDeps): Promise<void> {
  if (await liesAhead(deps.db, horizon(deps.now()))) await repairFuture(deps);
}

/**
 * Repairs what a clock that jumped ahead left, when this machine's agrees with the database's:
 * nothing from outside can tell while the database's own clock is ahead. Readers' hours are set
 * anew, editions of days to come go unless their readers have them, and what waits until then is
 * due. Leaves everything as it is when this clock seems to be behind.
 */
export async function repairFuture({ db, now, log }: RepairDeps): Promise<void> {
  const beyond = horizon(now());
  const repaired = await transaction(db, async (tx) => {
    const behind = await seemsBehind(tx, beyond.now);
    if (behind) return null;
    return {
      editions: await removeFutureEditions(tx, beyond),
      hours: await setHoursAnew(tx, beyond),
      readers: await redateReaders(tx, beyond),
      batches: await releaseFuture(tx, beyond),
      ingests: await redatePapers(tx, beyond),
    };
  });
  if (repaired === null)
    log.warn(
      'So much of what was recorded lies in the future that nothing of it is repaired: check whether the clocks of ' +
        'this machine are behind, and set them',
    );
  else if (repaired.editions.length + repaired.hours + repaired.readers + repaired.batches + repaired.ingests > 0)
    log.warn(repaired, 'A clock had jumped ahead: what it dated in the future is removed or dated anew');
}

async function setHoursAnew(tx: Tx, beyond: Horizon): Promise<number> {
  for (let total = 0; ;) {
    const late = await dueTooLate(tx, beyond, AT_ONCE);
    if (late.length === 0) return total;
    await setNextDue(
      tx,
      late.map(({ id }) => id),
      late.map((reader) => nextDue(beyond.now, reader)),
    );
    total += late.length;
  }
}
