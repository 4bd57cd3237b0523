import type { Db } from '../db/client.ts';
import { recentDeliveries } from '../db/deliveries.ts';
import { getSubscriber } from '../db/subscribers.ts';
import { afterPause } from './schedule.ts';
import type { Keyring } from './tokens.ts';

/** How it stands with a reader's digests. */
export interface Standing {
  /** When the next one is due; `null`: none is. */
  next: Date | null;
  /** Until when none comes, because the reader wished so. */
  pausedUntil: Date | null;
  timezone: string;
  /** The day of the last one, if it was not sent because there was nothing for them. */
  emptyOn: string | null;
}

/** Throws TOKEN_INVALID unless the link is a reader's to their preferences. */
export async function getStanding(
  { db, keyring, now }: { db: Db; keyring: Keyring; now: () => Date },
  token: string,
): Promise<Standing> {
  const { subscriberId } = keyring.verify('preferences', token, now());
  const [reader, [last]] = await Promise.all([getSubscriber(db, subscriberId), recentDeliveries(db, subscriberId, 1)]);
  const isPaused = reader?.status === 'active' && reader.pausedUntil !== null;
  return {
    next: isPaused ? afterPause({ ...reader, pausedUntil: reader.pausedUntil! }) : (reader?.nextDueAt ?? null),
    pausedUntil: reader?.pausedUntil ?? null,
    timezone: reader?.timezone ?? 'UTC',
    emptyOn: last?.state === 'skipped' && last.reason === 'empty' ? last.date : null,
  };
}
