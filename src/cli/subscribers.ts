import { recentDeliveries } from '../db/deliveries.ts';
import { readerPages } from '../db/import.ts';
import { erase, findSubscriber, findSuppression, type SubscriberRow } from '../db/subscribers.ts';
import { AppError } from '../errors.ts';
import { openStore, type Store } from '../runtime.ts';
import { addressHash, normaliseAddress } from '../subscribers/address.ts';
import { CSV_HEADER, csvLine } from '../subscribers/portability.ts';
import type { Context } from './context.ts';

/** So many readers are read and written at once. */
const PAGE = 2_000;
const DELIVERIES_SHOWN = 30;

/** Prints all readers but the erased ones, as an import takes them. */
export async function exportSubscribers({ config, log, signal, print }: Context): Promise<void> {
  await using store = await openStore(config, log, { schema: 'read', signal });
  await print(CSV_HEADER);
  for await (const page of readerPages(store.db, PAGE)) {
    signal.throwIfAborted();
    await print(page.map(csvLine).join('\n'));
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
  const [row, suppressed] = await Promise.all([findSubscriber(db, address), findSuppression(db, addressHash(address))]);
  if (!row && !suppressed) throw unknownAddress();
  const deliveries = row ? await recentDeliveries(db, row.id, DELIVERIES_SHOWN) : [];
  await print(
    JSON.stringify(
      { ...(row ?? { email: address, status: null }), suppressed: suppressed ?? false, deliveries },
      null,
      2,
    ),
  );
}

export async function eraseSubscriber({ config, log, signal, print }: Context, email: string): Promise<void> {
  await using store = await openStore(config, log, { signal });
  await erase(store.db, (await find(store, email)).id, store.now());
  await print(
    'Erased: the address and everything chosen with it are gone. The ledger keeps a number without a person.',
  );
}

async function find({ db }: Store, email: string): Promise<SubscriberRow> {
  const row = await findSubscriber(db, normaliseAddress(email));
  if (!row) throw unknownAddress();
  return row;
}

const unknownAddress = (): AppError => new AppError('NOT_FOUND', 'No one with that address is stored here.');
