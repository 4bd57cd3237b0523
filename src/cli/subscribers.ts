import { requireTrueClock } from '../db/clock.ts';
import { brakesOn, type Share } from '../db/brakes.ts';
import { recentFeedback } from '../db/feedback.ts';
import { recentDeliveries } from '../db/deliveries.ts';
import {
  erase,
  findSubscriber,
  type ImportRow,
  importSubscribers,
  listSubscribers,
  type SubscriberRow,
} from '../db/subscribers.ts';
import { findSuppression, type Suppression, suppressedAmong } from '../db/suppressions.ts';
import { listTopics } from '../db/topics.ts';
import { AppError } from '../errors.ts';
import { openStore, type Store } from '../runtime.ts';
import { normaliseAddress } from '../subscribers/address.ts';
import { type CsvRecord, readRecords } from '../subscribers/csv.ts';
import {
  CSV_HEADER,
  csvLine,
  fitsLayout,
  importRow,
  type Layout,
  layoutOf,
  namedCells,
} from '../subscribers/portability.ts';
import type { Context } from './context.ts';
import { openLines } from './csv-file.ts';

const AT_ONCE = 1000;
const DELIVERIES_SHOWN = 30;
const BAD_SHOWN = 20;

/**
 * Adds confirmed subscribers from a CSV file. Lines that cannot be used are counted and named by
 * number, never by address. A file of which nothing can be used is an error; one whose readers are
 * known already is not, so that it can be run again.
 */
export async function importCommand(
  { config, log, signal, print }: Context,
  file: string,
  options: { confirmed?: boolean },
): Promise<void> {
  if (!options.confirmed)
    throw new AppError(
      'INPUT_INVALID',
      'Import needs --confirmed: it makes people active at once, so say that you have their consent. Without it, ' +
        'let them subscribe on the site.',
    );
  await using opened = await openLines(file);
  const { layout, seen } = await layoutFor(file, opened.lines);
  await using store = await openStore(config, log, { signal });
  await requireTrueClock(store);
  const sums = await importFile(store, chain(seen, opened.lines), layout, signal);
  const { added, known, bad } = sums;
  for (const { line, why } of bad.slice(0, BAD_SHOWN)) await print(`Line ${line} was left out: ${why}`);
  if (bad.length > BAD_SHOWN) await print(`… and ${bad.length - BAD_SHOWN} more lines.`);
  await print(`${added} added, ${known} known already or suppressed and left as they are, ${bad.length} left out.`);
  if (sums.cutOffBy !== undefined) throw sums.cutOffBy;
  if (added + known === 0) throw nothingIn(file);
}

/**
 * Reads up to the first line that says something, and gives back what it has `seen`: a pipe is read
 * only once.
 */
async function layoutFor(file: string, lines: AsyncIterator<string>): Promise<{ layout: Layout; seen: string[] }> {
  const seen: string[] = [];
  for (let next = await lines.next(); !next.done; next = await lines.next()) {
    seen.push(next.value);
    if (next.value.trim() === '') continue;
    const layout = layoutOf(next.value);
    if (layout) return { layout, seen };
    throw new AppError(
      'INPUT_INVALID',
      `Cannot find the addresses in ${file}: its first line names no column "email". Name it so and import again; ` +
        'nothing was imported.',
    );
  }
  throw nothingIn(file);
}

async function* chain(seen: readonly string[], rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield* seen;
  yield* rest;
}

const nothingIn = (file: string): AppError =>
  new AppError(
    'INPUT_INVALID',
    `Nothing was imported: ${file} has no line that can be used. It needs a line of columns with "email", and one ` +
      'for each reader.',
  );

interface ImportSums {
  added: number;
  known: number;
  bad: { line: number; why: string }[];
  /** Why the file was not read to its end. */
  cutOffBy?: unknown;
}

/**
 * Stores in portions. Cut off between two lines, it stores what it has read by then: what is
 * counted is in.
 */
async function importFile(
  { db, now, keyring }: Store,
  lines: AsyncIterable<string>,
  layout: Layout,
  signal: AbortSignal,
): Promise<ImportSums> {
  const topics = (await listTopics(db)).map((t) => t.slug);
  const sums: ImportSums = { added: 0, known: 0, bad: [] };
  let rows: ImportRow[] = [];
  const flush = async (): Promise<void> => {
    const portion = rows;
    rows = [];
    if (portion.length === 0) return;
    const barred = await suppressedAmong(
      db,
      portion.map(({ email }) => keyring.hashesOf(email)),
    );
    const added = await importSubscribers(
      db,
      portion.filter((_, place) => !barred.has(place)),
      now(),
    );
    sums.added += added;
    sums.known += portion.length - added;
  };
  const take = ({ line, cells }: CsvRecord): void => {
    try {
      rows.push(importRow(namedCells(cells, layout), topics, now()));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      sums.bad.push({ line, why: error.message });
    }
  };
  const records = readRecords(lines, layout.separator, fitsLayout(layout));
  if (layout.header) await records.next();
  const cutOff = (error: unknown): void => {
    sums.cutOffBy ??= error;
  };
  const readAll = async (): Promise<void> => {
    for await (const record of records) {
      signal.throwIfAborted();
      take(record);
      if (rows.length >= AT_ONCE) await flush();
    }
  };
  await readAll().catch(cutOff);
  await flush().catch(cutOff);
  return sums;
}

export async function exportSubscribers({ config, log, signal, print }: Context): Promise<void> {
  await using store = await openStore(config, log, { schema: 'read', signal });
  await print(CSV_HEADER);
  for (
    let page: SubscriberRow[], afterId = 0;
    (page = await listSubscribers(store.db, afterId, AT_ONCE)).length > 0;
    afterId = page.at(-1)!.id
  ) {
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
  const domain = row.email.slice(row.email.lastIndexOf('@') + 1).toLowerCase();
  const brake = brakes.find((one) => one.domain === '' || one.domain === domain);
  const due =
    row.nextDueAt === null
      ? 'The next digest is being made.'
      : `The next digest is due at ${row.nextDueAt.toISOString()}.`;
  return brake === undefined
    ? due
    : `The digest of ${brake.date} waits: its brake is on. "paperboy digest resume --date ${brake.date}" lets it go. ${due}`;
}

const SUPPRESSED: Readonly<Record<Suppression['reason'], string>> = {
  bounced: 'Nothing: the mailbox was not found on two days. "paperboy subscribers unsuppress" mails it again.',
  refused: 'Nothing: it was refused on five days. "paperboy subscribers unsuppress" mails it again.',
  manual: 'Nothing: the address was suppressed by hand. "paperboy subscribers unsuppress" ends that.',
  complained:
    'Nothing: the reader complained. Only they can come back, once "paperboy subscribers unsuppress" lets them ask.',
};

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
