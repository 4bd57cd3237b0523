import { requireTrueClock } from '../db/clock.ts';
import { listReaders } from '../db/readers.ts';
import { end, findSubscriber } from '../db/subscribers.ts';
import { COMMAND, recordDeed } from '../db/trail.ts';
import { openEngine } from '../engine.ts';
import { AppError } from '../errors.ts';
import { openActions } from '../reader-actions.ts';
import { openStore } from '../store.ts';
import { LISTED_STATES } from '../subscriber.ts';
import { addReader } from '../subscribers/add-reader.ts';
import { maskAddress, newAddress } from '../subscribers/address.ts';
import { numberOf, type PreferencesInput } from '../subscribers/preferences.ts';
import { dayOf } from '../day.ts';
import type { Context } from './context.ts';
import { findReader } from './subscribers.ts';

const LISTED = 100;
const ON_ITS_WAY =
  'The confirmation goes out within a minute where Paperboy runs, unless the address is suppressed or had its share ' +
  'of mail.';

interface AddOptions {
  confirmed?: boolean;
  topics?: string;
  hour?: string;
  zone?: string;
  language?: string;
}

/** Adds one reader: at once where their consent is sure, or once they press the link in a mail. */
export async function addSubscriber(context: Context, text: string, options: AddOptions): Promise<void> {
  const wish = { email: newAddress(text), ...choicesOf(options) };
  return options.confirmed ? addConfirmed(context, wish) : ask(context, wish);
}

type ReaderWish = PreferencesInput & { email: string };

async function addConfirmed({ config, log, signal, print }: Context, wish: ReaderWish): Promise<void> {
  await using store = await openStore(config, log, { signal });
  await requireTrueClock(store);
  const isNew = await addReader(store, wish);
  const { id } = (await findSubscriber(store.db, wish.email))!;
  if (isNew) await recordDeed(store.db, COMMAND, { at: store.now(), did: 'reader.add', about: String(id) });
  await print(isNew ? `Reader ${id} gets digests from now on.` : `Reader ${id} is active already, and left as it is.`);
}

async function ask({ config, log, signal, print }: Context, wish: ReaderWish): Promise<void> {
  await using engine = await openEngine(await openStore(config, log, { signal }));
  await using actions = openActions(engine);
  await actions.subscribe(wish);
  await recordDeed(engine.db, COMMAND, { at: engine.now(), did: 'reader.ask', about: 'a new reader' });
  await print(ON_ITS_WAY);
}

/** What the options say, to be checked with the rest. Pure. */
const choicesOf = ({ topics, hour, zone, language }: AddOptions): PreferencesInput => ({
  topics: topics?.split(',').map((slug) => slug.trim()),
  sendHour: hour === undefined ? undefined : numberOf(hour),
  timezone: zone,
  language,
});

/** Ends a subscription, as its reader would. */
export async function unsubscribeSubscriber({ config, log, signal, print }: Context, email: string): Promise<void> {
  await using store = await openStore(config, log, { signal });
  await requireTrueClock(store);
  const { id, status } = await findReader(store, email);
  if (!(await end(store.db, id, 'unsubscribed', store.now())))
    throw new AppError('INPUT_INVALID', `Nothing was changed: reader ${id} gets no digests already, as ${status}.`);
  await recordDeed(store.db, COMMAND, { at: store.now(), did: 'reader.unsubscribe', about: String(id) });
  await print(`Reader ${id} is unsubscribed: no digest goes to them any more.`);
}

/** Sends another confirmation to one who has not confirmed, or has left. */
export async function confirmSubscriber({ config, log, signal, print }: Context, email: string): Promise<void> {
  await using engine = await openEngine(await openStore(config, log, { signal }));
  await using actions = openActions(engine);
  const { id } = await findReader(engine, email);
  await actions.confirmAgain(id);
  await recordDeed(engine.db, COMMAND, { at: engine.now(), did: 'reader.confirm', about: String(id) });
  await print('The confirmation goes out within a minute where Paperboy runs.');
}

/** Lists readers, the newest first; addresses are masked, as at the desk. */
export async function listSubscribers(
  { config, log, signal, print }: Context,
  { state, before, json = false }: { state?: string; before?: string; json?: boolean },
): Promise<void> {
  const status = LISTED_STATES.find((one) => one === state) ?? null;
  await using store = await openStore(config, log, { schema: 'read', signal });
  const found = await listReaders(store.db, status, { before: placeOf(before), limit: LISTED + 1 });
  const readers = found.slice(0, LISTED);
  const next = found.length > LISTED ? readers.at(-1)!.id : null;
  if (json) {
    const subscribers = readers.map(({ email, ...reader }) => ({ ...reader, address: maskAddress(email) }));
    return print(JSON.stringify({ subscribers, next }));
  }
  if (readers.length === 0) return print('There is no such reader.');
  for (const reader of readers)
    await print(
      `${reader.id}  ${maskAddress(reader.email)}  ${reader.status}, known since ${dayOf(reader.createdAt)}, ` +
        `${reader.topics.join(',')} ${reader.frequency} at ${reader.sendHour}:00 ${reader.timezone}`,
    );
  if (next !== null) await print(`There are more: --before ${next} goes on.`);
}

function placeOf(before: string | undefined): number | undefined {
  if (before === undefined) return undefined;
  if (/^\d{1,15}$/.test(before)) return Number(before);
  throw new AppError('INPUT_INVALID', '--before must be the number of a reader, as "subscribers list" prints it.');
}
