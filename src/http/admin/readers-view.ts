import type { SubscriberRow } from '../../db/subscribers.ts';
import { AppError } from '../../errors.ts';
import { maskAddress, normaliseAddress } from '../../subscribers/address.ts';
import { frequencyWords, hourWords, placeOf } from '../../subscribers/wording.ts';
import { wordsOf } from '../../words/words.ts';
import { LISTED_STATES, type Status } from '../../subscriber.ts';
import type { Kept } from './kept.ts';
import { capitalised, counted, figure, listed } from '../../figures.ts';
import type { Clock } from './words.ts';

/** What an operator looks for: a number, a whole address, or a part of one. */
export type Asked = { by: 'number'; id: number } | { by: 'address'; email: string } | { by: 'part'; part: string };

/** A domain of the public internet, for which an address may be taken for whole. */
const WHOLE = /@[^@]+\.[a-z0-9-]{2,}$/i;

/** Reads what was typed or pasted, as "No. 20418", "Maria <maria@example.org>" or "@example.org". Pure. */
export function askedFor(typed: string): Asked {
  const text = /<([^<>]+@[^<>]+)>/.exec(typed)?.[1] ?? typed.replace(/^mailto:/i, '');
  const part = text.trim();
  const number = /^(?:no\.?|#)?\s*(\d{1,15})$/i.exec(part)?.[1];
  if (number !== undefined) return { by: 'number', id: Number(number) };
  if (!WHOLE.test(part)) return { by: 'part', part };
  try {
    return { by: 'address', email: normaliseAddress(part) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { by: 'part', part };
  }
}

/** What is listed: the readers of a state, or what a search found. */
export interface Listing {
  status: Status | null;
  part: string | null;
  /** Whether it goes on from an earlier page. */
  isFurther: boolean;
  readers: readonly SubscriberRow[];
  /** Those before this number come next; `null`: there are no more. */
  next: number | null;
}

export interface ReadersView {
  sentence: string;
  deck: string;
  counted: string;
  tabs: { label: string; href: string; here: boolean }[];
  part: string | null;
  heading: string;
  aside: string;
  rows: { href: string; number: string; address: string; state: string; choices: string; since: string }[];
  older: string | null;
  further: { label: string; before: number } | null;
}

type Counts = Partial<Record<Status, number>>;

export function readersView(
  { counts, listing, now }: { counts: Kept<Counts>; listing: Listing; now: Date },
  clock: Clock,
): ReadersView {
  const { status, part, readers, next } = listing;
  const of = (state: Status): number => counts.value[state] ?? 0;
  return {
    sentence: sentence(of),
    deck: deck(of),
    counted: `Counted at ${clock.time(counts.at)}`,
    tabs: [
      { label: 'All', href: '/admin/readers#list', here: status === null && part === null },
      ...LISTED_STATES.filter((state) => of(state) > 0 || state === status).map((state) => ({
        label: `${capitalised(state)} ${figure(of(state))}`,
        href: `/admin/readers?state=${state}#list`,
        here: status === state && part === null,
      })),
    ],
    part,
    heading: headingOf(listing),
    aside: asideOf(listing),
    rows: readers.map((reader) => rowOf(reader, now, clock)),
    older:
      next === null || part !== null
        ? null
        : `/admin/readers?${status === null ? '' : `state=${status}&`}before=${next}#list`,
    further: next === null || part === null ? null : { label: furtherLabel(listing), before: next },
  };
}

type CountOf = (state: Status) => number;

/** "18,412 readers are active; 204 have yet to confirm; nothing needs you." */
function sentence(of: CountOf): string {
  if (LISTED_STATES.every((state) => of(state) === 0))
    return 'There is no reader yet: the form on the site takes them.';
  const active = `${capitalised(counted(of('active'), 'reader'))} ${of('active') === 1 ? 'gets' : 'get'} the digest`;
  const pending = of('pending') > 0 ? `; ${counted(of('pending'), 'has', 'have')} yet to confirm` : '';
  return `${active}${pending}.`;
}

function deck(of: CountOf): string {
  const gone = [
    of('unsubscribed') > 0 && `${figure(of('unsubscribed'))} left`,
    of('bounced') > 0 && `${figure(of('bounced'))} bounced`,
    of('complained') > 0 && `${figure(of('complained'))} complained`,
    of('erased') > 0 && `${figure(of('erased'))} were erased`,
  ].filter((words) => words !== false);
  const words = gone.length === 0 ? 'No reader has left.' : `${listed(gone)}.`;
  return `${capitalised(words)} To learn why no mail came, find the reader by the address they write from.`;
}

function headingOf({ status, part }: Listing): string {
  if (part !== null) return 'Found';
  return status === null ? 'The newest readers' : `Readers who are ${status}`;
}

function asideOf({ part, readers, next, isFurther }: Listing): string {
  if (part === null) return isFurther ? 'Going on, the newest first' : 'The newest first';
  if (next === null)
    return readers.length === 0 ? 'Not one address holds that' : `${counted(readers.length, 'reader')}`;
  return `${counted(readers.length, 'reader')} from no. ${figure(next)} on`;
}

const furtherLabel = ({ readers }: Listing): string => (readers.length === 0 ? 'Look further' : 'Look for more');

function rowOf(reader: SubscriberRow, now: Date, clock: Clock): ReadersView['rows'][number] {
  const { id, email, status, frequency, weeklyOn, sendHour, timezone, pausedUntil } = reader;
  const since = reader.endedAt ?? reader.confirmedAt ?? reader.createdAt;
  const rests = status === 'active' && pausedUntil !== null && pausedUntil > now;
  return {
    href: `/admin/readers/${id}`,
    number: String(id),
    address: status === 'erased' ? '' : maskAddress(email),
    state: rests ? 'active, rests' : status,
    choices: `${frequencyWords(wordsOf(null), frequency, weeklyOn)} at ${hourWords(sendHour)}, ${placeOf(timezone)}`,
    since: clock.day(clock.date(since)),
  };
}
