import { decodeHTML } from 'entities';

/** What is no sentence of ours: code, places of the world, and what programs read. */
const NOT_READ =
  /<(script|style|pre|code|option|optgroup|datalist|math|svg)\b[^]*?<\/\1>|<!--[^]*?-->|<option[^>]*>[^<]*/g;
/** Attributes that are read to people. */
const SPOKEN = /\s(?:aria-label|title|alt|placeholder|data-say|data-all|data-suggest)="([^"]*)"/g;

/**
 * The texts of a page in the pseudo-language that stand outside its brackets, and hold a word that
 * is not among `data`, which is what papers and operators bring.
 */
export function untranslatedIn(html: string, data: readonly string[]): string[] {
  const body = html.replace(NOT_READ, ' ');
  const spoken = [...body.matchAll(SPOKEN)].map(([, text]) => text!);
  const texts = body.replace(/<head[^]*?<\/head>/, ' ').replace(/<[^>]*>/g, '\n');
  const known = data.filter((text) => text.length > 1).toSorted((a, b) => b.length - a.length);
  return [outside(decodeHTML(texts)), ...spoken.map((text) => outside(decodeHTML(text)))]
    .flatMap((text) => text.split('\n'))
    .map((text) => known.reduce((rest, one) => rest.replaceAll(one, ' '), text.replace(/\s+/g, ' ')).trim())
    .filter((text) => /\p{L}{2}/u.test(text));
}

/** The text that stands in no brackets. */
function outside(text: string): string {
  let depth = 0;
  let rest = '';
  for (const letter of text) {
    if (letter === '⟦') depth += 1;
    else if (letter === '⟧') depth -= 1;
    else if (depth === 0) rest += letter;
  }
  return rest;
}
