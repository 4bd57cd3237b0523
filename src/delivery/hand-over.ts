import type { Db } from '../db/client.ts';
import { type ReadyDelivery, skipReason } from '../db/deliveries.ts';
import type { Keyring } from '../subscribers/tokens.ts';
import type { Pace } from './pacing.ts';
import type { Permit } from '../mail/transport.ts';

/**
 * What was read of a reader longer ago than this is read again before the message is handed over.
 */
const STALE_MS = 1000;
/** A permission is for now: a message whose connection broke meanwhile asks again. */
const FRESH_MS = 50;

/** One message's hand-over, asked for when a connection is ready for its text. */
export interface HandOver extends Permit {
  /** Why it was refused, if for its reader's sake. */
  readonly gone: ReadyDelivery['skip'];
}

interface HandOverDeps {
  db: Db;
  keyring: Pick<Keyring, 'hashesOf'>;
  now: () => Date;
  pace?: Pace | undefined;
}

/**
 * A permit, and beside it what has to be so at the last moment: the rate allows the message (a
 * grant that was had earlier would be used later, with others, when a relay that stood still goes
 * on), and its reader has not left while it waited. Refused when `over` fires before.
 */
export function handOverOf(
  { db, keyring, now, pace }: HandOverDeps,
  { asOf, ...to }: Pick<ReadyDelivery, 'subscriberId' | 'email' | 'asOf'>,
  permit: Permit,
  over: AbortSignal,
): HandOver {
  let [asking, refused] = [false, false];
  let gone: ReadyDelivery['skip'] = null;
  let grantedAt = -Infinity;
  let again = (): void => {};
  const isStale = (): boolean => now().getTime() - asOf.getTime() > STALE_MS;

  const ask = async (): Promise<void> => {
    asking = true;
    refused = pace !== undefined && !(await pace(over));
    // A database that does not say whether the reader is still there: not now.
    if (!refused && isStale())
      await skipReason(db, to, keyring.hashesOf(to.email)).then(
        (reason) => {
          // Who has moved is not gone: the message is taken back, and goes to the new address.
          gone = reason === 'moved' ? null : reason;
          refused = reason !== null;
        },
        () => {
          refused = true;
        },
      );
    grantedAt = performance.now();
    asking = false;
    again();
  };

  return {
    get gone() {
      return gone;
    },
    take(wake) {
      again = wake;
      const answer = permit.take(wake);
      if (answer !== 'go') return answer;
      if (refused) return 'never';
      if ((pace === undefined && !isStale()) || performance.now() - grantedAt < FRESH_MS) return 'go';
      if (!asking) void ask();
      return 'wait';
    },
    giveBack: () => permit.giveBack(),
  };
}
