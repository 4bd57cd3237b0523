import type { Paper } from '../paper.ts';
import { nameKey } from '../search/fold.ts';
import type { Words } from '../words/words.ts';

/**
 * Who wrote it, in one line: "Ada Lovelace", "A and B", "A and 11 others"; the organisation when no
 * author is named.
 */
export function authorLine(words: Words, paper: Pick<Paper, 'authors' | 'organisation'>): string {
  const [first, second, ...others] = paper.authors;
  if (first === undefined) return paper.organisation ?? '';
  if (second === undefined) return first;
  return others.length === 0
    ? words.t('authors-two', { first, second })
    : words.t('authors-more', { first, others: others.length + 1 });
}

/** The same in little room: "Ada Lovelace +11". */
export function shortAuthorLine({ authors, organisation }: Pick<Paper, 'authors' | 'organisation'>): string {
  const [first, ...others] = authors;
  if (first === undefined) return organisation ?? '';
  return others.length === 0 ? first : `${first} +${others.length}`;
}

/** Who stands on a paper: a person or a group among its authors, or the organisation it comes from. */
export interface Name {
  kind: 'author' | 'organisation';
  /** As `nameKey` makes it. */
  key: string;
}

/** A name as the newest of its papers spells it. */
export function spelledName({ kind, key }: Name, [newest]: readonly Pick<Paper, 'authors' | 'organisation'>[]): string {
  const names = kind === 'author' ? (newest?.authors ?? []) : [newest?.organisation ?? key];
  return names.find((name) => nameKey(name) === key) ?? key;
}
