import pg from 'pg';
import { IDLE_IN_TRANSACTION_MS, KEEP_ALIVE_MS, QUERY_MS, surviveLostConnections } from '../db/client.ts';
import { codeOf } from '../errors.ts';

/**
 * Codes that mean "the database is away for now": sockets, DNS, and Postgres shutting down,
 * starting up or full.
 */
const AWAY = new Set([
  'ENOENT',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '08000',
  '08001',
  '08003',
  '08006',
  '25006',
]);

/**
 * BullMQ waits `runRetryDelay` after ECONNREFUSED and retries everything else in a hot loop (39,000
 * errors in 3 s measured).
 */
function normalise(error: unknown): never {
  const away =
    AWAY.has(codeOf(error) ?? '') ||
    /Connection terminated|timeout exceeded when trying to connect|Query read timeout/i.test(
      error instanceof Error ? error.message : '',
    );
  if (away) throw Object.assign(new Error('The queue database is away', { cause: error }), { code: 'ECONNREFUSED' });
  throw error;
}

/** A pool for BullMQ's Postgres backend, whose tables live in a schema of their own. */
export class QueuePool extends pg.Pool {
  constructor(config: pg.PoolConfig & { schema: string }) {
    const { schema, ...rest } = config;
    super({
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      query_timeout: QUERY_MS,
      connectionTimeoutMillis: 5_000,
      application_name: 'paperboy-queue',
      ...rest,
      options: `-c search_path="${schema}" -c idle_in_transaction_session_timeout=${IDLE_IN_TRANSACTION_MS}`,
    });
    surviveLostConnections(this);
  }

  // pg's own overloads (callbacks, submittables) are passed through untouched.
  override query(...args: never[]): never {
    const result = (super.query as (...a: never[]) => unknown)(...args);
    return (result instanceof Promise ? result.catch(normalise) : result) as never;
  }

  override connect(...args: never[]): never {
    const result = (super.connect as (...a: never[]) => unknown)(...args);
    return (result instanceof Promise ? result.catch(normalise) : result) as never;
  }
}
