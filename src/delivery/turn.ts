/** What a turn is measured by. */
export interface TurnClock {
  /** Milliseconds, which never run back. */
  now: () => number;
  /** Calls `ring` after `ms`, unless what it returns is called before. */
  alarm: (ms: number, ring: () => void) => () => void;
}

const CLOCK: TurnClock = {
  now: () => performance.now(),
  alarm(ms, ring) {
    const timer = setTimeout(ring, ms);
    return () => clearTimeout(timer);
  },
};

export interface Turn {
  /** Whether the time is over: then ask `mayGoOn`. */
  isOver(): boolean;
  /**
   * Waits for the other lanes. False: all have stopped, and the turn ends. True: one is stuck, so
   * the others may go on.
   */
  mayGoOn(): Promise<boolean>;
  /** A lane has ended. */
  laneEnded(): void;
}

export interface TurnOptions {
  lanes: number;
  /** How long the turn lasts. */
  ms: number;
  /** How long it waits for a lane that is not done with what it has. */
  patience: number;
}

/**
 * A stretch of work that `lanes` do side by side. It ends for all together, unless one of them is
 * stuck beyond `patience`.
 */
export function createTurn({ lanes, ms, patience }: TurnOptions, clock: TurnClock = CLOCK): Turn {
  let until = clock.now() + ms;
  let working = lanes;
  let silence: (() => void) | undefined;
  const waiting: ((goOn: boolean) => void)[] = [];
  const decide = (goOn: boolean): void => {
    silence?.();
    if (goOn) until = Infinity;
    for (const tell of waiting.splice(0)) tell(goOn);
  };
  const endIfAllWait = (): void => {
    if (waiting.length > 0 && waiting.length === working) decide(false);
  };
  return {
    isOver: () => clock.now() >= until,
    mayGoOn: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        silence ??= clock.alarm(patience, () => decide(true));
        endIfAllWait();
      }),
    laneEnded() {
      working--;
      endIfAllWait();
    },
  };
}
