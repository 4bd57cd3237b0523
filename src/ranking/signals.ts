import type { Signal } from '../paper.ts';

/** The newest value of a metric, the highest where two sources tell it. */
export function latestValue(signals: readonly Signal[], metric: string): number {
  const bySource = new Map<string, Signal>();
  for (const signal of signals) {
    const known = bySource.get(signal.source);
    if (signal.metric === metric && (!known || known.observedAt <= signal.observedAt))
      bySource.set(signal.source, signal);
  }
  return Math.max(0, ...[...bySource.values()].map((signal) => signal.value));
}
