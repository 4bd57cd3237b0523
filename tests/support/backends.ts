import { Redis } from 'ioredis';
import type { QueueAddress } from '../../src/jobs/queues.ts';
import { testDatabase } from './database.ts';
import type { TestRedis } from './redis.ts';

/** A place for queues that nobody else uses. */
export interface Backend extends AsyncDisposable {
  address: QueueAddress;
  /** All that is stored, as text. */
  contents(): Promise<string>;
  /** Makes everything vanish, as a Redis without persistence does. */
  lose(): Promise<void>;
}

export async function postgresBackend(): Promise<Backend> {
  const database = await testDatabase();
  const { $client: client } = database.db;
  const tables = async (): Promise<string[]> => {
    const { rows } = await client.query<{ name: string }>(
      `select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables where schemaname = 'bullmq' and tablename !~ 'migration'`,
    );
    return rows.map((row) => row.name);
  };
  return {
    address: { kind: 'postgres', database: database.address },
    async contents() {
      const rows = await Promise.all(
        (await tables()).map((table) => client.query<{ text: string }>(`select t::text as text from ${table} t`)),
      );
      return rows.flatMap((result) => result.rows.map((row) => row.text)).join('\n');
    },
    async lose() {
      await client.query(`truncate ${(await tables()).join(', ')} cascade`);
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

let databases = 0;

export async function redisBackend({ url }: TestRedis): Promise<Backend> {
  const own = `${url}/${databases++ % 16}`;
  const redis = new Redis(own);
  const read: Record<string, (key: string) => Promise<unknown>> = {
    hash: (key) => redis.hgetall(key),
    stream: (key) => redis.xrange(key, '-', '+'),
    zset: (key) => redis.zrange(key, '0', '-1'),
    list: (key) => redis.lrange(key, '0', '-1'),
  };
  return {
    address: { kind: 'redis', url: own },
    async contents() {
      const values = await Promise.all(
        (await redis.keys('*')).map(async (key) => [key, await read[await redis.type(key)]?.(key)]),
      );
      return JSON.stringify(values);
    },
    async lose() {
      await redis.flushdb();
    },
    async [Symbol.asyncDispose]() {
      redis.disconnect();
    },
  };
}
