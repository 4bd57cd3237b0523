import pino, { type Logger } from 'pino';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { codeOf } from './errors.ts';

export type { Logger };

/** Structured logs on standard error, which leaves standard output to what a command prints. Errors are logged by code: their messages can hold what a reader typed. */
export function createLogger(level: string): Logger {
  return pino({
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: describeError },
  }, pino.destination({ dest: 2, sync: true }));
}

/** What of an error may be written down: its kind, its code and where it was thrown. */
export const describeError = (e: unknown): Record<string, unknown> =>
  ({ name: e instanceof Error ? e.name : typeof e, code: codeOf(e), stack: e instanceof Error ? stackWithoutMessage(e) : undefined });

const stackWithoutMessage = (e: Error): string | undefined =>
  e.stack?.split('\n').filter((line) => /^\s+at /.test(line)).slice(0, 8).map((line) => line.trim()).join(' | ');

export interface Metrics {
  registry: Registry;
  /** Outcomes recorded by this process, by state. */
  deliveries: Counter<'state'>;
  /** Adds a gauge whose values are asked for at each scrape. */
  gauge<L extends string>(name: string, help: string, label: L, read: () => Promise<Record<string, number>>): void;
}

/** The Prometheus metrics of one process. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    deliveries: new Counter({ name: 'paperboy_delivery_outcomes_total', help: 'Delivery outcomes recorded by this process, by state.', labelNames: ['state'], registers: [registry] }),
    gauge(name, help, label, read) {
      new Gauge({
        name, help, labelNames: [label], registers: [registry],
        async collect() {
          this.reset();
          for (const [key, value] of Object.entries(await read())) this.set({ [label]: key } as never, value);
        },
      });
    },
  };
}
