import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from '../telemetry.ts';
import type { Queues } from './queues.ts';

/**
 * A group waits this long for company: each job costs the queue as much as a sign-up the database.
 */
const COMPANY_MS = 100;
/**
 * How many notices one job carries at most: a second of work, so that several workers share them.
 */
const MOST = 50;

/**
 * Asks for notices on behalf of requests that do not wait for the queue. Disposing of it enqueues
 * what is left.
 */
export interface NoticeGroups extends AsyncDisposable {
  /** Returns at once. What the queue does not take the sweeper finds. */
  enqueueNotice: (subscriberId: number) => void;
}

/** Enqueues notices in groups, those that are asked for while one is under way in the next. */
export function groupNotices(queues: Pick<Queues, 'enqueue'>, log: Pick<Logger, 'warn'>): NoticeGroups {
  const stopping = new AbortController();
  const waiting: number[] = [];
  let running: Promise<void> | null = null;

  const enqueueGroup = (subscriberIds: number[]): Promise<void> =>
    queues.enqueue('notices', { subscriberIds }).catch((err: unknown) => {
      log.warn({ err, notices: subscriberIds.length }, 'Cannot enqueue notices: the sweeper will');
    });
  const enqueueAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      await wait(COMPANY_MS, undefined, { signal: stopping.signal }).catch(() => {}); // a stop does not wait
      const groups: Promise<void>[] = [];
      while (waiting.length > 0) groups.push(enqueueGroup(waiting.splice(0, MOST)));
      await Promise.all(groups);
    }
    running = null;
  };

  return {
    enqueueNotice(subscriberId) {
      waiting.push(subscriberId);
      running ??= enqueueAll();
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await running;
    },
  };
}
