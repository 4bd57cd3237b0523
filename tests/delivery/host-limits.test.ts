import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHostLimits } from '../../src/delivery/host-limits.ts';

const MINUTE = 60_000;

/**
 * A domain that takes so many a minute, and readers of it who ask when they were told to. Gives how
 * many it took and refused in each minute.
 */
function drive({ readers, takes, minutes }: { readers: number; takes: (minute: number) => number; minutes: number }) {
  let now = 0;
  const limits = createHostLimits(() => new Date(now));
  let asking = Array.from({ length: readers }, () => 0);
  const history: { taken: number; refused: number }[] = [];
  for (let minute = 0; minute < minutes; minute++) {
    now = minute * MINUTE;
    const [due, later] = [asking.filter((at) => at <= now), asking.filter((at) => at > now)];
    let [taken, refused] = [0, 0];
    for (const _ of due) {
      const until = limits.admit('example.org');
      if (until) later.push(until.getTime());
      else if (taken < takes(minute)) taken++;
      else {
        refused++;
        limits.refused('example.org');
        later.push(now + MINUTE);
      }
    }
    asking = later;
    history.push({ taken, refused });
  }
  return { history, left: asking.length };
}

test('a domain that refuses what goes over its limit is refused once a minute at most, and gets no less than a third of what it takes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 60 }), (limit) => {
      const { history } = drive({ readers: 4_000, takes: () => limit, minutes: 60 });
      for (const { refused } of history) expect(refused).toBeLessThanOrEqual(1);
      expect(history.reduce((sum, { taken }) => sum + taken, 0)).toBeGreaterThan((60 * limit) / 3);
    }),
  );
});

test('a domain that takes nothing for a while is asked now and then, and soon gets everything when it is back', () => {
  const { history, left } = drive({ readers: 3000, takes: (minute) => (minute < 30 ? 0 : Infinity), minutes: 60 });
  expect(history.slice(0, 30).reduce((sum, { refused }) => sum + refused, 0)).toBeLessThanOrEqual(30);
  expect(left).toBe(0);
});

test('nobody else is held back, and a domain that refused nothing for ten minutes has no limit', () => {
  let now = 0;
  const limits = createHostLimits(() => new Date(now));
  limits.refused('example.org');
  expect([limits.admit('example.com'), limits.admit('example.org'), limits.admit('example.org')]).toEqual([
    null,
    null,
    new Date(MINUTE),
  ]);
  now = 11 * MINUTE;
  for (let i = 0; i < 1000; i++) expect(limits.admit('example.org')).toBeNull();
});

test('who is held back is told to come when it can be their turn, within ten minutes', () => {
  const limits = createHostLimits(() => new Date(0));
  for (let i = 0; i < 4; i++) limits.admit('example.org');
  limits.refused('example.org');
  expect([1, 2, 3, 4, 5].map(() => limits.admit('example.org')!.getTime() / MINUTE)).toEqual([1, 1, 2, 2, 3]);
  for (let i = 0; i < 100; i++) expect(limits.admit('example.org')!.getTime()).toBeLessThanOrEqual(10 * MINUTE);
});
