import { type HeldBatch, mayContinue, renewLease } from '../db/batches.ts';
import type { Db } from '../db/client.ts';
import type { Logger } from '../telemetry.ts';

/** A worker that falls silent for this long has lost its batch. Far above a pause of the event loop, far below a reader's patience. */
export const LEASE_MS = 20_000;
/** How often a worker asks whether its batch was paused or cancelled: half of the second within which it has to stop. */
const POLL_MS = 500;

export interface Lease {
  /** Fires when the batch is no longer ours to send, or `stop` fired. */
  readonly over: AbortSignal;
  /** By the clock, now: `over` may be late when the process was frozen. */
  runs(): boolean;
  /** Ends it before its time: nothing more may leave. */
  end(): void;
  /** Keeps it no longer. */
  release(): void;
}

/**
 * Renews the lease, which was taken until `until`, while the batch is worked on: a slow relay may hold one message for minutes. It
 * is over when `stop` fires, and when the lease is lost or the digest paused or cancelled.
 */
export function keepLease(
  { db, now, log }: { db: Db; now: () => Date; log: Logger },
  batch: HeldBatch,
  until: Date,
  stop?: AbortSignal,
): Lease {
  let validUntil = until.getTime();
  const over = new AbortController();
  const complain = (err: unknown): void => log.warn({ err, batchId: batch.id }, 'Cannot renew the lease of a batch');
  const end = (): void => over.abort();
  const runs = (): boolean => now().getTime() < validUntil;
  const endUnless = (mine: boolean): void => {
    if (!mine) end();
  };
  const renew = setInterval(() => {
    const next = new Date(now().getTime() + LEASE_MS);
    renewLease(db, batch, now(), next).then((mine) => {
      if (mine) validUntil = next.getTime();
      endUnless(mine);
    }, complain);
  }, LEASE_MS / 4);
  const poll = setInterval(() => {
    // A database that cannot be asked cannot tell us that the lease is lost: the clock does.
    if (!runs()) end();
    else mayContinue(db, batch, now()).then(endUnless, () => {}); // the renewal reports a database that is away
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
