import type { DeliveryRecord } from '../../db/deliveries.ts';
import { HELD_BACK, WARM_UP } from '../../db/deliveries.ts';
import type { FeedbackRecord } from '../../db/feedback.ts';
import { classifyReply, codeOfReply, enhancedOf } from '../../mail/classify-reply.ts';
import { type Reason, WHOSE, type Whose } from '../../mail/reply-rules.ts';

/** What a refusal is about, in a sentence for people. */
const REASONS: Readonly<Record<Reason, string>> = {
  'unknown-user': 'The address does not exist.',
  'mailbox-full': 'The mailbox is full.',
  disabled: 'The mailbox is switched off.',
  moved: 'The address has moved elsewhere.',
  'no-such-host': 'The domain of the address takes no mail.',
  'name-server': 'The domain of the address could not be looked up.',
  unavailable: 'The mailbox could not be reached.',
  network: 'Their mail server could not be reached.',
  expired: 'It was tried for a day, in vain.',
  loop: 'Their mail is forwarded in a circle.',
  'too-large': 'The message is larger than they take.',
  spam: 'Their provider takes it for spam.',
  content: 'Their provider does not take what it holds.',
  greylisted: 'Their provider wants to be asked twice.',
  rate: 'Their provider wants less mail for now.',
  quota: 'Our relay has sent all that it may.',
  blocked: 'Their provider blocks our server.',
  reputation: 'Their provider mistrusts our server.',
  'missing-ptr': 'Our server has no name in reverse DNS.',
  auth: 'SPF, DKIM or DMARC did not hold.',
  tls: 'The connection was not encrypted as they want it.',
  sender: 'Our own address was refused.',
  policy: 'A rule of their provider forbids it.',
  other: 'Their provider refused it without a reason that we know.',
};

/** What a reason says, also one that is none of ours. */
export const reasonWords = (reason: string): string => REASONS[reason as Reason] ?? REASONS.other;

/** What a relay's words are about, and whose it is to mend. */
export function reasonOfReply(reply: string): { reason: Reason; whose: Whose } {
  const { reason } = classifyReply(codeOfReply(reply), enhancedOf(reply), reply);
  return { reason, whose: WHOSE[reason] };
}

/** Says when, as the page does. */
type At = (moment: Date) => string;

/** What became of a delivery, in plain words. Pure. */
export function deliveryWords(delivery: DeliveryRecord, heard: readonly FeedbackRecord[], at: At): string {
  const later = heard.filter(({ digestDate, via }) => digestDate === delivery.date && via !== 'smtp').map(heardWords);
  return [...new Set([stateWords(delivery, at), ...later])].join(' ');
}

function stateWords(delivery: DeliveryRecord, at: At): string {
  const { state, reason, lastReply, frozenAt } = delivery;
  switch (state) {
    case 'accepted':
      return acceptedWords(delivery);
    case 'rejected':
      return refusalWords(delivery);
    case 'deferred':
      return `${putOffWords(delivery)}${nextTry(delivery, at)}`;
    case 'unknown':
      return UNKNOWN[reason ?? ''] ?? UNKNOWN['lost']!;
    case 'skipped':
      return SKIPPED[reason ?? ''] ?? 'It was not sent.';
    case 'sending':
      return 'It is being sent now.';
    case 'pending':
      return lastReply === null ? `It was frozen ${at(frozenAt)} and waits for its turn.` : 'It is to be sent again.';
  }
}

function acceptedWords({ reason, attempts }: DeliveryRecord): string {
  if (reason === 'answered') return 'They used a link of it, so it arrived.';
  if (reason === 'settled') return 'Something of it came back, so it had left.';
  return attempts > 1 ? `Taken at try ${attempts}.` : 'Taken at once.';
}

/** Why it was refused for good. */
export function refusalWords({ reason, lastReply }: DeliveryRecord): string {
  const cause = lastReply === null ? null : reasonWords(reasonOfReply(lastReply).reason);
  if (reason === 'expired') return cause === null ? REASONS.expired : `${REASONS.expired} ${cause}`;
  return cause ?? REASONS.other;
}

/** Why it waits. */
export function putOffWords({ reason, lastReply }: DeliveryRecord): string {
  if (reason === HELD_BACK) return 'Their provider is spared for now.';
  if (reason === WARM_UP) return 'The warm-up lets their provider have no more mail today.';
  if (reason === 'connection') return 'The connection to the relay broke.';
  return lastReply === null ? 'It was put off.' : reasonWords(reasonOfReply(lastReply).reason);
}

const nextTry = ({ nextAttemptAt }: DeliveryRecord, at: At): string =>
  nextAttemptAt === null ? '' : ` It is tried again ${at(nextAttemptAt)}.`;

/** By what comes next (docs/delivery-states.md). */
export const UNKNOWN: Readonly<Record<string, string>> = {
  lost: 'The answer was lost after the last dot: it may have arrived. It is sent again, or waits for your word.',
  resent: 'The answer was lost twice: it may have come twice, or not at all.',
  again: 'The answer was lost: it may have arrived. It is sent once more.',
  closed: 'The answer was lost, and you decided not to send it again.',
};

export const SKIPPED: Readonly<Record<string, string>> = {
  empty: 'There was nothing new for them.',
  unsubscribed: 'Their subscription had ended before it left.',
  paused: 'Their digests rested then, as they wished.',
  suppressed: 'The address was suppressed.',
  cancelled: 'The digest was cancelled for all who had not had it.',
  restored: 'It may have gone out before the backup was restored, so it is not sent twice.',
  late: 'It was too late to be worth sending; the next one brings its papers.',
  [WARM_UP]: 'It waited two days for the warm-up of their provider; the next one brings its papers.',
};

const HEARD: Readonly<Record<FeedbackRecord['kind'], string>> = {
  hard: 'It came back later:',
  soft: 'It came back later:',
  complaint: 'They told their provider that it is spam.',
  unsubscribe: 'They left by it.',
  delivered: 'Their provider says that it arrived.',
};

const heardWords = ({ kind, reason }: FeedbackRecord): string =>
  kind === 'hard' || kind === 'soft' ? `${HEARD[kind]} ${reasonWords(reason)}` : HEARD[kind];
