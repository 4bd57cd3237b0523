import type { Redis } from 'ioredis';
import type { RedisFacts } from '../health/machine.ts';
import { connectOnce } from './queues.ts';

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
