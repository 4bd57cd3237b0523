import type { Db } from '../db/client.ts';
import { recentDeliveries } from '../db/deliveries.ts';
import { getSubscriber, type SubscriberRow } from '../db/subscribers.ts';
import { afterPause, comesAt } from './schedule.ts';
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
  { db, keyring, now, editionHour }: { db: Db; keyring: Keyring; now: () => Date; editionHour: number },
  token: string,
): Promise<Standing> {
  const { subscriberId } = keyring.verify('preferences', token, now());
  const [reader, [last]] = await Promise.all([getSubscriber(db, subscriberId), recentDeliveries(db, subscriberId, 1)]);
  return {
    next: reader === null ? null : nextOf(reader, editionHour),
    pausedUntil: reader?.pausedUntil ?? null,
    timezone: reader?.timezone ?? 'UTC',
    emptyOn: last?.state === 'skipped' && last.reason === 'empty' ? last.date : null,
  };
}

function nextOf(reader: SubscriberRow, editionHour: number): Date | null {
  const { status, pausedUntil } = reader;
  const isResting = status === 'active' && pausedUntil !== null;
  const due = isResting ? afterPause({ ...reader, pausedUntil }) : reader.nextDueAt;
  return comesAt({ ...reader, pausedUntil: isResting ? null : pausedUntil, nextDueAt: due }, editionHour);
}
