import { type Db, transaction } from '../db/client.ts';
import {
  type AddressChange,
  answerAddressChange,
  askAddressChange,
  findAddressChange,
  forgetAddressChange,
  moveSubscriber,
  type Side,
} from '../db/address-changes.ts';
import { pardon } from '../db/feedback.ts';
import { lastFrozenAt } from '../db/deliveries.ts';
import { eraseInside, lockSubscriber, lockSubscriberAnd } from '../db/subscribers.ts';
import { isSuppressed } from '../db/suppressions.ts';
import { ReaderError } from '../words/reader-error.ts';
import { newAddress } from './address.ts';
import { readerOf } from './preferences.ts';
import { dayIn, nextDue, type Wish } from './schedule.ts';
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
    throw new ReaderError('ADDRESS_INVALID', 'address-same', null);
  const wish = { subscriberId: reader.id, email, askedAt: deps.now() };
  if (!(await askAddressChange(deps.db, wish, QUIET_MS)))
    throw new ReaderError('ADDRESS_INVALID', 'address-too-soon', null);
  deps.enqueueNotice(reader.id);
}

/** The wish of a link. Throws TOKEN_INVALID unless it is still open. Changes nothing. */
export async function getMove(
  { db, keyring, now }: Omit<AddressChangeDeps, 'enqueueNotice'>,
  purpose: 'move' | 'stay',
  token: string,
): Promise<AddressChange> {
  const { subscriberId, issuedAt } = keyring.verify(purpose, token, now());
  const change = await findAddressChange(db, subscriberId, issuedAt);
  if (change === null) throw noLongerWorks();
  return change;
}

/** Which link stands for which mailbox: who follows it reads the mail there. */
const PURPOSES = { old: 'stay', new: 'move' } as const;

/**
 * A mailbox said yes: the old one agreed, or the new one confirmed. With the second of them the
 * digests move; returns whether they did. A subscription that the new address had gives way to this
 * one, whose reader has shown that both mailboxes are theirs. A suppressed address gets none.
 */
export async function sayYes(
  { db, keyring, now }: Omit<AddressChangeDeps, 'enqueueNotice'>,
  side: Side,
  token: string,
): Promise<boolean> {
  const { subscriberId, issuedAt } = keyring.verify(PURPOSES[side], token, now());
  return transaction(db, async (tx) => {
    const wished = await findAddressChange(tx, subscriberId, issuedAt);
    if (wished === null) throw noLongerWorks();
    const held = await lockSubscriberAnd(tx, subscriberId, wished.email);
    const reader = held.find(({ id }) => id === subscriberId);
    const change = await findAddressChange(tx, subscriberId, issuedAt);
    if (!reader || change === null || (await isSuppressed(tx, keyring.hashesOf(change.email)))) throw noLongerWorks();
    if (!(await answerAddressChange(tx, subscriberId, side, now()))) return false;
    const other = held.find(({ id }) => id !== subscriberId);
    const nextDueAt = dueAfterMove(reader, other ? await lastFrozenAt(tx, other.id) : null, now());
    if (other) await eraseInside(tx, other.id, now());
    if (!(await moveSubscriber(tx, change, nextDueAt))) throw noLongerWorks();
    await forgetAddressChange(tx, subscriberId);
    // What came back was of the mailbox that they moved from.
    await pardon(tx, subscriberId);
    return true;
  });
}

/** A mailbox that had a digest today, by the subscription that gives way, gets none again before tomorrow. Pure. */
export function dueAfterMove(
  reader: Wish & { nextDueAt: Date | null },
  othersLast: Date | null,
  now: Date,
): Date | null {
  const { nextDueAt, timezone } = reader;
  if (nextDueAt === null || othersLast === null || dayIn(othersLast, timezone) < dayIn(now, timezone)) return nextDueAt;
  const tomorrow = nextDue(now, reader, othersLast);
  return nextDueAt > tomorrow ? nextDueAt : tomorrow;
}

/** The old mailbox stops it: nothing changes, and the link to the new one works no longer. */
export async function stay(
  { db, keyring, now }: Omit<AddressChangeDeps, 'enqueueNotice'>,
  token: string,
): Promise<void> {
  const { subscriberId, issuedAt } = keyring.verify('stay', token, now());
  await transaction(db, async (tx) => {
    await lockSubscriber(tx, subscriberId);
    if ((await findAddressChange(tx, subscriberId, issuedAt)) === null) throw noLongerWorks();
    await forgetAddressChange(tx, subscriberId);
  });
}
