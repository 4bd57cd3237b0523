import type { Db } from '../db/client.ts';
import { countReaders } from '../db/readers.ts';
import { papersBySource } from '../db/sources.ts';
import { countActive } from '../db/subscribers.ts';
import { readersByFrequency } from '../db/sums.ts';
import { readersDue } from '../db/tally.ts';
import { papersByTopic, readersByTopic } from '../db/topics.ts';
import { DAY } from '../duration.ts';
import { FILED_ANEW_MS } from '../papers/desk-topics.ts';
import { keepCount } from './admin/kept.ts';

/** Papers of so long are counted by source. */
const LOOKED_BACK_MS = 30 * DAY;

export type Counts = ReturnType<typeof createCounts>;

/** What is dear to count: one count serves the desk and the admin API. */
export function createCounts({ db, now, editionHour }: { db: Db; now: () => Date; editionHour: number }) {
  const before = (ms: number): Date => new Date(now().getTime() - ms);
  return {
    /** Readers by state, of a topic, and by how often they want mail. */
    readers: keepCount(() => countReaders(db), now),
    active: keepCount(() => countActive(db), now),
    readersByTopic: keepCount(() => readersByTopic(db), now),
    readersByFrequency: keepCount(() => readersByFrequency(db), now),
    /** Readers by the hour at which they get their next digest, of the coming day. */
    due: keepCount(() => readersDue(db, { from: now(), until: before(-DAY), editionHour }), now),
    /** Papers of the last 30 days. */
    papersBySource: keepCount(() => papersBySource(db, before(LOOKED_BACK_MS)), now),
    papersByTopic: keepCount(() => papersByTopic(db, before(FILED_ANEW_MS)), now),
  };
}
