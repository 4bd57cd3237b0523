import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks until the answer is something other than `undefined`, `null` or `false`, and returns it. For
 * what another process does and gives no signal of. `what` ends the sentence "Waited 30 s for …".
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T> | T,
  { within = 30_000, every = 50 }: { within?: number; every?: number } = {},
): Promise<NonNullable<Exclude<T, false>>> {
  for (const deadline = performance.now() + within; performance.now() < deadline; await sleep(every)) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer as NonNullable<Exclude<T, false>>;
  }
  throw new Error(`Waited ${within / 1000} s for ${what}`);
}
