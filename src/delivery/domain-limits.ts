import { MINUTE } from '../duration.ts';
/**
 * Slows down to a recipient's domain that says "later" (a 4xx that is not about one mailbox). Kept
 * per process, and lost with it.
 */
export interface DomainLimits {
  /** Null: a message to the domain may go, and is counted. Else when to ask again. */
  admit(domain: string): Date | null;
  /** The domain said "later". */
  refused(domain: string): void;
}

/**
 * Half of what it took before it refused is what a domain gets a minute, and half as much again for
 * each minute without a refusal.
 */
const CUT = 0.5;
const GROWTH = 1.5;
/** After so many minutes without a refusal a domain has no limit any more. */
const FORGIVEN = 10;
/** The longest wait before a message is tried again, in minutes. */
const LONGEST_WAIT = 10;

interface Limit {
  base: number;
  refusedIn: number;
}

/** Time is cut into minutes, as often as the sweeper looks for what is due. */
export function createDomainLimits(now: () => Date): DomainLimits {
  const limits = new Map<string, Limit>();
  let minute = -1;
  let before = new Map<string, number>();
  let sent = new Map<string, number>();
  let held = new Map<string, number>();

  const roll = (): void => {
    const current = Math.floor(now().getTime() / MINUTE);
    if (current === minute) return;
    before = current === minute + 1 ? sent : new Map();
    minute = current;
    sent = new Map();
    held = new Map();
  };
  const count = (counts: Map<string, number>, domain: string): number => {
    const had = counts.get(domain) ?? 0;
    counts.set(domain, had + 1);
    return had;
  };
  const perMinute = (domain: string): number => {
    const limit = limits.get(domain);
    if (!limit) return Infinity;
    const quiet = Math.max(0, minute - limit.refusedIn - 1);
    if (quiet < FORGIVEN) return Math.max(1, Math.floor(limit.base * GROWTH ** quiet));
    limits.delete(domain);
    return Infinity;
  };

  return {
    admit(domain) {
      roll();
      const limit = perMinute(domain);
      if ((sent.get(domain) ?? 0) >= limit) {
        const wait = 1 + Math.min(LONGEST_WAIT - 1, Math.floor(count(held, domain) / limit));
        return new Date((minute + wait) * MINUTE);
      }
      count(sent, domain);
      return null;
    },
    refused(domain) {
      roll();
      // Others that were under way when it first said so will be refused too: that is one word, not
      // many.
      if (limits.get(domain)?.refusedIn === minute) return;
      const took = Math.max(1, sent.get(domain) ?? 0, before.get(domain) ?? 0);
      limits.set(domain, { base: Math.min(perMinute(domain), took) * CUT, refusedIn: minute });
    },
  };
}
