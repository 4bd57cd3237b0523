import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type Glyphs, glyphsOf } from './glyphs.ts';

const { resolve } = createRequire(import.meta.url);
const DEJAVU = path.join(path.dirname(resolve('dejavu-fonts-ttf/package.json')), 'ttf');
/** Chinese and Japanese, in slices of some characters each: all of them would be read for one. */
const CHINESE = path.dirname(resolve('@fontsource-variable/noto-sans-sc/package.json'));

export const SERIF = 'DejaVu Serif';
export const SANS = 'DejaVu Sans';
/** Always there: the serif of headlines, the sans of facts (Arabic and Hebrew too), mathematics. */
export const FONT_FILES = ['DejaVuSerifCondensed-Bold', 'DejaVuSans', 'DejaVuMathTeXGyre'].map((name) =>
  path.join(DEJAVU, `${name}.ttf`),
);

export interface Fonts {
  /** How wide a character is in a family, in ems; `null`: no font of ours has it. */
  widthOf(family: string, character: string): number | null;
  /** The file of a slice that has the character, which no other font of ours has; else `null`. */
  sliceOf(character: string): string | null;
}

/** Reads which characters our fonts have. */
export function readFonts(): Fonts {
  const [serif, sans, mathematics] = FONT_FILES.map((file) => glyphsOf(readFileSync(file))) as [Glyphs, Glyphs, Glyphs];
  const slices = readSlices();
  const inOurs = (family: string, character: string): number | null =>
    (family === SERIF ? serif(character) : null) ?? sans(character) ?? mathematics(character) ?? serif(character);
  const sliceOf = remembered((character) => {
    if (inOurs(SANS, character) !== null) return null;
    const codePoint = character.codePointAt(0)!;
    return slices.find(({ from, to }) => codePoint >= from && codePoint <= to)?.file ?? null;
  });
  const widthIn = (family: string) =>
    remembered((character) => inOurs(family, character) ?? (sliceOf(character) === null ? null : 1));
  const [inSerif, inSans] = [widthIn(SERIF), widthIn(SANS)];
  return { sliceOf, widthOf: (family, character) => (family === SERIF ? inSerif : inSans)(character) };
}

/** A layout measures the same characters some hundred times; there are no more than 65,536. */
function remembered<T>(of: (character: string) => T): (character: string) => T {
  const known = new Map<string, T>();
  return (character) => {
    const before = known.get(character);
    if (before !== undefined) return before;
    const found = of(character);
    if (known.size < MOST_REMEMBERED) known.set(character, found);
    return found;
  };
}

const MOST_REMEMBERED = 20_000;

interface Slice {
  from: number;
  to: number;
  file: string;
}

/** Pictures of faces and flags are not what these slices are for. */
const LAST_WRITTEN = 0xffff;

function readSlices(): Slice[] {
  const said = JSON.parse(readFileSync(path.join(CHINESE, 'unicode.json'), 'utf8')) as Record<string, string>;
  return Object.entries(said).flatMap(([key, ranges]) => {
    const file = path.join(CHINESE, 'files', `noto-sans-sc-${key.replace(/[[\]]/g, '')}-wght-normal.woff2`);
    return ranges
      .split(',')
      .map((range) => range.replace('U+', '').split('-'))
      .map(([from, to = from]) => ({ from: Number.parseInt(from!, 16), to: Number.parseInt(to!, 16), file }))
      .filter(({ to }) => to <= LAST_WRITTEN);
  });
}
