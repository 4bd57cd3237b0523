import { setImmediate as yieldTurn } from 'node:timers/promises';

/**
 * Work goes on for so long before others have their turn: a page must not wait for a source's
 * answer to be read.
 */
const STRETCH_MS = 20;

/** Lets others have their turn, when it is time. */
export type Breathe = () => Promise<void> | undefined;

export function createBreathe(): Breathe {
  let since = performance.now();
  return () => {
    if (performance.now() - since < STRETCH_MS) return undefined;
    return yieldTurn().then(() => {
      since = performance.now();
    });
  };
}
