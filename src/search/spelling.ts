/** Which words are near a word: what was meant may have lost, gained, changed or swapped a letter. */

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
/** A change makes another word of a shorter one. */
const SHORTEST = 4;
/** Two changes leave too little of a shorter one. */
const SHORTEST_FOR_TWO = 7;

/** How many changes a word may have had. */
export function changesAllowed(word: string): number {
  if (word.length < SHORTEST) return 0;
  return word.length < SHORTEST_FOR_TWO ? 1 : 2;
}

/** All that is one change away. */
export function oneChangeAway(word: string): string[] {
  const near = new Set<string>();
  for (let i = 0; i <= word.length; i++) {
    const [before, after] = [word.slice(0, i), word.slice(i)];
    if (after !== '') near.add(before + after.slice(1));
    if (after.length > 1) near.add(before + after[1]! + after[0]! + after.slice(2));
    for (const letter of LETTERS) {
      near.add(before + letter + after);
      if (after !== '') near.add(before + letter + after.slice(1));
    }
  }
  near.delete(word);
  return [...near];
}

/** How many changes lie between two words, swapped neighbours counted once (optimal string alignment). */
export function changesBetween(a: string, b: string): number {
  let [older, old] = [[] as number[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      row[j] = Math.min(row[j - 1]! + 1, old[j]! + 1, old[j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j]!, older[j - 2]! + 1);
    }
    [older, old] = [old, row];
  }
  return old[b.length]!;
}

/** The nearest of some known words, and of those as near the one that most papers hold. */
export function nearest(word: string, known: readonly { word: string; papers: number }[]): string | null {
  const allowed = changesAllowed(word);
  const near = known
    .map((one) => ({ ...one, changes: changesBetween(word, one.word) }))
    .filter(({ changes }) => changes > 0 && changes <= allowed)
    .toSorted((a, b) => a.changes - b.changes || b.papers - a.papers);
  return near[0]?.word ?? null;
}
