import { MINUTE } from '../duration.ts';
/**
 * Slows down to a mail host that says "later" (a 4xx that is not about one mailbox). Kept per
 * process, and lost with it.
 */
export interface HostLimits {
  /** Null: a message to the host may go, and is counted. Else when to ask again. */
  admit(host: string): Date | null;
  /** The host said "later"; `minutes`: its rule says to leave it alone for so long. */
  refused(host: string, minutes?: number): void;
  /** A message that was admitted did not go after all. */
  unused(host: string): void;
}

/**
 * Half of what it took before it refused is what a host gets a minute, and half as much again for
 * each minute without a refusal.
 */
const CUT = 0.5;
const GROWTH = 1.5;
/** After so many minutes without a refusal a host has no limit any more. */
const FORGIVEN = 10;
/** The longest wait before a message is tried again, in minutes. */
const LONGEST_WAIT = 10;

/** A rest that was not enough is doubled, up to so many minutes. */
const LONGEST_REST = 240;

interface Rest {
  until: number;
  minutes: number;
}

/**
 * How long a host rests that says so again: twice as long as last time, unless it then took mail
 * for as long as it had rested. Pure.
 */
export function nextRest(last: Rest | undefined, minute: number, minutes: number): Rest {
  const isSoon = last !== undefined && minute < last.until + last.minutes;
  const length = isSoon ? Math.max(minutes, Math.min(LONGEST_REST, 2 * last.minutes)) : minutes;
  return { until: minute + 1 + length, minutes: length };
}

interface Limit {
  base: number;
  refusedIn: number;
}

/** Time is cut into minutes, as often as the sweeper looks for what is due. */
export function createHostLimits(now: () => Date): HostLimits {
  const limits = new Map<string, Limit>();
  const rests = new Map<string, Rest>();
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
  const count = (counts: Map<string, number>, host: string): number => {
    const had = counts.get(host) ?? 0;
    counts.set(host, had + 1);
    return had;
  };
  const perMinute = (host: string): number => {
    const limit = limits.get(host);
    if (!limit) return Infinity;
    const quiet = Math.max(0, minute - limit.refusedIn - 1);
    if (quiet < FORGIVEN) return Math.max(1, Math.floor(limit.base * GROWTH ** quiet));
    limits.delete(host);
    return Infinity;
  };

  return {
    admit(host) {
      roll();
      const rest = rests.get(host);
      if (rest !== undefined && minute < rest.until) return new Date(rest.until * MINUTE);
      const limit = perMinute(host);
      if ((sent.get(host) ?? 0) >= limit) {
        const wait = 1 + Math.min(LONGEST_WAIT - 1, Math.floor(count(held, host) / limit));
        return new Date((minute + wait) * MINUTE);
      }
      count(sent, host);
      return null;
    },
    refused(host, minutes) {
      roll();
      // Others that were under way when it first said so will be refused too: that is one word, not
      // many.
      const rest = rests.get(host);
      if (rest !== undefined && minute < rest.until) return;
      if (minutes !== undefined) rests.set(host, nextRest(rest, minute, minutes));
      else if (limits.get(host)?.refusedIn === minute) return;
      const took = Math.max(1, sent.get(host) ?? 0, before.get(host) ?? 0);
      // After a rest it gets half of what it took before, and then more.
      const refusedIn = minutes === undefined ? minute : rests.get(host)!.until;
      limits.set(host, { base: Math.min(perMinute(host), took) * CUT, refusedIn });
    },
    unused(host) {
      const had = sent.get(host);
      if (had !== undefined) sent.set(host, Math.max(0, had - 1));
    },
  };
}
