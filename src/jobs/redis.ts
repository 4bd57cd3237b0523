import type { Redis } from 'ioredis';
import type { RedisFacts } from '../health/machine.ts';
import { AppError, codeOf } from '../errors.ts';

const OLDEST_REDIS = [6, 2] as const;

/** Changes nothing there. */
export const prepareRedis = (url: string): Promise<void> =>
  connectOnce(url, async (redis) => {
    const version = /redis_version:(\d+)\.(\d+)/.exec(await redis.info('server'));
    const [major, minor] = [Number(version?.[1]), Number(version?.[2])];
    if (major < OLDEST_REDIS[0] || (major === OLDEST_REDIS[0] && minor < OLDEST_REDIS[1])) {
      throw new AppError(
        'QUEUE_UNAVAILABLE',
        `The Redis in REDIS_URL is ${major}.${minor}, and Paperboy needs ${OLDEST_REDIS.join('.')} or newer. ` +
          'Upgrade it, or unset REDIS_URL to queue in Postgres.',
      );
    }
  });

/** Runs `work` on a connection of its own, which is tried once. */
async function connectOnce<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    connectTimeout: 5_000,
  });
  redis.on('error', () => {});
  try {
    await redis.connect();
    return await work(redis);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError(
      'QUEUE_UNAVAILABLE',
      `Cannot connect to the Redis in REDIS_URL (${codeOf(cause) ?? 'no answer'}). Check the address and ` +
        'password, or unset REDIS_URL to queue in Postgres.',
      { cause },
    );
  } finally {
    redis.disconnect();
  }
}

/** What a Redis says of itself. A provider that does not show its settings leaves them unknown. */
export const readRedisFacts = (url: string): Promise<RedisFacts> =>
  connectOnce(url, async (redis) => {
    const [server, memory, persistence] = [
      await redis.info('server'),
      await redis.info('memory'),
      await redis.info('persistence'),
    ];
    const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1] ?? null;
    const appends = /^aof_enabled:1/m.test(persistence);
    const snapshots = await settingOf(redis, 'save');
    return {
      version: /^redis_version:(\S+)/m.exec(server)?.[1] ?? 'of an unknown version',
      policy,
      persists: appends || (snapshots === null ? null : snapshots !== ''),
      failing:
        /^rdb_last_bgsave_status:err/m.test(persistence) ||
        (appends && /^aof_last_write_status:err/m.test(persistence)),
      usedBytes: Number(/^used_memory:(\d+)/m.exec(memory)?.[1] ?? 0),
      mostBytes: Number(/^maxmemory:(\d+)/m.exec(memory)?.[1] ?? 0),
    };
  });

async function settingOf(redis: Redis, name: string): Promise<string | null> {
  try {
    const [, value] = (await redis.config('GET', name)) as string[];
    return value ?? null;
  } catch {
    return null;
  }
}
