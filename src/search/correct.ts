import type { Word } from './fold.ts';
import type { Query, Term } from './query.ts';

/** Words that no paper holds, and what was searched for instead (two words, where one was two). */
export type Corrections = readonly { from: string; to: string }[];

/** The question with other words in the place of unknown ones. Pure. */
export function corrected(query: Query, corrections: Corrections): Query {
  if (corrections.length === 0) return query;
  const known = new Map(corrections.map(({ from, to }) => [from, to.split(' ')]));
  const mend = ({ parts }: Word): Word => ({ parts: parts.flatMap((part) => known.get(part) ?? [part]) });
  const mendTerm = (term: Term): Term => {
    if (term.kind === 'word') return { ...term, word: mend(term.word) };
    return 'words' in term ? { ...term, words: term.words.map(mend) } : term;
  };
  return { ...query, clauses: query.clauses.map((clause) => ({ ...clause, any: clause.any.map(mendTerm) })) };
}
