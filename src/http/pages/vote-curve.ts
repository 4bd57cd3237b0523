import { DAY, HOUR } from '../../duration.ts';
import type { Words } from '../../words/words.ts';

/** A number of votes at a moment. */
export interface Observed {
  at: Date;
  value: number;
}

/** A drawing of votes over time, ready for its template; all numbers are of its coordinates. */
export interface CurveView {
  width: number;
  height: number;
  base: number;
  /** "4,112 14.5,107.6" */
  run: string;
  /** The same of the middle paper of its list, where there is one. */
  middle: { points: string; y: number } | null;
  end: { x: number; y: number; value: string };
  /** `anchor`: how its words stand to the mark. */
  ticks: { x: number; label: string; anchor: string }[];
  /** What is to be seen, in words. */
  told: string;
}

const WIDTH = 328;
const HEIGHT = 134;
const LEFT = 4;
const RIGHT = 284;
const TOP = 16;
const BASE = 112.5;
const MOST_TICKS = 5;
/** Two words of the right edge need so much room between them. */
const LEAST_APART = 14;

/**
 * Draws how votes came: the first observation left, the newest right. `null` where there is no line
 * to draw. `middle` is of the same moments.
 */
export function curveOf(words: Words, run: readonly Observed[], middle: readonly Observed[] = []): CurveView | null {
  const [first] = run;
  const last = run.at(-1);
  if (first === undefined || last === undefined || last.at.getTime() - first.at.getTime() < HOUR) return null;
  const top = Math.max(...run.map(({ value }) => value), ...middle.map(({ value }) => value), 1);
  const span = last.at.getTime() - first.at.getTime();
  const x = (at: Date): number => round(LEFT + ((at.getTime() - first.at.getTime()) / span) * (RIGHT - LEFT));
  const y = (value: number): number => round(BASE - 0.5 - (value / top) * (BASE - TOP));
  const points = (line: readonly Observed[]): string => line.map(({ at, value }) => `${x(at)},${y(value)}`).join(' ');
  const end = { x: x(last.at), y: y(last.value), value: words.number(last.value) };
  const usual = middle.at(-1);
  return {
    width: WIDTH,
    height: HEIGHT,
    base: BASE,
    run: points(run),
    middle: usual === undefined ? null : { points: points(middle), y: labelY(y(usual.value), end.y) },
    end,
    ticks: ticksOf(words, first.at, last.at).map(({ at, label }) => ({ x: x(at), label, anchor: anchorOf(x(at)) })),
    told: toldOf(words, { run, last: last.value, usual: usual?.value }),
  };
}

function toldOf(
  words: Words,
  { run, last, usual }: { run: readonly Observed[]; last: number; usual: number | undefined },
): string {
  const days = { from: words.date('short', run[0]!.at), until: words.date('short', run.at(-1)!.at) };
  const half = halfWay(run);
  return [
    words.t('curve-days', days),
    ...(half === null ? [] : [words.t('curve-after-a-day', { votes: half })]),
    usual === undefined ? words.t('curve-end', { votes: last }) : words.t('curve-middle', { votes: last, usual }),
  ].join(' ');
}

const round = (number: number): number => Math.round(number * 10) / 10;
const anchorOf = (x: number): string => (x < LEFT + 16 ? 'start' : 'middle');

/** Beside the end of its line, but clear of the number of votes. */
const labelY = (y: number, taken: number): number => (Math.abs(y - taken) < LEAST_APART ? taken + LEAST_APART : y);

/** How many there were after a day; `null` where no day has gone by. */
function halfWay(run: readonly Observed[]): number | null {
  const day = run[0]!.at.getTime() + DAY;
  if (run.at(-1)!.at.getTime() <= day) return null;
  return run.findLast(({ at }) => at.getTime() <= day)!.value;
}

/** The midnights of some days; of a long time the days by date, of a short one by name. */
function ticksOf(words: Words, from: Date, until: Date): { at: Date; label: string }[] {
  const days = Math.ceil((until.getTime() - from.getTime()) / DAY);
  const step = Math.max(1, Math.ceil(days / MOST_TICKS));
  const style = days > 6 ? 'least' : 'nameBrief';
  const midnight = Math.ceil(from.getTime() / DAY) * DAY;
  const found: Date[] = [];
  for (let at = midnight; at <= until.getTime(); at += step * DAY) found.push(new Date(at));
  // The first day has its name too, where there is room before its end.
  if (midnight - from.getTime() > (until.getTime() - from.getTime()) / 6) found.unshift(from);
  return found.map((at) => ({ at, label: words.date(style, at) }));
}

/** The middle of the values that each of these papers had at each moment; before its first one, none. */
export function middleOf(moments: readonly Date[], papers: readonly (readonly Observed[])[]): Observed[] {
  return moments.map((at) => {
    const values = papers.map((line) => line.findLast((one) => one.at <= at)?.value ?? 0).toSorted((a, b) => a - b);
    const half = Math.floor(values.length / 2);
    const value = values.length % 2 === 1 ? values[half]! : (values[half - 1]! + values[half]!) / 2;
    return { at, value };
  });
}
