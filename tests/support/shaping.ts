import { createHostLimits } from '../../src/delivery/host-limits.ts';
import { createHostRate } from '../../src/delivery/host-rate.ts';
import { createMailHosts, type MxResolver } from '../../src/delivery/mail-hosts.ts';
import type { RateStore } from '../../src/delivery/pacing.ts';
import { createShaping, type Shaping } from '../../src/delivery/shaping.ts';
import type { ShapingRule } from '../../src/delivery/shaping-rules.ts';
import type { WarmUps } from '../../src/delivery/warm-up.ts';

/** A DNS that knows no domain: each is a host of its own. */
export const EMPTY_DNS: MxResolver = {
  resolveMx: async () => {
    throw Object.assign(new Error('no such domain'), { code: 'ENOTFOUND' });
  },
};

/** Counts in memory, and forgets a key five seconds after its first use, as the shared stores do. */
export function memoryStore(clock: () => number): RateStore {
  const sums = new Map<string, { sum: number; until: number }>();
  return {
    async take(key, count) {
      const had = sums.get(key);
      const kept = had !== undefined && had.until > clock() ? had : { sum: 0, until: clock() + 5_000 };
      kept.sum += count;
      sums.set(key, kept);
      return kept.sum;
    },
  };
}

/** Shaping by these rules; without any, each domain is a host of its own that has no rule. */
export const shapingFor = (
  now: () => Date,
  more: {
    rules?: readonly ShapingRule[];
    resolver?: MxResolver;
    store?: RateStore;
    warmUps?: WarmUps;
    relay?: ShapingRule | null;
  } = {},
): Shaping => {
  const clock = () => now().getTime();
  const { rules = [], resolver = EMPTY_DNS, store = memoryStore(clock), ...rest } = more;
  return createShaping({
    hosts: createMailHosts({ rules, resolver, clock }),
    limits: createHostLimits(now),
    rate: createHostRate({ store, clock }),
    ...rest,
  });
};
