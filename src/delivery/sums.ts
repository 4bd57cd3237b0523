import { addDays, dayOf, daysBetween } from '../day.ts';
import { type Db, transaction } from '../db/client.ts';
import { countActive } from '../db/subscribers.ts';
import {
  datesToSum,
  daySumsSince,
  type DaySum,
  type DigestSum,
  digestSumsSince,
  type Flow,
  flowsSince,
  forgetSums,
  lastDaySums,
  saveDaySums,
  saveDigestSum,
  type Says,
  saysSince,
  sumFeedback,
} from '../db/sums.ts';
import { createTally } from './tally.ts';

/** A digest changes for so long: retries end within a day or two, and an operator settles what is unknown. */
const DIGEST_DAYS = 7;
/** What comes back of a digest comes for so long. */
const FEEDBACK_DAYS = 35;

export interface SumsDeps {
  db: Db;
  now: () => Date;
}

export interface Sums {
  /** Brings all sums up to date; with `again` all is counted anew from the ledger and the readers. */
  count(options?: { again?: boolean; signal?: AbortSignal }): Promise<void>;
}

/**
 * Keeps what each digest came to and how readers came and went, so that a page need not count
 * millions. What has not changed since the last count is not read again.
 */
export function createSums({ db, now }: SumsDeps): Sums {
  const tally = createTally(db);

  async function sumDigests(since: string, signal: AbortSignal | undefined): Promise<void> {
    for (const date of await datesToSum(db, { since })) {
      if (signal?.aborted) return;
      // A tally that is kept remembers a few dates: one of long ago is counted once.
      const { frozen, counts } = await (date >= since ? tally : createTally(db))(date);
      await saveDigestSum(db, { date, frozen, ...counts }, now());
    }
  }

  async function sumDays(today: string): Promise<void> {
    await transaction(db, async (tx) => {
      const [last, before] = await lastDaySums(tx, 2);
      // The last day may have been counted before it was over; one of a day to come is of a wrong clock.
      const from = last === undefined || last.day > today ? null : last.day;
      const flows = withKept(await flowsSince(tx, from), from === null ? null : last!);
      const [says, active] = [await saysSince(tx, from), await countActive(tx)];
      const base = from === null ? null : (before?.active ?? null);
      await saveDaySums(tx, daysFrom({ from, today, base, flows, says, active }), now());
    });
  }

  return {
    async count({ again = false, signal } = {}) {
      if (again) await transaction(db, forgetSums);
      const today = dayOf(now());
      await sumDays(today);
      await sumDigests(addDays(today, -DIGEST_DAYS), signal);
      await sumFeedback(db, again ? null : addDays(today, -FEEDBACK_DAYS));
    },
  };
}

/**
 * Who came or went on the last day and is not written of it any more, because they have come back or
 * were erased since, did so all the same. Pure.
 */
function withKept(flows: ReadonlyMap<string, Flow>, kept: DaySum | null): Map<string, Flow> {
  if (kept === null) return new Map(flows);
  const counted = flows.get(kept.day) ?? NO_FLOW;
  return new Map(flows).set(kept.day, {
    joined: Math.max(kept.joined, counted.joined),
    unsubscribed: Math.max(kept.unsubscribed, counted.unsubscribed),
    bounced: Math.max(kept.bounced, counted.bounced),
    complained: Math.max(kept.complained, counted.complained),
  });
}

const NO_FLOW: Flow = { joined: 0, unsubscribed: 0, bounced: 0, complained: 0 };
const NO_SAYS: Says = { more: 0, less: 0 };
const net = ({ joined, unsubscribed, bounced, complained }: Flow): number =>
  joined - unsubscribed - bounced - complained;

/**
 * The days from `from` (`null`: from the first of which something is known) to today, each with its
 * readers at its end. They always add up: what is not written of any reader, because one was erased
 * or let back, is put to today. Pure.
 */
export function daysFrom({
  from,
  today,
  base,
  flows,
  says,
  active,
}: {
  from: string | null;
  today: string;
  /** Readers before the first day; `null`: not known. */
  base: number | null;
  flows: ReadonlyMap<string, Flow>;
  says: ReadonlyMap<string, Says>;
  active: number;
}): DaySum[] {
  const known = [...flows.keys(), ...says.keys()].filter((day) => day <= today).toSorted();
  const first = from ?? known[0] ?? today;
  const days = Array.from({ length: daysBetween(first, today) + 1 }, (_, i) => addDays(first, i));
  const flowOf = (day: string): Flow => flows.get(day) ?? NO_FLOW;
  let readers = base ?? Math.max(0, active - days.reduce((sum, day) => sum + net(flowOf(day)), 0));
  return days.map((day) => {
    const counted = flowOf(day);
    const flow = day === today ? balanced(counted, active - readers - net(counted)) : counted;
    readers += net(flow);
    return { day, ...flow, active: readers, ...(says.get(day) ?? NO_SAYS) };
  });
}

/** Who is here and did not join was let back; who is gone and did not leave was erased. */
const balanced = (flow: Flow, more: number): Flow =>
  more >= 0 ? { ...flow, joined: flow.joined + more } : { ...flow, unsubscribed: flow.unsubscribed - more };

export const PERIODS = ['day', 'week', 'month'] as const;
export type Period = (typeof PERIODS)[number];

/** A day, week or month of sums. */
export interface PeriodSum extends Flow, Says, Omit<DigestSum, 'date'> {
  /** Its first day, and its last of which something is counted. */
  from: string;
  until: string;
  /** Whether it goes on after `until`. */
  goesOn: boolean;
  /** Readers at its end. */
  active: number;
}

/** How many of each are shown. */
const SHOWN: Readonly<Record<Period, number>> = { day: 30, week: 12, month: 12 };

/** The first day of the period that a day lies in; weeks begin on Monday. Pure. */
export function periodStart(period: Period, day: string): string {
  if (period === 'day') return day;
  if (period === 'month') return `${day.slice(0, 7)}-01`;
  return addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
}

/** The starts of the last periods up to today's, oldest first. Pure. */
export function lastPeriods(period: Period, today: string): string[] {
  const starts = [periodStart(period, today)];
  while (starts.length < SHOWN[period]) starts.unshift(periodStart(period, addDays(starts[0]!, -1)));
  return starts;
}

/**
 * Adds days and digests up by period, oldest first, from the first one of which something is known.
 * Pure.
 */
export function sumsBy(
  period: Period,
  { days, digests, today }: { days: readonly DaySum[]; digests: readonly DigestSum[]; today: string },
): PeriodSum[] {
  const daysOf = Map.groupBy(days, ({ day }) => periodStart(period, day));
  const digestsOf = Map.groupBy(digests, ({ date }) => periodStart(period, date));
  const starts = lastPeriods(period, today);
  const first = starts.findIndex((start) => daysOf.has(start) || digestsOf.has(start));
  return (first === -1 ? [] : starts.slice(first)).map((from, i, shown) => {
    const next = shown[i + 1];
    const own = daysOf.get(from) ?? [];
    const sent = digestsOf.get(from) ?? [];
    const until = next === undefined ? today : addDays(next, -1);
    const add = <Row>(rows: readonly Row[], of: (row: Row) => number): number =>
      rows.reduce((sum, row) => sum + of(row), 0);
    return {
      from,
      until,
      goesOn: next === undefined,
      joined: add(own, (row) => row.joined),
      unsubscribed: add(own, (row) => row.unsubscribed),
      bounced: add(own, (row) => row.bounced),
      complained: add(own, (row) => row.complained),
      more: add(own, (row) => row.more),
      less: add(own, (row) => row.less),
      active: days.findLast(({ day }) => day <= until)?.active ?? 0,
      frozen: add(sent, (row) => row.frozen),
      accepted: add(sent, (row) => row.accepted),
      rejected: add(sent, (row) => row.rejected),
      unknown: add(sent, (row) => row.unknown),
      skipped: add(sent, (row) => row.skipped),
      bounces: add(sent, (row) => row.bounces),
      complaints: add(sent, (row) => row.complaints),
    };
  });
}

/** What is kept of the last periods, added up. */
export async function loadSums(db: Db, period: Period, today: string): Promise<PeriodSum[]> {
  const since = lastPeriods(period, today)[0]!;
  const [days, digests] = [await daySumsSince(db, since), await digestSumsSince(db, since)];
  return sumsBy(period, { days, digests, today });
}

/** So many of a thousand deliveries; `null`: there was none. Pure. */
export const perThousand = (count: number, deliveries: number): number | null =>
  deliveries === 0 ? null : (1000 * count) / deliveries;
