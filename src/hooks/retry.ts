import { DAY, HOUR, MINUTE, SECOND } from '../duration.ts';
import type { PostAnswer } from './post.ts';

/** What the Standard Webhooks propose: three days and some hours in all. */
const PAUSES_MS = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  DAY,
] as const;
/** An endpoint at which nothing arrives for so long is switched off. */
export const FAILING_MS = 3 * DAY;
/** Up to this part of a pause is added, so that what failed together does not come back together. */
const SPREAD = 0.1;

export type Outcome = { kind: 'arrived' } | { kind: 'again'; at: Date } | { kind: 'failed' } | { kind: 'gone' };

/** What an answer means, after so many tries before it. `random` lies in [0, 1). Pure. */
export function outcomeOf(answer: PostAnswer, before: number, { now, random }: { now: Date; random: number }): Outcome {
  if (answer.kind === 'answer' && answer.status >= 200 && answer.status < 300) return { kind: 'arrived' };
  if (answer.kind === 'answer' && answer.status === 410) return { kind: 'gone' };
  const pause = PAUSES_MS[before];
  if (pause === undefined) return { kind: 'failed' };
  const asked = answer.kind === 'answer' ? (answer.retryAfterMs ?? 0) : 0;
  const wait = Math.max(pause * (1 + SPREAD * random), Math.min(asked, DAY));
  return { kind: 'again', at: new Date(now.getTime() + wait) };
}
