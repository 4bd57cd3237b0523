import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** A scrape counts rows not more often than this: a scraper must not cost what it likes. */
const GAUGE_AGE_MS = 15_000;

export interface Metrics {
  registry: Registry;
  /** Outcomes recorded by this process, by state. */
  deliveries: Counter<'state'>;
  /** Seconds the mail relay took to answer to a message. */
  smtpReply: Histogram;
  /** Requests to subscribe that this process took, by what kind of mailbox they name. */
  signUps: Counter<'mailbox'>;
  /**
   * Adds a gauge with one label (or none: then its only value), read at a scrape but not more often
   * than every 15 seconds. One that cannot be read is left out.
   */
  gauge(name: string, help: string, label: string | null, read: () => Promise<Record<string, number>>): void;
}

/** The Prometheus metrics of one process. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    deliveries: new Counter({
      name: 'paperboy_delivery_outcomes_total',
      help: 'Delivery outcomes recorded by this process, by state.',
      labelNames: ['state'],
      registers: [registry],
    }),
    signUps: new Counter({
      name: 'paperboy_sign_ups_total',
      help: 'Requests to subscribe that this process took: at lasting mailboxes, and at services of disposable ones.',
      labelNames: ['mailbox'],
      registers: [registry],
    }),
    smtpReply: new Histogram({
      name: 'paperboy_smtp_reply_seconds',
      help: 'Seconds from handing a message to the mail relay to its answer.',
      registers: [registry],
      buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300],
    }),
    gauge(name, help, label, read) {
      let readAt = -Infinity;
      new Gauge({
        name,
        help,
        labelNames: label === null ? [] : [label],
        registers: [registry],
        async collect() {
          const now = performance.now();
          if (now - readAt < GAUGE_AGE_MS) return;
          readAt = now;
          const values = await read().catch(() => ({}));
          this.reset();
          for (const [key, value] of Object.entries(values)) this.set(label === null ? {} : { [label]: key }, value);
        },
      });
    },
  };
}
