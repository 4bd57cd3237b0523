import type { Paper } from '../paper.ts';

/**
 * Who wrote it, in one line: "Ada Lovelace", "A and B", "A and 11 others"; the organisation when no
 * author is named.
 */
export function authorLine(paper: Pick<Paper, 'authors' | 'organisation'>): string {
  const [first, second, ...others] = paper.authors;
  if (first === undefined) return paper.organisation ?? '';
  if (second === undefined) return first;
  return others.length === 0 ? `${first} and ${second}` : `${first} and ${others.length + 1} others`;
}

/** The same in little room: "Ada Lovelace +11". */
export function shortAuthorLine({ authors, organisation }: Pick<Paper, 'authors' | 'organisation'>): string {
  const [first, ...others] = authors;
  if (first === undefined) return organisation ?? '';
  return others.length === 0 ? first : `${first} +${others.length}`;
}
