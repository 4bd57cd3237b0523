import { type HeldBatch, mayContinue, renewLease } from '../db/batches.ts';
import type { Db } from '../db/client.ts';
import type { Logger } from '../telemetry.ts';

/**
 * A worker that falls silent for this long has lost its batch. Far above a pause of the event loop,
 * far below a reader's patience.
 */
export const LEASE_MS = 20_000;
/**
 * How often a worker asks whether its batch was paused or cancelled: half of the second within
 * which it has to stop.
 */
const POLL_MS = 500;

/** Milliseconds since it was started. */
type Stopwatch = () => number;

/**
 * Goes by both clocks of this machine, and the faster one counts: the wall's may be set back, and
 * the steady one stands while a machine sleeps.
 */
export function stopwatch(now: () => Date, steady = (): number => performance.now()): Stopwatch {
  const [wallAtStart, steadyAtStart] = [now().getTime(), steady()];
  return () => Math.max(now().getTime() - wallAtStart, steady() - steadyAtStart);
}

export interface Lease {
  /** Fires when the batch is no longer ours to send, or `stop` fired. */
  readonly over: AbortSignal;
  /** By this machine's clocks, now: `over` may be late when the process was frozen. */
  runs(): boolean;
  /** Ends it before its time: nothing more may leave. */
  end(): void;
  /** Keeps it no longer. */
  release(): void;
}

/**
 * Renews the lease while the batch is worked on: a slow relay may hold one message for minutes. It
 * is over when `stop` fires, and when the lease is lost or the digest paused or cancelled. `asked`
 * was started before the lease was asked for: the database's clock, which counts for others, gave
 * it later.
 */
export function keepLease(
  { db, now, log }: { db: Db; now: () => Date; log: Logger },
  { batch, asked }: { batch: HeldBatch; asked: Stopwatch },
  stop?: AbortSignal,
): Lease {
  let age = asked;
  const over = new AbortController();
  const complain = (err: unknown): void => log.warn({ err, batchId: batch.id }, 'Cannot renew the lease of a batch');
  const end = (): void => over.abort();
  const runs = (): boolean => age() < LEASE_MS;
  const endUnless = (mine: boolean): void => {
    if (!mine) end();
  };
  const renew = setInterval(() => {
    const renewed = stopwatch(now);
    renewLease(db, batch, LEASE_MS).then((mine) => {
      if (mine) age = renewed;
      endUnless(mine);
    }, complain);
  }, LEASE_MS / 4);
  const poll = setInterval(() => {
    // A database that cannot be asked cannot tell us that the lease is lost: the clock does.
    if (!runs()) end();
    else mayContinue(db, batch).then(endUnless, () => {}); // the renewal reports a database that is away
  }, POLL_MS);
  stop?.addEventListener('abort', end);
  if (stop?.aborted) end();
  return {
    over: over.signal,
    runs,
    end,
    release() {
      clearInterval(renew);
      clearInterval(poll);
      stop?.removeEventListener('abort', end);
    },
  };
}
