import type { PaperText } from './announced.ts';
import type { Companion } from './companions.ts';
import { distinctNames } from './listed.ts';
import type { Memory } from './memory.ts';

const LIKELIHOODS = [
  [0.7, 'very likely'],
  [0.5, 'likely'],
  [0.35, 'possible'],
] as const;

/** A chance in a reader's words; `null`: it is too small to speak of. */
export const likelihoodOf = (chance: number): string | null =>
  LIKELIHOODS.find(([least]) => chance >= least)?.[1] ?? null;

/**
 * Why a paper is foretold to be talked about, in a reader's words: what its authors had listed
 * before. Empty where nothing is known of them.
 */
export function freshReasons(paper: PaperText, { companions, history }: Memory): string[] {
  const [nearest] = companions.of(paper).toSorted(byNearness);
  if (nearest) return [`by ${count(nearest.shared, 'author')} of ${nameOf(nearest)}`];
  const known = distinctNames(paper.authors).filter((name) => history.earned('author', name, Infinity) !== null);
  return known.length === 0 ? [] : [`by ${count(known.length, 'author')} whose papers were listed before`];
}

/** Most authors in common, then most votes, then the newest. */
const byNearness = (a: Companion, b: Companion): number =>
  b.shared - a.shared || (b.upvotes ?? 0) - (a.upvotes ?? 0) || b.day - a.day;

const LONGEST_NAME = 40;

/** "ACoT-VLA (85 upvotes)", or "a paper that got 33 upvotes" where the title opens with no name. */
function nameOf({ title, upvotes }: Companion): string {
  const name = /^([^:]{2,}):/.exec(title)?.[1]?.trim();
  const votes = upvotes === null || upvotes < 2 ? null : `${upvotes} upvotes`;
  if (name === undefined || name.length > LONGEST_NAME)
    return votes === null ? 'a paper that was listed before' : `a paper that got ${votes}`;
  return votes === null ? name : `${name} (${votes})`;
}

const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
const count = (number: number, noun: string): string =>
  `${NUMBERS[number] ?? number} ${noun}${number === 1 ? '' : 's'}`;
