import { comparable, dayNumber, type ListedPaper } from './listed.ts';

/** What a name earned on earlier days. */
export interface Earned {
  papers: number;
  /** Mean of (log votes − the day's mean), drawn towards 0 where there are few papers. */
  flat: number;
  /** The same, where a paper counts half after each half-life. */
  recent: number;
}

/** Papers of the day's mean that each name starts with. */
export interface HistoryOptions {
  shrinkage: number;
  halfLifeDays: number;
}

/** The names that a paper carries, of each kind. */
export const KINDS = {
  author: (paper: ListedPaper) => paper.authors,
  submitter: (paper: ListedPaper) => [paper.submitter],
  organisation: (paper: ListedPaper) => [paper.organisation],
  repository: (paper: ListedPaper) => [paper.repositoryOwner],
} satisfies Record<string, (paper: ListedPaper) => readonly (string | null)[]>;

export type Kind = keyof typeof KINDS;

export interface History {
  /** What a name earned, as seen on `day`; `null` for a name that was on no earlier list. */
  of(kind: Kind, name: string, day: number): Earned | null;
  /** Takes in a day whose votes are known. Days come in order, each once. */
  learn(papers: readonly ListedPaper[]): void;
}

/** The names of one kind on a paper, as they are compared, each once. */
export const namesOf = (kind: Kind, paper: ListedPaper): string[] => [
  ...new Set(KINDS[kind](paper).map((name) => comparable(name ?? '')).filter((name) => name !== '')),
];

export function createHistory(options: HistoryOptions): History {
  const ledgers = Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, createLedger(options)])) as Record<
    Kind,
    Ledger
  >;
  let last = -Infinity;
  return {
    of: (kind, name, day) => ledgers[kind].of(name, day),
    learn(papers) {
      const known = papers.filter((paper) => paper.upvotes !== null);
      if (known.length === 0) return;
      const day = dayNumber(known[0]!.day);
      if (day <= last) throw new Error('A history learns each day once, in order.');
      last = day;
      const logs = known.map((paper) => Math.log1p(paper.upvotes!));
      const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
      for (const [i, paper] of known.entries())
        for (const kind of Object.keys(KINDS) as Kind[])
          for (const name of namesOf(kind, paper)) ledgers[kind].add(name, day, logs[i]! - mean);
    },
  };
}

interface Ledger {
  add(name: string, day: number, value: number): void;
  of(name: string, day: number): Earned | null;
}

/** Five numbers a name, side by side: half a million names are 20 MB, as objects they were 80. */
const COLUMNS = { papers: 0, sum: 1, weight: 2, weighted: 3, day: 4 } as const;
const WIDTH = 5;

function createLedger({ shrinkage, halfLifeDays }: HistoryOptions): Ledger {
  const places = new Map<string, number>();
  let rows = new Float64Array(WIDTH * 64);
  const place = (name: string): number => {
    const known = places.get(name);
    if (known !== undefined) return known;
    const next = places.size * WIDTH;
    places.set(name, next);
    if (next + WIDTH > rows.length) {
      const wider = new Float64Array(rows.length * 2);
      wider.set(rows);
      rows = wider;
    }
    return next;
  };
  const fading = (at: number, day: number): number => 0.5 ** ((day - rows[at + COLUMNS.day]!) / halfLifeDays);
  return {
    add(name, day, value) {
      const at = place(name);
      const fade = fading(at, day);
      rows[at + COLUMNS.papers]! += 1;
      rows[at + COLUMNS.sum]! += value;
      rows[at + COLUMNS.weight] = rows[at + COLUMNS.weight]! * fade + 1;
      rows[at + COLUMNS.weighted] = rows[at + COLUMNS.weighted]! * fade + value;
      rows[at + COLUMNS.day] = day;
    },
    of(name, day) {
      const at = places.get(name);
      if (at === undefined) return null;
      const fade = fading(at, day);
      return {
        papers: rows[at]!,
        flat: rows[at + COLUMNS.sum]! / (rows[at]! + shrinkage),
        recent: (rows[at + COLUMNS.weighted]! * fade) / (rows[at + COLUMNS.weight]! * fade + shrinkage),
      };
    },
  };
}
