import { createRequire } from 'node:module';
import type * as Parse from '@unified-latex/unified-latex-util-parse';
import { lazily } from '../lazily.ts';
import { hasHtml, withoutHtml } from './html.ts';
import { renderTex, softened, type TexNode } from './render.ts';
import { repairTex, STRIPPED } from './repair.ts';
import { SIGNATURES } from './symbols.ts';

/**
 * Anything that TeX, or a source that stripped TeX badly, would have left behind. Most names and
 * many titles have none of it.
 */
const MAYBE_TEX = new RegExp(`${/[\\${}^_~`]|--|''/.source}|${STRIPPED.source}`);

/** No abstract comes near it; what lies beyond is cut before it can cost anything. */
const MAX_LENGTH = 20_000;

const MARKS = /[\\{}$^_~`]|--|''/g;
/**
 * Whether these are more marks than any text means; the most that an abstract of a year had is 60.
 * Those of such noise go unread, because a parser may need seconds for them.
 */
const isNoise = (line: string): boolean => (line.match(MARKS)?.length ?? 0) > Math.min(60 + line.length / 4, 400);

/**
 * TeX as authors type it into titles, abstracts and names, as one line of readable Unicode. Never
 * throws. Of a formula it shows what `setApart` makes of it, if that is anything.
 */
export function texToText(input: string, setApart?: (formula: string) => string | null): string {
  const line = plainLine(input);
  if (!MAYBE_TEX.test(line)) return line;
  if (isNoise(line)) return foldedLine(withoutLeftovers(withoutMarks(line)));
  const { tex, unmask } = repairTex(line, setApart);
  return foldedLine(unmask(withoutLeftovers(rendered(tex))));
}

/** One line without the markup of HTML. */
function plainLine(input: string): string {
  const line = foldedLine(input.length > MAX_LENGTH ? input.slice(0, MAX_LENGTH) : input);
  return hasHtml(line) ? foldedLine(withoutHtml(line)) : line;
}

const require = createRequire(import.meta.url);
/** Loaded with the first TeX: most texts have none. */
const parser = lazily(() => {
  const { getParser } = require('@unified-latex/unified-latex-util-parse') as typeof Parse;
  return getParser({ macros: SIGNATURES });
});

function rendered(tex: string): string {
  // Where it cannot be loaded, that is no fault of the text.
  const parse = parser();
  try {
    return softened(renderTex((parse.parse(tex) as unknown as { content: TexNode[] }).content));
  } catch {
    // The parser gave up: the words matter more than their markup.
    return withoutMarks(tex);
  }
}

const withoutMarks = (tex: string): string => tex.replace(/\\[A-Za-z]+ ?|(?<!\\)[${}]|\\/g, '');

/**
 * The promise to every page and mail: no control word and no brace reaches a reader. A run of
 * backslashes is looked at once, from its beginning, and spaces are folded first: else a long run
 * would cost its square.
 */
const withoutLeftovers = (text: string): string =>
  text
    .replace(/(?<!\\)\\+(?=[A-Za-z])|[{}]/g, '')
    .replace(/ +/g, ' ')
    .replace(/ ([,;:!?)\]”’\ufdd5]|\.(?!\w))/g, '$1')
    .replace(/([([“‘\ufdd4]) /g, '$1');

/**
 * One line: white space folded, NFC, and nothing that Postgres, JSON, XML or a mail header cannot
 * hold: control and format-breaking characters, lone surrogates, noncharacters, the byte order
 * mark.
 */
function foldedLine(text: string): string {
  return text
    .replace(/[\s\u0085\u2028\u2029]+/g, ' ')
    .replace(/[\p{Cc}\p{Cs}\ufdd0-\ufdef\ufffe\uffff\ufeff\u200b\u2060\u202a-\u202e\u2066-\u2069]/gu, '')
    .normalize('NFC')
    .trim();
}
