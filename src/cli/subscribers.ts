import { brakesOn, type Share } from '../db/brakes.ts';
import { recentDeliveries } from '../db/deliveries.ts';
import { recentFeedback } from '../db/feedback.ts';
import { erase, findSubscriber, type SubscriberRow } from '../db/subscribers.ts';
import { findSuppression, type Suppression } from '../db/suppressions.ts';
import { COMMAND, recordDeed } from '../db/trail.ts';
import { messageAsSent, noMessage } from '../delivery/sent.ts';
import { AppError } from '../errors.ts';
import { createSigner } from '../mail/dkim/signer.ts';
import { openStore, type Store } from '../store.ts';
import { domainOf, normaliseAddress } from '../subscribers/address.ts';
import { exportReaders } from '../subscribers/export.ts';
import { day } from './arguments.ts';
import type { Context } from './context.ts';
import { writeOut } from './output.ts';

const DELIVERIES_SHOWN = 30;

/** Prints all readers but the erased ones, as an import takes them. */
export async function exportSubscribers({ config, log, signal, print }: Context): Promise<void> {
  await using store = await openStore(config, log, { schema: 'read', signal });
  // It tells all addresses, so that is written down.
  await recordDeed(store.db, COMMAND, { at: store.now(), did: 'readers.export', about: 'all readers' });
  for await (const lines of exportReaders(store.db)) {
    signal.throwIfAborted();
    await print(lines.trimEnd());
  }
}

/**
 * Prints what is stored about one person: the subscription, whether the address is suppressed, the
 * last deliveries.
 */
export async function showSubscriber({ config, log, signal, print }: Context, email: string): Promise<void> {
  await using store = await openStore(config, log, { schema: 'read', signal });
  const { db } = store;
  const address = normaliseAddress(email);
  const [row, suppressed] = await Promise.all([
    findSubscriber(db, address),
    findSuppression(db, store.keyring.hashesOf(address)),
  ]);
  if (!row && !suppressed) throw unknownAddress();
  const deliveries = row ? await recentDeliveries(db, row.id, DELIVERIES_SHOWN) : [];
  const feedback = row ? await recentFeedback(db, row.id, DELIVERIES_SHOWN) : [];
  const next = nextFor(row, suppressed, await brakesOn(db));
  await print(
    JSON.stringify(
      { ...(row ?? { email: address, status: null }), suppressed: suppressed ?? false, deliveries, feedback, next },
      null,
      2,
    ),
  );
}

/** What comes next for a reader, in one sentence. Pure. */
export function nextFor(row: SubscriberRow | null, suppressed: Suppression | null, brakes: readonly Share[]): string {
  if (suppressed !== null && suppressed.reopenedAt === null) return SUPPRESSED[suppressed.reason];
  if (row === null) return 'Nothing: this address has no subscription.';
  if (row.status === 'pending') return 'Nothing before the reader confirms: the confirmation was mailed to them.';
  if (row.status !== 'active') return `Nothing: the subscription ended as ${row.status}.`;
  if (row.pausedUntil !== null) return `The digests rest until ${row.pausedUntil.toISOString()}.`;
  const domain = domainOf(row.email);
  const brake = brakes.find((one) => one.domain === '' || one.domain === domain);
  const due =
    row.nextDueAt === null
      ? 'The next digest is being made.'
      : `The next digest is due at ${row.nextDueAt.toISOString()}.`;
  return brake === undefined
    ? due
    : `The digest of ${brake.date} waits: its brake is on, and "paperboy digest resume --date ${brake.date}" lets it ` +
        `go. ${due}`;
}

const SUPPRESSED: Readonly<Record<Suppression['reason'], string>> = {
  bounced: 'Nothing: the mailbox was not found on two days. "paperboy subscribers unsuppress" mails it again.',
  refused: 'Nothing: it was refused on five days. "paperboy subscribers unsuppress" mails it again.',
  manual: 'Nothing: the address was suppressed by hand. "paperboy subscribers unsuppress" ends that.',
  complained:
    'Nothing: the reader complained. Only they can come back, once "paperboy subscribers unsuppress" lets them ask.',
};

/**
 * Prints the message of a digest as it was sent to one reader. It names the address and holds the
 * reader's own links, so that is written down.
 */
export async function subscriberMessage(
  { config, log, signal, print }: Context,
  email: string,
  options: { date: string; out?: string },
): Promise<void> {
  const date = day(options.date);
  await using store = await openStore(config, log, { schema: 'read', signal });
  const { db } = store;
  const { id } = await findReader(store, email);
  const signer = await createSigner(config.dkim, log);
  const message = await messageAsSent({ ...store, sign: signer?.sign }, { subscriberId: id, date });
  if (message === null) throw noMessage();
  await recordDeed(db, COMMAND, { at: store.now(), did: 'reader.source', about: String(id), words: date });
  if (options.out === undefined) return print(message.toString());
  await writeOut(options.out, message, { secret: true });
  await print(`Written to ${options.out}. It names the address: the trail says that it was taken.`);
}

export async function eraseSubscriber({ config, log, signal, print }: Context, email: string): Promise<void> {
  await using store = await openStore(config, log, { signal });
  const { id } = await findReader(store, email);
  await erase(store.db, id, store.now());
  await recordDeed(store.db, COMMAND, { at: store.now(), did: 'reader.erase', about: String(id) });
  await print(
    'Erased: the address and everything chosen with it are gone. The ledger keeps a number without a person.',
  );
}

export async function findReader({ db }: Pick<Store, 'db'>, email: string): Promise<SubscriberRow> {
  const row = await findSubscriber(db, normaliseAddress(email));
  if (!row) throw unknownAddress();
  return row;
}

const unknownAddress = (): AppError => new AppError('NOT_FOUND', 'No one with that address is stored here.');
