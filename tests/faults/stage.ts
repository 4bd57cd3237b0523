import { setTimeout as sleep } from 'node:timers/promises';
import { describe } from 'vitest';
import type { DatabaseAddress, Db } from '../../src/db/client.ts';
import { openBatches } from '../../src/db/batches.ts';
import { topic } from '../../src/db/schema.ts';
import { freezeDigest } from '../../src/delivery/plan.ts';
import { sweep } from '../../src/delivery/sweep.ts';
import { createEnqueue } from '../../src/jobs/handlers.ts';
import { openQueues } from '../../src/jobs/queues.ts';
import { addDays } from '../../src/day.ts';
import { createLogger } from '../../src/telemetry.ts';
import { type FaultServer, faultServer } from '../support/smtp-fault-server.ts';
import { addEdition, samplePaper, TOPICS } from '../support/site.ts';
import { type App, furnished, type Installation, installation } from '../support/app.ts';
import { testDatabase } from '../support/database.ts';
import { addReaders, manyReaders } from '../support/ledger.ts';
import { type Random, randomOf } from '../support/random.ts';
import { testRedis, type TestRedis } from '../support/redis.ts';
import { requires } from '../support/require.ts';
import { until } from '../support/until.ts';
import { recordHistory } from './nobody-lost.ts';

export const READERS = Number(process.env['FAULT_READERS'] ?? 1_500);
export const CONNECTIONS = 10;
/** What a worker may have handed over without knowing what became of it. */
export const IN_FLIGHT = 2 * CONNECTIONS;
/** This machine may be busy, and at 50,000 readers it has ten times as much to do. */
export const PATIENCE = 120_000 + 12 * READERS;
/** What a relay hears of one message: MAIL, RCPT, DATA, a first part of the text, the dot. */
const EVENTS = 5;

const log = createLogger('silent');
const now = (): Date => new Date();

export type QueueKind = 'redis' | 'postgres';

/** The same suite for each of the queue's backends. */
export function onEachQueue(suite: (queue: QueueKind) => void): void {
  describe('with the queue in Postgres', () => suite('postgres'));
  requires('redis-server')('with the queue in Redis', () => suite('redis'));
}

/** Paperboy with its readers, a relay, and nobody at work yet. */
export interface Stage extends AsyncDisposable {
  db: Db;
  home: Installation;
  relay: FaultServer;
  redis: TestRedis | null;
  /** Freezes one more day's digest for every reader and enqueues it. Gives its date. */
  digest(): Promise<string>;
  /** How many of its deliveries are said to be under way. */
  sending(date: string): Promise<number>;
  /** Whether nothing of it is left to do. */
  isThrough(date: string): Promise<boolean>;
  /**
   * After everybody who worked on it died: lets their leases run out now, and asks for its batches
   * again.
   */
  hurry(date: string): Promise<void>;
  /**
   * Waits until it is through. What would wait a minute or more is due at once, and the minute's
   * sweep comes several times a second.
   */
  finish(date: string): Promise<void>;
}

interface Place {
  address: DatabaseAddress;
  db: Db;
}

interface Setting {
  /** On the server of all tests, which must live, when not given. */
  database?: Place & { url: string };
  readers?: number;
  relay?: Parameters<typeof faultServer>[0];
  /** How mail gets to the relay, when not directly. */
  way?: (relay: FaultServer) => Record<string, string>;
}

export async function openStage(queue: QueueKind, setting: Setting = {}): Promise<Stage> {
  await using opening = new AsyncDisposableStack();
  const place = setting.database ?? opening.use(await testDatabase());
  const relay = opening.use(await faultServer({ keep: false, ...setting.relay }));
  const redis = queue === 'redis' ? opening.use(await testRedis()) : null;
  const home = opening.use(
    await installation({
      ...settings(relay),
      ...setting.way?.(relay),
      DATABASE_URL: place.url,
      ...(redis && { REDIS_URL: redis.url }),
      SECRET_KEY: 'a secret of the fault suite which is long enough',
    }),
  );
  return await fill(opening, { place, home, relay, redis, readers: setting.readers ?? READERS });
}

/** The same as one command starts it, with the embedded database, and running. */
export async function openSmallStage(): Promise<Stage & { app: App }> {
  await using opening = new AsyncDisposableStack();
  const relay = opening.use(await faultServer({ keep: false }));
  const home = opening.use(await furnished(settings(relay)));
  const app = await home.start();
  return { ...(await fill(opening, { place: home.database(), home, relay, redis: null, readers: READERS })), app };
}

const settings = (relay: FaultServer) => ({
  SMTP_URL: relay.url,
  SMTP_CONNECTIONS: String(CONNECTIONS),
  MAIL_FROM: 'paperboy@papers.example',
});

async function fill(
  opening: AsyncDisposableStack,
  { place, home, relay, redis, readers }: { place: Place; readers: number } & Pick<Stage, 'home' | 'relay' | 'redis'>,
): Promise<Stage> {
  const { db } = place;
  const queues = await openQueues(
    redis ? { kind: 'redis', url: redis.url } : { kind: 'postgres', database: place.address },
    log,
  );
  opening.defer(() => queues.close());
  await recordHistory(db);
  await db.insert(topic).values(TOPICS).onConflictDoNothing();
  await addReaders(db, manyReaders(readers));
  const plan = { db, log, now, ...createEnqueue(queues) };
  let day = '2026-05-01';
  let hurries = 0;

  /** A job that waits for its time, or died with its worker, keeps the name it is known by. */
  const enqueueAgain = async (batchIds: readonly number[]): Promise<void> => {
    hurries++;
    for (const batchId of batchIds)
      await queues.enqueue('deliver', { batchId }, { id: `batch-${batchId}-again-${hurries}` });
  };
  const isThrough = async (date: string): Promise<boolean> => (await openBatches(db, date)).length === 0;
  const passTime = async (date: string): Promise<void> => {
    const unheld = `digest_date = $1 and state = 'open' and lease_until is null`;
    await db.$client.query(
      `update delivery set next_attempt_at = now() where digest_date = $1 and state = 'deferred' and batch_id in (select id from batch where ${unheld})`,
      [date],
    );
    const { rows: early } = await db.$client.query<{ id: string }>(
      `update batch set due_at = now() where ${unheld} and due_at > now() returning id`,
      [date],
    );
    await sweep(plan);
    await enqueueAgain(early.map(({ id }) => Number(id)));
  };

  const opened = opening.move();
  return {
    db,
    home,
    relay,
    redis,
    isThrough,
    async digest() {
      day = addDays(day, 1);
      await addEdition(db, day, [samplePaper(1, day)]);
      await freezeDigest(plan, { date: day });
      return day;
    },
    async sending(date) {
      const { rows } = await db.$client.query<{ count: number }>(
        `select count(*)::int as count from delivery where digest_date = $1 and state = 'sending'`,
        [date],
      );
      return rows[0]!.count;
    },
    async hurry(date) {
      await db.$client.query(
        `update batch set lease_until = now() where digest_date = $1 and lease_until is not null`,
        [date],
      );
      await enqueueAgain(await openBatches(db, date));
    },
    async finish(date) {
      await until(
        `the digest of ${date} to be through`,
        async () => {
          await passTime(date).catch(() => {}); // a server that is away
          return isThrough(date).catch(() => false);
        },
        { within: PATIENCE, every: 250 },
      );
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** Resolves at the relay's nth event from now on, whatever it is. */
export function nthEvent(relay: FaultServer, nth: number): Promise<void> {
  return new Promise((resolve) => {
    let left = nth;
    relay.options.act = () => {
      if (--left === 0) resolve();
      return undefined;
    };
  });
}

/**
 * Some moment while the next `messages` messages are sent, or of what follows within some
 * milliseconds, when answers are read and recorded.
 */
export async function someMoment(relay: FaultServer, random: Random, messages: number): Promise<void> {
  await nthEvent(relay, 1 + random(EVENTS * Math.ceil(messages)));
  await sleep(random(15));
}

/** Random numbers, and a line that tells how to have the same again. */
export function seeded(what: string): Random {
  const seed = Number(process.env['FAULT_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`${what}: FAULT_SEED=${seed}`);
  return randomOf(seed);
}
