import type { Paper } from '../src/paper.ts';

/**
 * What a researcher would type, and a rule for what answers it, written before any answer was seen:
 * each of `all` must be found in title, abstract, keywords, authors or organisation, and `topic` of
 * the title or the keywords or the first sentences (see `strict`).
 */
export interface Written {
  query: string;
  /** Regular expressions, without regard to case; a paper answers where every one of them matches. */
  all: string[];
}

const textOf = (paper: Paper): string =>
  [
    paper.title,
    paper.abstract,
    ...paper.keywords,
    ...paper.authors,
    paper.organisation ?? '',
    ...paper.categories,
    paper.codeUrl === null ? 'code=no' : 'code=yes',
    `published=${(paper.publishedAt ?? paper.firstSeenAt).toISOString().slice(0, 10)}`,
  ]
    .join('\n')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '');

export const answers = ({ all }: Written, paper: Paper): boolean =>
  all.every((pattern) => new RegExp(pattern, 'iu').test(textOf(paper)));

/** The share of right ones among the first five, or among as many as there are. */
export function precisionOf(question: Written, papers: readonly Paper[], found: readonly Paper[]): number {
  const possible = Math.min(5, papers.filter((paper) => answers(question, paper)).length);
  if (possible === 0) throw new Error(`Nothing answers “${question.query}”: the list is wrong`);
  return found.slice(0, 5).filter((paper) => answers(question, paper)).length / possible;
}
