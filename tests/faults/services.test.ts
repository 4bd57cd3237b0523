import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testPostgres, type TestPostgres } from '../support/postgres.ts';
import { until } from '../support/until.ts';
import { expectNobodyLost } from './nobody-lost.ts';
import { IN_FLIGHT, nthEvent, onEachQueue, openStage, PATIENCE, READERS, type Stage } from './stage.ts';

/**
 * In the middle of a digest: a worker has heard the relay so often, and will do so for some time.
 */
const middle = (stage: Stage): Promise<void> => nthEvent(stage.relay, READERS);

onEachQueue((queue) => {
  let postgres: TestPostgres;
  let stage: Stage;
  beforeAll(async () => {
    postgres = await testPostgres();
    stage = await openStage(queue, { database: postgres });
  }, PATIENCE);
  afterAll(async () => {
    await stage[Symbol.asyncDispose]();
    await postgres[Symbol.asyncDispose]();
  });

  const startRoles = () => Promise.all((['worker', 'scheduler', 'api'] as const).map((role) => stage.home.start(role)));

  test(
    'everything is killed at once, the database and the queue too: when it is started again nobody is lost',
    { timeout: PATIENCE },
    async () => {
      const date = await stage.digest();
      const running = await startRoles();
      await middle(stage);
      await Promise.all([...running.map((app) => app.kill()), stage.redis?.kill(), postgres.kill()]);
      await Promise.all([postgres.start(), stage.redis?.start()]);
      expect(await stage.sending(date)).toBeGreaterThan(0);
      expect(await stage.isThrough(date)).toBe(false);
      await stage.hurry(date);
      const again = await startRoles();
      await stage.finish(date);
      await Promise.all(again.map((app) => app.stop()));
      console.log(
        `everything killed, queue in ${queue}: ${await expectNobodyLost(stage, date, { readers: READERS, extra: IN_FLIGHT })} extra copies`,
      );
    },
  );

  test(
    'Postgres is stopped at once and started again: no more leaves than can be recorded, and nobody is lost',
    { timeout: PATIENCE },
    async () => {
      const date = await stage.digest();
      const worker = await stage.home.start('worker');
      await middle(stage);
      await postgres.stopAtOnce();
      const taken = stage.relay.taken.length;
      await silence(stage);
      expect(stage.relay.taken.length).toBeLessThanOrEqual(taken + IN_FLIGHT);
      await postgres.start();
      expect(await stage.isThrough(date)).toBe(false);
      await stage.finish(date);
      await worker.stop();
      console.log(
        `Postgres stopped, queue in ${queue}: ${await expectNobodyLost(stage, date, { readers: READERS, extra: IN_FLIGHT })} extra copies`,
      );
    },
  );

  if (queue === 'postgres') return;

  test('Redis forgets everything: everybody gets it once', { timeout: PATIENCE }, async () => {
    const date = await stage.digest();
    const worker = await stage.home.start('worker');
    await middle(stage);
    const redis = new Redis(stage.redis!.url);
    await redis.flushall();
    redis.disconnect();
    expect(await stage.isThrough(date)).toBe(false);
    await stage.finish(date);
    await worker.stop();
    await expectNobodyLost(stage, date, { readers: READERS, extra: 0 });
  });

  test('Redis is killed and started again, empty: everybody gets it once', { timeout: PATIENCE }, async () => {
    const date = await stage.digest();
    const worker = await stage.home.start('worker');
    await middle(stage);
    await stage.redis!.kill();
    await silence(stage);
    await stage.redis!.start();
    expect(await stage.isThrough(date)).toBe(false);
    await stage.finish(date);
    await worker.stop();
    await expectNobodyLost(stage, date, { readers: READERS, extra: 0 });
  });
});

/** Waits until the relay hears nothing more. */
async function silence({ relay }: Stage): Promise<void> {
  let heard = -1;
  await until(
    'the relay to hear nothing more',
    async () => {
      const before = heard;
      heard = relay.taken.length;
      return heard === before;
    },
    { every: 500 },
  );
}
