import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from '../telemetry.ts';

/**
 * Counts what all workers have taken, by key, and forgets a key some seconds after its first use.
 * Declared here, kept by jobs/.
 */
export interface RateStore {
  /**
   * Adds `count` to what was taken of `key`, atomically, and gives the new sum. Throws while it is
   * away.
   */
  take(key: string, count: number): Promise<number>;
}

/**
 * How time is cut: so many milliseconds a slice, and how long before a slice begins its share is
 * asked for.
 */
interface Cut {
  length: number;
  ahead: number;
  share: (slice: number) => number;
}

/**
 * Below this rate one message more is over the limit by more than 10 %, so that each message gets a
 * moment of its own.
 */
const FEW = 20;
const SLICE_MS = 50;
/**
 * What of the rate is aimed at. A message that was let go may be held up on its way, and meet later
 * ones at the relay: with a tenth kept back a second holds no more than 1.1 × the rate while that
 * takes up to 150 ms. A few messages have no others to average out among, so that they need more.
 */
const AIM = 0.9;
const AIM_FEW = 0.8;

/**
 * Cuts time so that no second holds more than 1.1 × `rate` messages. Pure.
 *
 * From 20 a second on, a slice is a twentieth of a second and its share may go at any moment of it,
 * so that a second touches 21 slices (shares of uneven rates alternate). Below that a slice holds
 * one message, which goes when the slice begins.
 */
export function cutTime(rate: number): Cut {
  if (rate < FEW) return { length: 1000 / (AIM_FEW * rate), ahead: 50, share: () => 1 };
  const perSlice = (AIM * rate * SLICE_MS) / 1000;
  return {
    length: SLICE_MS,
    ahead: 0,
    share: (slice) => Math.floor((slice + 1) * perSlice) - Math.floor(slice * perSlice),
  };
}

/** Of `asked` that made a sum of `taken`, how many were still within the share. Pure. */
export const granted = (taken: number, asked: number, share: number): number =>
  Math.min(asked, Math.max(0, share - (taken - asked)));

/** Resolves true when a message may go, false when `signal` fired first. */
export type Pace = (signal: AbortSignal) => Promise<boolean>;

interface Waiting {
  signal: AbortSignal;
  resolve: (go: boolean) => void;
}

/** How long a store that is away is left alone. */
const AWAY_MS = 500;
/** Keys come round again long after the store forgot them: a table holds few rows. */
const KEYS = 1000;

/**
 * Keeps `rate` messages a second across all workers that share the store. Those who wait are served
 * in turn, as many at once as the slice still holds. While the store is away no message goes: the
 * limit is a promise to the relay. Slices are numbered by the clock, so the workers' clocks have to
 * agree as NTP makes them.
 */
export function createPace({
  rate,
  store,
  log,
  clock = Date.now,
}: {
  rate: number;
  store: RateStore;
  log: Logger;
  clock?: () => number;
}): Pace {
  const cut = cutTime(rate);
  const queue: Waiting[] = [];
  const heeded = new WeakSet<AbortSignal>();
  let serving = false;
  let away = false;
  let first = 0;

  const dismiss = (signal: AbortSignal): void => {
    for (const gone of queue.filter((w) => w.signal === signal)) gone.resolve(false);
    queue.splice(0, queue.length, ...queue.filter((w) => w.signal !== signal));
  };
  const until = (moment: number): Promise<void> | null => (moment > clock() ? wait(Math.ceil(moment - clock())) : null);

  /** Asks for one slice; gives the next one that may have something left. */
  const serve = async (slice: number): Promise<number> => {
    const begins = slice * cut.length;
    await until(begins - cut.ahead);
    const share = cut.share(slice);
    const asked = Math.min(share, queue.length);
    if (asked === 0) return slice + 1;
    const got = granted(await store.take(String(slice % KEYS), asked), asked, share);
    if (away) log.info('The store of SMTP_RATE is back');
    away = false;
    await until(begins);
    for (const { resolve } of queue.splice(0, got)) resolve(true);
    return got < asked || cut.ahead > 0 ? slice + 1 : slice;
  };

  const serveAll = async (): Promise<void> => {
    serving = true;
    while (queue.length > 0) {
      const soonest = cut.ahead > 0 ? Math.ceil((clock() + cut.ahead) / cut.length) : Math.floor(clock() / cut.length);
      try {
        first = await serve(Math.max(first, soonest));
      } catch (err) {
        if (!away) log.warn({ err }, 'The store of SMTP_RATE does not answer: messages wait until it does');
        away = true;
        await wait(AWAY_MS);
      }
    }
    serving = false;
  };

  return (signal) => {
    if (signal.aborted) return Promise.resolve(false);
    if (!heeded.has(signal)) {
      heeded.add(signal);
      signal.addEventListener('abort', () => dismiss(signal), { once: true });
    }
    return new Promise((resolve) => {
      queue.push({ signal, resolve });
      if (!serving) void serveAll();
    });
  };
}
