import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { parse } from 'csv-parse';
import { requireTrueClock } from '../db/clock.ts';
import { recentDeliveries } from '../db/deliveries.ts';
import {
  erase,
  findSubscriber,
  findSuppression,
  type ImportRow,
  importSubscribers,
  listSubscribers,
  type SubscriberRow,
} from '../db/subscribers.ts';
import { listTopics } from '../db/topics.ts';
import { AppError } from '../errors.ts';
import { openStore, type Store } from '../runtime.ts';
import { addressHash, normaliseAddress } from '../subscribers/address.ts';
import { csvLine, importRow } from '../subscribers/portability.ts';
import type { Context } from './context.ts';

const AT_ONCE = 1000;
const DELIVERIES_SHOWN = 30;

/** Adds confirmed subscribers from a CSV file. Lines that cannot be used are counted and named by number, never by address. */
export async function importCommand(
  { config, log, signal, print }: Context,
  file: string,
  options: { confirmed?: boolean },
): Promise<void> {
  if (!options.confirmed)
    throw new AppError(
      'INPUT_INVALID',
      'Import needs --confirmed: it makes people active at once, so say that you have their consent. Without it, let them subscribe on the site.',
    );
  await access(file).catch((cause: unknown) => {
    throw new AppError('INPUT_INVALID', `Cannot read ${file}. Check the path and its permissions.`, { cause });
  });
  await using store = await openStore(config, log, { signal });
  await requireTrueClock(store);
  const { added, known, bad, whole } = await importFile(store, file, signal);
  for (const { line, why } of bad.slice(0, 20)) print(`Line ${line} was left out: ${why}`);
  if (bad.length > 20) print(`… and ${bad.length - 20} more lines.`);
  print(`${added} added, ${known} known already or suppressed and left as they are, ${bad.length} left out.`);
  if (!whole) signal.throwIfAborted();
}

/** Stops between two lines when it is asked to; what it has read by then is in. */
async function importFile({ db, now }: Store, file: string, signal: AbortSignal) {
  const topics = (await listTopics(db)).map((t) => t.slug);
  const sums = { added: 0, known: 0, bad: [] as { line: number; why: string }[], whole: true };
  let rows: ImportRow[] = [];
  const flush = async (): Promise<void> => {
    const added =
      rows.length === 0
        ? 0
        : await importSubscribers(
            db,
            rows,
            rows.map((r) => addressHash(r.email)),
            now(),
          );
    sums.added += added;
    sums.known += rows.length - added;
    rows = [];
  };
  for await (const { record, info } of readCsv(file)) {
    if (signal.aborted) {
      sums.whole = false;
      break;
    }
    try {
      rows.push(importRow(record, topics, now()));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      sums.bad.push({ line: info.lines, why: error.message });
    }
    if (rows.length >= AT_ONCE) await flush();
  }
  await flush();
  return sums;
}

async function* readCsv(file: string): AsyncGenerator<{ record: Record<string, string>; info: { lines: number } }> {
  const parser = createReadStream(file).pipe(
    parse({
      columns: (header: string[]) => header.map((h) => h.trim().toLowerCase()),
      bom: true,
      trim: true,
      skip_empty_lines: true,
      info: true,
      relax_column_count_less: true,
    }),
  );
  try {
    yield* parser as AsyncIterable<{ record: Record<string, string>; info: { lines: number } }>;
  } catch (cause) {
    const where = (cause as { lines?: number }).lines;
    throw new AppError(
      'INPUT_INVALID',
      `${file} cannot be read as CSV${where === undefined ? '' : ` at line ${where}`}. The first line must name the columns: email,timezone,send_hour,frequency,topics. Mend it and import it again: who is in by now stays as they are.`,
      { cause },
    );
  }
}

export async function exportSubscribers({ config, log, signal, print }: Context): Promise<void> {
  await using store = await openStore(config, log, { signal });
  print('email,timezone,send_hour,frequency,topics,status');
  for (
    let page: SubscriberRow[], afterId = 0;
    (page = await listSubscribers(store.db, afterId, AT_ONCE)).length > 0;
    afterId = page.at(-1)!.id
  ) {
    signal.throwIfAborted();
    for (const row of page) print(csvLine(row));
  }
}

/** Prints what is stored about one person: the subscription, whether the address is suppressed, the last deliveries. */
export async function showSubscriber({ config, log, signal, print }: Context, email: string): Promise<void> {
  await using store = await openStore(config, log, { signal });
  const { db } = store;
  const address = normaliseAddress(email);
  const [row, suppressed] = await Promise.all([findSubscriber(db, address), findSuppression(db, addressHash(address))]);
  if (!row && !suppressed) throw nobody();
  const deliveries = row ? await recentDeliveries(db, row.id, DELIVERIES_SHOWN) : [];
  print(
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
  print('Erased: the address and everything chosen with it are gone. The ledger keeps a number without a person.');
}

async function find({ db }: Store, email: string): Promise<SubscriberRow> {
  const row = await findSubscriber(db, normaliseAddress(email));
  if (!row) throw nobody();
  return row;
}

const nobody = (): AppError => new AppError('NOT_FOUND', 'Nobody with that address is stored here.');
