import type { Paper } from '../paper.ts';
import { cutAtWord, firstSentences } from './sentence.ts';

/** What a paper brings, in one sentence, and the same for where there is little room. */
export interface News {
  text: string;
  short: string;
  /** Who wrote it, when it is not a sentence of the abstract. */
  by: string | null;
}

const LENGTH = 200;
const SHORT_LENGTH = 120;

/** The source's own summary, or the sentence of the abstract that says what is new. */
export function newsOf({ summary, summaryBy, abstract }: Pick<Paper, 'summary' | 'summaryBy' | 'abstract'>): News {
  const text = summary ?? firstSentences(abstract, LENGTH);
  return { text: fit(text, LENGTH), short: fit(text, SHORT_LENGTH), by: summary === null ? null : summaryBy };
}

const fit = (text: string, length: number): string => (text.length <= length ? text : cutAtWord(text, length - 1));
