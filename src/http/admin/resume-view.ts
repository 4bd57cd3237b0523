import type { Resumed } from '../../delivery/resume.ts';
import { BECAUSE } from '../../delivery/gate.ts';
import { capitalised, counted, figure } from '../../figures.ts';
import { type Clock, span } from './words.ts';

export interface ResumeView {
  sentence: string;
  deck: string;
  /** What happens to what was frozen before, a sentence each. */
  lines: string[];
  next: { hour: string; readers: string; digest: string }[];
  /** What the tick for the digest of today says. */
  today: string;
}

/** What letting mail go out again would do, for who decides about it. */
export function resumeView(
  { because, lostSince, closedAt, closed, today, movedOn, next }: Resumed,
  clock: Clock,
): ResumeView {
  return {
    sentence: `Nothing is sent: ${BECAUSE[because]}.`,
    deck:
      `What happened ${span(lostSince, closedAt, clock)} is not known here. Who unsubscribed then will be mailed: ` +
      'take their requests from your relay or mailbox, if you have them.',
    lines: [
      ...closed.map(
        ({ date, readers }) =>
          `Digest of ${clock.day(date)}: ${counted(readers, 'delivery', 'deliveries')} may have been sent, and ` +
          `${readers === 1 ? 'is' : 'are'} closed.`,
      ),
      ...(today.skipped === 0
        ? []
        : [
            `Digest of ${clock.day(today.date)}: ${counted(today.skipped, 'reader does', 'readers do')} not get it any ` +
              'more, because they may have had it.',
          ]),
      `${counted(movedOn, 'reader is', 'readers are')} mailed at their next hour after that.`,
    ].map(capitalised),
    next: next.map(({ date, hour, readers }) => ({
      hour: clock.time(hour),
      readers: figure(readers),
      digest: clock.day(date),
    })),
    today: `Send the digest of ${clock.day(today.date)} all the same: some may get it twice`,
  };
}
