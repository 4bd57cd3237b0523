import type { Db } from '../db/client.ts';
import { type Asked, type Recorded, recordRequests } from '../db/subscribers.ts';
import { codeOf } from '../errors.ts';

/** Records wishes to subscribe. What it throws is the database's. */
export type RecordRequest = (wish: Asked) => Promise<Recorded>;

interface Entry {
  wish: Asked;
  settle: (recorded: Recorded) => void;
  fail: (error: unknown) => void;
}

/** As many parameters' worth as one statement carries without others having to wait for it. */
const MOST = 200;

/**
 * Records the requests of a process one statement at a time: what comes while one is under way goes
 * with the next, so that nobody waits for company and a rush costs few statements. `quietMs` is how
 * long an address that asked is owed no second notice.
 */
export function groupRequests(db: Db, quietMs: number): RecordRequest {
  let waiting: Entry[] = [];
  let isWriting = false;

  const writeAll = async (): Promise<void> => {
    isWriting = true;
    while (waiting.length > 0) await write(takeOnePerAddress());
    isWriting = false;
  };

  /** One statement cannot change a row twice: who asks again goes with the next. */
  const takeOnePerAddress = (): Entry[] => {
    const taken = new Map<string, Entry>();
    const later: Entry[] = [];
    for (const entry of waiting) {
      const address = entry.wish.email.toLowerCase();
      if (taken.size >= MOST || taken.has(address)) later.push(entry);
      else taken.set(address, entry);
    }
    waiting = later;
    return [...taken.values()];
  };

  const write = async (group: readonly Entry[]): Promise<void> => {
    try {
      const recorded = await recordRequests(
        db,
        group.map((entry) => entry.wish),
        quietMs,
      );
      group.forEach((entry, i) => entry.settle(recorded[i]!));
    } catch (error) {
      if (group.length > 1 && isAboutData(error)) for (const entry of group) await write([entry]);
      else for (const entry of group) entry.fail(error);
    }
  };

  return (wish) =>
    new Promise((settle, fail) => {
      waiting.push({ wish, settle, fail });
      if (!isWriting) void writeAll();
    });
}

/**
 * Classes 21 to 23 of SQLSTATE: one wish is at fault, such as one that Postgres takes for the
 * address of another while we do not, and the others must not pay for it.
 */
const isAboutData = (error: unknown): boolean => /^2[1-3]/.test(codeOf(error) ?? '');
