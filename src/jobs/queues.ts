import {
  createPostgresBackend,
  createRedisBackend,
  DelayedError,
  type JobsOptions,
  type Processor,
  type Queue,
  runMigrations,
  withBackend,
  type Worker,
} from 'bullmq';
import { connectionOptions, type DatabaseAddress, singleClient } from '../db/client.ts';
import { AppError, codeOf } from '../errors.ts';
import type { Logger } from '../telemetry.ts';
import { carriedTrace } from '../tracing/spans.ts';
import { type JobName, type JobPayloads, QUEUE_NAMES, type QueueKind, queueOf } from './contract.ts';
import { QueuePool } from './queue-pool.ts';
import { prepareRedis } from './redis.ts';

export const SCHEMA = 'bullmq';

/**
 * A worker that dies is noticed after `lockDuration` without a heartbeat, at the next
 * `stalledInterval`: 11–13 s measured, where BullMQ's defaults take 57. A job may be recovered any
 * number of times: the ledger, not the queue, says what is left to do.
 */
const RECOVERY = { lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 1_000_000, runRetryDelay: 1_000 };
/**
 * Nothing stays in the queue once it ended: Postgres holds the history, and a job's id can be used
 * again.
 */
const KEEP_NOTHING: JobsOptions = { removeOnComplete: true, removeOnFail: true };

export type QueueAddress =
  { kind: 'postgres'; database: DatabaseAddress } | { kind: 'redis'; url: string; prefix?: string };
export type AnyWorker = Worker<JobPayloads[JobName], void, string>;
type AnyQueue = Queue<JobPayloads[JobName], void, string>;

export interface Queues {
  readonly kind: QueueAddress['kind'];
  queue(kind: QueueKind): AnyQueue;
  /** Adds a job. A job with the same `id` that has not ended yet makes this a no-op. */
  enqueue<N extends JobName>(
    name: N,
    payload: JobPayloads[N],
    options?: { id?: string; delay?: number; priority?: number; attempts?: number },
  ): Promise<void>;
  worker(
    kind: QueueKind,
    processor: Processor<JobPayloads[JobName], void, string>,
    options: { concurrency: number },
  ): AnyWorker;
  /** How many jobs of each queue wait to be taken. */
  waiting(): Promise<Record<QueueKind, number>>;
  close(): Promise<void>;
}

/**
 * Opens the queues on Redis or Postgres, behind one face. Call it only when the database answers:
 * it checks and prepares the backend first, because BullMQ objects that are built on a missing one
 * freeze the process and never recover.
 */
export async function openQueues(address: QueueAddress, log: Logger): Promise<Queues> {
  await prepareQueues(address);
  const backend = address.kind === 'redis' ? redisBackend(address) : postgresBackend(address.database);
  const queues = new Map<QueueKind, AnyQueue>();
  let closing = false;
  const complain =
    (kind: QueueKind) =>
    (err: unknown): void => {
      // A database that goes away after we let go of it troubles no one.
      if (!closing) log.warn({ err, queue: kind }, 'The queue does not answer');
    };
  const queue = (kind: QueueKind): AnyQueue => {
    let found = queues.get(kind);
    if (!found) {
      found = backend.queue(QUEUE_NAMES[kind]);
      found.on('error', complain(kind));
      queues.set(kind, found);
    }
    return found;
  };
  return {
    kind: address.kind,
    queue,
    async enqueue(name, payload, { id, ...options } = {}) {
      const traceparent = carriedTrace();
      await queue(queueOf(name)).add(name, payload, {
        ...KEEP_NOTHING,
        ...options,
        ...(id === undefined ? {} : { jobId: id }),
        ...(traceparent === undefined ? {} : { telemetry: { metadata: traceparent } }),
      });
    },
    worker(kind, processor, options) {
      const worker = backend.worker(QUEUE_NAMES[kind], withPlainErrors(processor), {
        ...RECOVERY,
        ...options,
        autorun: false,
      });
      worker.on('error', complain(kind));
      return worker;
    },
    async waiting() {
      const [deliver, work] = await Promise.all([queue('deliver').count(), queue('work').count()]);
      return { deliver, work };
    },
    async close() {
      closing = true;
      await Promise.allSettled([...queues.values()].map((q) => q.close()));
      await backend.close();
    },
  };
}

/**
 * An error's message ends in the queue's tables: drizzle's holds addresses, and a NUL or a lone
 * surrogate breaks the Postgres backend. Only its code goes there.
 */
const withPlainErrors =
  (processor: Processor<JobPayloads[JobName], void, string>): typeof processor =>
  async (job, token, signal) => {
    try {
      await processor(job, token, signal);
    } catch (error) {
      if (error instanceof DelayedError) throw error; // no failure: the job was put off
      throw new Error(
        `${job.name} failed: ${codeOf(error) ?? (error instanceof Error ? error.name : 'unknown')}`.replace(
          /[^\x20-\x7e]/g,
          '?',
        ),
        { cause: error },
      );
    }
  };

interface Backend {
  queue(name: string): AnyQueue;
  worker(
    name: string,
    processor: Processor<JobPayloads[JobName], void, string>,
    options: { concurrency: number; autorun: boolean } & typeof RECOVERY,
  ): AnyWorker;
  close(): Promise<void>;
}

function postgresBackend(database: DatabaseAddress): Backend {
  const { Queue: PgQueue, Worker: PgWorker } = withBackend(createPostgresBackend);
  // BullMQ does not close pools that it is given. All producers share one; a worker's also holds
  // its LISTEN connection.
  const pools: QueuePool[] = [];
  const pool = (max: number): QueuePool => {
    const made = new QueuePool({ ...connectionOptions(database), max, schema: SCHEMA });
    pools.push(made);
    return made;
  };
  const producers = pool(4);
  return {
    queue: (name) => new PgQueue(name, { connection: producers as never }) as unknown as AnyQueue,
    worker: (name, processor, options) =>
      new PgWorker(name, processor as never, {
        ...options,
        connection: pool(options.concurrency + 3) as never,
      }) as unknown as AnyWorker,
    async close() {
      await Promise.allSettled(pools.map((p) => p.end()));
    },
  };
}

function redisBackend({ url, prefix = 'paperboy' }: { url: string; prefix?: string }): Backend {
  const { Queue: RedisQueue, Worker: RedisWorker } = withBackend(createRedisBackend);
  return {
    queue: (name) =>
      new RedisQueue(name, { prefix, connection: { url, maxRetriesPerRequest: 3 } }) as unknown as AnyQueue,
    worker: (name, processor, options) =>
      new RedisWorker(name, processor as never, {
        ...options,
        prefix,
        connection: { url, maxRetriesPerRequest: null },
      }) as unknown as AnyWorker,
    async close() {},
  };
}

/**
 * Brings the queue's tables up to date where it has any, and finds out whether a Redis can be used.
 */
export const prepareQueues = (address: QueueAddress): Promise<void> =>
  address.kind === 'redis' ? prepareRedis(address.url) : preparePostgres(address.database);

async function preparePostgres(database: DatabaseAddress): Promise<void> {
  const client = singleClient(database);
  try {
    await client.connect();
    await runMigrations(client, SCHEMA);
  } catch (cause) {
    throw new AppError(
      'DATABASE_UNAVAILABLE',
      `Cannot prepare the job queue in the database (${codeOf(cause) ?? 'no answer'}). Check that the user in ` +
        'DATABASE_URL may create a schema.',
      { cause },
    );
  } finally {
    await client.end().catch(() => {});
  }
}
