import { RateLimiterPostgres, RateLimiterRedis } from 'rate-limiter-flexible';
import { connectionOptions } from '../db/client.ts';
import type { RateStore } from '../delivery/pacing.ts';
import { QueuePool } from './queue-pool.ts';
import { type QueueAddress, SCHEMA } from './queues.ts';

/**
 * What was taken of a slice is kept for some seconds: longer than clocks differ, shorter than it
 * takes for its key to come round.
 */
const KEPT_SECONDS = 5;
/** A store that takes longer to answer is as good as away. */
const PATIENCE_MS = 2_000;

/**
 * Where the workers count their messages together: beside the queue, on Redis or in Postgres. Open
 * the queue first, which checks that it can be used. The limiter counts, and pacing decides what
 * the count means: `points` is therefore out of reach.
 */
export async function openRateStore(address: QueueAddress): Promise<RateStore & AsyncDisposable> {
  const common = { keyPrefix: 'smtp-rate', points: Number.MAX_SAFE_INTEGER, duration: KEPT_SECONDS };
  if (address.kind === 'redis') {
    const { Redis } = await import('ioredis');
    const storeClient = new Redis(address.url, {
      lazyConnect: true,
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      commandTimeout: PATIENCE_MS,
      retryStrategy: (times) => Math.min(100 * times, 1_000),
    });
    storeClient.on('error', () => {}); // the next taker hears of it
    await storeClient.connect().catch(() => {});
    const limiter = new RateLimiterRedis({
      ...common,
      keyPrefix: `${address.prefix ?? 'paperboy'}:${common.keyPrefix}`,
      storeClient,
    });
    return {
      take: (key, count) => sumOf(limiter.penalty(key, count)),
      [Symbol.asyncDispose]: async () => storeClient.disconnect(),
    };
  }
  const storeClient = new QueuePool({
    ...connectionOptions(address.database),
    max: 1,
    schema: SCHEMA,
    query_timeout: PATIENCE_MS,
  });
  const limiter = await new Promise<RateLimiterPostgres>((resolve, reject) => {
    // Keys come round, so nothing has to be cleared.
    const made = new RateLimiterPostgres(
      { ...common, storeClient, storeType: 'pool', tableName: 'smtp_rate', clearExpiredByTimeout: false },
      (error) => (error ? reject(error) : resolve(made)),
    );
  }).catch(async (error: unknown) => {
    await storeClient.end();
    throw error;
  });
  return { take: (key, count) => sumOf(limiter.penalty(key, count)), [Symbol.asyncDispose]: () => storeClient.end() };
}

const sumOf = async (answer: Promise<{ consumedPoints: number }>): Promise<number> => (await answer).consumedPoints;
