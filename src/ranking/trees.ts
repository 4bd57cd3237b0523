import { rowsIn, type Matrix } from './matrix.ts';
import { seeded } from './seeded.ts';

/** A question about one column, or at its end a value. What is at most `at` goes left. */
export type Tree = number | { column: number; at: number; left: Tree; right: Tree };

export interface TreeOptions {
  trees: number;
  depth: number;
  /** How much of what it found a tree may say. */
  rate: number;
  /** Rows that an answer must rest on. */
  leastRows: number;
  /** Rows of value 0 that every answer is averaged with. */
  penalty: number;
  /** The share of the columns that a tree looks at, drawn anew for each. */
  columns: number;
}

/** Values of a column fall into this many bins of as many rows each; cuts lie between bins. */
const BINS = 32;
const SEED = 1;

/** Boosted regression trees: each is fitted to what those before it left over. */
export function fitTrees(x: Matrix, y: Float64Array, options: TreeOptions): Tree[] {
  const cuts = Array.from({ length: x.width }, (_, column) => cutsOf(x, column));
  const random = seeded(SEED);
  const ground = { bins: binsOf(x, cuts), cuts, rest: Float64Array.from(y), options };
  const all = Int32Array.from({ length: y.length }, (_, row) => row);
  return Array.from({ length: options.trees }, () => {
    const columns = cuts.flatMap((places, column) => (places.length > 0 && random() < options.columns ? [column] : []));
    return grow({ ...ground, columns }, all, options.depth);
  });
}

export const askTrees = (trees: readonly Tree[], row: Float64Array): number =>
  trees.reduce<number>((sum, tree) => sum + ask(tree, row), 0);

function ask(tree: Tree, row: Float64Array): number {
  let node = tree;
  while (typeof node !== 'number') node = row[node.column]! <= node.at ? node.left : node.right;
  return node;
}

interface Ground {
  /** Column after column, the bin that each row falls into. */
  bins: Uint8Array;
  cuts: readonly (readonly number[])[];
  /** What is left over of each row's value. */
  rest: Float64Array;
  options: TreeOptions;
  columns: readonly number[];
}

function grow(ground: Ground, rows: Int32Array, depth: number): Tree {
  const cut = depth > 0 ? bestCut(ground, rows) : null;
  if (cut === null) return answer(ground, rows);
  const { bins, rest, cuts } = ground;
  const start = cut.column * rest.length;
  return {
    column: cut.column,
    at: cuts[cut.column]![cut.bin]!,
    left: grow(
      ground,
      rows.filter((row) => bins[start + row]! <= cut.bin),
      depth - 1,
    ),
    right: grow(
      ground,
      rows.filter((row) => bins[start + row]! > cut.bin),
      depth - 1,
    ),
  };
}

function answer({ rest, options }: Ground, rows: Int32Array): number {
  const value = (options.rate * total(rest, rows)) / (rows.length + options.penalty);
  for (const row of rows) rest[row]! -= value;
  return value;
}

function total(rest: Float64Array, rows: Int32Array): number {
  let sum = 0;
  for (const row of rows) sum += rest[row]!;
  return sum;
}

interface Cut {
  column: number;
  bin: number;
  /** How much of the squared error it takes away. */
  gain: number;
}

/** The cut that takes most of the error away, or `null` where none does. */
function bestCut(ground: Ground, rows: Int32Array): Cut | null {
  const sum = total(ground.rest, rows);
  const whole = (sum * sum) / (rows.length + ground.options.penalty);
  let best: Cut | null = null;
  for (const column of ground.columns) {
    const cut = bestOfColumn(ground, rows, column, sum);
    if (cut !== null && cut.gain > (best?.gain ?? whole + 1e-9)) best = cut;
  }
  return best;
}

function bestOfColumn(ground: Ground, rows: Int32Array, column: number, whole: number): Cut | null {
  const { leastRows, penalty } = ground.options;
  const { sums, counts } = histogram(ground, rows, column);
  let best: Cut | null = null;
  let sum = 0;
  let count = 0;
  for (let bin = 0; bin < ground.cuts[column]!.length; bin++) {
    sum += sums[bin]!;
    count += counts[bin]!;
    if (count < leastRows || rows.length - count < leastRows) continue;
    const gain = sum ** 2 / (count + penalty) + (whole - sum) ** 2 / (rows.length - count + penalty);
    if (gain > (best?.gain ?? 0)) best = { column, bin, gain };
  }
  return best;
}

function histogram({ bins, rest }: Ground, rows: Int32Array, column: number) {
  const sums = new Float64Array(BINS);
  const counts = new Int32Array(BINS);
  const start = column * rest.length;
  for (const row of rows) {
    const bin = bins[start + row]!;
    sums[bin]! += rest[row]!;
    counts[bin]! += 1;
  }
  return { sums, counts };
}

/** Where a column may be cut, lowest first: midway between the last value of a bin and the next. */
function cutsOf(x: Matrix, column: number): number[] {
  const sorted = Float64Array.from({ length: rowsIn(x) }, (_, row) => x.values[row * x.width + column]!).toSorted();
  const ends = Array.from({ length: BINS - 1 }, (_, b) => sorted[Math.floor((sorted.length * (b + 1)) / BINS)]!);
  const inner = [...new Set(ends)].filter((end) => end < sorted.at(-1)!);
  return inner.map((end) => (end + sorted[placeAfter(sorted, end)]!) / 2);
}

function binsOf(x: Matrix, cuts: readonly (readonly number[])[]): Uint8Array {
  const rows = rowsIn(x);
  const bins = new Uint8Array(x.values.length);
  for (const [column, places] of cuts.entries())
    for (let row = 0; row < rows; row++) {
      const value = x.values[row * x.width + column]!;
      bins[column * rows + row] = placeWhere(places, (cut) => cut >= value);
    }
  return bins;
}

const placeAfter = (sorted: ArrayLike<number>, value: number): number => placeWhere(sorted, (other) => other > value);

/** The first place from which on it holds, by halving. */
function placeWhere(sorted: ArrayLike<number>, holds: (value: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(sorted[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
