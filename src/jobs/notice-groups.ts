import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from '../telemetry.ts';
import type { NewJob } from './contract.ts';
import { noticeJob } from './handlers.ts';
import type { Queues } from './queues.ts';

/** A group waits this long for company: to enqueue a hundred costs little more than to enqueue one. */
const COMPANY_MS = 100;

/** Asks for notices on behalf of requests that do not wait for the queue. Disposing of it enqueues what is left. */
export interface NoticeGroups extends AsyncDisposable {
  /** Returns at once. What the queue does not take the sweeper finds. */
  enqueueNotice: (subscriberId: number, requestedAt: Date) => void;
}

/** Enqueues notices in groups: those that are asked for while a group is under way are the next one. */
export function groupNotices(queues: Pick<Queues, 'enqueueAll'>, log: Pick<Logger, 'warn'>): NoticeGroups {
  const stopping = new AbortController();
  let waiting: NewJob<'notice'>[] = [];
  let running: Promise<void> | null = null;

  const enqueueAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      await wait(COMPANY_MS, undefined, { signal: stopping.signal }).catch(() => {}); // a stop does not wait
      const group = waiting;
      waiting = [];
      await queues
        .enqueueAll('notice', group)
        .catch((err: unknown) => log.warn({ err, notices: group.length }, 'Cannot enqueue notices: the sweeper will'));
    }
    running = null;
  };

  return {
    enqueueNotice(subscriberId, requestedAt) {
      waiting.push(noticeJob(subscriberId, requestedAt));
      running ??= enqueueAll();
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await running;
    },
  };
}
