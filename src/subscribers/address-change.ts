import { type Db, transaction } from '../db/client.ts';
import {
  type AddressChange,
  askAddressChange,
  findAddressChange,
  forgetAddressChange,
  moveSubscriber,
} from '../db/address-changes.ts';
import { erase, findSubscriber, isSuppressed, lockSubscriber } from '../db/subscribers.ts';
import { AppError } from '../errors.ts';
import { addressHash, newAddress } from './address.ts';
import { readerOf } from './preferences.ts';
import { QUIET_MS } from './subscribe.ts';
import { type Keyring, noLongerWorks } from './tokens.ts';

export interface AddressChangeDeps {
  db: Db;
  keyring: Keyring;
  now: () => Date;
  /** Asks for the notices to both addresses: a sweeper finds what the queue did not take. */
  enqueueNotice: (subscriberId: number) => void;
}

/**
 * A reader asks that their digests go to another address. The answer is the same for every address:
 * what mail it gets, if any, is decided later by the worker.
 */
export async function askToMove(deps: AddressChangeDeps, token: string, text: string): Promise<void> {
  const reader = await readerOf(deps, token);
  const email = newAddress(text);
  if (email.toLowerCase() === reader.email.toLowerCase())
    throw new AppError('ADDRESS_INVALID', 'Your digests go to that address already.');
  const wish = { subscriberId: reader.id, email, askedAt: deps.now() };
  if (!(await askAddressChange(deps.db, wish, QUIET_MS)))
    throw new AppError(
      'ADDRESS_INVALID',
      'A change was asked for a moment ago, or no digest comes at present: wait ten minutes and ask again.',
    );
  deps.enqueueNotice(reader.id);
}

/** The wish of a link. Throws TOKEN_INVALID unless it is still open. Changes nothing. */
export async function getMove(
  { db, keyring, now }: Omit<AddressChangeDeps, 'enqueueNotice'>,
  purpose: 'move' | 'stay',
  token: string,
): Promise<AddressChange> {
  const { subscriberId, issuedAt } = keyring.verify(purpose, token, now());
  const change = await transaction(db, (tx) => findAddressChange(tx, subscriberId, issuedAt));
  if (change === null) throw noLongerWorks();
  return change;
}

/**
 * The new mailbox confirmed: the digests go there. A subscription that the address had gives way to
 * this one, whose reader has shown that both mailboxes are theirs. A suppressed address gets none.
 */
export async function move(
  { db, keyring, now }: Omit<AddressChangeDeps, 'enqueueNotice'>,
  token: string,
): Promise<void> {
  const { subscriberId, issuedAt } = keyring.verify('move', token, now());
  await transaction(db, async (tx) => {
    await lockSubscriber(tx, subscriberId);
    const change = await findAddressChange(tx, subscriberId, issuedAt);
    if (change === null || (await isSuppressed(tx, addressHash(change.email)))) throw noLongerWorks();
    const other = await findSubscriber(tx, change.email);
    if (other !== null && other.id !== subscriberId) await erase(tx, other.id, now());
    if (!(await moveSubscriber(tx, change))) throw noLongerWorks();
    await forgetAddressChange(tx, subscriberId);
  });
}

/** The old mailbox stops it: nothing changes, and the link to the new one works no longer. */
export async function stay(
  { db, keyring, now }: Omit<AddressChangeDeps, 'enqueueNotice'>,
  token: string,
): Promise<void> {
  const { subscriberId, issuedAt } = keyring.verify('stay', token, now());
  await transaction(db, async (tx) => {
    if ((await findAddressChange(tx, subscriberId, issuedAt)) === null) throw noLongerWorks();
    await forgetAddressChange(tx, subscriberId);
  });
}
