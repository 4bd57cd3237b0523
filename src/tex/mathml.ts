import { temml } from './lazy-temml.ts';
import { texToText } from './text.ts';

/** What temml may make, by the names of MathML Core; an attribute that is not here is left out. */
const ELEMENTS = new Set(
  `math mrow mi mn mo ms mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts
  mprescripts mtable mtr mtd mpadded mphantom mstyle`.split(/\s+/),
);
const ATTRIBUTES = new Set(
  `mathvariant stretchy fence separator symmetric form lspace rspace accent accentunder movablelimits largeop
  minsize maxsize displaystyle scriptlevel linethickness width height depth voffset display`.split(/\s+/),
);

/** Neither files nor links nor attributes, few expansions, and no macro outlives its formula. */
const optionsOf = () => ({
  throwOnError: true,
  strict: false,
  trust: false,
  maxExpand: 100,
  maxSize: [5, 10] as [number, number],
  macros: {},
});

/** A formula whose markup is longer than this is a picture, and its text serves better. */
const MOST_MARKUP = 20_000;

/**
 * A title or an abstract as HTML: formulas as MathML with the Unicode as their name, all else as
 * text. Nothing of the source comes through as markup. `text` is what the paper says without
 * formulas; where its TeX says something else, it is shown alone.
 */
export function texToHtml(tex: string | null, text: string): string {
  if (tex === null || !says(tex, text)) return escaped(text);
  const formulas: string[] = [];
  const line = texToText(tex.replace(PLACES, ''), (formula) => {
    const math = mathOf(formula);
    return math === null ? null : `${OPEN}${formulas.push(math) - 1}${CLOSE}`;
  });
  return escaped(line).replace(PLACE, (_, i: string) => formulas[Number(i)] ?? '');
}

// Characters of a private use, which readable text may hold; those of a source are taken away.
const OPEN = '\uf8d0';
const CLOSE = '\uf8d1';
const PLACES = /[\uf8d0\uf8d1]/g;
const PLACE = /\uf8d0(\d{1,4})\uf8d1/g;

/** Whether they are the same words, however they are set. */
const says = (tex: string, text: string): boolean => lettersOf(texToText(tex)) === lettersOf(text);
const lettersOf = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '');

/** One formula as `<math>`; `null` where temml does not know all of it, or made what we do not. */
function mathOf(formula: string): string | null {
  const renderer = temml();
  try {
    const markup = renderer.renderToString(formula, optionsOf());
    const math = markup.length <= MOST_MARKUP ? soberly(markup) : null;
    return math?.replace('<math>', () => `<math aria-label="${escaped(texToText(`$${formula}$`))}">`) ?? null;
  } catch {
    return null;
  }
}

const TAG = /<(\/?)([a-z]+)((?: [^<>"]+="[^"<>]*")*)\/?>/g;

/** The markup with its styles, classes and colours gone; `null` where anything else is in it. */
function soberly(markup: string): string | null {
  const parts: string[] = [];
  let end = 0;
  for (const { 0: tag, 1: slash, 2: name = '', 3: attributes = '', index } of markup.matchAll(TAG)) {
    if (!ELEMENTS.has(name)) return null;
    const kept = [...attributes.matchAll(/ ([a-z]+)="[^"]*"/g)].filter(([, attribute]) => ATTRIBUTES.has(attribute!));
    parts.push(markup.slice(end, index), `<${slash}${name}${kept.map(([whole]) => whole).join('')}>`);
    end = index + tag.length;
  }
  parts.push(markup.slice(end));
  // Every other part is text, in which no tag may begin or end.
  return parts.some((part, i) => i % 2 === 0 && /[<>]/.test(part)) ? null : parts.join('');
}

const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => REFERENCES[character]!);
