import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHostRate, type HostRate, shareOf, sliceOf } from '../../src/delivery/host-rate.ts';
import { memoryStore } from '../support/shaping.ts';

const MINUTE = 60_000;
const SECOND = 1000;

/**
 * Messages of a host that ask when they were told to, or up to `late` after it, of processes that
 * share a store. Gives the moments at which they went.
 */
async function drive({
  messages,
  perMinute,
  processes = 1,
  late = () => 0,
}: {
  messages: number;
  perMinute: number;
  processes?: number;
  late?: () => number;
}): Promise<number[]> {
  let now = 1_800_000_000_000;
  const begun = now;
  const clock = () => now;
  const store = memoryStore(clock);
  const rates: HostRate[] = Array.from({ length: processes }, () => createHostRate({ store, clock }));
  const went: number[] = [];
  let waiting = Array.from({ length: messages }, (_, i) => ({ i, at: now }));
  while (waiting.length > 0) {
    now = waiting.reduce((first, { at }) => Math.min(first, at), Infinity);
    const due = waiting.filter(({ at }) => at <= now);
    waiting = waiting.filter(({ at }) => at > now);
    for (const { i } of due) {
      const later = await rates[i % processes]!.admit('example', perMinute, String(i));
      if (later === null) went.push(now - begun);
      else waiting.push({ i, at: Math.max(now + 1, later.getTime() + late()) });
    }
  }
  return went;
}

const mostInAnyMinute = (went: readonly number[]): number => {
  let [most, first] = [0, 0];
  went.forEach((at, i) => {
    while (went[first]! <= at - MINUTE) first++;
    most = Math.max(most, i - first + 1);
  });
  return most;
};

test('no minute holds more than the rate, whatever the rate, the processes and the delays; and all go', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        perMinute: fc.integer({ min: 1, max: 900 }),
        share: fc.double({ min: 0.2, max: 4, noNaN: true }),
        processes: fc.integer({ min: 1, max: 3 }),
        late: fc.integer({ min: 0, max: 1900 }),
        seed: fc.integer({ min: 1, max: 1 << 30 }),
      }),
      async ({ perMinute, share, processes, late, seed }) => {
        let state = seed;
        const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
        const messages = Math.min(1500, Math.ceil(perMinute * share));
        const went = await drive({ messages, perMinute, processes, late: () => random() * late });
        expect(went).toHaveLength(messages);
        // A message may take two seconds more from here to the host.
        const arrived = went.map((at) => at + random() * 2 * SECOND).toSorted((a, b) => a - b);
        expect(mostInAnyMinute(went)).toBeLessThanOrEqual(perMinute);
        expect(mostInAnyMinute(arrived)).toBeLessThanOrEqual(perMinute);
      },
    ),
    { numRuns: 60 },
  );
});

test.each([
  { perMinute: 30, messages: 300, processes: 1 },
  { perMinute: 100, messages: 1000, processes: 1 },
  { perMinute: 600, messages: 6000, processes: 1 },
  { perMinute: 600, messages: 6000, processes: 3 },
])(
  '$messages messages at $perMinute a minute, from $processes processes, take less than 10 % longer than they must',
  async ({ perMinute, messages, processes }) => {
    const went = await drive({ messages, perMinute, processes });
    const ideal = (messages / perMinute) * MINUTE;
    expect(went.at(-1)! / ideal).toBeLessThan(1.1);
  },
);

test('any 32 slices in a row hold what a minute may hold', () => {
  for (const perMinute of [1, 5, 31, 32, 33, 1000])
    for (let first = 900_000_000; first < 900_000_100; first++) {
      const sum = Array.from({ length: 32 }, (_, i) => shareOf(perMinute, first + i)).reduce((a, b) => a + b);
      expect(sum).toBe(perMinute);
    }
  expect(sliceOf(32, 10)).toBe(9);
  expect(sliceOf(16, 10)).toBe(19);
});

test('a message keeps its place in the line, however often it asks', async () => {
  let now = 1_800_000_000_000;
  const rate = createHostRate({ store: memoryStore(() => now), clock: () => now });
  const ask = (key: string) => rate.admit('example', 32, key);
  expect(await ask('a')).toBeNull();
  const [b, c] = [await ask('b'), await ask('c')];
  expect(c!.getTime()).toBeGreaterThan(b!.getTime());
  now += 500;
  expect(await ask('c')).toEqual(c);
  expect(await ask('b')).toEqual(b);
  now = b!.getTime();
  expect(await ask('b')).toBeNull();
});

test('what has its turn much later comes a minute before it, and hears the moment then', async () => {
  let now = 1_800_000_000_000;
  const rate = createHostRate({ store: memoryStore(() => now), clock: () => now });
  let last: Date | null = null;
  for (let i = 0; i < 200; i++) last = await rate.admit('example', 32, String(i));
  const early = last!.getTime();
  now = early + 30 * SECOND;
  const exact = (await rate.admit('example', 32, '199'))!.getTime();
  expect(exact - early).toBe(MINUTE);
});

test('nothing goes while the store is away', async () => {
  const store = { take: () => Promise.reject(new Error('away')) };
  const rate = createHostRate({ store, clock: () => 0 });
  expect(await rate.admit('example', 1000, 'a')).toEqual(new Date(10 * SECOND));
});
