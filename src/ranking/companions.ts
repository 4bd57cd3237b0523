import { dayNumber, distinctNames, type ListedPaper } from './listed.ts';

/** An earlier listed paper that shares authors with another. */
export interface Companion {
  id: string;
  title: string;
  /** The number of its list's day. */
  day: number;
  /** How many authors they share. */
  shared: number;
  /** `null`: not known. */
  upvotes: number | null;
  /** How it stood among the papers of its day; 0 where that is not known. */
  standing: number;
}

/** One name in common may be that of a stranger; two seldom are. */
const LEAST_SHARED = 2;

/** The listed papers by their authors, so that a new paper finds those it shares authors with. */
export interface Companions {
  add(paper: ListedPaper & { standing: number }): void;
  /** The listed papers that share two or more of these authors, but for the paper itself. */
  of(paper: { id: string; authors: readonly string[] }): Companion[];
}

export function createCompanions(): Companions {
  const papers: Omit<Companion, 'shared'>[] = [];
  const places = new Map<string, number[]>();
  return {
    add({ id, title, day, authors, upvotes, standing }) {
      const place = papers.push({ id, title, day: dayNumber(day), upvotes, standing }) - 1;
      for (const name of distinctNames(authors)) {
        const known = places.get(name);
        if (known) known.push(place);
        else places.set(name, [place]);
      }
    },
    of({ id, authors }) {
      const shared = new Map<number, number>();
      for (const name of distinctNames(authors))
        for (const place of places.get(name) ?? []) shared.set(place, (shared.get(place) ?? 0) + 1);
      return [...shared].flatMap(([place, count]) =>
        count >= LEAST_SHARED && papers[place]!.id !== id ? [{ ...papers[place]!, shared: count }] : [],
      );
    },
  };
}
