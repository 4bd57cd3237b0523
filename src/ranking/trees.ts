import { rowsOf, type Matrix } from './ridge.ts';

/** A cut of a column: up to `at` goes left. Leaves carry the value. */
export type Tree = { column: number; at: number; left: Tree; right: Tree } | number;

export interface TreeOptions {
  trees: number;
  depth: number;
  rate: number;
  /** Rows that a leaf must have. */
  leaf: number;
  /** Rows of nothing that each leaf is averaged with. */
  penalty: number;
  /** Share of the columns that a tree may look at. */
  columns: number;
  seed: number;
}

const BINS = 32;

/** Regression trees, each fitted to what those before it left over. */
export function fitTrees(x: Matrix, y: Float64Array, options: TreeOptions): Tree[] {
  const rows = rowsOf(x);
  const cuts = Array.from({ length: x.width }, (_, c) => cutsOf(x, c));
  const bins = binned(x, cuts);
  const rest = Float64Array.from(y);
  const random = seeded(options.seed);
  const all = Int32Array.from({ length: rows }, (_, r) => r);
  return Array.from({ length: options.trees }, () => {
    const columns = cuts.flatMap((c, i) => (c.length > 0 && random() < options.columns ? [i] : []));
    const tree = grow({ bins, cuts, rest, rows, columns, options }, all, options.depth);
    return tree;
  });
}

interface Ground {
  /** Column by column, the number of the bin that each row falls into. */
  bins: Uint8Array;
  cuts: readonly (readonly number[])[];
  rest: Float64Array;
  rows: number;
  columns: readonly number[];
  options: TreeOptions;
}

function grow(ground: Ground, members: Int32Array, depth: number): Tree {
  const cut = depth > 0 ? bestCut(ground, members) : null;
  if (cut === null) return leaf(ground, members);
  const { column, bin } = cut;
  const offset = column * ground.rows;
  return {
    column,
    at: ground.cuts[column]![bin]!,
    left: grow(ground, members.filter((r) => ground.bins[offset + r]! <= bin), depth - 1),
    right: grow(ground, members.filter((r) => ground.bins[offset + r]! > bin), depth - 1),
  };
}

function leaf({ rest, options }: Ground, members: Int32Array): number {
  let sum = 0;
  for (const r of members) sum += rest[r]!;
  const value = (options.rate * sum) / (members.length + options.penalty);
  for (const r of members) rest[r]! -= value;
  return value;
}

/** The cut that leaves the least squared error. */
function bestCut({ bins, rest, rows, columns, options, cuts }: Ground, members: Int32Array) {
  let total = 0;
  for (const r of members) total += rest[r]!;
  const count = members.length;
  const worth = (sum: number, n: number): number => (sum * sum) / (n + options.penalty);
  let best: { column: number; bin: number } | null = null;
  let most = worth(total, count) + 1e-9;
  const sums = new Float64Array(BINS);
  const counts = new Float64Array(BINS);
  for (const column of columns) {
    sums.fill(0);
    counts.fill(0);
    const offset = column * rows;
    for (const r of members) {
      const bin = bins[offset + r]!;
      sums[bin]! += rest[r]!;
      counts[bin]! += 1;
    }
    let sum = 0;
    let n = 0;
    for (let bin = 0; bin < cuts[column]!.length; bin++) {
      sum += sums[bin]!;
      n += counts[bin]!;
      if (n < options.leaf || count - n < options.leaf) continue;
      const gain = worth(sum, n) + worth(total - sum, count - n);
      if (gain > most) {
        most = gain;
        best = { column, bin };
      }
    }
  }
  return best;
}

/** Where a column may be cut: between its quantiles, at most `BINS - 1` places. */
function cutsOf({ width, values }: Matrix, column: number): number[] {
  const rows = values.length / width;
  const sorted = Float64Array.from({ length: rows }, (_, r) => values[r * width + column]!).toSorted();
  const places = new Set<number>();
  for (let b = 1; b < BINS; b++) {
    const value = sorted[Math.floor((rows * b) / BINS)]!;
    if (value < sorted[rows - 1]!) places.add(value);
  }
  return [...places].toSorted((a, b) => a - b);
}

function binned({ width, values }: Matrix, cuts: readonly (readonly number[])[]): Uint8Array {
  const rows = values.length / width;
  const bins = new Uint8Array(values.length);
  for (let c = 0; c < width; c++)
    for (let r = 0; r < rows; r++) {
      const value = values[r * width + c]!;
      let low = 0;
      let high = cuts[c]!.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (value <= cuts[c]![middle]!) high = middle;
        else low = middle + 1;
      }
      bins[c * rows + r] = low;
    }
  return bins;
}

export const throughTrees = (trees: readonly Tree[], row: Float64Array): number =>
  trees.reduce<number>((sum, tree) => sum + throughTree(tree, row), 0);

function throughTree(tree: Tree, row: Float64Array): number {
  let node = tree;
  while (typeof node !== 'number') node = row[node.column]! <= node.at ? node.left : node.right;
  return node;
}

/** Numbers in [0, 1) that are the same wherever the seed is (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
