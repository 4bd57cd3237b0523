import { sql, type SQL } from 'drizzle-orm';
import type { Status } from '../subscriber.ts';
import type { Tx } from './client.ts';
import { COLUMNS, type RawRow, rowOf, type SubscriberRow } from './subscribers.ts';

/** Which readers are listed: the newest first, those before one of them. */
export interface ReaderPage {
  before?: number | undefined;
  limit: number;
}

const page = async (tx: Tx, where: SQL, { before, limit }: ReaderPage): Promise<SubscriberRow[]> => {
  const { rows } = await tx.execute<RawRow>(sql`
    select ${COLUMNS}
    from subscriber
    where ${where}
      ${before === undefined ? sql`` : sql`and id < ${before}`}
    order by subscriber.id desc
    limit ${limit}`);
  return rows.map(rowOf);
};

/** Readers of one state, or of all but the erased ones. */
export const listReaders = (tx: Tx, status: Status | null, of: ReaderPage): Promise<SubscriberRow[]> =>
  page(tx, status === null ? sql`status <> 'erased'` : sql`status = ${status}`, of);

/** How many readers there are, by state. Reads them all: `keepCount` is for that. */
export async function countReaders(tx: Tx): Promise<Partial<Record<Status, number>>> {
  const { rows } = await tx.execute<{ status: Status; count: number }>(sql`
    select status, count(*)::int as count
    from subscriber
    group by status`);
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}

/** What a search found, and how far it came. */
export interface FoundReaders {
  readers: SubscriberRow[];
  /** All readers from this number on were looked at; `null`: all there are. */
  from: number | null;
}

/** So many numbers are looked at by one statement: some tens of milliseconds. */
const SPAN = 20_000;

/**
 * Readers whose address holds a text, the newest first. No index knows the middle of an address: one
 * would cost every digest more than it is worth. So it looks at one stretch of numbers after the
 * other, as long as `mayGoOn` says so, and can be asked again from where it came to.
 */
export async function findReaders(
  tx: Tx,
  part: string,
  { before, limit }: ReaderPage,
  mayGoOn: () => boolean,
): Promise<FoundReaders> {
  const { rows } = await tx.execute<{ top: number }>(
    sql`select coalesce(max(id), 0)::float8 + 1 as top from subscriber`,
  );
  const readers: SubscriberRow[] = [];
  // Domains are stored in small letters, and to make them small costs most of the look.
  const holds = part.startsWith('@')
    ? sql`strpos(email::text, ${part.toLowerCase()}) > 0`
    : sql`strpos(lower(email::text), ${part.toLowerCase()}) > 0`;
  let end = before ?? rows[0]!.top;
  do {
    const start = Math.max(1, end - SPAN);
    const where = sql`id >= ${start} and status <> 'erased' and ${holds}`;
    readers.push(...(await page(tx, where, { before: end, limit: limit - readers.length })));
    end = readers.length >= limit ? readers.at(-1)!.id : start;
  } while (end > 1 && readers.length < limit && mayGoOn());
  return { readers, from: end <= 1 ? null : end };
}
