import type { Db } from '../db/client.ts';
import { readerPages } from '../db/import.ts';
import { CSV_HEADER, csvLine } from './portability.ts';

/** So many readers are read and written at once. */
const PAGE = 2_000;

/** All readers but the erased ones, as an import takes them, in pieces of whole lines. */
export async function* exportReaders(db: Db): AsyncGenerator<string> {
  yield `${CSV_HEADER}\n`;
  for await (const page of readerPages(db, PAGE)) yield `${page.map(csvLine).join('\n')}\n`;
}
