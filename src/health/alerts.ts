import { DAY, MINUTE, SECOND } from '../duration.ts';
import type { Finding } from './finding.ts';

/** Why the operator is to be told, and how long it has to last before. */
export interface Cause {
  cause: string;
  sentence: string;
  remedy: string | null;
  patienceMs: number;
}

/** What was told of a cause: of its last time, and before. */
export interface AlertState {
  cause: string;
  sentence: string;
  remedy: string | null;
  beganAt: Date;
  /** Not told before. */
  dueAt: Date;
  /** When a process took its mail up, in this time. */
  claimedAt: Date | null;
  toldAt: Date | null;
  /** Since when it is not seen; it may only be away for a moment. */
  goneSince: Date | null;
  endedAt: Date | null;
  overToldAt: Date | null;
}

/** Told by the job that decides about it, in its own words. */
const TOLD_ELSEWHERE: ReadonlySet<string> = new Set(['brakes']);
/** A relay is restarted now and then; jobs have not been done for three minutes already, and the first
 * look after a stop may come before the first job. */
const PATIENCE_MS: Readonly<Record<string, number>> = { relay: 15 * MINUTE, workers: 30 * SECOND };
/** What is seen at one look and not at the next was none. */
const TWO_LOOKS_MS = 90 * SECOND;
/** What was told is over when it was not seen for so long. */
const CALM_MS = 10 * MINUTE;
/** Each cause is told once in so long. */
const AGAIN_MS = DAY;
/** A clock that had jumped ahead left what lies beyond. */
const AHEAD_MS = 5 * MINUTE;
/** A process that took a mail up and told nothing of it is gone. */
export const CLAIM_MS = 2 * MINUTE;

/** What of a look is told by mail: all that the operator has to mend. Pure. */
export const causesOf = (findings: readonly (Finding & { look: 'near' | 'far' | 'own' })[]): Cause[] =>
  findings
    .filter(({ verdict, check }) => verdict === 'mend' && !TOLD_ELSEWHERE.has(check))
    .map(({ check, sentence, remedy, look }) => ({
      cause: check,
      sentence,
      remedy,
      patienceMs: PATIENCE_MS[check] ?? (look === 'far' ? 0 : TWO_LOOKS_MS),
    }));

const after = (at: Date, ms: number): Date => new Date(at.getTime() + ms);
const lasts = (at: Date, now: Date): number => now.getTime() - at.getTime();

/** Whether this time of the cause was told of. */
const isTold = ({ beganAt, toldAt }: AlertState): boolean => toldAt !== null && toldAt >= beganAt;
const isOpen = ({ endedAt }: AlertState): boolean => endedAt === null;

/** How a cause stands after one more look, at which it was seen or not; `null`: there is nothing to keep. Pure. */
export function nextState(before: AlertState | null, seen: Cause | null, now: Date): AlertState | null {
  const state = before && lasts(before.beganAt, now) < -AHEAD_MS ? null : before;
  if (seen)
    return state && isOpen(state)
      ? { ...state, sentence: seen.sentence, remedy: seen.remedy, goneSince: null }
      : begin(state, seen, now);
  if (!state || !isOpen(state)) return state;
  // What was not told of ends without a word.
  if (!isTold(state) && state.claimedAt === null) return { ...state, endedAt: now };
  const goneSince = state.goneSince ?? now;
  return lasts(goneSince, now) >= CALM_MS ? { ...state, goneSince, endedAt: now } : { ...state, goneSince };
}

function begin(last: AlertState | null, { cause, sentence, remedy, patienceMs }: Cause, now: Date): AlertState {
  const toldAt = last?.toldAt && last.toldAt <= now ? last.toldAt : null;
  const dueAt = new Date(Math.max(now.getTime() + patienceMs, toldAt ? toldAt.getTime() + AGAIN_MS : 0));
  return {
    cause,
    sentence,
    remedy,
    beganAt: now,
    dueAt,
    claimedAt: null,
    toldAt,
    goneSince: null,
    endedAt: null,
    overToldAt: last?.overToldAt ?? null,
  };
}

/** Which mail is owed: the news of a cause, or that it is over. Pure. */
export function owed(state: AlertState, now: Date): 'news' | 'over' | null {
  const { claimedAt, dueAt, toldAt, goneSince, endedAt, overToldAt } = state;
  if (
    claimedAt &&
    Math.abs(lasts(claimedAt, now)) < CLAIM_MS &&
    claimedAt > (toldAt ?? new Date(0)) &&
    claimedAt > (overToldAt ?? new Date(0))
  )
    return null;
  if (endedAt) {
    // Also of what could not be told while it lasted: the relay may have been away.
    const isHeardOf = isTold(state) || claimedAt !== null;
    return isHeardOf && (overToldAt === null || overToldAt < endedAt) ? 'over' : null;
  }
  if (goneSince || now < dueAt) return null;
  return isTold(state) && now < after(toldAt!, AGAIN_MS) ? null : 'news';
}

/** What is to be kept when a mail has left. That something is over, unheard of before, is news too. Pure. */
export const toldBy = (
  state: AlertState,
  what: 'news' | 'over',
  now: Date,
): Pick<AlertState, 'toldAt' | 'overToldAt'> => ({
  toldAt: what === 'over' && isTold(state) ? state.toldAt : now,
  overToldAt: what === 'over' ? now : state.overToldAt,
});

export const hourOf = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** What the mail says. Pure. */
export function wordsOf({ sentence, beganAt, goneSince, endedAt }: AlertState, what: 'news' | 'over'): string {
  if (what === 'news') return sentence;
  const [from, to] = [hourOf(beganAt), hourOf(goneSince ?? endedAt ?? beganAt)];
  return `It is over: ${sentence.replace(/\.$/, '')}. It lasted from ${from} to ${to}.`;
}

/** The moment of today's morning note that has come, when one is wanted at so many minutes (UTC). Pure. */
export function morningDue(minutes: number, now: Date): Date | null {
  const at = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate(), 0, minutes));
  // After a long rest it is no morning any more.
  return lasts(at, now) >= 0 && lasts(at, now) < 3 * 60 * MINUTE ? at : null;
}
