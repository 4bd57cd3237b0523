import type { DigestState } from '../../db/digests.ts';
import { openOf, type UnknownSums, waitingOf } from '../../db/unknown.ts';
import { DECISIONS, decidedWords } from '../../delivery/unknown.ts';
import { capitalised, counted, listed } from '../../figures.ts';
import type { Clock } from './words.ts';

export interface UnknownFacts {
  sums: UnknownSums;
  state: DigestState;
  onUnknown: 'resend' | 'hold';
  /** The hosts of the relays. */
  relays: readonly string[];
}

export interface UnknownView {
  action: string;
  sentence: string;
  deck: string;
  /** What was decided before, and what goes on by itself, a sentence each. */
  lines: string[];
  /** Whom sending once more touches; `null`: nothing waits, or the digest is cancelled. */
  resend: string | null;
  /** Whom leaving them touches; `null`: nothing waits. */
  close: string | null;
}

/** What was decided, by the words that the address of Today ends with; `null`: they are none of ours. */
export function decidedOf(done: unknown, count: unknown): string | null {
  const as = DECISIONS.find((word) => word === done);
  if (as === undefined || typeof count !== 'string' || !/^\d{1,9}$/.test(count)) return null;
  return decidedWords({ as, changed: Number(count) });
}

/** The messages of a digest of which it is not known whether they arrived, and what can be done. Pure. */
export function unknownView({ sums, state, onUnknown, relays }: UnknownFacts, clock: Pick<Clock, 'day'>): UnknownView {
  const { date, unknown, closed } = sums;
  const open = openOf(sums);
  return {
    action: `/admin/digests/${date}/unknown`,
    sentence:
      unknown === 0
        ? `Nothing is unknown of the digest of ${clock.day(date)}.`
        : `It is not known whether ${counted(unknown, 'message')} of ${clock.day(date)} arrived.`,
    deck:
      unknown === 0
        ? 'Of each message the relay’s answer is known.'
        : 'Each may have been handed over whole, and no answer of the relay came back. ' +
          `The log of ${listed(relays)} tells whether it went on.`,
    lines: [
      ...comingLines(sums, state, onUnknown),
      closed > 0 && `${capitalised(areOf(closed))} left, for good.`,
    ].filter((line) => line !== false),
    resend:
      open === 0 || state === 'cancelled'
        ? null
        : `${capitalised(counted(open, 'reader'))} may get it twice, with one Message-ID: ` +
          'many mailboxes drop the second copy.',
    close: open === 0 ? null : closeWords(unknown - closed),
  };
}

const areOf = (count: number): string => counted(count, 'is', 'are');

/** What becomes of those that were not left: by themselves, or by the operator's word. */
function comingLines(sums: UnknownSums, state: DigestState, onUnknown: 'resend' | 'hold'): (string | false)[] {
  const { unknown, closed } = sums;
  if (state === 'cancelled') return [unknown > closed && 'The digest is cancelled: none is sent again.'];
  const waiting = waitingOf(sums, onUnknown);
  const alone = unknown - closed - waiting;
  const once = state === 'paused' ? ', once you resume the digest' : '';
  const itself = alone === 1 ? 'itself' : 'themselves';
  return [
    alone > 0 && `${capitalised(areOf(alone))} sent again by ${itself}${once}.`,
    waiting > 0 && `${capitalised(counted(waiting, 'waits', 'wait'))} for your word.`,
  ];
}

/** Leaving them also takes back what was to be sent again. */
const closeWords = (count: number): string =>
  `${capitalised(counted(count, 'reader'))} may not have it, and ${count === 1 ? 'does' : 'do'} not get it: ` +
  `${counted(count, 'message stays', 'messages stay')} unknown.`;
