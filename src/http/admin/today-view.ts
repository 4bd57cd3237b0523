import { dayOf, daysBetween } from '../../day.ts';
import { DAY, HOUR } from '../../duration.ts';
import { BECAUSE } from '../../delivery/gate.ts';
import type { Installation } from '../../db/installation.ts';
import { STATES, type Tally } from '../../delivery/tally.ts';
import type { DueHour } from '../../db/tally.ts';
import type { DeliveryState } from '../../db/deliveries.ts';
import { placeOf } from '../../subscribers/wording.ts';
import { firstNeeds, type Need, toMend } from './needs-view.ts';
import type { Clock } from './words.ts';
import { capitalised, counted, figure, listed } from '../../figures.ts';
import { timeLeft, whose } from './words.ts';

/** What the page of today is made of. */
export interface TodayFacts {
  now: Date;
  /** The newest edition, which the newest digests are made of. */
  edition: { date: string; frozenAt: Date; papers: number; sample: boolean } | null;
  /** Whether today's was found to have no papers, or is to come at `editionDue`. */
  isEmpty: boolean;
  editionDue: Date;
  /** Those of SOURCES. */
  sources: readonly string[];
  /** When a source last answered. */
  lastIngest: Date | null;
  tally: Tally | null;
  /** Messages that end a second, `null` while that is not known. */
  pace: number | null;
  /** SMTP_RATE, if it is set. */
  limit: number | null;
  /** Readers by the hour at which they get their next digest, of the coming day. */
  due: readonly DueHour[];
  readers: number;
  needs: readonly Need[];
  /** Why nothing may be sent; `null`: it may. */
  closed: Installation['closed'];
  /** Since when the relay takes no mail; `null`: it does. */
  relayAwaySince: Date | null;
}

export interface TodayView {
  /** The page's one sentence, and how many things need the operator, which it ends with. */
  sentence: string;
  needsWords: string | null;
  /** The sources to ask now, because today's edition waits for them; `null`: it does not. */
  ask: { sources: readonly string[]; hint: string; isFirst: boolean } | null;
  needs: readonly Need[];
  /** What else is worth a look, in a sentence; `null`: all of it is shown. */
  moreLooks: string | null;
  digest: DigestView | null;
  hours: HoursView;
}

export interface DigestView {
  date: string;
  heading: string;
  aside: string;
  left: { says: string; small: string } | null;
  progress: { done: string; of: string; words: string; percent: number; holds: string } | null;
  frozen: string;
  stack: { state: DeliveryState; x: number; width: number; says: string | null }[];
  rows: { state: DeliveryState; count: string; means: string }[];
  balances: boolean;
  canPause: boolean;
  canResume: boolean;
  /** Whom ending it for good touches; `null`: there is nothing to end. */
  cancel: { lead: string; rest: string } | null;
}

export interface HoursView {
  aside: string;
  rows: { hour: string; readers: string; width: number; places: string }[];
  rest: { until: string; readers: string; places: string } | null;
}

export const ended = (counts: Tally['counts']): number =>
  counts.accepted + counts.rejected + counts.skipped + counts.unknown;
/** What goes on by itself; what is deferred waits for its time. */
const underWay = (counts: Tally['counts']): number => counts.pending + counts.sending;

/** Seconds until what is under way has ended; `null` when that cannot be said. */
const secondsLeft = ({ tally, pace }: TodayFacts): number | null =>
  tally === null || pace === null || pace <= 0 ? null : underWay(tally.counts) / pace;

export function todayView(facts: TodayFacts, clock: Clock): TodayView {
  const { tally } = facts;
  const mend = toMend(facts.needs);
  const { shown, more } = firstNeeds(facts.needs);
  return {
    sentence: sentence(facts, clock),
    ask: askView(facts, shown),
    needsWords: mend === 0 ? null : `${counted(mend, 'thing')} ${mend === 1 ? 'needs' : 'need'} you`,
    needs: shown,
    moreLooks: more,
    digest: tally === null || tally.frozen === 0 ? null : digestView(facts, tally, clock),
    hours: hoursView(facts, clock),
  };
}

/** What is done, what follows and by when; the needs come behind it. */
function sentence(facts: TodayFacts, clock: Clock): string {
  const { tally, edition, now, readers, closed } = facts;
  if (closed !== null) return `Nothing is sent: ${BECAUSE[closed.because]}`;
  if (isHeldByRelay(facts)) return relayWords(facts, clock);
  if (edition === null || (tally?.frozen ?? 0) === 0 || isMissed(facts))
    return beforeDigest(facts, laterOf(facts, dayOf(now)), clock);
  const { date, counts, state } = tally!;
  const waiting = underWay(counts) + counts.deferred;
  const had = `${figure(counts.accepted)} ${counts.accepted === 1 ? 'reader has' : 'readers have'}`;
  const name = whose(date, now, 'edition', clock);
  const digest = capitalised(whose(date, now, 'digest', clock));
  if (state === 'cancelled') return `${digest} is cancelled: ${had} it, ${figure(counts.skipped)} do not get it`;
  if (state === 'paused') return `${digest} is paused: ${had} it, ${figure(waiting)} wait for you`;
  if (underWay(counts) > 0) {
    const left = secondsLeft(facts);
    const by = left === null ? '' : ` by ${clock.time(new Date(now.getTime() + left * 1000))}`;
    const follow = underWay(counts) === 1 ? 'follows' : 'follow';
    return `${capitalised(had)} ${name}; ${figure(underWay(counts))} ${follow}${by}`;
  }
  const deferred = counts.deferred > 0 ? [`${figure(counts.deferred)} are tried again`] : [];
  const later = laterOf(facts, date);
  const hours = later > 0 ? [`${figure(later)} have their hour later`] : [];
  const rest = [...deferred, ...hours];
  const all = counts.accepted === readers ? 'all ' : '';
  return (
    `${capitalised(name)} went out to ${all}${counted(counts.accepted, 'reader')}` +
    (rest.length > 0 ? `; ${listed(rest)}` : '')
  );
}

const readersOf = (hours: readonly DueHour[]): number => hours.reduce((sum, { readers }) => sum + readers, 0);

/** How many readers get that day's edition at an hour to come: from the next freeze on hours bring another. */
function laterOf({ due, now, editionDue }: TodayFacts, date: string): number {
  const nextFreeze = editionDue.getTime() + (daysBetween(dayOf(now), date) + 1) * DAY;
  return readersOf(due.filter(({ at }) => at.getTime() < nextFreeze));
}

/** A digest that the operator stopped does not wait for the relay. */
const isHeldByRelay = ({ relayAwaySince, tally }: TodayFacts): boolean =>
  relayAwaySince !== null && (tally === null || tally.state === 'sending');

function relayWords({ relayAwaySince, tally }: TodayFacts, clock: Clock): string {
  const says = `Nothing goes out: the relay has taken no mail since ${clock.time(relayAwaySince!)}`;
  const waiting = tally === null ? 0 : underWay(tally.counts) + tally.counts.deferred;
  return waiting === 0 ? says : `${says}; ${counted(waiting, 'reader waits', 'readers wait')}, and no mail is lost`;
}

/** How long the day before still has the headline after today's edition was due. */
const PATIENCE_MS = HOUR;

const lacksEdition = ({ edition, editionDue, isEmpty, now }: TodayFacts): boolean =>
  isEmpty || (now >= editionDue && (edition === null || edition.date < dayOf(now)));

/** Whether the digest of an earlier day has ended, and there is none for today. */
function isMissed(facts: TodayFacts): boolean {
  const { tally, now, editionDue, isEmpty } = facts;
  if (tally === null || tally.state === 'paused' || underWay(tally.counts) > 0) return false;
  const isLate = isEmpty || now.getTime() - editionDue.getTime() >= PATIENCE_MS;
  return isLate && tally.date < dayOf(now) && lacksEdition(facts);
}

function askView(facts: TodayFacts, shown: readonly Need[]): TodayView['ask'] {
  const { tally, closed, sources } = facts;
  const isSaid = closed === null && !isHeldByRelay(facts) && ((tally?.frozen ?? 0) === 0 || isMissed(facts));
  if (!isSaid || !lacksEdition(facts) || sources.length === 0) return null;
  return {
    sources,
    hint: 'Each source is asked by itself too. The edition is frozen as soon as papers have come.',
    isFirst: !shown.some(({ mark, act }) => mark === 'mend' && act !== undefined),
  };
}

function beforeDigest(
  { edition, isEmpty, editionDue, lastIngest, now, readers }: TodayFacts,
  later: number,
  clock: Clock,
): string {
  const hours =
    readers === 0 ? 'no reader has confirmed yet' : `${counted(later, 'reader has', 'readers have')} their hour later`;
  if (isEmpty) return `There is no edition for today: no new papers came`;
  if (now < editionDue) return `Today’s edition freezes at ${clock.time(editionDue)}; ${hours}`;
  if (edition === null || edition.date < dayOf(now)) {
    const why =
      lastIngest === null ? 'no source has answered yet' : `the sources last answered at ${clock.time(lastIngest)}`;
    return `There is no edition for today: ${why}`;
  }
  return `Today’s edition is ${edition.sample ? 'made of samples until papers come' : 'frozen'}; ${hours}`;
}

function digestView(facts: TodayFacts, tally: Tally, clock: Clock): DigestView {
  const { now, limit } = facts;
  const { date, counts, state, frozen, wave } = tally;
  const waits = underWay(counts) + counts.deferred;
  const isSent = state === 'sending' && underWay(counts) > 0;
  const seconds = isSent ? secondsLeft(facts) : null;
  return {
    date,
    heading: `The digest of ${clock.day(date)} ${stands(state, underWay(counts), counts.deferred)}`,
    aside: 'Frozen hour by hour, as readers’ mornings come',
    left: state === 'paused' ? { says: 'Paused', small: `${figure(waits)} wait for you` } : leftOf(now, seconds, clock),
    progress: isSent && wave !== null ? progressOf(wave, facts.pace, limit, clock) : null,
    frozen: figure(frozen),
    stack: stackOf(counts, frozen),
    rows: STATES.filter((of) => counts[of] > 0).map((of) => ({
      state: of,
      count: figure(counts[of]),
      means: meaning(of, tally, clock, seconds === null ? null : new Date(now.getTime() + seconds * 1000)),
    })),
    balances: tally.balances,
    canPause: state === 'sending' && waits > 0,
    canResume: state === 'paused',
    cancel: state === 'cancelled' || waits === 0 ? null : cancelWords(facts, tally),
  };
}

const leftOf = (now: Date, seconds: number | null, clock: Clock): DigestView['left'] =>
  seconds === null
    ? null
    : {
        says: `${timeLeft(seconds)} left`,
        small: `done at about ${clock.time(new Date(now.getTime() + seconds * 1000))}`,
      };

function stands(state: Tally['state'], left: number, deferred: number): string {
  if (state === 'cancelled') return 'is cancelled';
  if (state === 'paused') return 'is paused';
  if (left > 0) return 'is being sent';
  return deferred > 0 ? 'is out, but for what is tried again' : 'is out';
}

function progressOf(
  { hour, frozen, counts }: NonNullable<Tally['wave']>,
  pace: number | null,
  limit: number | null,
  clock: Clock,
): DigestView['progress'] {
  const done = ended(counts) + counts.deferred;
  const percent = Math.floor((100 * done) / Math.max(1, frozen));
  return {
    done: figure(done),
    of: figure(frozen),
    words: `readers frozen since ${clock.time(hour)}`,
    percent,
    holds: paceWords(pace, limit),
  };
}

/** The pace and what sets it: within a tenth of the limit it is the limit. */
function paceWords(pace: number | null, limit: number | null): string {
  if (pace === null) return 'The pace is known in a few seconds.';
  const says = `${pace < 100 ? pace.toFixed(1) : figure(Math.round(pace))} a second.`;
  if (limit === null) return `${says} No limit of yours holds it back.`;
  return pace > 0.85 * limit
    ? `${says} Your limit of ${figure(limit)} sets the pace, not the relay.`
    : `${says} The relay sets the pace, not your limit of ${figure(limit)}.`;
}

/** A state of one still shows. */
const LEAST_SHARE = 0.4;
const GAP = 0.2;

/** Widths in per cent of the whole, left to right, each big enough to be seen. */
function stackOf(counts: Tally['counts'], frozen: number): DigestView['stack'] {
  const shown = STATES.filter((state) => counts[state] > 0);
  const room = 100 - GAP * (shown.length - 1);
  const wanted = shown.map((state) => Math.max(LEAST_SHARE, (100 * counts[state]) / frozen));
  const sum = wanted.reduce((all, width) => all + width, 0);
  let x = 0;
  return shown.map((state, i) => {
    const width = (wanted[i]! * room) / sum;
    const part = { state, x, width, says: width > 14 ? saysOf(state, counts[state], frozen) : null };
    x += width + GAP;
    return part;
  });
}

const saysOf = (state: DeliveryState, count: number, frozen: number): string =>
  `${state} ${Math.floor((100 * count) / frozen)} %`;

function meaning(state: DeliveryState, tally: Tally, clock: Clock, by: Date | null): string {
  const reasons = tally.reasons[state].map(({ reason, count }) => `${figure(count)} ${reasonWords(state, reason)}`);
  const next = tally.nextDue === null ? '' : ` Tried again from ${clock.time(tally.nextDue)} on.`;
  switch (state) {
    case 'accepted':
      return 'The relay took it.';
    case 'sending':
      return 'On the wire now.';
    case 'pending':
      return tally.state === 'paused'
        ? 'Not yet tried; waits for you.'
        : `Not yet tried${by ? `; by ${clock.time(by)}` : ''}.`;
    case 'deferred':
      return `${capitalised(listed(reasons))}.${next}`;
    case 'rejected':
    case 'skipped':
      return `${capitalised(listed(reasons))}.`;
    case 'unknown':
      return `The answer was lost: ${listed(reasons)}.`;
  }
}

/** Reasons as they are written in the ledger, in words that stand behind a count. */
const REASONS: Readonly<Record<string, string>> = {
  '': 'without a reason',
  'held-back': 'held back to spare their host',
  'warm-up': 'held back while their host gets to know us',
  connection: 'broke off before the message was whole',
  'unknown-user': 'not known to their host',
  expired: 'were refused for a day',
  unsubscribed: 'unsubscribed in time',
  paused: 'pause',
  suppressed: 'are suppressed',
  moved: 'have another address now',
  empty: 'had nothing new',
  restored: 'may have had it before the restore',
  cancelled: 'were cancelled',
  late: 'were too late',
  lost: 'in doubt',
  resent: 'in doubt after being sent twice',
  again: 'are sent once more',
  closed: 'are left as they are',
  answered: 'used a link in it',
  settled: 'came back',
};

function reasonWords(state: DeliveryState, reason: string): string {
  const known = REASONS[reason];
  if (known !== undefined) return known;
  return state === 'deferred' ? `told to come later (${reason})` : `refused (${reason})`;
}

function cancelWords(facts: TodayFacts, { date, counts }: Tally): NonNullable<DigestView['cancel']> {
  const later = laterOf(facts, date);
  const parts = [
    ...(underWay(counts) > 0 ? [`${figure(underWay(counts))} pending`] : []),
    ...(counts.deferred > 0 ? [`${figure(counts.deferred)} deferred`] : []),
    ...(later > 0 ? [`${figure(later)} whose hour comes later`] : []),
  ];
  const whole = underWay(counts) + counts.deferred + later;
  return {
    lead: `${counted(whole, 'reader')} would not get this digest:`,
    rest:
      `${listed(parts)}. The next digest brings them what they missed of its papers. ` +
      'This cannot be taken back; to think it over, pause instead.',
  };
}

/** How many hours are drawn one by one. */
const HOURS_SHOWN = 12;
const MOST_PLACES = 2;

function hoursView({ due, now }: TodayFacts, clock: Clock): HoursView {
  const byHour = Map.groupBy(due, ({ at }) => at.getTime());
  const cut = now.getTime() + HOURS_SHOWN * HOUR;
  const shown = [...byHour].filter(([at]) => at <= cut);
  const rest = due.filter(({ at }) => at.getTime() > cut);
  const most = Math.max(1, ...shown.map(([, hours]) => readersOf(hours)));
  return {
    aside: `${counted(readersOf(due), 'reader')} still to come within a day`,
    rows: shown.map(([at, hours]) => ({
      hour: clock.time(new Date(at)),
      readers: figure(readersOf(hours)),
      width: Math.round((1000 * readersOf(hours)) / most) / 10,
      places: placesOf(hours),
    })),
    rest:
      rest.length === 0
        ? null
        : {
            until: clock.time(new Date(now.getTime() + DAY)),
            readers: figure(readersOf(rest)),
            places: placesOf(rest),
          },
  };
}

const placesOf = (hours: readonly DueHour[]): string =>
  [...Map.groupBy(hours, ({ timezone }) => placeOf(timezone))]
    .map(([place, of]) => ({ place, readers: of.reduce((sum, { readers }) => sum + readers, 0) }))
    .toSorted((a, b) => b.readers - a.readers)
    .slice(0, MOST_PLACES)
    .map(({ place }) => place)
    .join(', ');
