import { expect, test } from 'vitest';
import { groupNotices } from '../../src/jobs/notice-groups.ts';
import type { Queues } from '../../src/jobs/queues.ts';
import { until } from '../support/until.ts';

/** A queue that takes each group when it is told to. */
function heldQueue() {
  const groups: { readers: number[]; take: () => void; refuse: (error: Error) => void }[] = [];
  const enqueue = ((_name: string, { subscriberIds }: { subscriberIds: number[] }): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    groups.push({ readers: subscriberIds, take: resolve, refuse: reject });
    return promise;
  }) as Queues['enqueue'];
  return { groups, enqueue, whenAsked: (times: number) => until('a group', () => groups.length === times) };
}

test('requests that come while a group is under way are the next group', async () => {
  const { groups, enqueue, whenAsked } = heldQueue();
  const notices = groupNotices({ enqueue }, { warn: () => {} });
  for (const id of [1, 2]) notices.enqueueNotice(id);
  await whenAsked(1);
  for (const id of [3, 4]) notices.enqueueNotice(id);
  groups[0]!.take();
  await whenAsked(2);
  groups[1]!.take();
  expect(groups.map(({ readers }) => readers)).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

test('many are cut into groups that several workers share', async () => {
  const { groups, enqueue, whenAsked } = heldQueue();
  const notices = groupNotices({ enqueue }, { warn: () => {} });
  for (let id = 1; id <= 120; id++) notices.enqueueNotice(id);
  await whenAsked(3);
  expect(groups.map(({ readers }) => readers.length)).toEqual([50, 50, 20]);
  expect(groups.flatMap(({ readers }) => readers)).toEqual(Array.from({ length: 120 }, (_, i) => i + 1));
});

test('a queue that refuses a group is told of once, and takes the next one', async () => {
  const { groups, enqueue, whenAsked } = heldQueue();
  const told: unknown[] = [];
  const notices = groupNotices({ enqueue }, { warn: (about: unknown) => void told.push(about) });
  for (const id of [1, 2, 3]) notices.enqueueNotice(id);
  await whenAsked(1);
  notices.enqueueNotice(4);
  groups[0]!.refuse(new Error('no queue'));
  await whenAsked(2);
  groups[1]!.take();
  expect(told).toEqual([expect.objectContaining({ notices: 3 })]);
});

test('a stop waits until the queue has taken what was asked for, and no longer', async () => {
  const { groups, enqueue, whenAsked } = heldQueue();
  const notices = groupNotices({ enqueue }, { warn: () => {} });
  for (const id of [1, 2]) notices.enqueueNotice(id);
  let stopped = false;
  const stop = notices[Symbol.asyncDispose]().then(() => (stopped = true));
  await whenAsked(1);
  expect(stopped).toBe(false);
  groups[0]!.take();
  await stop;
  expect(groups.map(({ readers }) => readers)).toEqual([[1, 2]]);
});
