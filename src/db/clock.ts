import { sql } from 'drizzle-orm';
import { AppError } from '../errors.ts';
import type { Tx } from './client.ts';
import { MINUTE } from '../duration.ts';

/**
 * How far apart the clocks of a machine and the database may be: far above skew and a slow answer,
 * far below harm.
 */
export const CLOCKS_APART_MS = 5 * MINUTE;

/** How far this machine's clock is ahead of the database's, in milliseconds; behind it: less than 0. */
export async function clockAhead({ db, now }: { db: Tx; now: () => Date }): Promise<number> {
  const asked = now().getTime();
  const { rows } = await db.execute<{ ms: number }>(
    sql`select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`,
  );
  return (asked + now().getTime()) / 2 - rows[0]!.ms;
}

/**
 * Refuses to go by this machine's clock when the database's shows another time. What is dated a
 * year ahead (an edition, a reader's next hour) stays so when the clock is right again.
 */
export async function requireTrueClock(clocks: { db: Tx; now: () => Date }): Promise<void> {
  const ahead = await clockAhead(clocks);
  if (Math.abs(ahead) <= CLOCKS_APART_MS) return;
  throw new AppError(
    'CLOCK_WRONG',
    `Cannot go by the clock of this machine: it is ${Math.round(Math.abs(ahead) / MINUTE)} minutes ${
      ahead > 0 ? 'ahead of' : 'behind'
    } the database's. Set the clocks of both machines, for example by NTP; what was refused is done when they agree.`,
  );
}
