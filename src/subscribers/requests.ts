import type { Db } from '../db/client.ts';
import { type Asked, type Recorded, recordRequests } from '../db/subscribers.ts';
import { codeOf } from '../errors.ts';

/** Records wishes to subscribe. What it throws is the database's. */
export type RecordRequest = (wish: Asked) => Promise<Recorded>;

interface Entry<Wish, Answer> {
  wish: Wish;
  settle: (answer: Answer) => void;
  fail: (error: unknown) => void;
}

/** As many parameters' worth as one statement carries without others having to wait for it. */
const MOST = 200;

/** `quietMs` is how long an address that asked is owed no second notice. */
export const groupRequests = (db: Db, quietMs: number): RecordRequest =>
  inGroups(
    (wishes: readonly Asked[]) => recordRequests(db, wishes, quietMs),
    ({ email }) => email.toLowerCase(),
  );

/**
 * Writes what requests of a process wish one statement at a time: what comes while one is under way
 * goes with the next, so that none waits for company and a rush costs few statements. Two wishes
 * with the same key concern one row, which a statement changes once.
 */
export function inGroups<Wish, Answer>(
  writeGroup: (wishes: readonly Wish[]) => Promise<readonly Answer[]>,
  keyOf: (wish: Wish) => string,
): (wish: Wish) => Promise<Answer> {
  type Waiting = Entry<Wish, Answer>;
  let waiting: Waiting[] = [];
  let isWriting = false;

  const writeAll = async (): Promise<void> => {
    isWriting = true;
    while (waiting.length > 0) await write(takeOnePerKey());
    isWriting = false;
  };

  const takeOnePerKey = (): Waiting[] => {
    const taken = new Map<string, Waiting>();
    const later: Waiting[] = [];
    for (const entry of waiting) {
      const key = keyOf(entry.wish);
      if (taken.size >= MOST || taken.has(key)) later.push(entry);
      else taken.set(key, entry);
    }
    waiting = later;
    return [...taken.values()];
  };

  const write = async (group: readonly Waiting[]): Promise<void> => {
    try {
      const answers = await writeGroup(group.map((entry) => entry.wish));
      group.forEach((entry, i) => entry.settle(answers[i]!));
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
