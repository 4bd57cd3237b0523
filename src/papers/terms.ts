import type { Paper } from '../paper.ts';

const RUN = /[\p{L}\p{N}\p{M}]+/gu;
/** The same for English letters alone, which most abstracts have; it is three times as fast. */
const ENGLISH_RUN = /[A-Za-z0-9]+/g;
const BEYOND_ENGLISH = /[^\p{ASCII}\p{P}\p{S}\p{Z}]/u;

/** The words of a text in their order, lower-case and mostly singular, so that forms fall together. */
export const words = (text: string): string[] =>
  (text.match(BEYOND_ENGLISH.test(text) ? RUN : ENGLISH_RUN) ?? []).flatMap((run) =>
    HUMPED.test(run) ? apart(run).map(singular) : singular(run),
  );

const HUMPED = /\p{Ll}\p{N}*\p{Lu}/u;
const HUMP = /(?<=\p{Ll}\p{N}*)(?=\p{Lu})/u;

/** "TerminalWorld" is two words; "LoRA" and "CoT" are one each. */
function apart(run: string): string[] {
  const parts = run.split(HUMP);
  return parts.every((part) => part.length > 2) ? parts : [run];
}

/** Cuts a plural's "s" the same way for everything, so that it need not be right English. */
function singular(word: string): string {
  const lower = word.toLowerCase();
  if (lower.length < 4 || !lower.endsWith('s')) return lower;
  const isKept = 'sui'.includes(lower.at(-2)!) && !/\p{Lu}s$/u.test(word);
  return isKept ? lower : lower.slice(0, -1);
}

/** The one form under which a term of one or more words is known: "LLM agents" is "llm agent". */
export const termOf = (text: string): string => words(text).join(' ');

/** Where a paper uses a term, and how much that counts. */
export interface Use {
  title: boolean;
  keywords: boolean;
  /** How often in the abstract. */
  abstract: number;
}

/** Tells of every term that begins at a place in a row of words. */
export type FindTerms<Term> = (row: readonly string[], found: (term: Term) => void) => void;

export type TextOfPaper = Pick<Paper, 'title' | 'abstract' | 'keywords'>;

/** Each of the terms that a paper uses. A term does not go on from one keyword to the next. */
export function termsOf<Term>(paper: TextOfPaper, find: FindTerms<Term>): Map<Term, Use> {
  const uses = new Map<Term, Use>();
  const use = (term: Term): Use => {
    const known = uses.get(term);
    if (known) return known;
    const made = { title: false, keywords: false, abstract: 0 };
    uses.set(term, made);
    return made;
  };
  find(words(paper.title), (term) => (use(term).title = true));
  for (const keyword of paper.keywords) find(words(keyword), (term) => (use(term).keywords = true));
  find(words(paper.abstract), (term) => use(term).abstract++);
  return uses;
}

/** Chosen by cross-validation (bench/results-content.md): two title words weigh as much as four uses below. */
const IN_TITLE = 1.3;
const IN_KEYWORDS = 0.85;
const IN_ABSTRACT = 0.65;
/** A keyword that the abstract uses as well. */
const IN_BOTH = 0.2;
/** By how often an abstract uses it: the sixth use says no more than the fifth. */
const MENTIONED = [0, 1, 2, 3, 4, 5].map((times) => IN_ABSTRACT * Math.log2(1 + times));

/** How much a term counts: the title most, a keyword more than one mention in the abstract. */
export function strengthOf({ title, keywords, abstract }: Use): number {
  const mentioned = MENTIONED[Math.min(abstract, MENTIONED.length - 1)]!;
  const below = keywords ? Math.max(IN_KEYWORDS, mentioned + IN_BOTH) : mentioned;
  return below + (title ? IN_TITLE : 0);
}

interface Branch {
  /** Null where no term goes on. */
  next: Map<string, Branch> | null;
  term: number | null;
}

/** Finds which of these terms, by their places in the list, a row of words holds; longer ones besides shorter. */
export function termFinder(terms: readonly string[]): FindTerms<number> {
  const root: Branch = { next: null, term: null };
  for (const [number, term] of terms.entries()) branchOf(root, term.split(' ')).term = number;
  return (row, found) => {
    for (let start = 0; start < row.length; start++) {
      let branch = root.next?.get(row[start]!);
      for (let at = start + 1; branch; at++) {
        if (branch.term !== null) found(branch.term);
        branch = at < row.length ? branch.next?.get(row[at]!) : undefined;
      }
    }
  };
}

function branchOf(root: Branch, path: readonly string[]): Branch {
  let branch = root;
  for (const word of path) {
    branch.next ??= new Map();
    const next = branch.next.get(word) ?? { next: null, term: null };
    branch.next.set(word, next);
    branch = next;
  }
  return branch;
}
