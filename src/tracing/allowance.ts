import { MINUTE } from '../duration.ts';

/**
 * Says yes so many times a minute. What could come by the million, where a relay refuses everything
 * or closes after each message, is told of by example.
 */
export function createAllowance(perMinute: number, now: () => number = () => performance.now()): () => boolean {
  let since = -Infinity;
  let left = 0;
  return () => {
    if (now() - since >= MINUTE) {
      since = now();
      left = perMinute;
    }
    return left-- > 0;
  };
}
