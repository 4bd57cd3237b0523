import { perThousand, type Period, type PeriodSum } from '../../delivery/sums.ts';
import { daysBetween, startOf } from '../../day.ts';
import { barChart, type Drawing, lineChart, type LineInput } from './chart.ts';
import { capitalised, counted, figure, listed } from '../../figures.ts';
import type { Clock } from './words.ts';

export interface NumbersFacts {
  period: Period;
  sums: readonly PeriodSum[];
  /** When they were last brought up to date. */
  countedAt: Date | null;
  /** How often readers want their digest. */
  frequencies: readonly { frequency: string; readers: number }[];
}

export interface NumbersView {
  kicker: string;
  periods: { label: string; href: string; here: boolean }[];
  csv: string;
  sentence: string;
  counted: string | null;
  figures: { name: string; value: string; unit?: string; small: string }[];
  readers: { aside: string; chart: Chart; flow: { caption: string; chart: Chart }; table: SumsTable } | null;
  deliveries: { aside: string; chart: Chart; table: SumsTable } | null;
  rates: { aside: string; panels: { name: string; caption: string; chart: Chart }[]; table: SumsTable } | null;
}

/** The same drawing for a wide page and for a phone. */
export interface Chart {
  wide: Drawing;
  narrow: Drawing;
}

export interface SumsTable {
  label: string;
  first: string;
  /** Trusted markup of ours: long words may break. */
  columns: string[];
  rows: { name: string; cells: string[] }[];
  total: string[] | null;
  strongLast: boolean;
}

const NARROW = 354;
const BESIDE_TABLE = 568;
const IN_PAIRS = 516;
/** Complaints of a thousand deliveries from which mail hosts turn mail away. */
const COMPLAINT_LIMIT = 1;

const NAMES: Readonly<Record<Period, { one: string; label: string }>> = {
  day: { one: 'Day', label: '30 days' },
  week: { one: 'Week', label: '12 weeks' },
  month: { one: 'Month', label: '12 months' },
};

/** The page of numbers, made of sums by period. Pure. */
export function numbersView(facts: NumbersFacts, clock: Clock): NumbersView {
  const { period, sums, countedAt } = facts;
  const now = sums.at(-1);
  const hasDigests = sums.some(({ frozen }) => frozen > 0);
  return {
    kicker: now === undefined ? 'No day is counted yet' : spanOf(sums),
    periods: (Object.keys(NAMES) as Period[]).map((name) => ({
      label: NAMES[name].label,
      href: `/admin/numbers?by=${name}`,
      here: name === period,
    })),
    csv: `/admin/numbers.csv?by=${period}`,
    sentence: sentence(facts),
    counted: countedAt === null ? null : `Counted at ${clock.time(countedAt)}, by days of UTC.`,
    figures: now === undefined ? [] : figuresOf(facts, now),
    readers: now === undefined ? null : readersPart(facts),
    deliveries: hasDigests ? deliveriesPart(facts) : null,
    rates: hasDigests ? ratesPart(facts) : null,
  };
}

const gone = ({ unsubscribed, bounced, complained }: PeriodSum): number => unsubscribed + bounced + complained;
const total = (sums: readonly PeriodSum[], of: (sum: PeriodSum) => number): number =>
  sums.reduce((sofar, sum) => sofar + of(sum), 0);

function sentence({ period, sums }: NumbersFacts): string {
  const now = sums.at(-1);
  if (now === undefined) return 'Nothing is counted yet; the first count comes within ten minutes.';
  const before = sums.at(-2);
  const change = before === undefined ? null : now.active - before.active;
  const since = before === undefined ? '' : ` than at the end of ${fullName(period, before)}`;
  const readers = capitalised(counted(now.active, 'reader'));
  return `${readers}${changeWords(change, since)}; ${turnover(
    total(sums, (sum) => sum.joined),
    total(sums, gone),
  )}.`;
}

function changeWords(change: number | null, since: string): string {
  if (change === null) return '';
  if (change === 0) return since.replace(' than at', ', as many as at');
  return `, ${figure(Math.abs(change))} ${change > 0 ? 'more' : 'fewer'}${since}`;
}

/** "for each one who goes, eight come". */
function turnover(joined: number, left: number): string {
  if (joined === 0 && left === 0) return 'none came and none went';
  if (left === 0) return `${counted(joined, 'has come', 'have come')} and none has gone`;
  if (joined === 0) return `${counted(left, 'has gone', 'have gone')} and none has come`;
  if (joined >= left) return `for each one who goes, ${counted(Math.round(joined / left), 'comes', 'come')}`;
  return `for each one who comes, ${counted(Math.round(left / joined), 'goes', 'go')}`;
}

const SHORT = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const LONG = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' });
const MONTH = new Intl.DateTimeFormat('en-GB', { month: 'short', timeZone: 'UTC' });
const LONG_MONTH = new Intl.DateTimeFormat('en-GB', { month: 'long', timeZone: 'UTC' });
const short = (day: string): string => SHORT.format(startOf(day));
const monthOf = (day: string): string => MONTH.format(startOf(day));
const dayNumber = (day: string): string => String(Number(day.slice(8)));

/** "June 2025 to 26 May 2026". */
function spanOf(sums: readonly PeriodSum[]): string {
  const [first] = sums;
  const last = sums.at(-1)!;
  const years = first!.from.slice(0, 4) === last.until.slice(0, 4) ? '' : ` ${first!.from.slice(0, 4)}`;
  return `${LONG.format(startOf(first!.from))}${years} to ${LONG.format(startOf(last.until))} ${last.until.slice(0, 4)}`;
}

/** "1–26 May", "Apr", "Jan 2026" of a month; "25–31 May" of a week; "27 May" of a day. */
function rowName(period: Period, { from, until, goesOn }: PeriodSum, isFirst: boolean): string {
  if (period === 'day' || from === until) return short(from);
  if (period === 'month' && !goesOn)
    return isFirst || from.slice(5, 7) === '01' ? `${monthOf(from)} ${from.slice(0, 4)}` : monthOf(from);
  const start = from.slice(0, 7) === until.slice(0, 7) ? dayNumber(from) : short(from);
  return `${start}–${short(until)}`;
}

/** Below a mark of a chart: short, and without what the table says. */
const markName = (period: Period, { from }: PeriodSum): string => (period === 'month' ? monthOf(from) : short(from));

/** In a sentence: "April", "24 May", "the week to 24 May". */
function fullName(period: Period, { from, until }: PeriodSum): string {
  if (period === 'month') return LONG_MONTH.format(startOf(from));
  return period === 'day' ? LONG.format(startOf(from)) : `the week to ${LONG.format(startOf(until))}`;
}

const THIS: Readonly<Record<Period, (sum: PeriodSum) => string>> = {
  day: ({ from }) => `on ${LONG.format(startOf(from))}`,
  week: () => 'this week',
  month: ({ from }) => `in ${LONG_MONTH.format(startOf(from))}`,
};

const HABITS: Readonly<Record<string, string>> = { daily: 'every day', weekdays: 'on weekdays', weekly: 'once a week' };

const rate = (value: number | null): string => (value === null ? '–' : value.toFixed(value >= 9.95 ? 1 : 2));

function figuresOf({ period, sums, frequencies }: NumbersFacts, now: PeriodSum): NumbersView['figures'] {
  // A day has just begun when it is looked at: the newest with digests tells more.
  const told = sums.findLast(({ frozen }) => frozen > 0) ?? now;
  const when = THIS[period](told);
  const habits = frequencies.map(({ frequency, readers }) => `${figure(readers)} ${HABITS[frequency] ?? frequency}`);
  const deliveries = figure(told.frozen);
  return [
    { name: 'Readers', value: figure(now.active), small: listed(habits) },
    told.frozen === 0
      ? { name: `Accepted ${when}`, value: '–', small: 'No digest has gone out' }
      : {
          name: `Accepted ${when}`,
          value: percent(told.accepted, told.frozen),
          small: `${figure(told.accepted)} of ${deliveries} deliveries`,
        },
    {
      name: `Complaints ${when}`,
      value: rate(perThousand(told.complaints, told.frozen)),
      unit: 'per 1,000',
      small: `${counted(told.complaints, 'reader')}; at ${COMPLAINT_LIMIT}, mail hosts begin to refuse`,
    },
    {
      name: `“More like this” ${when}`,
      value: figure(told.more),
      small: `${rate(perThousand(told.more, told.frozen))} per 1,000 deliveries; ${figure(told.less)} “not for me”`,
    },
  ];
}

/** Never rounded up to all. */
const percent = (part: number, whole: number): string =>
  `${(Math.floor((10_000 * part) / whole) / 100).toFixed(part === whole ? 0 : 2)} %`;

/** Two sizes of one drawing. */
const sizes = (wide: number, heights: readonly [number, number], draw: (width: number, height: number) => Drawing) => ({
  wide: draw(wide, heights[0]),
  narrow: draw(NARROW, heights[1]),
});

const goesOn = (sums: readonly PeriodSum[]): boolean => sums.at(-1)?.goesOn ?? false;
const newestFirst = <Row>(rows: readonly Row[]): Row[] => rows.toReversed();

function tableOf(
  { period, sums }: NumbersFacts,
  table: Pick<SumsTable, 'label' | 'columns' | 'total' | 'strongLast'>,
  cells: (sum: PeriodSum) => string[],
): SumsTable {
  return {
    ...table,
    first: NAMES[period].one,
    rows: newestFirst(sums.map((sum, i) => ({ name: rowName(period, sum, i === 0), cells: cells(sum) }))),
  };
}

function readersPart(facts: NumbersFacts): NonNullable<NumbersView['readers']> {
  const { period, sums } = facts;
  const labels = sums.map((sum) => markName(period, sum));
  const net = total(sums, (sum) => sum.joined) - total(sums, gone);
  const least = { joined: sums.map(({ joined }) => joined), gone: sums.map(gone) };
  const last = sums.at(-1)!;
  return {
    aside: `At the end of each ${NAMES[period].one.toLowerCase()}`,
    chart: sizes(BESIDE_TABLE, [300, 230], (width, height) =>
      lineChart({
        width,
        height,
        labels,
        values: sums.map(({ active }) => active),
        goesOn: goesOn(sums),
        say: figure,
        saysFirst: true,
      }),
    ),
    flow: {
      caption: 'Who joined, and who went',
      chart: sizes(BESIDE_TABLE, [280, 260], (width, height) =>
        barChart({
          width,
          height,
          labels,
          goesOn: goesOn(sums),
          say: figure,
          upper: { parts: [{ kind: 'bar', says: `joined ${figure(last.joined)}`, values: least.joined }] },
          lower: {
            title: 'Went, on a scale of its own',
            parts: [{ kind: 'rej', says: `went ${figure(gone(last))}`, values: least.gone }],
          },
        }),
      ),
    },
    table: tableOf(
      facts,
      {
        label: `Readers by ${NAMES[period].one.toLowerCase()}`,
        columns: ['Joined', 'Left', 'Bounced', '<abbr title="Complained">Compl.</abbr>', 'Readers'],
        strongLast: true,
        total: [
          figure(total(sums, (sum) => sum.joined)),
          figure(total(sums, (sum) => sum.unsubscribed)),
          figure(total(sums, (sum) => sum.bounced)),
          figure(total(sums, (sum) => sum.complained)),
          `${net < 0 ? '−' : '+'}${figure(Math.abs(net))}`,
        ],
      },
      (sum) => [sum.joined, sum.unsubscribed, sum.bounced, sum.complained, sum.active].map(figure),
    ),
  };
}

function deliveriesPart(facts: NumbersFacts): NonNullable<NumbersView['deliveries']> {
  const { period, sums } = facts;
  const last = sums.at(-1)!;
  const waiting = (sum: PeriodSum): number => sum.frozen - sum.accepted - sum.rejected - sum.skipped - sum.unknown;
  const hasWaiting = sums.some((sum) => waiting(sum) > 0);
  const part = (kind: string, name: string, of: (sum: PeriodSum) => number) => ({
    kind,
    says: `${name} ${figure(of(last))}`,
    values: sums.map(of),
  });
  const rare = Math.max(...sums.map((sum) => sum.frozen - sum.accepted));
  const times = Math.max(...sums.map(({ accepted }) => accepted)) / Math.max(1, rare);
  const cells = (sum: Pick<PeriodSum, 'accepted' | 'rejected' | 'skipped' | 'unknown' | 'frozen'>): string[] => [
    figure(sum.accepted),
    figure(sum.rejected),
    figure(sum.skipped),
    figure(sum.unknown),
    ...(hasWaiting ? [figure(waiting(sum as PeriodSum))] : []),
    figure(sum.frozen),
  ];
  const all = {
    accepted: total(sums, (sum) => sum.accepted),
    rejected: total(sums, (sum) => sum.rejected),
    skipped: total(sums, (sum) => sum.skipped),
    unknown: total(sums, (sum) => sum.unknown),
    frozen: total(sums, (sum) => sum.frozen),
  };
  return {
    aside: `By outcome, by ${NAMES[period].one.toLowerCase()} of the digest`,
    chart: sizes(BESIDE_TABLE, [410, 360], (width, height) =>
      barChart({
        width,
        height,
        labels: sums.map((sum) => markName(period, sum)),
        goesOn: goesOn(sums),
        say: figure,
        upper: {
          parts: [{ kind: 'bar', says: 'accepted', values: sums.map(({ accepted }) => accepted) }],
          small: [
            figure(last.accepted),
            ...(last.goesOn && period !== 'day'
              ? [`in ${counted(daysBetween(last.from, last.until) + 1, 'day')}`]
              : []),
          ],
        },
        lower: {
          title: times >= 2 ? `Not accepted, about ${roundTimes(times)} times magnified` : 'Not accepted',
          parts: [
            part('skp', 'skipped', ({ skipped }) => skipped),
            part('rej', 'rejected', ({ rejected }) => rejected),
            part('unk', 'unknown', ({ unknown }) => unknown),
            ...(hasWaiting ? [part('wai', 'waiting', waiting)] : []),
          ],
        },
      }),
    ),
    table: tableOf(
      facts,
      {
        label: `Deliveries by ${NAMES[period].one.toLowerCase()}`,
        columns: [
          'Accepted',
          'Re&shy;jected',
          'Skip&shy;ped',
          'Un&shy;known',
          ...(hasWaiting ? ['Waiting'] : []),
          'Frozen',
        ],
        strongLast: true,
        total: cells(all),
      },
      cells,
    ),
  };
}

/** To one digit: the eye reads no more of it. */
const roundTimes = (times: number): string => {
  const unit = 10 ** Math.floor(Math.log10(times));
  return figure(Math.round(times / unit) * unit);
};

function ratesPart(facts: NumbersFacts): NonNullable<NumbersView['rates']> {
  const { period, sums } = facts;
  const bounces = sums.map((sum) => perThousand(sum.bounces, sum.frozen));
  const complaints = sums.map((sum) => perThousand(sum.complaints, sum.frozen));
  const left = sums.map((sum) => perThousand(sum.unsubscribed, sum.frozen));
  const more = sums.map((sum) => perThousand(sum.more, sum.frozen));
  const less = sums.map((sum) => perThousand(sum.less, sum.frozen));
  const panel = (
    name: string,
    caption: string,
    values: readonly (number | null)[],
    extra: Partial<Pick<LineInput, 'limit' | 'beside'>> = {},
  ) => ({
    name,
    caption,
    chart: sizes(IN_PAIRS, [156, 156], (width, height) =>
      lineChart({
        width,
        height,
        labels: sums.map((sum) => markName(period, sum)),
        values,
        goesOn: goesOn(sums),
        say: (value) => rate(value),
        mark: String,
        ...extra,
      }),
    ),
  });
  const settled = (values: readonly (number | null)[]): (number | null)[] =>
    goesOn(sums) ? values.slice(0, -1) : [...values];
  return {
    aside: goesOn(sums) ? `${rowName(period, sums.at(-1)!, false)} goes on, dotted` : '',
    panels: [
      panel('Bounces', `are ${trendOf(settled(bounces))}`, bounces),
      panel('Complaints', limitWords(complaints), complaints, {
        limit: { at: COMPLAINT_LIMIT, says: `${COMPLAINT_LIMIT}: mail hosts begin to refuse` },
      }),
      panel('Unsubscribes', `are ${trendOf(settled(left))}`, left),
      panel('“More like this”', `is pressed ${OFTEN[trendOf(settled(more))]}; pale: “not for me”`, more, {
        beside: { values: less, says: rate(less.at(-1) ?? null) },
      }),
    ],
    table: tableOf(
      facts,
      {
        label: `Rates by ${NAMES[period].one.toLowerCase()}`,
        columns: ['Bounces', 'Complaints', 'Unsub&shy;scribes', '“More like this”', '“Not for me”'],
        strongLast: false,
        total: null,
      },
      (sum) => {
        const i = sums.indexOf(sum);
        return [bounces, complaints, left, more, less].map((values) => rate(values[i]!));
      },
    ),
  };
}

export type Trend = 'rising' | 'falling' | 'steady';
const OFTEN: Readonly<Record<Trend, string>> = {
  rising: 'more and more often',
  falling: 'less and less often',
  steady: 'as often as before',
};
/** A change of less than this share is none. */
const NOTABLE = 0.15;
const LEAST_HALF = 2;

/** Whether the later half of the values lies above the earlier one, below it, or neither. Pure. */
export function trendOf(values: readonly (number | null)[]): Trend {
  const known = values.filter((value) => value !== null);
  const half = Math.floor(known.length / 2);
  if (half < LEAST_HALF) return 'steady';
  const mean = (part: readonly number[]): number => part.reduce((sum, value) => sum + value, 0) / part.length;
  const [before, after] = [mean(known.slice(0, half)), mean(known.slice(-half))];
  const change = (after - before) / Math.max(before, after, Number.MIN_VALUE);
  if (Math.abs(change) < NOTABLE) return 'steady';
  return change > 0 ? 'rising' : 'falling';
}

function limitWords(values: readonly (number | null)[]): string {
  const most = Math.max(0, ...values.map((value) => value ?? 0));
  if (most >= COMPLAINT_LIMIT) return 'have passed the line';
  return most > COMPLAINT_LIMIT / 2 ? 'come near the line' : 'are far below the line';
}

const COLUMNS = [
  ['from', ({ from }: PeriodSum) => from],
  ['until', ({ until }: PeriodSum) => until],
  ['readers', ({ active }: PeriodSum) => active],
  ['joined', ({ joined }: PeriodSum) => joined],
  ['unsubscribed', ({ unsubscribed }: PeriodSum) => unsubscribed],
  ['bounced', ({ bounced }: PeriodSum) => bounced],
  ['complained', ({ complained }: PeriodSum) => complained],
  ['frozen', ({ frozen }: PeriodSum) => frozen],
  ['accepted', ({ accepted }: PeriodSum) => accepted],
  ['rejected', ({ rejected }: PeriodSum) => rejected],
  ['skipped', ({ skipped }: PeriodSum) => skipped],
  ['unknown', ({ unknown }: PeriodSum) => unknown],
  ['bounces', ({ bounces }: PeriodSum) => bounces],
  ['complaints', ({ complaints }: PeriodSum) => complaints],
  ['more_like_this', ({ more }: PeriodSum) => more],
  ['not_for_me', ({ less }: PeriodSum) => less],
] as const;

/** All of it as CSV, newest first: figures and dates, which need no quotes. */
export const numbersCsv = (sums: readonly PeriodSum[]): string =>
  [COLUMNS.map(([name]) => name), ...newestFirst(sums).map((sum) => COLUMNS.map(([, of]) => of(sum)))]
    .map((row) => `${row.join(',')}\r\n`)
    .join('');
