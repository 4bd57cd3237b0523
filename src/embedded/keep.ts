import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, codeOf } from '../errors.ts';
import type { Logger } from '../telemetry.ts';
import { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from './postgres.ts';
import { until } from './postmaster.ts';
import { MINUTE } from '../duration.ts';

/** A server that died is missed for this long at most: looking costs two small files. */
const LOOK_MS = 500;
/**
 * One that dies more often than this within the time has a reason to, and starting it again does
 * not help.
 */
const RESTARTS = 5;
const WITHIN_MS = 10 * MINUTE;

/** A guest gives the owner, who may only be on its way to a newer version, so long to come back. */
const GUEST_PATIENCE_MS = 30_000;

export interface KeepOptions extends Omit<EmbeddedPostgresOptions, 'log'> {
  log: Pick<Logger, 'info' | 'error'>;
  /** Hears of it once, when the server is gone and cannot be brought back. */
  onLost: (error: AppError) => void;
  restarts?: number;
  guestPatienceMs?: number;
}

/**
 * The embedded Postgres of a service. When the server ends without our asking (killed for its
 * memory, say, or with the process that owned it) it is started again at the same address, where
 * every pool finds it.
 */
export async function keepEmbeddedPostgres(options: KeepOptions): Promise<EmbeddedPostgres> {
  const { log, onLost, restarts = RESTARTS, guestPatienceMs = GUEST_PATIENCE_MS } = options;
  let postgres = await startEmbeddedPostgres(options);
  const stopping = new AbortController();
  const died: number[] = [];

  const tooOften = (): boolean => died.filter((at) => at > performance.now() - WITHIN_MS).length > restarts;

  async function bringBack(): Promise<void> {
    died.push(performance.now());
    if (tooOften()) throw diesAgain(options.dataDir);
    log.error('The embedded database has ended unasked: it is started again');
    await postgres.stop();
    // A command may have been quicker to start it. We join that one, and take over when it has
    // ended.
    postgres = await startEmbeddedPostgres({ ...options, alone: false });
    log.info('The embedded database is back');
  }

  /** One that is killed while it starts has died once more, and is counted at the next look. */
  function again(error: unknown): void {
    if (!(error instanceof AppError && error.retryable) || tooOften()) throw error;
    log.error({ err: error }, 'The embedded database could not be started again yet');
  }

  async function watch(): Promise<void> {
    const { signal } = stopping;
    for (;;) {
      await sleep(LOOK_MS, undefined, { signal, ref: false }).catch(() => {});
      if (signal.aborted) return;
      if (postgres.isAlive()) continue;
      const isBack = (): boolean => signal.aborted || postgres.isAlive();
      if (!postgres.owned && (await until(isBack, guestPatienceMs))) continue;
      await bringBack().catch(again);
    }
  }

  const watching = watch().catch((error: unknown) => {
    if (!stopping.signal.aborted) onLost(asLoss(error, options.dataDir));
  });
  return {
    ...postgres,
    async stop() {
      stopping.abort();
      await watching;
      await postgres.stop();
    },
  };
}

const diesAgain = (dataDir: string): AppError =>
  new AppError(
    'DATABASE_UNAVAILABLE',
    `The embedded database in ${dataDir} keeps dying. See postgres.log there, give it more memory, or set ` +
      'DATABASE_URL.',
  );

const asLoss = (cause: unknown, dataDir: string): AppError =>
  cause instanceof AppError
    ? cause
    : new AppError(
        'DATABASE_UNAVAILABLE',
        `The embedded database in ${dataDir} has ended and cannot be started again ` +
          `(${codeOf(cause) ?? 'unknown'}). See postgres.log there, and start Paperboy again.`,
        { cause },
      );
