import type { Db } from '../db/client.ts';
import { findReaders, type FoundReaders, type ReaderPage } from '../db/readers.ts';

/** How long a search for a part of an address may look before it says how far it came. */
const SEARCH_MS = 120;

/** Readers whose address holds a text, as far as can be looked in a moment. */
export function searchReaders(db: Db, part: string, page: ReaderPage): Promise<FoundReaders> {
  const until = performance.now() + SEARCH_MS;
  return findReaders(db, part, page, () => performance.now() < until);
}
