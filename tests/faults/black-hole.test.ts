import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type pg from 'pg';
import { expect, test } from 'vitest';
import {
  connectionOptions,
  type Db,
  keyedTransaction,
  openDatabase,
  openKeyedDatabase,
  transaction,
} from '../../src/db/client.ts';
import { QueuePool } from '../../src/jobs/queue-pool.ts';
import { openQueues } from '../../src/jobs/queues.ts';
import { startWorkers } from '../../src/jobs/worker.ts';
import { createLogger } from '../../src/telemetry.ts';
import { handlers } from '../jobs/handlers.ts';
import { blackHole } from '../support/black-hole.ts';
import { testDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';

/**
 * How long packets vanish. Above a minute the pools' own patience with a statement is tried, below
 * it a short one.
 */
const SECONDS = Number(process.env['FAULT_BLACK_HOLE_SECONDS'] ?? 3);
const PATIENCE = 1_000 * (3 * SECONDS + 60);
const WRITERS = 50;
const log = createLogger('silent');
const SIZE = 6;

/** Writes one number and resolves when it is told that it is there. */
type Write = (n: number) => Promise<unknown>;
interface Way {
  pool: pg.Pool;
  write: Write;
}

const insert = (n: number) => sql`insert into written values (${n})`;
const byStatement = (db: Db): Way => ({ pool: db.$client, write: (n) => db.execute(insert(n)) });
const byTransaction = (db: Db, run: typeof transaction): Way => ({
  pool: db.$client,
  write: (n) =>
    run(db, async (tx) => {
      await tx.execute(sql`select 1`);
      await tx.execute(insert(n));
    }),
});
const byQueue = (pool: pg.Pool): Way => ({ pool, write: (n) => pool.query('insert into written values ($1)', [n]) });

const LONG = SECONDS > 60;
const settings: Record<string, string> = LONG ? {} : { query_timeout: '1000' };

test.concurrent.each<[string, (url: string) => Way]>([
  ['the pool of statements', (url) => byStatement(openDatabase({ url }, SIZE))],
  ['the pool of transactions', (url) => byTransaction(openDatabase({ url }, SIZE), transaction)],
  ['the keyed pool of statements', (url) => byStatement(openKeyedDatabase({ url }, SIZE))],
  ['the keyed pool of transactions', (url) => byTransaction(openKeyedDatabase({ url }, SIZE), keyedTransaction)],
  [
    'the pool of the queue',
    (url) => byQueue(new QueuePool({ ...connectionOptions({ url }), max: SIZE, schema: 'public' })),
  ],
])(
  `${WRITERS} writers on %s while packets vanish for ${SECONDS} s: afterwards it serves, and every write that answered is there`,
  { timeout: 2 * PATIENCE },
  async (_name, open) => {
    await using database = await testDatabase();
    await database.db.$client.query('create table written (n int)');
    await using hole = await blackHole(database.address, settings);
    const { pool, write } = open(hole.url);
    const answered: number[] = [];
    let [next, over] = [0, false];
    const writer = async (): Promise<void> => {
      while (!over) {
        const n = next++;
        await write(n).then(
          () => answered.push(n),
          () => sleep(50), // as much as a retry waits at least
        );
      }
    };
    const writers = Array.from({ length: WRITERS }, writer);
    await until('the first writes', () => answered.length > WRITERS);
    hole.swallow();
    await sleep(1_000 * SECONDS);
    hole.giveBack();
    const before = answered.length;
    await until('writes to be answered again', () => answered.length > before + 4 * WRITERS, { within: PATIENCE });
    over = true;
    await Promise.all(writers);

    expect(pool.totalCount).toBeLessThanOrEqual(SIZE);
    expect([pool.idleCount, pool.waitingCount]).toEqual([pool.totalCount, 0]);
    const there = await database.db.$client.query<{ n: number }>('select n from written');
    const missing = new Set(answered).difference(new Set(there.rows.map(({ n }) => n)));
    expect([...missing]).toEqual([]);
    await pool.end();
  },
);

/**
 * A job that was being taken when its answer vanished is found after ten seconds: too long for
 * every day.
 */
if (LONG) {
  test.concurrent(
    `${WRITERS} producers and a worker on the queue while packets vanish for ${SECONDS} s: afterwards it serves, and every job that was taken runs`,
    { timeout: 2 * PATIENCE },
    async () => {
      await using database = await testDatabase();
      await using hole = await blackHole(database.address, settings);
      const queues = await openQueues({ kind: 'postgres', database: { url: hole.url } }, log);
      const ran = new Set<number>();
      const workers = startWorkers(
        queues,
        handlers({ notice: async ({ subscriberId }) => void ran.add(subscriberId) }),
        log,
        ['work'],
      );
      const taken: number[] = [];
      let [next, over] = [0, false];
      const producer = async (): Promise<void> => {
        while (!over) {
          const subscriberId = next++;
          await queues.enqueue('notice', { subscriberId }, { id: `notice-${subscriberId}` }).then(
            () => taken.push(subscriberId),
            () => sleep(50),
          );
        }
      };
      const producers = Array.from({ length: WRITERS }, producer);
      await until('the first runs', () => ran.size > WRITERS);
      hole.swallow();
      await sleep(1_000 * SECONDS);
      hole.giveBack();
      const before = taken.length;
      await until('jobs to be taken again', () => taken.length > before + 2 * WRITERS, { within: PATIENCE });
      over = true;
      await Promise.all(producers);
      const missing = (): number[] => taken.filter((id) => !ran.has(id));
      await until('every job that was taken to run', () => missing().length === 0, { within: PATIENCE });
      await workers.stop(5_000);
      await queues.close();
    },
  );
}
