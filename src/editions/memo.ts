/**
 * Remembers up to `most` answers by their question, and forgets them all at once: a caller with
 * many questions repeats none of them soon.
 */
export function createMemo<T>(most: number): (question: string, answer: () => T) => T {
  const known = new Map<string, T>();
  return (question, answer) => {
    if (known.has(question)) return known.get(question)!;
    if (known.size >= most) known.clear();
    const found = answer();
    known.set(question, found);
    return found;
  };
}
