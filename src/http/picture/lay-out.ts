import { escapeHtml } from '../../words/escape-html.ts';
import { type Fonts, SANS, SERIF } from './fonts.ts';

/** What a picture of a paper says. */
export interface PictureOf {
  /** The newspaper's name. */
  site: string;
  accent: string;
  title: string;
  authors: readonly string[];
  /** Says a line of authors, of those whose names can be drawn. */
  authorLine: (authors: readonly string[]) => string;
  news: string;
}

/** A picture to be drawn, and the fonts that it needs beside those that are always there. */
export interface Drawing {
  svg: string;
  slices: string[];
}

export const PICTURE = { width: 1200, height: 630 } as const;

const MARGIN = 88;
const COLUMN = PICTURE.width - 2 * MARGIN;
const [PAPER, INK, QUIET] = ['#fdfcf9', '#1d1b18', '#625d54'];
/** The largest size at which a title has few enough lines is taken. */
const TITLE_SIZES = [
  { size: 60, lines: 2 },
  { size: 52, lines: 3 },
  { size: 44, lines: 4 },
  { size: 38, lines: 5 },
];
const TITLE_LEADING = 1.22;
const NEWS_SIZE = 27;
const NEWS_LEADING = 1.4;
/** The room below the masthead and above the foot. */
const [TOP, BOTTOM] = [138, 562];
const GAP = 34;

/** Lays a picture out: a masthead, the title, who, and what is new. Pure. */
export function layOut(paper: PictureOf, fonts: Fonts): Drawing {
  const drawn = (text: string): string => drawable(text, fonts);
  const isDrawable = (name: string): boolean => drawn(name) === name.trim();
  const title = titleLines(drawn(paper.title), fonts);
  const who = setIn(
    drawn(paper.authorLine(paper.authors.filter(isDrawable))),
    { family: SANS, size: 26, lines: 1 },
    fonts,
  );
  const titleHeight = title.lines.length * title.size * TITLE_LEADING;
  const left = BOTTOM - TOP - titleHeight - GAP - 40;
  const newsLines = Math.max(0, Math.min(4, Math.floor((left - GAP) / (NEWS_SIZE * NEWS_LEADING))));
  const news = setIn(drawn(paper.news), { family: SANS, size: NEWS_SIZE, lines: newsLines }, fonts);
  const height = titleHeight + GAP + 30 + (news.length > 0 ? GAP + news.length * NEWS_SIZE * NEWS_LEADING : 0);
  let y = TOP + (BOTTOM - TOP - height) / 2;
  const parts: string[] = [];
  const put = (lines: readonly string[], style: Style & { leading: number; colour: string }): void => {
    for (const line of lines) {
      parts.push(textAt(y + style.size, line, style, fonts));
      y += style.size * style.leading;
    }
  };
  put(title.lines, { family: SERIF, size: title.size, leading: TITLE_LEADING, colour: INK });
  y += GAP - 14;
  put(who, { family: SANS, size: 26, leading: 1.3, colour: QUIET });
  y += GAP - 14;
  put(news, { family: SANS, size: NEWS_SIZE, leading: NEWS_LEADING, colour: INK });
  const [name = ''] = setIn(drawn(paper.site), { family: SERIF, size: 34, lines: 1 }, fonts);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${PICTURE.width}" height="${PICTURE.height}">
<rect width="100%" height="100%" fill="${PAPER}"/>
<rect x="${MARGIN}" y="44" width="${COLUMN}" height="2" fill="${INK}"/>
${textAt(94, name, { family: SERIF, size: 34, colour: INK }, fonts)}
<rect x="${MARGIN}" y="114" width="${COLUMN}" height="3" fill="${INK}"/>
<rect x="${MARGIN}" y="120" width="${COLUMN}" height="1" fill="${INK}"/>
${parts.join('\n')}
<rect x="${PICTURE.width / 2 - 48}" y="584" width="96" height="6" fill="${escapeHtml(paper.accent)}"/>
</svg>`;
  return { svg, slices: slicesFor([paper.site, ...title.lines, ...who, ...news].join(''), fonts) };
}

interface Style {
  family: string;
  size: number;
}

const MOST_CHARACTERS = 600;

/** The text without what no font of ours has, in one line. */
const drawable = (text: string, fonts: Fonts): string =>
  [
    ...text
      .normalize('NFC')
      .replace(/\s+/gu, ' ')
      .replace(/[\p{Cf}\p{Cc}]/gu, ''),
  ]
    .slice(0, MOST_CHARACTERS)
    .filter((character) => fonts.widthOf(SANS, character) !== null)
    .join('')
    .replace(/ +/g, ' ')
    .trim();

function titleLines(title: string, fonts: Fonts): { lines: string[]; size: number } {
  const ways = TITLE_SIZES.map(({ size, lines }) => {
    const all = wrap(title, { family: SERIF, size }, fonts);
    return { size, lines: cut(all, lines, { family: SERIF, size }, fonts), fits: all.length <= lines };
  });
  return ways.find(({ fits }) => fits) ?? ways.at(-1)!;
}

const setIn = (text: string, { lines, ...style }: Style & { lines: number }, fonts: Fonts): string[] =>
  cut(wrap(text, style, fonts), lines, style, fonts);

/** So many lines, of which the last says where more was. */
function cut(lines: readonly string[], most: number, style: Style, fonts: Fonts): string[] {
  if (lines.length <= most) return [...lines];
  const kept = lines.slice(0, most);
  const last = kept.pop();
  if (last === undefined) return [];
  const characters = [...last];
  while (characters.length > 0 && widthIn(`${characters.join('')}…`, style, fonts) > COLUMN) characters.pop();
  return [...kept, `${characters.join('').replace(/(?<![\s,;:.])[\s,;:.]+$/u, '')}…`];
}

const widthIn = (text: string, { family, size }: Style, fonts: Fonts): number =>
  [...text].reduce((sum, character) => sum + (fonts.widthOf(family, character) ?? 0), 0) * size;

/** Between words; on both sides of a character that is a word by itself; within what is too long. */
const PIECES =
  /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]{1,40}|\s+/gu;

/** Lines about equally long, as few as there can be. */
function wrap(text: string, style: Style, fonts: Fonts): string[] {
  const pieces = text.match(PIECES) ?? [];
  const fewest = fill(pieces, COLUMN, style, fonts);
  for (let width = widthIn(text, style, fonts) / Math.max(1, fewest.length); width < COLUMN; width += COLUMN / 24) {
    const even = fill(pieces, width, style, fonts);
    if (even.length <= fewest.length) return even;
  }
  return fewest;
}

function fill(pieces: readonly string[], width: number, style: Style, fonts: Fonts): string[] {
  const lines: string[] = [];
  let line = '';
  let taken = 0;
  for (const piece of pieces) {
    // Only what is written has to fit: a space may hang over.
    if (line.trim() !== '' && taken + widthIn(piece.trimEnd(), style, fonts) > width) {
      lines.push(line.trim());
      [line, taken] = ['', 0];
    }
    const next = line === '' ? piece.trimStart() : piece;
    line += next;
    taken += widthIn(next, style, fonts);
  }
  return [...lines, line.trim()].filter(Boolean);
}

/** How much thicker strokes are made of a font that comes in its thinnest, in ems. */
const THICKER: Readonly<Record<string, number>> = { [SERIF]: 0.07, [SANS]: 0.028 };

/** One line, centred, so that it needs no side to begin from. */
function textAt(y: number, line: string, { family, size, colour }: Style & { colour: string }, fonts: Fonts): string {
  const thicker = `stroke="${colour}" stroke-width="${size * THICKER[family]!}"`;
  const marked = [...line]
    .map((c) => (fonts.sliceOf(c) === null ? escapeHtml(c) : `<tspan ${thicker}>${escapeHtml(c)}</tspan>`))
    .join('');
  const weight = family === SERIF ? 'bold' : 'normal';
  return `<text x="${PICTURE.width / 2}" y="${Math.round(y)}" text-anchor="middle" font-family="${family}" font-weight="${weight}" font-size="${size}" fill="${colour}" xml:space="preserve">${marked}</text>`;
}

const slicesFor = (text: string, fonts: Fonts): string[] => [
  ...new Set([...text].map((c) => fonts.sliceOf(c)).filter((file) => file !== null)),
];
