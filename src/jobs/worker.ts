import { DelayedError } from 'bullmq';
import { AppError } from '../errors.ts';
import type { Logger } from '../telemetry.ts';
import { askedBy } from '../tracing/spans.ts';
import type { JobName, JobPayloads, QueueKind } from './contract.ts';
import type { AnyWorker, Queues } from './queues.ts';

/**
 * One function per job. `signal` fires when the process is asked to stop: finish what is in flight,
 * claim nothing more. A handler that returns a date is run again then.
 */
export type Handlers = {
  [N in JobName]: (payload: JobPayloads[N], signal: AbortSignal) => Promise<Date | null | void>;
};

/**
 * How many jobs of a queue one process runs at once: more of the work than there are sources, which may
 * all hang, and readers' hours go on. Batches share the transport's connections, so
 * that some fill them while others wait for their last replies, which a relay that hangs may owe
 * for ten minutes.
 */
const CONCURRENCY: Record<QueueKind, number> = { work: 12, deliver: 4 };

/**
 * Takes jobs until `stop()`, which resolves when the jobs at work have ended, or after `graceMs`
 * without waiting for a backend that does not answer.
 */
export function startWorkers(
  queues: Queues,
  handlers: Handlers,
  log: Logger,
  kinds: readonly QueueKind[] = ['work', 'deliver'],
): { stop(graceMs: number): Promise<void> } {
  const stopping = new AbortController();
  const workers = kinds.map((kind) => start(queues, kind, handlers, stopping.signal, log));
  return {
    async stop(graceMs) {
      stopping.abort();
      const closed = Promise.allSettled(workers.map((w) => w.close()));
      // worker.close() never settles while Redis is down.
      const outOfTime = new Promise<'late'>((resolve) => setTimeout(resolve, graceMs, 'late').unref());
      if ((await Promise.race([closed, outOfTime])) === 'late')
        void Promise.allSettled(workers.map((w) => w.close(true)));
    },
  };
}

function start(queues: Queues, kind: QueueKind, handlers: Handlers, signal: AbortSignal, log: Logger): AnyWorker {
  const worker = queues.worker(
    kind,
    async (job, token) => {
      const handler = handlers[job.name as JobName] as Handlers[JobName] | undefined;
      if (!handler) throw new Error(`no such job: ${job.name}`);
      const run = () => handler(job.data as never, signal);
      const again = await askedBy(job.opts.telemetry?.metadata, run).catch((error: unknown) => {
        // A job that was cut short by the stop has not failed: its schedule, or the sweeper, brings
        // it back.
        if (!signal.aborted) throw error;
      });
      if (!again) return;
      await job.moveToDelayed(again.getTime(), token);
      throw new DelayedError();
    },
    { concurrency: CONCURRENCY[kind] },
  );
  worker.on('failed', (job, err) => log.error({ err: err.cause ?? err, job: job?.name }, whyFailed(err.cause)));
  worker.run().catch((err: unknown) => log.error({ err, queue: kind }, 'A worker stopped'));
  return worker;
}

/** What was foreseen says in a sentence what to do. */
const whyFailed = (cause: unknown): string => (cause instanceof AppError ? cause.message : 'A job failed');
