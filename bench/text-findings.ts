import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

// What went wrong where TeX became text, found without the renderer: by counting in the raw line and
// in the text.

export interface Finding {
  kind: 'leaked' | 'vanished' | 'fractions' | 'braces';
  what: string;
}

/** Every name that temml has in any of its tables, read from its source as a text. */
const TEMML = new Set(
  [...readFileSync(createRequire(import.meta.url).resolve('temml'), 'utf8').matchAll(/"\\\\([A-Za-z]+)"/g)].map(
    ([, name]) => name!,
  ),
);
const words = (list: string): string[] => list.trim().split(/\s+/);
/** Names of LaTeX and its usual packages that are no mathematics. */
const LATEX = new Set(
  words(`
    textbf textit emph texttt textsc textrm textsf textsl textup textmd textnormal underline uline ul uwave sout em bf
    it sc tt rm sf sl bfseries itshape ttfamily scshape small footnotesize tiny large Large LARGE huge Huge cite citep
    citet citeauthor citeyear citealp nocite ref eqref cref Cref autoref label footnote footnotemark href url noindent
    par item begin end vspace hspace vskip hskip newline linebreak allowbreak xspace protect relax centering color
    textcolor colorbox textsuperscript textsubscript textgreater textless textbackslash textasciitilde
    textasciicircum textdegree textendash textemdash textregistered texttrademark textcopyright textmu SI si qty unit
    num ang SIrange numrange qtyrange qtyproduct kilo mega giga milli micro nano meter second byte gibi bit hertz gram
    verb lstinline enquote mbox fbox hbox section subsection paragraph nobreakdash ac acs acl acp gls Gls unicode
    nicefrac sfrac
  `),
);
/** Their names are what they show. */
const SAYS_ITS_NAME = new Set(
  words(`
    log ln lg exp sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan max min sup inf lim limsup liminf arg
    det dim ker deg gcd Pr hom bmod mod pmod argmax argmin TeX LaTeX plim
  `),
);
/** Their arguments are for the machine. */
const FOR_THE_MACHINE =
  /\\(?:cite[a-z]*|nocite|[a-zA-Z]*ref|label|color|textcolor|colorbox|begin|end|vspace|hspace|includegraphics|unicode|SI|si|qtyproduct|qty|unit|num|ang|SIrange|hyperlink|hypertarget|renewcommand|newcommand)\*?\s*(?:\[[^\]]*\])*(?:\{[^{}]*\})?/g;

const isKnown = (name: string): boolean => TEMML.has(name) || LATEX.has(name);
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;
const asWord = (name: string): RegExp => new RegExp(`(?<![A-Za-z])${escaped(name)}(?=(?:e?s)?(?![A-Za-z]))`, 'g');

/** What is wrong with the text that a raw title or abstract became. */
export function findingsOf(raw: string, text: string): Finding[] {
  return [...leaked(raw, text), ...vanished(raw, text), ...fractions(raw, text), ...braces(raw, text)];
}

const controlWords = (raw: string): string[] =>
  [...raw.matchAll(/\\([A-Za-z]+)/g)].filter(({ index }) => raw[index - 1] !== '\\').map(([, name]) => name!);

/** A backslash before a word, or the bare name of a macro that TeX knows. */
function leaked(raw: string, text: string): Finding[] {
  const backslashes = [...text.matchAll(/\\[A-Za-z]+/g)].filter(() => !raw.includes('\\textbackslash'));
  const names = [...new Set(controlWords(raw))].filter((name) => {
    if (!isKnown(name) || SAYS_ITS_NAME.has(name) || name.length === 1) return false;
    const bare =
      name.length < 4 ? new RegExp(`(?<![A-Za-z\\\\])${name}(?![A-Za-z])`, 'g') : new RegExp(`(?<!\\\\)${name}`, 'g');
    return count(text, bare) > count(raw, bare);
  });
  return [...backslashes.map(([word]) => word), ...names].map((what) => ({ kind: 'leaked', what }));
}

/** The name of an author's own macro, or a word of four letters, that the text lacks. */
function vanished(raw: string, text: string): Finding[] {
  const own = [...raw.matchAll(/(?<!\\)\\([A-Za-z]+)(?!\s*[[{]\s*[^\s}\]])(?![A-Za-z])/g)]
    .map(([, name]) => name!)
    .filter((name) => !isKnown(name) && name.length > 1 && !ABBREVIATED.has(name));
  const missing = [...new Set(own)].filter(
    (name) => count(text, asWord(name)) < own.filter((other) => other === name).length,
  );
  const lost = plainWords(raw).filter((word) => word.length >= 4 && !text.includes(word));
  return [...missing, ...lost.filter((word) => !STRIPPED.has(word))].map((what) => ({ kind: 'vanished', what }));
}

/** The words of a raw line that no TeX changes: not those with accents, nor the label left of a link. */
function plainWords(raw: string): string[] {
  const plain = raw
    .replace(FOR_THE_MACHINE, ' ')
    .replace(/(https?:\/\/[^\s{]+)\{[^{}]*\}/g, '$1')
    .replace(/[A-Za-z]*\\["'`^~=.]\{?[A-Za-z]*\}?[A-Za-z]*/g, ' ')
    .replace(/\\[A-Za-z]+/g, ' ')
    .replace(/<[^<>]*>|&#?\w+;/g, ' ');
  return words(plain.replace(/[^A-Za-z]+|(?<=\dtimes)(?=[A-Z])/g, ' '));
}

/** Macros that stand for an abbreviation in nearly every paper. */
const ABBREVIATED = new Set(words('eg ie etal etc wrt vs aka cf iid'));
/** What sources that strip backslashes leave of known macros. */
const STRIPPED = new Set(
  words(`
    approx times cdot langle rangle mathcal mathbf mathbb mathrm boldsymbol textbf textit texttt emph alpha beta gamma
    delta epsilon varepsilon theta lambda sigma omega frac sqrt propto infty circ star leq geq Omega Theta circtimes
    operatorname rightarrow leftarrow tilde widetilde varphi nabla black blue green kappa zeta Gamma Delta Lambda Sigma
    varrho vartheta subseteq otimes oplus odot
  `),
);

const FRACTION = /\\(?:[dtc]?frac|nicefrac|sfrac)(?![A-Za-z])\s*/g;

/** A fraction without its slash between what stands above and below. */
function fractions(raw: string, text: string): Finding[] {
  const found: Finding[] = [];
  const said = text.replace(/\s/g, '');
  for (const match of raw.matchAll(FRACTION)) {
    const above = argumentAt(raw, match.index + match[0].length);
    const below = argumentAt(raw, above.end);
    const [before, after] = [asSeen(above.text).at(-1), asSeen(below.text)[0]];
    if (before === undefined || after === undefined) continue;
    const around = new RegExp(`${before}[^\\p{L}\\p{N}]{0,3}/[^\\p{L}\\p{N}]{0,3}${after}`, 'u');
    if (!around.test(said)) found.push({ kind: 'fractions', what: match[0] + above.text + ' | ' + below.text });
  }
  return found;
}

/** The plain letters and digits of TeX that show as they are; none where one that may not is first. */
const asSeen = (tex: string): string[] => (/[\\^_]/.test(tex) ? [] : [...tex.replace(/[^A-Za-z0-9]/g, '')]);

function argumentAt(raw: string, from: number): { text: string; end: number } {
  let start = from;
  while (raw[start] === ' ') start++;
  if (raw[start] === '\\') {
    const [word] = /\\(?:[A-Za-z]+|.)/y.exec(raw.slice(start)) ?? [''];
    return { text: word, end: start + word.length };
  }
  if (raw[start] !== '{') return { text: raw[start] ?? '', end: start + 1 };
  let depth = 0;
  for (let at = start; at < raw.length; at++) {
    if (raw[at] === '\\') at++;
    else if (raw[at] === '{') depth++;
    else if (raw[at] === '}' && --depth === 0) return { text: raw.slice(start + 1, at), end: at + 1 };
  }
  return { text: '', end: raw.length };
}

/** Braces that TeX shows and the text does not. */
function braces(raw: string, text: string): Finding[] {
  const open = count(raw, /(?<!\\)\\(?:\{|lbrace(?![a-z]))/g);
  const close = count(raw, /(?<!\\)\\(?:\}|rbrace(?![a-z]))/g);
  const lost = count(text, /\{/g) < open || count(text, /\}/g) < close;
  return lost ? [{ kind: 'braces', what: `${open} and ${close}` }] : [];
}
