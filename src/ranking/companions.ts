import { dayNumber, distinctNames } from './listed.ts';

/** An earlier listed paper that shares authors with another. */
export interface Companion {
  id: string;
  title: string;
  /** Day number of its list. */
  day: number;
  /** How many authors they share. */
  shared: number;
  /** How it stood among the papers of its day; `null` as long as that is not known. */
  standing: number | null;
  upvotes: number | null;
}

/** What is remembered of a listed paper. */
export interface Remembered {
  id: string;
  title: string;
  /** `YYYY-MM-DD` of its list. */
  day: string;
  authors: readonly string[];
  upvotes: number | null;
  standing: number | null;
}

/** Names are one word in some sources and would bring strangers together: these need a second one. */
const LEAST_SHARED = 2;

/** The listed papers by their authors, so that a new paper finds those it shares authors with. */
export interface Companions {
  add(paper: Remembered): void;
  /** The earlier listed papers that share two or more of these authors, but for the paper itself. */
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
