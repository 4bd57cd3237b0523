import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { digestSums, isUnderWay } from '../../src/db/deliveries.ts';
import { freezeDigest } from '../../src/delivery/plan.ts';
import { createEnqueue } from '../../src/jobs/handlers.ts';
import { openQueues } from '../../src/jobs/queues.ts';
import { createLogger } from '../../src/telemetry.ts';
import { type App, type Installation, installation } from '../support/app.ts';
import { testDatabase } from '../support/database.ts';
import { mailReceiver, type MailReceiver } from '../support/receiver.ts';
import { testRedis, type TestRedis } from '../support/redis.ts';
import { requires } from '../support/require.ts';
import { until } from '../support/until.ts';

const READERS = 2_000;
const CONNECTIONS = 10;
/** Slow enough that the digest takes some seconds, so that what is done to it is done in its middle. */
const REPLY_MS = 15;
const IN_THE_MIDDLE = 700;
/** A lease runs out after 20 s, the queue notices a dead worker within 15 s, and this machine may be busy. */
const SETTLES_WITHIN = 90_000;
const log = createLogger('silent');
const today = new Date().toISOString().slice(0, 10);

interface Scene extends AsyncDisposable {
  home: Installation;
  relay: MailReceiver;
  redis: TestRedis | null;
  app: App;
}

/** Paperboy with 2,000 readers and an edition, about to mail it. */
async function scene(services: 'embedded' | 'postgres and redis'): Promise<Scene> {
  await using opening = new AsyncDisposableStack();
  const relay = opening.use(await mailReceiver({ delay: REPLY_MS, keep: false }));
  const database = services === 'embedded' ? null : opening.use(await testDatabase());
  const redis = services === 'embedded' ? null : opening.use(await testRedis());
  const named = database && redis && { DATABASE_URL: database.url, REDIS_URL: redis.url, SECRET_KEY: 'a secret of the end-to-end tests which is long enough' };
  const home = opening.use(await installation({ SMTP_URL: relay.url, SMTP_CONNECTIONS: String(CONNECTIONS), MAIL_FROM: 'paperboy@papers.example', ...named }));
  const app = await home.start();
  const people = path.join(home.scratch, 'readers.csv');
  writeFileSync(people, `email\n${Array.from({ length: READERS }, (_, n) => `reader${n}@example.org\n`).join('')}`);
  await home.paperboy('subscribers', 'import', people, '--confirmed');
  await until('the edition', async () => (await (await fetch(`${home.site}/api/v1/editions`)).text()).includes(today), { within: 30_000 });
  const opened = opening.move();
  return { home, relay, redis, app, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** Freezes the digest for everybody and leaves its delivery to the running service. */
async function freeze({ home, redis }: Scene): Promise<void> {
  const { db, address } = home.database();
  const queues = await openQueues(redis ? { kind: 'redis', url: redis.url } : { kind: 'postgres', database: address }, log);
  expect(await freezeDigest({ db, log, now: () => new Date(), ...createEnqueue(queues) }, { date: today })).toBe(READERS);
  await queues.close();
}

/** Waits until nobody works on the digest any more, and checks that nobody was lost and how many got it twice. */
async function expectAllServed({ home, relay }: Scene, { copies }: { copies: number }): Promise<void> {
  const { db } = home.database();
  await until('the digest to be through', async () => (await isUnderWay(db, today, new Date())) === false, { within: SETTLES_WITHIN, every: 200 });
  const { frozen, accepted, deferred, rejected, unknown, skipped, pending } = await digestSums(db, today);
  expect({ frozen, pending, recorded: accepted + deferred + rejected + unknown + skipped }).toEqual({ frozen: READERS, pending: 0, recorded: READERS });
  expect(accepted + unknown).toBe(READERS);

  const got = Map.groupBy(relay.received, (message) => message.to);
  expect(got.size).toBe(READERS);
  expect(relay.received.length - READERS).toBeLessThanOrEqual(copies);
  for (const messages of got.values()) expect(new Set(messages.map((m) => m.messageId)).size).toBe(1);
  // A message of its own for each reader, not one for all.
  expect(new Set(relay.received.map((m) => m.messageId)).size).toBe(READERS);
}

function survives(services: 'embedded' | 'postgres and redis'): void {
  test('killed in the middle: whoever starts it again finds everybody, and repeats at most what was in flight', { timeout: 180_000 }, async () => {
    await using on = await scene(services);
    await freeze(on);
    await on.relay.whenReceived(IN_THE_MIDDLE);
    await on.app.kill();
    expect(on.relay.received.length).toBeLessThan(READERS);
    const again = await on.home.start();
    await expectAllServed(on, { copies: 2 * CONNECTIONS });
    await again.stop();
  });

  test('stopped in the middle: everybody is served once', { timeout: 180_000 }, async () => {
    await using on = await scene(services);
    await freeze(on);
    await on.relay.whenReceived(IN_THE_MIDDLE);
    await on.app.stop();
    expect(on.relay.received.length).toBeLessThan(READERS);
    const again = await on.home.start();
    await expectAllServed(on, { copies: 0 });
    await again.stop();
  });
}

describe.concurrent('a digest of 2,000 readers', () => {
  describe('with the embedded database', () => survives('embedded'));

  requires('redis-server')('with Postgres and Redis', () => {
    survives('postgres and redis');

    test('Redis loses everything in the middle: nobody is lost', { timeout: 180_000 }, async () => {
      await using on = await scene('postgres and redis');
      await freeze(on);
      await on.relay.whenReceived(IN_THE_MIDDLE);
      const redis = new Redis(on.redis!.url);
      await redis.flushall();
      redis.disconnect();
      expect(on.relay.received.length).toBeLessThan(READERS);
      await expectAllServed(on, { copies: 2 * CONNECTIONS });
      await on.app.stop();
    });
  });
});
