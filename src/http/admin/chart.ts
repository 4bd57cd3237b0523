import { scaleBand, scaleLinear, scalePoint } from 'd3-scale';
import { line, stack, stackOffsetDiverging } from 'd3-shape';

/** A drawing ready for its template; all numbers are of its coordinates. */
export interface Drawing {
  width: number;
  height: number;
  /** Hairlines, which bars stand before. */
  grid: string[];
  paths: { kind: string; d: string }[];
  bars: { kind: string; x: number; y: number; width: number; height: number }[];
  dots: { x: number; y: number }[];
  words: Words[];
}

interface Words {
  kind: string;
  x: number;
  y: number;
  says: string;
  anchor?: 'start' | 'middle' | 'end';
}

/** A word of 12 px has about so many to a letter, and some room after it. */
const LETTER = 6.7;
const ROOM = 20;
/** A part of one still shows. */
const LEAST_HEIGHT = 1;
/** For the figure at the end of a line. */
const ROOM_AT_END = 44;

const round = (number: number): number => Math.round(number * 10) / 10;

const start = (width: number, height: number): Drawing => ({
  width,
  height,
  grid: [],
  paths: [],
  bars: [],
  dots: [],
  words: [],
});

/** The names of every so many places that have room, the last one always. */
function named(labels: readonly string[], step: number): { label: string; place: number }[] {
  const widest = Math.max(...labels.map((label) => label.length)) * LETTER + ROOM;
  const every = Math.max(1, Math.ceil(widest / step));
  return labels
    .map((label, place) => ({ label, place }))
    .filter(({ place }) => (labels.length - 1 - place) % every === 0);
}

interface Panel {
  top: number;
  base: number;
  right: number;
}

/** The scale of a panel from 0, with a line for each round figure above it. */
function gridded(drawing: Drawing, { top, base, right }: Panel, most: number, say: (value: number) => string) {
  const y = scaleLinear([0, most || 1], [base, top]).nice(3);
  for (const tick of y.ticks(3).filter((value) => value > 0)) {
    const at = round(y(tick));
    drawing.grid.push(`M0 ${at}H${right}`);
    drawing.words.push({ kind: '', x: 0, y: at - 5, says: say(tick) });
  }
  drawing.paths.push({ kind: 'base', d: `M0 ${base}H${right}` });
  return y;
}

export interface LineInput {
  width: number;
  height: number;
  /** `null`: there was nothing to measure by. */
  values: readonly (number | null)[];
  labels: readonly string[];
  /** Whether the last value is of a time that goes on. */
  goesOn: boolean;
  say: (value: number) => string;
  /** What the scale is marked with, where that is written otherwise. */
  mark?: (value: number) => string;
  /** A limit that matters, and what happens there. */
  limit?: { at: number; says: string };
  /** Whether the first value is written too. */
  saysFirst?: boolean;
  /** A second line, fainter, and the word at its end. */
  beside?: { values: readonly (number | null)[]; says: string };
}

/** A line over time; its last value is written out, and dotted where its time goes on. */
export function lineChart(input: LineInput): Drawing {
  const { width, height, values, labels, goesOn, say, mark = say, limit, saysFirst = false, beside } = input;
  const drawing = start(width, height);
  const base = height - 26;
  const end = width - 8 - (saysFirst ? 0 : ROOM_AT_END + (beside ? ROOM_AT_END : 0));
  const known = [...values, ...(beside?.values ?? [])].flatMap((value) => (value === null ? [] : [value]));
  const y = gridded(drawing, { top: 22, base, right: width }, Math.max(0, ...known, limit?.at ?? 0), mark);
  const x = scalePoint(
    labels.map((_, i) => i),
    [58, end],
  );
  const points = values.map((value, i) => ({ x: round(x(i) ?? end), y: value === null ? null : round(y(value)) }));
  const draw = line<(typeof points)[number]>(
    (point) => point.x,
    (point) => point.y ?? 0,
  ).defined((point) => point.y !== null);
  const whole = goesOn ? points.slice(0, -1) : points;
  const add = (kind: string, d: string | null): void => {
    if (d !== null) drawing.paths.push({ kind, d });
  };
  if (limit !== undefined) {
    add('limit', `M0 ${round(y(limit.at))}H${width}`);
    drawing.words.push({ kind: 'limit-says', x: width, y: round(y(limit.at)) - 6, says: limit.says, anchor: 'end' });
  }
  if (beside !== undefined) {
    const others = beside.values.map((value, i) => ({ x: points[i]!.x, y: value === null ? null : round(y(value)) }));
    add('line beside', draw(others));
    const at = others.findLast((point) => point.y !== null);
    if (at) drawing.words.push({ kind: '', x: at.x + 9, y: Math.min(at.y! + 4, base - 4), says: beside.says });
  }
  if (whole.length > 1) add('line', draw(whole));
  if (goesOn && points.length > 1) add('line so-far', draw(points.slice(-2)));
  const told = points.map((point, i) => ({ ...point, value: values[i]! })).filter((point) => point.y !== null);
  const [first] = told;
  const last = told.at(-1);
  if (first !== undefined && last !== undefined) {
    const lower = first.y! + 20 > base - 4 ? -10 : 20;
    if (saysFirst && told.length > 1) {
      drawing.dots.push({ x: first.x, y: first.y! });
      drawing.words.push({ kind: 'say', x: first.x + 6, y: first.y! + lower, says: say(first.value) });
    }
    drawing.dots.push({ x: last.x, y: last.y! });
    drawing.words.push(
      saysFirst
        ? { kind: 'say', x: last.x - 10, y: last.y! - 8, says: say(last.value), anchor: 'end' }
        : { kind: 'say', x: last.x + 9, y: Math.min(last.y! + 4, base - 4), says: say(last.value) },
    );
  }
  writeNames(drawing, labels, (i) => x(i) ?? end, x.step(), height - 6);
  return drawing;
}

function writeNames(
  drawing: Drawing,
  labels: readonly string[],
  x: (place: number) => number,
  step: number,
  y: number,
): void {
  for (const { label, place } of named(labels, step || drawing.width)) {
    const at = x(place);
    const half = (label.length * LETTER) / 2;
    const isLate = at + half > drawing.width;
    drawing.words.push({
      kind: '',
      x: round(isLate ? drawing.width : at),
      y,
      says: label,
      anchor: isLate ? 'end' : 'middle',
    });
  }
}

/** What a stack of bars is made of, from the bottom. */
export interface Part {
  kind: string;
  /** Its word, with the last figure. */
  says: string;
  values: readonly number[];
}

export interface BarsInput {
  width: number;
  height: number;
  labels: readonly string[];
  goesOn: boolean;
  say: (value: number) => string;
  upper: { parts: readonly Part[]; small?: string[] };
  lower: { title: string; parts: readonly Part[] };
}

/** Two panels of bars over one time: what is common, and below, on a scale of its own, what is rare. */
export function barChart({ width, height, labels, goesOn, say, upper, lower }: BarsInput): Drawing {
  const drawing = start(width, height);
  const right = width - 104;
  const x = scaleBand(
    labels.map((_, i) => i),
    [44, right],
  ).padding(0.34);
  const middle = Math.round(height * 0.48);
  const above: Panel = { top: 22, base: middle, right };
  const below: Panel = { top: middle + 56, base: height - 24, right };
  const last = labels.length - 1;
  for (const [panel, { parts }] of [
    [above, upper],
    [below, lower],
  ] as const) {
    const heights = labels.map((_, i) => parts.reduce((sum, { values }) => sum + values[i]!, 0));
    const y = gridded(drawing, panel, Math.max(...heights), say);
    const layers = stack<number, number>()
      .keys(parts.map((_, i) => i))
      .value((i, key) => parts[key]!.values[i]!)
      .offset(stackOffsetDiverging)(labels.map((_, i) => i));
    let roof = panel.base + 16;
    for (const [key, layer] of layers.entries()) {
      const { kind, says } = parts[key]!;
      for (const [i, [from, until]] of layer.entries())
        if (until > from)
          drawing.bars.push({
            kind: `${kind}${goesOn && i === last ? ' so-far' : ''}`,
            x: round(x(i)!),
            y: round(Math.min(y(until), y(from) - LEAST_HEIGHT)),
            width: round(x.bandwidth()),
            height: round(Math.max(LEAST_HEIGHT, y(from) - y(until))),
          });
      const [from, until] = layer[last] ?? [0, 0];
      // Words of neighbours that are thin stand clear of each other.
      roof = Math.min(roof - 16, round(y((from + until) / 2)) + 4);
      drawing.words.push({ kind: `t-${kind}`, x: right + 10, y: roof, says });
    }
  }
  const top = drawing.words.find(({ kind }) => kind === `t-${upper.parts[0]?.kind}`);
  for (const [i, says] of (upper.small ?? []).entries())
    drawing.words.push({ kind: '', x: right + 10, y: (top?.y ?? 40) + 16 * (i + 1), says });
  drawing.words.push({ kind: 'say', x: 0, y: middle + 32, says: lower.title });
  writeNames(drawing, labels, (i) => x(i)! + x.bandwidth() / 2, x.step(), height - 6);
  return drawing;
}
