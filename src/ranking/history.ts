import { dayNumber, distinctNames, type ListedPaper } from './listed.ts';
import { standingsOf } from './standing.ts';

/** The names that a paper carries, of each kind. */
const NAMES = {
  author: (paper: ListedPaper) => paper.authors,
  submitter: (paper: ListedPaper) => [paper.submitter],
  organisation: (paper: ListedPaper) => [paper.organisation],
  repository: (paper: ListedPaper) => [paper.repositoryOwner],
} satisfies Record<string, (paper: ListedPaper) => readonly (string | null)[]>;

export type Kind = keyof typeof NAMES;
const KINDS = Object.keys(NAMES) as Kind[];

/** What the papers of a name earned on earlier days. */
export interface Earned {
  papers: number;
  /** Their mean standing, drawn towards 0 where there are few. */
  flat: number;
  /** The same, where a paper counts half after each half-life. */
  recent: number;
}

export const NOTHING_EARNED: Earned = { papers: 0, flat: 0, recent: 0 };

/** A name starts with this many papers of average standing. */
const SHRINKAGE = 1;
const HALF_LIFE_DAYS = 120;

/**
 * What authors, submitters, organisations and owners of repositories earned so far. It is asked
 * about a day before it learns that day, so nothing of a day can help to foretell it.
 */
export interface History {
  /** Days it has learnt. */
  readonly days: number;
  /** What a name had earned by a day; `null` for one that was on no list. The name is comparable. */
  earned(kind: Kind, name: string, day: number): Earned | null;
  /** Takes in the papers of a day whose votes are known. Days come in order, each once. */
  learn(papers: readonly ListedPaper[]): void;
}

/** The names of one kind on a paper in comparable form, each once. */
export const namesOf = (kind: Kind, paper: ListedPaper): string[] =>
  distinctNames(NAMES[kind](paper).map((name) => name ?? ''));

export function createHistory(): History {
  const ledgers: Record<Kind, Ledger> = {
    author: createLedger(),
    submitter: createLedger(),
    organisation: createLedger(),
    repository: createLedger(),
  };
  let days = 0;
  let last = -Infinity;
  return {
    get days() {
      return days;
    },
    earned: (kind, name, day) => ledgers[kind].earned(name, day),
    learn(papers) {
      const known = papers.filter((paper) => paper.upvotes !== null);
      if (known.length === 0) return;
      const day = dayNumber(known[0]!.day);
      if (day <= last) throw new RangeError(`The history has learnt ${known[0]!.day} or a later day already.`);
      last = day;
      days += 1;
      const standings = standingsOf(known.map((paper) => paper.upvotes!));
      for (const [i, paper] of known.entries())
        for (const kind of KINDS) for (const name of namesOf(kind, paper)) ledgers[kind].add(name, day, standings[i]!);
    },
  };
}

interface Ledger {
  add(name: string, day: number, standing: number): void;
  earned(name: string, day: number): Earned | null;
}

/** A name's numbers lie side by side in one array: as objects they take four times the room. */
const PAPERS = 0;
const SUM = 1;
/** Papers and sum again, both faded to the name's last day. */
const FADED_PAPERS = 2;
const FADED_SUM = 3;
const LAST_DAY = 4;
const WIDTH = 5;

function createLedger(): Ledger {
  const places = new Map<string, number>();
  let figures = new Float64Array(WIDTH * 64);
  const placeOf = (name: string): number => {
    const place = places.get(name) ?? places.size * WIDTH;
    places.set(name, place);
    if (place + WIDTH > figures.length) figures = grown(figures);
    return place;
  };
  const fading = (at: number, day: number): number => 0.5 ** ((day - figures[at + LAST_DAY]!) / HALF_LIFE_DAYS);
  return {
    add(name, day, standing) {
      const at = placeOf(name);
      const fade = fading(at, day);
      figures[at + PAPERS]! += 1;
      figures[at + SUM]! += standing;
      figures[at + FADED_PAPERS] = figures[at + FADED_PAPERS]! * fade + 1;
      figures[at + FADED_SUM] = figures[at + FADED_SUM]! * fade + standing;
      figures[at + LAST_DAY] = day;
    },
    earned(name, day) {
      const at = places.get(name);
      if (at === undefined) return null;
      const fade = fading(at, day);
      return {
        papers: figures[at + PAPERS]!,
        flat: figures[at + SUM]! / (figures[at + PAPERS]! + SHRINKAGE),
        recent: (figures[at + FADED_SUM]! * fade) / (figures[at + FADED_PAPERS]! * fade + SHRINKAGE),
      };
    },
  };
}

function grown(figures: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const wider = new Float64Array(figures.length * 2);
  wider.set(figures);
  return wider;
}
