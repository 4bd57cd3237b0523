// Text as mail needs it: one clean line in, well-set columns out.

/** The width of a text part; a reply that quotes it stays under 78 columns. */
const WIDTH = 72;
export const RULE = '-'.repeat(WIDTH);
/** What stands below the head of a paper. */
export const INDENT = '    ';

// Controls, and the invisible marks that reorder what follows them (a title must not turn the rest
// of its line around).
const UNWANTED = /[\p{Cc}\p{Zl}\p{Zp} ]+/gu;
const BIDI_CONTROLS = /[\u202a-\u202e\u2066-\u2069]/g;

/**
 * One line of well-formed text without control characters. Everything a template or a header shows
 * goes through here.
 */
export const plain = (text: string): string =>
  text.toWellFormed().replace(BIDI_CONTROLS, '').replace(UNWANTED, ' ').trim();

/** A postal address on one line, however the operator wrote it. */
export const postalLine = (address: string | null): string | null =>
  address === null ? null : plain(address.replace(/\s*\n\s*/g, ', '));

/** Each line with its end; what does not apply (`false`) is left out. */
export const lines = (...parts: readonly (string | false)[]): string =>
  parts
    .filter((part) => part !== false)
    .map((part) => `${part}\n`)
    .join('');

/** Cuts at a word so that the result, with its ellipsis, has at most `max` characters. */
export function cutToFit(text: string, max: number): string {
  const characters = [...text];
  if (characters.length <= max) return text;
  const cut = characters.slice(0, max - 1).join('');
  const word = characters[max - 1] === ' ' ? cut : cut.replace(/\s+\S*$/u, '');
  const kept = [...word].length > max / 2 ? word : wholeCharacters(cut);
  return `${kept.replace(/[\s,;:.–—-]+$/u, '')}…`;
}

/** Drops a last character that the cut may have torn (a family emoji is seven code points). */
const wholeCharacters = (text: string): string =>
  Array.from(graphemes.segment(text), (s) => s.segment)
    .slice(0, -1)
    .join('');

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff01-\uff60]/u;
/** Latin letters and the usual punctuation: each takes one column. */
const SIMPLE = /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027]*$/;

/** How many columns a terminal gives the text. */
export function columns(text: string): number {
  if (SIMPLE.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/**
 * Sets a paragraph in lines of at most `width` columns, each after the first starting with
 * `indent`.
 */
export function wrap(text: string, indent = '', width = WIDTH): string {
  const room = width - indent.length;
  const lines: string[] = [];
  let line = '';
  let taken = 0;
  for (const word of text.split(' ').flatMap((w) => breakWord(w, room))) {
    const wide = columns(word);
    if (line !== '' && taken + 1 + wide > room) {
      lines.push(line);
      line = '';
    }
    taken = line === '' ? wide : taken + 1 + wide;
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join(`\n${indent}`);
}

/** Splits a word that no line can hold, as in languages written without spaces. */
function breakWord(word: string, room: number): string[] {
  if (columns(word) <= room) return [word];
  const parts = [''];
  for (const { segment } of graphemes.segment(word)) {
    if (columns(parts.at(-1)!) + columns(segment) > room) parts.push('');
    parts[parts.length - 1] += segment;
  }
  return parts;
}
