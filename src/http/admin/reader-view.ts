import { STATES } from '../../delivery/tally.ts';
import type { DeliveryRecord, DeliveryState } from '../../db/deliveries.ts';
import type { FeedbackRecord } from '../../db/feedback.ts';
import type { SubscriberRow } from '../../db/subscribers.ts';
import { addDays } from '../../day.ts';
import { queueIdOf } from '../../mail/queue-id.ts';
import { OVERALL, type Topic } from '../../paper.ts';
import { paperPath } from '../../papers/links.ts';
import type { Follow } from '../../subscriber.ts';
import { maskAddress } from '../../subscribers/address.ts';
import { comesAt } from '../../subscribers/schedule.ts';
import { frequencyWords, hourWords, placeOf } from '../../subscribers/wording.ts';
import { wordsOf } from '../../words/words.ts';
import type { LinkView } from '../pages/views.ts';
import { deliveryWords, reasonWords } from './delivery-words.ts';
import { type Answer, answerFor, type AnswerFacts, ifBack } from './reader-answer.ts';
import { type ReaderTimes, readerTimes } from './reader-times.ts';
import { capitalised, counted, figure, listed } from '../../figures.ts';
import type { Clock } from './words.ts';

export interface ReaderFacts extends Omit<AnswerFacts, 'reader'> {
  reader: SubscriberRow;
  /** Whether the address is told. */
  isShown: boolean;
  /** How many deliveries there are, by state. */
  counts: Partial<Record<DeliveryState, number>>;
  /** Deliveries are shown from before this date on; `null`: from the newest. */
  before: string | null;
  says: readonly { paper: { id: string; title: string }; liked: boolean; saidAt: Date }[];
  saysInAll: number;
  tasteLines: number;
  follows: readonly Follow[];
  followsOnly: boolean;
  move: { askedAt: Date; isAgreed: boolean; isConfirmed: boolean } | null;
  topics: readonly Topic[];
  /** The hosts of the relays that mail goes to now. */
  relays: readonly string[];
}

/** An entry of what was sent and what came back. */
export interface TimeLineEntry {
  iso: string;
  date: string;
  time: string;
  /** `null`: it is no delivery. */
  state: DeliveryState | null;
  word: string;
  says: string;
  /** A server's own words. */
  said: string | null;
  facts: string[];
  message: LinkView | null;
}

export interface ReaderView {
  id: number;
  action: string;
  address: string;
  isShown: boolean;
  answer: Answer;
  facts: { term: string; strong: string; rest: string; small: string[] }[];
  zone: string;
  entries: TimeLineEntry[];
  sums: string;
  /** Where a queue id leads further; `null`: none is shown. */
  further: string | null;
  older: LinkView | null;
  back: { date: string; says: string; paper: LinkView | null }[];
  backHint: string;
  follows: string[];
  can: { send: boolean; confirm: boolean; unsubscribe: boolean; erase: boolean; lift: boolean };
}

/** So many deliveries stand on a page. */
export const DELIVERIES_SHOWN = 20;

export function readerView(facts: ReaderFacts, clock: Clock): ReaderView {
  const { reader, now, isShown } = facts;
  const times = readerTimes(reader.timezone, now);
  const isErased = reader.status === 'erased';
  const shown = facts.deliveries.slice(0, DELIVERIES_SHOWN);
  const answer = answerFor(facts, clock);
  const acted = answer.remedy !== null && 'act' in answer.remedy ? answer.remedy.act : null;
  return {
    id: reader.id,
    action: `/admin/readers/${reader.id}`,
    address: isErased ? '' : isShownOr(isShown, reader.email),
    isShown,
    answer,
    facts: factsOf(facts, times, clock),
    zone: times.zone,
    entries: entriesOf(facts, shown, times),
    sums: sumsOf(facts.counts),
    further: shown.some(({ lastReply }) => queueIdOf(lastReply) !== null) ? furtherWords(facts.relays) : null,
    older:
      facts.deliveries.length > DELIVERIES_SHOWN
        ? { label: 'Older deliveries', href: `/admin/readers/${reader.id}?before=${shown.at(-1)!.date}#deliveries` }
        : null,
    back: facts.says.map(({ paper, liked, saidAt }) => ({
      date: times.date(saidAt),
      says: liked ? '“more like this”:' : '“not for me”:',
      paper: { label: paper.title, href: paperPath(paper.id) },
    })),
    backHint: backHint(facts),
    follows: followWords(facts, times),
    can: {
      send: canSend(facts) && acted !== 'send',
      confirm: (reader.status === 'pending' || reader.status === 'unsubscribed') && acted !== 'confirm',
      unsubscribe: reader.status === 'active' || reader.status === 'pending',
      erase: !isErased,
      lift: acted !== 'lift' && isLost(facts),
    },
  };
}

const isShownOr = (isShown: boolean, email: string): string => (isShown ? email : maskAddress(email));

/** A digest of the newest edition can go to who is active, does not rest, and has not had it. */
export const canSend = ({ reader, newest, deliveries, now, before, isClosed }: ReaderFacts): boolean =>
  !isClosed &&
  reader.status === 'active' &&
  (reader.pausedUntil === null || reader.pausedUntil <= now) &&
  newest !== null &&
  before === null &&
  !deliveries.some(({ date }) => date >= newest);

const isLost = ({ reader, suppression }: ReaderFacts): boolean =>
  (suppression !== null && suppression.reopenedAt === null) ||
  reader.status === 'bounced' ||
  reader.status === 'complained';

function factsOf(facts: ReaderFacts, times: ReaderTimes, clock: Clock): ReaderView['facts'] {
  const { reader } = facts;
  if (reader.status === 'erased')
    return [{ term: 'State', strong: 'erased', rest: '', small: reader.endedAt ? [clock.moment(reader.endedAt)] : [] }];
  return [
    { term: 'State', ...stateFact(facts, times) },
    { term: 'Choices', ...choicesFact(facts) },
    { term: 'Next due', ...dueFact(facts, times, clock) },
    {
      term: 'Reader since',
      strong: '',
      rest: times.date(reader.confirmedAt ?? reader.createdAt),
      small: [
        reader.status === 'pending' ? 'asked, and has not confirmed' : `first known ${times.date(reader.createdAt)}`,
      ],
    },
  ];
}

function stateFact({ reader, suppression }: ReaderFacts, times: ReaderTimes) {
  const isBarred = suppression !== null && suppression.reopenedAt === null;
  const since = reader.endedAt ?? (isBarred ? suppression.createdAt : reader.confirmedAt);
  return {
    strong: reader.status,
    rest: isBarred ? ', suppressed' : '',
    small: since === null ? [] : [`since ${times.moment(since)}`],
  };
}

function choicesFact({ reader, topics, followsOnly }: ReaderFacts) {
  const nameOf = (slug: string): string => topics.find((topic) => topic.slug === slug)?.name ?? slug;
  const named = reader.topics.includes(OVERALL) ? 'All topics' : reader.topics.map(nameOf).join(', ');
  const what = followsOnly ? 'Only what they follow' : named;
  return {
    strong: '',
    rest: capitalised(
      `${frequencyWords(wordsOf(null), reader.frequency, reader.weeklyOn)} at ${hourWords(reader.sendHour)}`,
    ),
    small: [`${what} · ${placeOf(reader.timezone)} · ${reader.length} papers`],
  };
}

/** "08:00": the day is said before. */
const HOUR_LENGTH = 5;

function dueFact({ reader, suppression, now, editionHour }: ReaderFacts, times: ReaderTimes, clock: Clock) {
  const everywhere = (moment: Date): string[] => [
    times.moment(moment),
    `= ${moment.toISOString().slice(11, 16)} UTC = ${clock.time(moment).slice(0, HOUR_LENGTH)} here`,
  ];
  const due = comesAt(reader, editionHour);
  if (reader.status === 'active' && due !== null)
    return { strong: '', rest: capitalised(times.day(due)), small: everywhere(due) };
  if (reader.status === 'active' && reader.pausedUntil !== null)
    return { strong: '', rest: `After their rest, ${times.day(reader.pausedUntil)}`, small: [] };
  const barred = suppression !== null && suppression.reopenedAt === null;
  const isBack = barred ? suppression.reason !== 'complained' : reader.status === 'bounced';
  const [first, ...rest] = everywhere(ifBack({ reader, now, editionHour }));
  return {
    strong: '',
    rest: barred || reader.status === 'bounced' ? 'Never, while suppressed' : 'Never, unless they confirm',
    small: isBack ? [`If lifted: ${first}`, ...rest] : [],
  };
}

/** Deliveries, and what came back beside them, the newest first. */
function entriesOf(facts: ReaderFacts, shown: readonly DeliveryRecord[], times: ReaderTimes): TimeLineEntry[] {
  const { feedback, reader, before } = facts;
  const dates = new Set(shown.map(({ date }) => date));
  const oldest = facts.deliveries.length > DELIVERIES_SHOWN ? shown.at(-1)!.updatedAt : null;
  const heard = feedback.filter(
    (one) =>
      !(one.via === 'smtp' && one.digestDate !== null && dates.has(one.digestDate)) &&
      (oldest === null || one.heardAt >= oldest) &&
      (before === null || one.heardAt < new Date(before)),
  );
  return [
    ...shown.map((one) => ({ moment: one.updatedAt, entry: deliveryEntry(one, feedback, reader.id, times) })),
    ...heard.map((one) => ({ moment: one.heardAt, entry: feedbackEntry(one, times) })),
  ]
    .toSorted((a, b) => b.moment.getTime() - a.moment.getTime())
    .map(({ entry }) => entry);
}

const stamp = (moment: Date, times: ReaderTimes) => ({
  iso: moment.toISOString(),
  date: times.date(moment),
  time: times.second(moment),
});

/** In these states the message was made. */
const WAS_MADE: ReadonlySet<DeliveryState> = new Set(['accepted', 'rejected', 'deferred', 'unknown', 'sending']);

function deliveryEntry(
  delivery: DeliveryRecord,
  feedback: readonly FeedbackRecord[],
  id: number,
  times: ReaderTimes,
): TimeLineEntry {
  const { date, since, state, attempts, lastReply, selectionId, updatedAt, frozenAt } = delivery;
  const queueId = queueIdOf(lastReply);
  return {
    ...stamp(updatedAt, times),
    state,
    word: state,
    says: deliveryWords(delivery, feedback, times.at),
    said: lastReply,
    facts: [
      editionWords(since, date),
      state === 'pending' ? '' : `Frozen ${frozenWords(frozenAt, updatedAt, times)}`,
      attempts > 1 ? counted(attempts, 'try', 'tries') : '',
      queueId === null ? '' : `Queue id ${queueId}`,
    ].filter(Boolean),
    message:
      selectionId !== null && WAS_MADE.has(state)
        ? { label: 'The message', href: `/admin/readers/${id}/mail/${date}` }
        : null,
  };
}

/** "at 07:00:12", with the day where it was left or tried on another one. */
function frozenWords(frozenAt: Date, updatedAt: Date, times: ReaderTimes): string {
  const isSameDay = times.date(frozenAt) === times.date(updatedAt);
  return isSameDay ? `at ${times.second(frozenAt)}` : `${times.date(frozenAt)}, ${times.second(frozenAt)}`;
}

/** The relay of an earlier delivery may have been another one: what is told is where to look now. */
const furtherWords = (relays: readonly string[]): string =>
  `What became of a message behind the relay stands in the log of ${listed(relays)}, under its queue id.`;

const dayAndMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** "Edition of 25 May", "Editions of 23 May to 25 May". */
function editionWords(since: string, date: string): string {
  const [first, last] = [addDays(since, 1), date].map((day) => dayAndMonth.format(new Date(day)));
  return first === last ? `Edition of ${last}` : `Editions of ${first} to ${last}`;
}

const KINDS: Readonly<Record<FeedbackRecord['kind'], string>> = {
  hard: 'bounce',
  soft: 'bounce',
  complaint: 'complaint',
  unsubscribe: 'left',
  delivered: 'arrived',
};

const VIA: Readonly<Record<string, string>> = {
  smtp: 'in the relay’s reply',
  inbound: 'by mail to us',
  imap: 'by mail to our mailbox',
  pipe: 'by mail to us',
};

function feedbackEntry(heard: FeedbackRecord, times: ReaderTimes): TimeLineEntry {
  const { kind, reason, via, words, pardoned, heardAt, digestDate } = heard;
  const isBounce = kind === 'hard' || kind === 'soft';
  return {
    ...stamp(heardAt, times),
    state: null,
    word: KINDS[kind],
    says: isBounce ? reasonWords(reason) : FEEDBACK_SAYS[kind],
    said: words,
    facts: [
      `Heard ${VIA[via] ?? `from ${capitalised(via)}`}`,
      digestDate === null ? '' : `of the digest of ${dayAndMonth.format(new Date(digestDate))}`,
      pardoned ? 'counts no longer' : '',
    ].filter(Boolean),
    message: null,
  };
}

const FEEDBACK_SAYS: Readonly<Record<'complaint' | 'unsubscribe' | 'delivered', string>> = {
  complaint: 'They told their provider that it is spam.',
  unsubscribe: 'They asked to leave.',
  delivered: 'Their provider says that it arrived.',
};

/** "65 accepted, 1 skipped; 66 in all". */
function sumsOf(counts: ReaderFacts['counts']): string {
  const states = STATES.filter((state) => (counts[state] ?? 0) > 0);
  if (states.length === 0) return 'Nothing was sent to them yet.';
  const all = states.reduce((sum, state) => sum + counts[state]!, 0);
  return `${states.map((state) => `${figure(counts[state]!)} ${state}`).join(', ')}; ${figure(all)} in all`;
}

function backHint({ feedback, saysInAll, tasteLines, says }: ReaderFacts): string {
  const complained = feedback.some(({ kind }) => kind === 'complaint');
  return [
    complained ? 'They complained.' : 'No complaint, ever.',
    saysInAll > says.length && `They said something of ${figure(saysInAll)} papers.`,
    tasteLines > 0 && `Their taste has ${counted(tasteLines, 'line')}.`,
  ]
    .filter(Boolean)
    .join(' ');
}

const FOLLOWED: Readonly<Record<Follow['kind'], string>> = {
  search: 'searches',
  author: 'authors',
  organisation: 'organisations',
  not: 'things they do not want',
};

/** What they follow, by its number: what it is, is theirs. */
function followWords({ follows, move }: ReaderFacts, times: ReaderTimes): string[] {
  const kinds = [...Map.groupBy(follows, ({ kind }) => kind)].map(
    ([kind, of]) => `${figure(of.length)} ${FOLLOWED[kind]}`,
  );
  const lines = kinds.length === 0 ? [] : [`They follow ${listed(kinds)}.`];
  if (move === null) return lines;
  const waits = [move.isAgreed ? '' : 'the old mailbox', move.isConfirmed ? '' : 'the new one'].filter(Boolean);
  return [
    ...lines,
    `They asked ${times.at(move.askedAt)} to move to another address; it waits for ${listed(waits)} to confirm.`,
  ];
}
