import { MINUTE, SECOND } from '../duration.ts';
import type { RateStore } from './pacing.ts';

/** Keeps a host's messages a minute across all workers that share the store. */
export interface HostRate {
  /**
   * `null`: the message may go now. Else when to ask again; `key` names the message, which keeps
   * its place in the host's line.
   */
  admit(host: string, perMinute: number, key: string): Promise<Date | null>;
}

const SLICE_MS = 2 * SECOND;
/**
 * A minute touches 31 slices, and a message may take two seconds from here to the host: 32 slices
 * share what a minute may hold, so that no minute holds more. That is 94 % of the rate.
 */
const SHARERS = 32;
/** Keys come round again long after the store forgot them: a table holds few rows. */
const KEYS = 20;
/** How long a message waits while the store is away. */
const AWAY_MS = 10 * SECOND;
/**
 * The sweeper looks once a minute for what is due: what has its turn later than that comes a minute
 * early, and hears the moment.
 */
const EARLY_MS = MINUTE;
/** A place that was not taken for so long belongs to a message that another process has, or that left. */
const STALE = (5 * MINUTE) / SLICE_MS;

/** How many of all messages may have gone when `slice` begins. */
const capacityBefore = (perMinute: number, slice: number): number => Math.floor((slice * perMinute) / SHARERS);

/** How many messages a slice may let go. Any 32 in a row let go what a minute may hold. Pure. */
export const shareOf = (perMinute: number, slice: number): number =>
  capacityBefore(perMinute, slice + 1) - capacityBefore(perMinute, slice);

/** The first slice at whose end `nth` messages may have gone. Pure. */
export const sliceOf = (perMinute: number, nth: number): number => Math.ceil((nth * SHARERS) / perMinute) - 1;

interface Line {
  /** The last place that was given away, counted as `capacityBefore` counts. */
  end: number;
  /** The slice of which the store said last that nothing is left. */
  full: number;
  /** The slice of each message that waits. */
  places: Map<string, number>;
}

/**
 * Time is cut into slices, numbered by the clock, so the workers' clocks have to agree as NTP makes
 * them. While the store is away no message goes: the limit is the host's.
 */
export function createHostRate({ store, clock = Date.now }: { store: RateStore; clock?: () => number }): HostRate {
  const lines = new Map<string, Line>();
  const lineOf = (host: string): Line => {
    const line = lines.get(host) ?? { end: 0, full: -1, places: new Map<string, number>() };
    lines.set(host, line);
    return line;
  };
  const forgetStale = ({ places }: Line, slice: number): void => {
    for (const [key, place] of places) {
      if (place > slice - STALE) return;
      places.delete(key);
    }
  };
  const told = (place: number): Date => {
    const at = place * SLICE_MS;
    return new Date(at - clock() > EARLY_MS + MINUTE / 2 ? at - EARLY_MS : at);
  };

  return {
    async admit(host, perMinute, key) {
      const line = lineOf(host);
      const slice = Math.floor(clock() / SLICE_MS);
      const place = line.places.get(key);
      if (place !== undefined && place > slice) return told(place);
      line.places.delete(key);
      const share = shareOf(perMinute, slice);
      if (line.full < slice && share > 0) {
        try {
          if ((await store.take(`${host} ${slice % KEYS}`, 1)) <= share) return null;
        } catch {
          return new Date(clock() + AWAY_MS);
        }
      }
      line.full = Math.max(line.full, slice);
      forgetStale(line, slice);
      line.end = Math.max(line.end, capacityBefore(perMinute, slice + 1)) + 1;
      const next = sliceOf(perMinute, line.end);
      line.places.set(key, next);
      return told(next);
    },
  };
}
