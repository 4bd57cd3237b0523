import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { digestSums, isUnderWay } from '../../src/db/digests.ts';
import { freezeDigest } from '../../src/delivery/plan.ts';
import { createEnqueue } from '../../src/jobs/handlers.ts';
import { openQueues, type QueueAddress } from '../../src/jobs/queues.ts';
import { until } from '../../tests/support/until.ts';
import { endOf, failure, launch, listen } from '../child.ts';
import type { Scene } from '../scene.ts';
import { usedBy, usedByPostgres, watchMemory } from '../usage.ts';

export const PROGRAM = path.join(import.meta.dirname, '..', '..', 'src', 'paperboy.js');
const PATIENCE_MS = 1_800_000;
/** Asking costs a little. */
const POLL_MS = 200;

export interface WorkersOptions {
  count?: number;
  /** Without it the queue is in Postgres. */
  redisUrl?: string | undefined;
  env?: Record<string, string>;
}

/** What it took to deliver one digest. */
export interface Delivered {
  /** From the freeze to the last ledger write. */
  seconds: number;
  perSecond: number;
  /** Processor seconds of the workers, of Postgres, and of this process, which freezes. */
  cpu: number;
  /** Of the first worker in MB, all the while. */
  memory: number[];
}

/** Workers that wait for work, as in production. */
export interface Workers extends AsyncDisposable {
  /**
   * The whole pipeline: freezes one more day's digest for every reader, and waits until all of it
   * is sent and recorded.
   */
  deliver(): Promise<Delivered>;
}

export async function openWorkers(
  scene: Scene,
  { count = 1, redisUrl, env = {} }: WorkersOptions = {},
): Promise<Workers> {
  await using opening = new AsyncDisposableStack();
  const {
    store: { db, log, now, address },
    sink: { signal },
  } = scene;
  const place: QueueAddress =
    redisUrl === undefined ? { kind: 'postgres', database: address } : { kind: 'redis', url: redisUrl };
  const queues = await openQueues(place, log);
  opening.defer(() => queues.close());
  const all = { ...scene.env, ...env, ...(redisUrl !== undefined && { REDIS_URL: redisUrl }) };
  const running = await Promise.all(Array.from({ length: count }, () => startWorker(all, signal)));
  opening.defer(async () => {
    await Promise.all(running.map((worker) => worker.stop()));
  });
  const used = (): number =>
    running.reduce((sum, { child }) => sum + usedBy(child.pid!), usedByPostgres(scene.postmaster) + usedBy('self'));
  const opened = opening.move();
  return {
    async deliver() {
      const date = await scene.nextDay();
      const memory: number[] = [];
      using _ = watchMemory(running[0]!.child, memory);
      const before = used();
      await freezeDigest({ db, log, now, ...createEnqueue(queues) }, { date, signal });
      await until('the digest to be sent', async () => signal.aborted || !(await isUnderWay(db, date, now())), {
        within: PATIENCE_MS,
        every: POLL_MS,
      });
      const cpu = used() - before;
      signal.throwIfAborted();
      const { accepted, seconds } = await digestSums(db, date);
      const { rowCount: longer } = await db.$client.query(
        'select from delivery where digest_date = $1 and since <> $1::date - 1 limit 1',
        [date],
      );
      if (longer !== 0)
        throw new Error(
          'The workers sent more than one day’s papers in a digest, and so larger messages than the others did',
        );
      if (accepted !== scene.readers)
        throw new Error(`The workers were to send ${scene.readers} messages, but the relay took ${accepted}`);
      return { seconds, perSecond: accepted / seconds, cpu, memory };
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/**
 * Messages a second of workers that are started for it: they send two digests each to get warm,
 * however many share them, and then one that counts.
 */
export async function freshWorkers(
  scene: Scene,
  options: WorkersOptions = {},
  { warmUp = true } = {},
): Promise<number> {
  await using workers = await openWorkers(scene, options);
  if (warmUp) for (let sent = 0; sent < 2 * (options.count ?? 1); sent++) await workers.deliver();
  return (await workers.deliver()).perSecond;
}

/** Resolves when it takes work. */
async function startWorker(
  env: Record<string, string>,
  signal: AbortSignal,
): Promise<{ child: ChildProcess; stop: () => Promise<void> }> {
  const child = launch(process.execPath, [PROGRAM, 'worker'], { env, signal });
  const said = listen(child);
  const closed = endOf(child);
  const ended = closed.then(([code, killed]): never => {
    throw failure('paperboy', ['worker'], code ?? killed, said.stderr);
  });
  await Promise.race([isReady(child, said), ended]);
  return {
    child,
    async stop() {
      child.kill('SIGTERM');
      await closed;
      for (const [warning] of said.stderr.matchAll(/^\{.*$/gm)) console.warn(`  Paperboy says: ${warning}`);
    },
  };
}

async function isReady(worker: ChildProcess, said: { stdout: string }): Promise<void> {
  while (!/^Running: /m.test(said.stdout)) await once(worker.stdout!, 'data');
}
