export interface Turn {
  /** Whether the time is over: then ask `mayGoOn`. */
  isOver(): boolean;
  /** Waits for the other lanes. False: all have stopped, and the turn ends. True: one of them is stuck, so that there is nothing to be had from stopping. */
  mayGoOn(): Promise<boolean>;
  /** A lane has ended. */
  leave(): void;
}

/** A stretch of work that `lanes` do side by side. It ends for all together after `ms`, unless one of them is not done with what it has within `patience`. */
export function createTurn({ lanes, ms, patience }: { lanes: number; ms: number; patience: number }): Turn {
  let until = performance.now() + ms;
  let working = lanes;
  let timer: NodeJS.Timeout | undefined;
  const waiting: ((goOn: boolean) => void)[] = [];
  const decide = (goOn: boolean): void => {
    clearTimeout(timer);
    if (goOn) until = Infinity;
    for (const tell of waiting.splice(0)) tell(goOn);
  };
  const endIfAllWait = (): void => {
    if (waiting.length > 0 && waiting.length === working) decide(false);
  };
  return {
    isOver: () => performance.now() >= until,
    mayGoOn: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        timer ??= setTimeout(decide, patience, true);
        endIfAllWait();
      }),
    leave() {
      working--;
      endIfAllWait();
    },
  };
}
