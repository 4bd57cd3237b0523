import { CARET, CLOSE_BRACE, MASK_CLOSE, MASK_OPEN, OPEN_BRACE, TILDE } from './marks.ts';
import { FRACTIONS } from './symbols.ts';

// Sources hand out TeX that has been through other hands: backslashes and dollar signs stripped,
// links glued together, percent signs bare. This turns such a line into balanced LaTeX that a
// parser reads in linear time and cannot misread.

const MAX_DEPTH = 16;
const MAX_FORMULA = 600;

/** The inside of a group that matches one of these words. */
const oneOf = (words: string): string => words.trim().split(/\s+/).join('|');

const GREEK = oneOf(`
  alpha beta gamma delta epsilon zeta eta theta kappa lambda mu nu xi pi rho sigma tau phi chi psi omega ell
  Gamma Delta Theta Lambda Sigma Phi Psi Omega
`);
/**
 * Control words that are no words of any language: where they stand bare, the backslash was lost.
 */
const BARE = oneOf(`
  cdot propto leq geq neq infty rightarrow leftarrow langle rangle nabla subseteq odot otimes oplus lfloor
  rfloor lceil rceil varepsilon vartheta varphi varrho varsigma
`);
/** What tells a line with stripped markup from plain prose. */
export const STRIPPED = new RegExp(
  `(?<![\\\\A-Za-z])(?:${BARE}|mathcal|mathbb|times(?= \\d))(?![A-Za-z])|\\dtimes(?![a-z])`,
);
const FONTS = oneOf(`
  mathcal mathbb mathsf mathbf mathrm mathfrak mathit mathscr boldsymbol textbf textit texttt textsc textrm
  textsf emph operatorname frac sqrt
`);
const FORMULA_MARK = /[\\^_{}=<>]/;

interface Repaired {
  tex: string;
  /** Puts back, after rendering, the links and what else must not be read as TeX. */
  unmask: (text: string) => string;
}

/**
 * The line as LaTeX. A formula of which `setApart` makes something is not read: what was made comes
 * back with `unmask`.
 */
export function repairTex(line: string, setApart: (formula: string) => string | null = () => null): Repaired {
  const kept: string[] = [];
  const masked = maskLinks(normaliseDelimiters(line), kept);
  const formula = (piece: string): string => {
    const made = setApart(piece);
    return made === null ? `$${mathPiece(piece)}$` : `${MASK_OPEN}${kept.push(made) - 1}${MASK_CLOSE}`;
  };
  const tex = balance(
    formulas(masked)
      .map((piece, i) => (i % 2 === 1 ? formula(piece) : textPiece(piece, i > 0)))
      .join(''),
  );
  return {
    tex,
    unmask: (text) =>
      text
        .replaceAll(CARET, '^')
        .replaceAll(TILDE, '~')
        .replaceAll(OPEN_BRACE, '{')
        .replaceAll(CLOSE_BRACE, '}')
        .replace(/\ufdd0(\d+)\ufdd1/g, (_, i: string) => kept[Number(i)] ?? ''),
  };
}

const FORMULAS = oneOf('equation align gather multline eqnarray displaymath math flalign alignat');

/**
 * `\(…\)`, `\[…\]`, `$$…$$` and the environments of formulas become `$…$`; other environments,
 * references and comments go.
 */
function normaliseDelimiters(line: string): string {
  return line
    .replace(/\\[()[\]]/g, (m, at: number) => (line[at - 1] === '\\' ? m : '$'))
    .replace(/\$\$/g, '$')
    .replace(new RegExp(`\\\\(?:begin|end)\\s?\\{(?:${FORMULAS})\\*?\\}`, 'g'), '$')
    .replace(/\\(?:begin|end)\s?\{[A-Za-z]{1,30}\*?\}/g, ' ')
    .replace(/\\(?:cite|ref|eqref|label|[cC]ref|autoref)[a-z]{0,12}\*?(?:\[[^\]]{0,100}\]){0,2}\{[^{}]{0,300}\}/g, '')
    .replace(/(\\(?!sqrt)[A-Za-z]{1,40})\[[^[\]{}$\\]{0,100}\](?=\{)/g, '$1')
    .replace(/(^|[.!?] )% /g, '$1')
    .replace(/\\(?:verb|lstinline)\b/g, ' ');
}

/** A link is one opaque mark while TeX is read. `URL{label}` is what is left of a `\href`. */
function maskLinks(line: string, links: string[]): string {
  const mask = (url: string): string => `${MASK_OPEN}${links.push(url) - 1}${MASK_CLOSE}`;
  return line
    .replace(
      /(?:\\(?=http))?\b(?:https?:\/\/|www\.|github\.com\/)(?:\\(?:[_%#&~]|allowbreak ?)|(?<==)\{[\w.-]{0,40}\}|(?<=\/)\{[\w.-]{1,40}\}(?=[/?&])|[^\s\\{}$<>"'`,;()\]])+/g,
      (url) => {
        const address = url.replace(/^\\/, '').replace(/\\(?:allowbreak ?|(?=[_%#&~]))/g, '');
        const end = /(?<![.:!?*])[.:!?*]+$/.exec(address)?.[0] ?? '';
        return mask(end ? address.slice(0, -end.length) : address) + end;
      },
    )
    .replace(/(?<!\\(?:href|url)\{)(\ufdd0\d+\ufdd1) ?\{([^{}]{0,200})\}/g, (_, url: string, label: string) =>
      /^\s*(?:\ufdd0|[\w.]+\/|$)/.test(label) ? url : `${url} (${label})`,
    );
}

/**
 * Splits at formulas: even pieces are text, odd ones what stood between two dollar signs that mean
 * mathematics.
 */
function formulas(line: string): string[] {
  const parts = line.split(/(?<!\\)\$/);
  const pieces: string[] = [parts[0] ?? ''];
  for (let i = 1; i < parts.length; i++) {
    const inside = parts[i]!;
    const after = parts[i + 1];
    if (after !== undefined && isFormula(inside, after)) {
      pieces.push(inside, after);
      i++;
    } else {
      pieces[pieces.length - 1] += (/^\s?\d/.test(inside) ? '\\$' : '') + inside;
    }
  }
  return pieces;
}

/**
 * Mathematics, and not two sums of money: no space inside the signs and no digit after, or
 * unmistakable markup within.
 */
function isFormula(inside: string, after: string): boolean {
  if (inside.trim() === '' || inside.length > MAX_FORMULA || inside.includes(MASK_OPEN)) return false;
  const sum = /^\d[\d.,]*(?:[kKmMbB]|\\?%)?(?:[\s,;.)–-]|$)/.test(inside) && /\s/.test(inside);
  if (FORMULA_MARK.test(inside)) return !sum || /[\\^_]/.test(inside.slice(0, 12)) || !hasWord(inside);
  if (/^\s|\s$/.test(inside) || /^\d/.test(after)) return false;
  return sum ? !hasWord(inside) && /[\d)\]\p{L}]$/u.test(inside) : inside.length <= 40 || !isProse(inside);
}

/** Whether a word stands in it that is no control word. */
const hasWord = (text: string): boolean => /(?<![\\A-Za-z])\p{L}{2}/u.test(text);

/** Whether two words of some length stand in it, with a space between them. */
function isProse(text: string): boolean {
  const first = /\p{L}{4}/u.exec(text);
  const gap = first === null ? -1 : text.indexOf(' ', first.index + first[0].length);
  return gap >= 0 && /\p{L}{4}/u.test(text.slice(gap));
}

const mathPiece = (piece: string): string =>
  piece
    .replace(UNBRACED_FRACTION, '\\$1{$2}{$3}')
    .replace(/(?<!\\)([%#&~])/g, (c) => (c === '~' || c === '&' ? ' ' : `\\${c}`))
    .replace(/\{([^{}]{1,100}?)\\over(?![a-z])([^{}]{1,100})\}/g, '{\\frac{$1}{$2}}')
    .replace(/^([^{}]{1,100}?)\\over(?![a-z])([^{}]{1,100})$/, '\\frac{$1}{$2}');

const OPENING_QUOTE = /(?<=^|[\s([{/–—-])''/g;

function textPiece(piece: string, afterFormula: boolean): string {
  return typography(literalBraces(strippedMarkup(piece)))
    .replace(UNBRACED_FRACTION, '\\$1{$2}{$3}')
    .replace(/(?<!\\)[%#&]/g, (c) => `\\${c}`)
    .replace(/(?<!\\)~/g, (_, at: number, whole: string) => (afterFormula && at === 0 ? ' ' : tilde(whole, at)));
}

/** In text and in groups the parser takes a word for one argument: `\frac12`. */
const UNBRACED_FRACTION = new RegExp(
  `\\\\(${[...FRACTIONS].join('|')})(?![A-Za-z])\\s*([^\\s\\\\{}])\\s*([^\\s\\\\{}])`,
  'g',
);

/** Braces that no TeX would have there: a blank to fill in, `{name}`, and a list, `{-1, 0, 1}`. */
const literalBraces = (text: string): string =>
  text.replace(
    /(?<=^|[\s"“'‘([,:;/=])\{([a-z](?:[\w-]|\\_){1,30}|[^{}\s\\,]{1,12}(?:, ?[^{}\s\\,]{1,12}){1,20})\}(?![\p{L}{])/gu,
    `${OPEN_BRACE}$1${CLOSE_BRACE}`,
  );

/** Quotes and dashes as TeX means them. */
function typography(text: string): string {
  return text
    .replace(/``([^`"]{0,400}?)(?:''|")/g, '“$1”')
    .replace(/``/g, '“')
    .replace(OPENING_QUOTE, '“')
    .replace(/''/g, '”')
    .replace(/(?<![\w`])`([^`'“”]{1,120})'(?!\w)/g, '‘$1’')
    .replace(/(?<!-)---(?!-)/g, '—')
    .replace(/(?<!-)--(?!-)/g, '–');
}

/** "about" before a number and "to" between two; a hard space elsewhere. */
function tilde(text: string, at: number): string {
  const before = text.slice(Math.max(0, at - 8), at);
  const after = text.slice(at + 1, at + 3);
  const about = /(?:^|[\s([{<>=:/+–—-])$/.test(before) && /^ ?[\d.$/\\A-Za-z]/.test(after);
  const range = /\d[kKMBGTx×%]?$/.test(before) && /^\d/.test(after);
  const between = /\d\S{0,3} $/.test(before) && after.startsWith(' ');
  return about || range || between ? TILDE : ' ';
}

/**
 * What sources do to TeX, under an example of each, and what it was. Order matters: later lines see
 * the work of earlier ones.
 */
const REPAIRS: readonly (readonly [RegExp, string])[] = [
  // GPT-4o\'s: an apostrophe, no accent
  [/(\p{L})\\'s(?!\p{L})/gu, "$1's"],
  // for about \0.1: a dollar sign went with its backslash left behind; \3) is a list item
  [/\\(\d+)(?!\d)(?!\))/g, '\\$$$1'],
  // 360^circ, 360^{circ}, 360^circtimes180
  [/\^(?:\{\\?circ\}|\\?circ(?![a-z])|\\?circ(?=times))/g, '°'],
  // 2.3times, 8{times}, 2 times 4
  [/(?<=[\d}°])\{?\\?times\}?(?![a-z])|\{\\?times\}|(?<=\d )times(?= \d)/g, '×'],
  // {sim}5, {approx}5, approx 1.7
  [/\{\\?sim\}/g, '~'],
  [/\{approx\}|(?<=\s)approx(?= ?-?\d)/g, '≈'],
  // 1{,}879
  [/(\d)\{,\}(?=\d)/g, '$1,'],
  // mathcal{O}, textbf{2AI}, boldsymbolπ, {bf Elastic-Cache}
  [new RegExp(`(?<![\\\\A-Za-z])(?:${FONTS})(?=\\{)`, 'g'), '\\$&'],
  [/(?<![\\A-Za-z])boldsymbol(?=[^\p{ASCII}])/gu, ''],
  [/(?<=\{)(?:bf|em|it|sc|tt) (?=\S)/g, ''],
  // black{a framework}, from \color or \textcolor
  [/(?<![\\A-Za-z])(?:black|blue|red|green|gray|purple|orange|teal|cyan|magenta|brown)(?=\{)/g, ''],
  // v^top, J^star, 10^-4
  [/\^\\?top(?![A-Za-z])/g, 'ᵀ'],
  [/\^\\?star(?![A-Za-z])/g, '*'],
  [/(?<!\\)\^([-−+]\d+)/g, '^{$1}'],
  // langle P, B rangle; nLvarepsilon
  [new RegExp(`(?<![\\\\A-Za-z])(?:${BARE})(?![A-Za-z])`, 'g'), '\\$&{}'],
  [/(?<!\\)var(?:epsilon|theta|phi|rho|sigma)(?![a-z])/g, '\\$&{}'],
  // pi_0, eta^2, theta=1; Omega(n), tilde Omega(n)
  [new RegExp(`(?<![\\\\\\p{L}])(?:${GREEK})(?=[\\^_]|\\{?[=<>])`, 'gu'), '\\$&{}'],
  [/(?<![\\\p{L}])(?:tilde |widetilde )?(Omega|Theta)(?=\()/gu, '\\$1{}'],
];

function strippedMarkup(text: string): string {
  const repaired = REPAIRS.reduce((line, [pattern, replacement]) => line.replace(pattern, replacement), text);
  return repaired
    .replace(/(?<!\\)\^/g, (_, at: number, whole: string) => scriptMark('\\textsuperscript', CARET, whole, at))
    .replace(/(?<!\\)_/g, (_, at: number, whole: string) => scriptMark('\\textsubscript', '\\_', whole, at))
    .replace(/(\\textsu(?:per|b)script)(\d+|[\p{L}*])/gu, '$1{$2}');
}

/**
 * A bare `^` or `_` starts a script when braces, a number, one letter or a star follow what can
 * carry one.
 */
function scriptMark(command: string, literal: string, text: string, at: number): string {
  const before = text.slice(Math.max(0, at - 24), at);
  const after = text.slice(at + 1, at + 24);
  if (!/[\p{L}\p{N})\]}|ℓ]$/u.test(before)) return literal;
  if (after.startsWith('{')) return command;
  if (command === '\\textsubscript')
    return /(?:^|[^\p{L}\p{N}_\\}])(?:\p{L}|\\[A-Za-z]+\{\})$/u.test(before) &&
      /^[\p{L}\p{N}](?![\p{L}\p{N}_]|\.\w)/u.test(after)
      ? command
      : literal;
  return /^(?:\d|\*|\p{L}(?!\p{L}))/u.test(after) ? command : literal;
}

/** Drops braces and dollar signs without a partner, and those nested deeper than any text means. */
function balance(tex: string): string {
  const drop = new Set<number>();
  const open: number[] = [];
  let formula = -1;
  for (let i = 0; i < tex.length; i++) {
    const c = tex[i];
    if (c === '\\') {
      i++;
      continue;
    }
    if (c === '{') open.push(i);
    else if (c === '}') closeBrace(i, open, formula, drop);
    else if (c === '$') {
      if (formula < 0) formula = i;
      else {
        while (open.length > 0 && open.at(-1)! > formula) drop.add(open.pop()!);
        formula = -1;
      }
    }
  }
  if (formula >= 0) drop.add(formula);
  for (const i of open) drop.add(i);
  if (tex.endsWith('\\') && !tex.endsWith('\\\\')) drop.add(tex.length - 1);
  if (drop.size === 0) return tex;
  // An opening brace leaves an empty group behind, so that `\textbf{word` does not become the
  // control word `\textbfword`.
  let kept = '';
  for (let i = 0; i < tex.length; i++) {
    if (!drop.has(i)) kept += tex[i];
    else if (tex[i] === '{') kept += '{}';
  }
  return kept;
}

function closeBrace(at: number, open: number[], formula: number, drop: Set<number>): void {
  const partner = open.at(-1);
  if (partner === undefined || partner < formula) {
    drop.add(at);
    return;
  }
  open.pop();
  if (open.length >= MAX_DEPTH) {
    drop.add(at);
    drop.add(partner);
  }
}
