import { type Db, transaction } from '../db/client.ts';
import { pardon } from '../db/feedback.ts';
import { findSubscriber, letBack, lockSubscriber } from '../db/subscribers.ts';
import { findSuppression, liftSuppression, reopenSuppression } from '../db/suppressions.ts';
import { AppError } from '../errors.ts';
import { nextDue } from './schedule.ts';
import type { Keyring } from './tokens.ts';

/** `back`: the digests come again. `lifted`: the address may be subscribed. `reopened`: only its reader can end it. */
export type Lifted = 'back' | 'lifted' | 'reopened';

/**
 * Ends the suppression of an address whose mail came back, and brings its reader back; what was heard
 * of them counts no longer. Of one who complained it only lets them ask again: confirming ends it.
 * Throws NOT_FOUND where nothing is suppressed and no reader is lost by it.
 */
export async function unsuppress(
  { db, keyring, now }: { db: Db; keyring: Keyring; now: () => Date },
  email: string,
): Promise<Lifted> {
  const hashes = keyring.hashesOf(email);
  return transaction(db, async (tx) => {
    const found = await findSubscriber(tx, email);
    const reader = found && (await lockSubscriber(tx, found.id));
    const suppression = await findSuppression(tx, hashes);
    if (reader === null && suppression === null) throw nothingToLift();
    if (suppression?.reason === 'complained' || reader?.status === 'complained') {
      await reopenSuppression(tx, hashes, now());
      if (reader) {
        await pardon(tx, reader.id);
        await letBack(tx, reader.id, 'unsubscribed', null);
      }
      return 'reopened';
    }
    if (suppression === null && reader?.status !== 'bounced') throw nothingToLift();
    await liftSuppression(tx, hashes);
    if (reader === null) return 'lifted';
    await pardon(tx, reader.id);
    return (await letBack(tx, reader.id, 'active', nextDue(now(), reader))) ? 'back' : 'lifted';
  });
}

/** Whose suppression was lifted, as the trail tells it: never an address. */
export const liftedOf = (reader: { id: number } | null): string =>
  reader === null ? 'an address without a subscription' : String(reader.id);

const nothingToLift = (): AppError =>
  new AppError('NOT_FOUND', 'That address is not suppressed. "paperboy subscribers show" tells what is known of it.');
