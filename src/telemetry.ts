import pino, { type Logger } from 'pino';
import { codeOf } from './errors.ts';

export type { Logger };

/**
 * Structured logs on standard error, which leaves standard output to what a command prints. Errors
 * are logged by code: their messages can hold what a reader typed.
 */
export function createLogger(level: string): Logger {
  return pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}

/** What of an error may be written down: its kind, its code and where it was thrown. */
export const describeError = (e: unknown): Record<string, unknown> => ({
  name: e instanceof Error ? e.name : typeof e,
  code: codeOf(e),
  stack: e instanceof Error ? stackWithoutMessage(e) : undefined,
});

const stackWithoutMessage = (e: Error): string | undefined =>
  e.stack
    ?.split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8)
    .map((line) => line.trim())
    .join(' | ');
