import { openOf, type UnknownSums } from '../../db/unknown.ts';
import { capitalised, counted, figure, listed } from '../../figures.ts';
import type { Clock } from './words.ts';

export interface UnknownView {
  action: string;
  sentence: string;
  deck: string;
  /** What was decided before, a sentence each. */
  lines: string[];
  /** Whom each of the two words touches; `null`: nothing waits for one. */
  wait: { resend: string; close: string } | null;
}

/** The messages of a digest of which it is not known whether they arrived, and what can be done. Pure. */
export function unknownView(sums: UnknownSums, relays: readonly string[], clock: Pick<Clock, 'day'>): UnknownView {
  const { date, unknown, again, closed } = sums;
  const open = openOf(sums);
  const readers = counted(open, 'reader');
  return {
    action: `/admin/digests/${date}/unknown`,
    sentence:
      unknown === 0
        ? `Nothing is unknown of the digest of ${clock.day(date)}.`
        : `It is not known whether ${counted(unknown, 'message')} of ${clock.day(date)} arrived.`,
    deck:
      unknown === 0
        ? 'Of each message the relay’s answer is known.'
        : `Each was handed over whole, and the relay’s answer was lost. The log of ${listed(relays)} tells whether it went on.`,
    lines: [
      again > 0 && `${capitalised(counted(again, 'is', 'are'))} sent once more, by itself.`,
      closed > 0 && `${capitalised(counted(closed, 'is', 'are'))} left, for good.`,
      open > 0 && `${capitalised(counted(open, 'waits', 'wait'))} for your word.`,
    ].filter((line) => line !== false),
    wait:
      open === 0
        ? null
        : {
            resend: `${capitalised(readers)} may get it twice, with one Message-ID: many mailboxes drop the second copy.`,
            close: `${capitalised(readers)} may not have it, and ${open === 1 ? 'does' : 'do'} not get it: ${figure(open)} stay unknown.`,
          },
  };
}
