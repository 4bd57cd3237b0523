import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { handOverOf } from '../../src/delivery/hand-over.ts';
import { createPace, cutTime, granted, type Pace, type RateStore } from '../../src/delivery/pacing.ts';
import { createPermits } from '../../src/delivery/permits.ts';
import { createSmtpTransport } from '../../src/smtp/transport.ts';
import { openRateStore } from '../../src/jobs/rate-store.ts';
import { openQueues, type QueueAddress } from '../../src/jobs/queues.ts';
import { createLogger } from '../../src/telemetry.ts';
import { testDatabase } from '../support/database.ts';
import { mailReceiver } from '../support/receiver.ts';
import { testRedis } from '../support/redis.ts';
import { requires } from '../support/require.ts';
import { faultServer } from '../support/smtp-fault-server.ts';
import { KEYRING } from '../support/keys.ts';

const log = createLogger('silent');
const never = new AbortController().signal;

describe('time', () => {
  test('is cut so that no second holds more than a tenth above the rate, and all seconds together most of it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.nat(1_000_000), (rate, at) => {
        const { length, ahead, share } = cutTime(rate);
        // Where messages go when the slice begins, a second holds as many beginnings; else it
        // touches one slice more.
        const touched = ahead > 0 ? Math.ceil(1000 / length) : 1000 / length + 1;
        const most = Array.from({ length: touched }, (_, i) => share(at + i)).reduce((a, b) => a + b, 0);
        expect(most).toBeLessThanOrEqual(rate * 1.1);
        const inHundred = Array.from({ length: 100 }, (_, i) => share(at + i)).reduce((a, b) => a + b, 0);
        expect((inHundred / 100) * (1000 / length)).toBeGreaterThanOrEqual(rate * 0.79);
      }),
    );
  });
  test('is shared by who asks first, to the last message and no further', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 30 }),
        fc.integer({ min: 0, max: 100 }),
        (asks, share) => {
          let taken = 0;
          const got = asks.map((asked) => granted((taken += asked), asked, share)).reduce((a, b) => a + b, 0);
          expect(got).toBe(Math.min(share, taken));
        },
      ),
    );
  });
});

/**
 * Two workers with their own way to the store and to the relay, which is told when every message
 * begins.
 */
async function race(address: QueueAddress, rate: number, forMs: number): Promise<number[]> {
  const times: number[] = [];
  await using relay = await mailReceiver({
    keep: false,
    answer: () => {
      times.push(performance.now());
      return null;
    },
  });
  await Promise.all(
    [1, 2].map(async (worker) => {
      await using store = await openRateStore(address);
      const pace = createPace({ rate, store, log });
      const transport = createSmtpTransport({ urls: [relay.url], connections: 4, name: 'papers.example' });
      const stop = AbortSignal.timeout(forMs);
      await Promise.all(
        Array.from({ length: 8 }, () =>
          keepSending(pace, stop, () =>
            transport.send({
              from: 'a@papers.example',
              to: `reader@${worker}.example`,
              message: [Buffer.from('\r\nHello\r\n')],
            }),
          ),
        ),
      );
      await transport.close();
    }),
  );
  return times;
}

async function keepSending(pace: Pace, stop: AbortSignal, send: () => Promise<unknown>): Promise<void> {
  while (await pace(stop)) await send();
}

function holds(times: readonly number[], rate: number, forMs: number): void {
  const busiest = Math.max(...times.map((from) => times.filter((t) => t >= from && t < from + 1000).length));
  expect(busiest).toBeLessThanOrEqual(rate * 1.1);
  // how near it comes depends on the machine, which may be busy
  expect(times.length / (forMs / 1000)).toBeGreaterThanOrEqual(rate * 0.2);
}

/** Prepares the place as the program does. */
async function prepared(address: QueueAddress): Promise<QueueAddress> {
  const queues = await openQueues(address, log);
  await queues.close();
  return address;
}

/**
 * Once more, should the machine stand still for longer than a connection takes to open: the relay
 * would see that as a burst.
 */
const again = { retry: 4 };
const RATES = [
  [7, 3_000],
  [100, 2_000],
  [600, 2_000],
] as const;
describe('the rate holds over two workers', () => {
  test.each(RATES)('that share a Postgres: %i a second', again, async (rate, forMs) => {
    await using database = await testDatabase();
    holds(await race(await prepared({ kind: 'postgres', database: database.address }), rate, forMs), rate, forMs);
  });
  requires('redis-server')('with Redis', () => {
    test.each(RATES)('that share it: %i a second', again, async (rate, forMs) => {
      await using redis = await testRedis();
      holds(await race(await prepared({ kind: 'redis', url: redis.url }), rate, forMs), rate, forMs);
    });
  });
});

describe('a store that is away', () => {
  /** A counter of one process that answers or does not. */
  function counter(): RateStore & { away: boolean; asked: number } {
    const taken = new Map<string, number>();
    return {
      away: false,
      asked: 0,
      async take(key, count) {
        this.asked++;
        if (this.away) throw new Error('away');
        taken.set(key, (taken.get(key) ?? 0) + count);
        return taken.get(key)!;
      },
    };
  }

  test('holds all messages back until it answers again, and is complained of once', async () => {
    const store = counter();
    store.away = true;
    const warnings: string[] = [];
    const pace = createPace({
      rate: 100,
      store,
      log: Object.assign(createLogger('silent'), { warn: (_: unknown, text: string) => void warnings.push(text) }),
    });
    let gone = 0;
    const waiting = Array.from({ length: 5 }, () =>
      pace(never).then((go) => {
        gone += Number(go);
      }),
    );
    await expect.poll(() => store.asked, { timeout: 3_000 }).toBe(2);
    expect([gone, warnings.length]).toEqual([0, 1]);
    store.away = false;
    await Promise.all(waiting);
    expect([gone, warnings.length]).toEqual([5, 1]);
  });

  test('does not hold up who is told to stop', async () => {
    const store = counter();
    store.away = true;
    const pace = createPace({ rate: 1, store, log });
    const stop = new AbortController();
    const waiting = [pace(stop.signal), pace(stop.signal), pace(never)];
    stop.abort();
    expect(await Promise.all(waiting.slice(0, 2))).toEqual([false, false]);
    expect(await pace(stop.signal)).toBe(false);
    store.away = false;
    expect(await waiting[2]).toBe(true);
  });
});

test(
  'messages that a relay let wait do not leave all at once when it goes on: the rate is asked for at the last moment',
  { retry: 2 },
  async () => {
    const [rate, count, stallMs] = [20, 40, 1500];
    const times: number[] = [];
    await using relay = await faultServer({
      keep: false,
      act: ({ moment }) => {
        if (moment === 'DOT') times.push(performance.now());
        return undefined;
      },
    });
    const door = createServer(
      (outside) =>
        void sleep(stallMs).then(() => {
          const inside = connect(relay.port, '127.0.0.1');
          outside.pipe(inside).pipe(outside);
          for (const side of [outside, inside]) side.on('error', () => {});
        }),
    ).listen(0, '127.0.0.1');
    await once(door, 'listening');
    const taken = new Map<string, number>();
    const store: RateStore = {
      take: async (key, asked) => {
        taken.set(key, (taken.get(key) ?? 0) + asked);
        return taken.get(key)!;
      },
    };
    const pace = createPace({ rate, store, log });
    const transport = createSmtpTransport({
      urls: [`smtp://127.0.0.1:${(door.address() as AddressInfo).port}`],
      connections: 10,
      name: 'papers.example',
    });
    const permits = createPermits(20);
    const deps = { db: null as never, keyring: KEYRING, now: () => new Date(), pace };
    const results = await Promise.all(
      Array.from({ length: count }, async (_, i) => {
        const permit = permits(() => true);
        const leave = handOverOf(
          deps,
          { subscriberId: i, email: `reader${i}@papers.example`, asOf: new Date(Date.now() + 60_000) },
          permit,
          never,
        );
        const result = await transport.send(
          { from: 'a@papers.example', to: `reader${i}@papers.example`, message: [Buffer.from('\r\nHello\r\n')] },
          never,
          leave,
        );
        leave.giveBack();
        return result;
      }),
    );
    await transport.close();
    door.close();
    expect(results).toEqual(Array(count).fill(expect.objectContaining({ kind: 'reply', code: 250 })));
    const busiest = Math.max(...times.map((from) => times.filter((t) => t >= from && t < from + 1000).length));
    expect(busiest).toBeLessThanOrEqual(rate * 1.1);
  },
);
