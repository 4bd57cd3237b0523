import { HOUR } from '../src/duration.ts';
import { seeded } from '../src/ranking/seeded.ts';
import type { VotedPaper } from './ranking-lists.ts';

/** How votes come in a simulation: ever more slowly from the page's making on, and then no more. */
export interface Arrivals {
  /** The rate falls to 1/e in so many hours; `Infinity` for a steady one. */
  slowingHours: number;
  /** After so many hours the last vote has come. */
  lastsHours: number;
}

/**
 * When each vote of each paper came, in hours of the list's day: as many moments as the paper has
 * votes, drawn from its page's making on. What is counted of them at an hour is the final votes,
 * thinned.
 */
export function simulateArrivals(papers: readonly VotedPaper[], arrivals: Arrivals, seed: number): number[][] {
  const random = seeded(seed);
  return papers.map((paper) => {
    const from = pageHour(paper);
    return Array.from({ length: paper.upvotes }, () => from + delay(random(), arrivals));
  });
}

/** When its page was made, in hours of the list's day. */
export const pageHour = (paper: VotedPaper): number =>
  ((paper.pageAt?.getTime() ?? NaN) - Date.parse(`${paper.day}T00:00:00Z`)) / HOUR;

/** The inverse of the arrivals' distribution. */
function delay(uniform: number, { slowingHours, lastsHours }: Arrivals): number {
  if (slowingHours === Infinity) return uniform * lastsHours;
  return -slowingHours * Math.log(1 - uniform * (1 - Math.exp(-lastsHours / slowingHours)));
}

/** How votes really come is not recorded, so there are several guesses; the first is the main one. */
export const ARRIVALS: readonly Arrivals[] = [
  { slowingHours: 8, lastsHours: 27 },
  { slowingHours: 4, lastsHours: 24 },
  { slowingHours: 16, lastsHours: 30 },
  { slowingHours: Infinity, lastsHours: 24 },
];
