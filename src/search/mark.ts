import { joined, type Word, wordsOf } from './fold.ts';
import { type Query, wordsOfTerm } from './query.ts';

/** Whether a word of a text is one that was looked for. */
export type IsFound = (word: string) => boolean;

const ENDINGS = /(?:ations?|ings?|ions?|ies|ed|es|s|e|y)$/;
/** Roughly what the stemmer of the index does: enough to mark by, too little to search by. */
const stemOf = (word: string): string => (word.length > 4 ? word.replace(ENDINGS, '') : word.replace(/s$/, ''));

const formsOf = (word: Word): string[] => [...word.parts, joined(word) ?? []].flat().map(stemOf);

/** Small words are everywhere. */
const UNMARKED = new Set('a an and are as at be by for from in is it of on or that the this to via we with'.split(' '));

/** What tells the words of a question, but for those that it excludes. */
export function finderOf({ clauses }: Query): IsFound {
  const wanted = clauses.filter(({ not }) => !not).flatMap(({ any }) => any.flatMap(wordsOfTerm));
  const forms = new Set(wanted.flatMap(formsOf));
  const isSmall = wanted.every(({ parts }) => parts.every((part) => UNMARKED.has(part)));
  return (text) =>
    wordsOf(text).some((word) => formsOf(word).some((form) => forms.has(form) && (isSmall || !UNMARKED.has(form))));
}

const RUN = /[\p{L}\p{N}\p{M}]+(?:[-_.\u2010\u2011][\p{L}\p{N}\p{M}]+)*/gu;

/** A text in pieces, those that were found apart. */
export function piecesOf(text: string, isFound: IsFound): { text: string; found: boolean }[] {
  const pieces: { text: string; found: boolean }[] = [];
  const put = (piece: string, found: boolean): void => {
    if (piece !== '') pieces.push({ text: piece, found });
  };
  let from = 0;
  for (const { 0: run, index } of text.matchAll(RUN)) {
    if (!isFound(run)) continue;
    put(text.slice(from, index), false);
    put(run, true);
    from = index + run.length;
  }
  put(text.slice(from), false);
  return pieces;
}
