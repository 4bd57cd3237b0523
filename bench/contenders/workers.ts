import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { digestSums, isUnderWay } from '../../src/db/deliveries.ts';
import { freezeDigest } from '../../src/delivery/plan.ts';
import { createEnqueue } from '../../src/jobs/handlers.ts';
import { openQueues, type QueueAddress } from '../../src/jobs/queues.ts';
import { until } from '../../tests/support/until.ts';
import { endOf, failure, launch, listen } from '../child.ts';
import type { Scene } from '../scene.ts';
import { PROGRAM } from './paperboy.ts';

export interface WorkersOptions {
  workers: number;
  /** Without it the queue is in Postgres. */
  redisUrl?: string | undefined;
  /** Whether they send a digest before the one that counts: a worker runs for weeks, and is at full speed only after some thousand messages. */
  warmUp: boolean;
}

/** Workers that wait for work, and get a digest to send: messages a second, from the freeze to the last ledger write. */
export async function workers(scene: Scene, { workers: count, redisUrl, warmUp }: WorkersOptions): Promise<number> {
  await using working = new AsyncDisposableStack();
  const env = redisUrl === undefined ? scene.env : { ...scene.env, REDIS_URL: redisUrl };
  await Promise.all(Array.from({ length: count }, async () => { working.defer(await startWorker(scene, env)); }));
  if (warmUp) await deliver(scene, redisUrl);
  return await deliver(scene, redisUrl); // before the workers are stopped
}

/** Resolves when it takes work, to what stops it. */
async function startWorker({ sink }: Scene, env: Record<string, string>): Promise<() => Promise<void>> {
  const worker = launch(process.execPath, [PROGRAM, 'worker'], { env, signal: sink.signal });
  const said = listen(worker);
  const closed = endOf(worker);
  const ended = closed.then(([code, killed]): never => { throw failure('paperboy', ['worker'], code ?? killed, said.stderr); });
  await Promise.race([isReady(worker, said), ended]);
  return async () => {
    worker.kill('SIGTERM');
    await closed;
  };
}

async function isReady(worker: ChildProcess, said: { stdout: string }): Promise<void> {
  while (!/^Running: /m.test(said.stdout)) await once(worker.stdout!, 'data');
}

async function deliver(scene: Scene, redisUrl: string | undefined): Promise<number> {
  const { store: { db, log, now, address }, sink: { signal } } = scene;
  const date = await scene.nextDay();
  const place: QueueAddress = redisUrl === undefined ? { kind: 'postgres', database: address } : { kind: 'redis', url: redisUrl };
  const queues = await openQueues(place, log);
  try {
    await freezeDigest({ db, log, now, ...createEnqueue(queues) }, { date, signal });
    await until('the digest to be sent', async () => signal.aborted || !(await isUnderWay(db, date, now())), { within: PATIENCE_MS });
  } finally {
    await queues.close();
  }
  signal.throwIfAborted();
  const { accepted, seconds } = await digestSums(db, date);
  if (accepted !== scene.readers) throw new Error(`The workers were to send ${scene.readers} messages, but the relay took ${accepted}`);
  return accepted / seconds;
}

const PATIENCE_MS = 600_000;
