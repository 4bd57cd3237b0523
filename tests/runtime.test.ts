import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { noticesOwed } from '../src/db/subscribers.ts';
import { startService, type Service } from '../src/runtime.ts';
import { createLogger } from '../src/telemetry.ts';
import { testDatabase, type TestDatabase } from './support/database.ts';
import { freePort } from './support/ports.ts';
import { testRedis, type TestRedis } from './support/redis.ts';
import { requires } from './support/require.ts';

requires('redis-server')('the site while its Redis hangs', () => {
  let database: TestDatabase;
  let redis: TestRedis;
  let service: Service;
  let site: string;
  beforeAll(async () => {
    [database, redis] = await Promise.all([testDatabase(), testRedis()]);
    const port = String(await freePort());
    const config = loadConfig({ DATABASE_URL: database.url, REDIS_URL: redis.url, SECRET_KEY: 'k'.repeat(32), HOST: '127.0.0.1', PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`, MAIL_FROM: 'Paperboy <paperboy@papers.example>' });
    service = await startService(config, createLogger('silent'), ['api'], { alone: false });
    site = service.addresses.site!;
  });
  afterAll(async () => {
    await service[Symbol.asyncDispose]();
    await redis[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const ready = async (): Promise<unknown[]> => {
    const answer = await fetch(`${site}/health/ready`);
    return [answer.status, ((await answer.json()) as { parts: unknown }).parts];
  };

  test('is not ready, and takes subscriptions all the same', async () => {
    expect(await ready()).toEqual([200, { database: true, queue: true }]);
    process.kill(redis.pid, 'SIGSTOP');
    try {
      expect(await ready()).toEqual([503, { database: true, queue: false }]);
      const started = performance.now();
      const answer = await fetch(`${site}/subscribe`, { method: 'POST', body: new URLSearchParams({ email: 'reader@example.org' }) });
      expect(answer.status).toBe(202);
      // One second is allowed for the queue, the rest is the patience of a busy machine.
      expect(performance.now() - started).toBeLessThan(5_000);
      expect(await noticesOwed(database.db, new Date(0), new Date(), 10)).toHaveLength(1);
    } finally {
      process.kill(redis.pid, 'SIGCONT');
    }
  });
});
