import { requireTrueClock } from '../db/clock.ts';
import { countSuppressions } from '../db/suppressions.ts';
import { COMMAND, recordDeed } from '../db/trail.ts';
import { findSubscriber } from '../db/subscribers.ts';
import { openStore } from '../store.ts';
import { normaliseAddress } from '../subscribers/address.ts';
import { type Lifted, liftedOf, unsuppress } from '../subscribers/lift.ts';
import type { Context } from './context.ts';

const SENTENCES: Readonly<Record<Lifted, string>> = {
  back: 'The suppression is lifted, and the digests come again at the reader’s next hour.',
  lifted: 'The suppression is lifted: the address can be subscribed again.',
  reopened:
    'This reader complained, so only they can end it: they may ask on the site again now, and confirming ends the ' +
    'suppression. Nothing is mailed to them before they ask.',
};

export async function unsuppressCommand({ config, log, signal, print }: Context, email: string): Promise<void> {
  await using store = await openStore(config, log, { signal });
  await requireTrueClock(store);
  const address = normaliseAddress(email);
  const lifted = await unsuppress(store, address);
  await recordDeed(store.db, COMMAND, {
    at: store.now(),
    did: 'reader.lift',
    about: liftedOf(await findSubscriber(store.db, address)),
  });
  await print(SENTENCES[lifted]);
}

const REASONS: Readonly<Record<string, string>> = {
  bounced: 'no such mailbox, on two days',
  complained: 'the reader complained',
  refused: 'refused on five days, no one said why',
  manual: 'by hand',
};

/** How many addresses are suppressed, by reason; no address is told, for none is known. */
export async function suppressions(
  { config, log, signal, print }: Context,
  { json = false }: { json?: boolean },
): Promise<void> {
  await using store = await openStore(config, log, { schema: 'read', signal });
  const counts = await countSuppressions(store.db);
  if (json) return print(JSON.stringify(Object.fromEntries(counts.map(({ reason, count }) => [reason, count]))));
  if (counts.length === 0) await print('No address is suppressed.');
  for (const { reason, count, newest } of counts)
    await print(`${count} ${reason} (${REASONS[reason] ?? reason}), the last on ${newest.toISOString().slice(0, 10)}.`);
}
