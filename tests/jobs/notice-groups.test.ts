import { expect, test } from 'vitest';
import type { NewJob } from '../../src/jobs/contract.ts';
import { groupNotices } from '../../src/jobs/notice-groups.ts';
import { until } from '../support/until.ts';

const AT = new Date('2026-05-29T08:00:00Z');

/** A queue that takes each group when it is told to. */
function heldQueue() {
  const groups: { jobs: number[]; take: () => void; refuse: (error: Error) => void }[] = [];
  const enqueueAll = (_name: string, jobs: readonly NewJob<never>[]): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const readers = jobs.map((job) => (job as NewJob<'notice'>).payload.subscriberId);
    groups.push({ jobs: readers, take: resolve, refuse: reject });
    return promise;
  };
  return { groups, enqueueAll, whenAsked: (times: number) => until('a group', () => groups.length === times) };
}

test('requests that come while a group is under way are the next group', async () => {
  const { groups, enqueueAll, whenAsked } = heldQueue();
  const notices = groupNotices({ enqueueAll }, { warn: () => {} });
  for (const id of [1, 2]) notices.enqueueNotice(id, AT);
  await whenAsked(1);
  for (const id of [3, 4]) notices.enqueueNotice(id, AT);
  groups[0]!.take();
  await whenAsked(2);
  groups[1]!.take();
  expect(groups.map(({ jobs }) => jobs)).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

test('a queue that refuses a group is told of once, and takes the next one', async () => {
  const { groups, enqueueAll, whenAsked } = heldQueue();
  const told: unknown[] = [];
  const notices = groupNotices({ enqueueAll }, { warn: (about: unknown) => void told.push(about) });
  for (const id of [1, 2, 3]) notices.enqueueNotice(id, AT);
  await whenAsked(1);
  notices.enqueueNotice(4, AT);
  groups[0]!.refuse(new Error('no queue'));
  await whenAsked(2);
  groups[1]!.take();
  expect(told).toEqual([expect.objectContaining({ notices: 3 })]);
});

test('a stop waits until the queue has taken what was asked for, and no longer', async () => {
  const { groups, enqueueAll, whenAsked } = heldQueue();
  const notices = groupNotices({ enqueueAll }, { warn: () => {} });
  for (const id of [1, 2]) notices.enqueueNotice(id, AT);
  let stopped = false;
  const stop = notices[Symbol.asyncDispose]().then(() => (stopped = true));
  await whenAsked(1);
  expect(stopped).toBe(false);
  groups[0]!.take();
  await stop;
  expect(groups.map(({ jobs }) => jobs)).toEqual([[1, 2]]);
});
