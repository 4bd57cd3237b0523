import { CLOSE_BRACE, OPEN_BRACE, SOFT } from './marks.ts';
import { meaningOf, type Meaning } from './meaning.ts';
import {
  ABBREVIATIONS,
  ACCENTS,
  BINARIES,
  BLACKBOARD,
  DECLARATIONS,
  FENCES,
  FRACTIONS,
  LETTERS,
  OPERATORS,
  RELATIONS,
  SILENT,
  SPACES,
  SUBSCRIPTS,
  SUPERSCRIPTS,
  SYMBOLS,
} from './symbols.ts';
import { numberOf, unitOf } from './units.ts';

/** The part of unified-latex's syntax tree that rendering reads. */
export interface TexNode {
  type: string;
  content?: string | TexNode[];
  args?: { content: TexNode[]; openMark?: string }[];
  escapeToken?: string;
}

/** In a script, operators stand close to what they join. */
type Mode = 'text' | 'math' | 'script';
/** What one macro renders to, and how many of the nodes after it belong to it. */
interface Rendered {
  text: string;
  taken: number;
}
/** Where a macro stands: among these nodes, before the one at `next`, after the text `before`. */
interface Place {
  nodes: readonly TexNode[];
  next: number;
  mode: Mode;
  before: string;
}

/** A syntax tree as a reader's line of Unicode. White space is left for the caller to fold. */
export function renderTex(nodes: readonly TexNode[], mode: Mode = 'text'): string {
  let out = '';
  // The space after a function's name comes after its scripts: `\min_x f`.
  let owesSpace = false;
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i]!;
    if (owesSpace && node.escapeToken !== '') {
      out += SOFT;
      owesSpace = false;
    }
    if (node.type !== 'macro') {
      out += plain(node, mode);
      continue;
    }
    const { text, taken } = macro(node, { nodes, next: i + 1, mode, before: out.slice(-4) });
    owesSpace ||= text.endsWith(SOFT);
    out += owesSpace ? text.replace(/\ufdd6+$/, '') : text;
    i += taken;
  }
  return owesSpace ? out + SOFT : out;
}

function plain(node: TexNode, mode: Mode): string {
  switch (node.type) {
    case 'string':
      return mode === 'text' ? nameOf(node) : nameOf(node).replaceAll("'", '′');
    case 'whitespace':
    case 'parbreak':
      return ' ';
    case 'comment':
      return '';
    case 'inlinemath':
    case 'displaymath':
      return settled(renderTex(children(node), 'math')).trim();
    default:
      return typeof node.content === 'string' ? node.content : renderTex(children(node), mode);
  }
}

const nameOf = (node: TexNode): string => (typeof node.content === 'string' ? node.content : '');
const children = (node: TexNode): TexNode[] => (Array.isArray(node.content) ? node.content : []);
const alone = (text: string): Rendered => ({ text, taken: 0 });
const given = (node: TexNode) => (node.args ?? []).filter((a) => a.openMark !== '' || a.content.length > 0);

function macro(node: TexNode, place: Place): Rendered {
  const name = nameOf(node);
  if (node.escapeToken === '') return alone(script(name, renderTex(given(node)[0]?.content ?? [], 'script')));
  if (name === 'textsuperscript' || name === 'textsubscript')
    return withArgument(node, place, (arg) => script(name === 'textsuperscript' ? '^' : '_', arg));
  if (SPACES.has(name)) return alone(' ');
  const letter = LETTERS.get(name);
  if (letter !== undefined) return { text: letter, taken: spacesAt(place) };
  if (ACCENTS.has(name)) return accent(node, place);
  if (DECLARATIONS.has(name)) return { text: '', taken: spacesAt(place) };
  const meaning = given(node).length === 0 ? symbol(name, place.mode) : null;
  return meaning === null ? structure(name, node, place) : joined(meaning, place);
}

function symbol(name: string, mode: Mode): Meaning | null {
  const own: readonly (readonly [ReadonlyMap<string, string>, Meaning['kind']])[] = [
    [SYMBOLS, 'sign'],
    [BINARIES, 'binary'],
    [RELATIONS, 'relation'],
  ];
  for (const [table, kind] of own) if (table.has(name)) return { text: table.get(name)!, kind };
  if (mode !== 'text' && OPERATORS.has(name)) return { text: name, kind: 'operator' };
  const meaning = ABBREVIATIONS.has(name) ? null : meaningOf(name);
  // Words and letters that authors use as names of their own, outside formulas.
  return mode === 'text' && meaning !== null && /^\p{L}/u.test(meaning.text) ? null : meaning;
}

/** What an operator stands after, so that it joins two things and is no sign of one. */
const OPERAND_BEFORE = /[\p{L}\p{N}\p{M}°′!)\]⟩⌉⌋|‖\ufdd1\ufdd5] {0,3}$/u;

/** A symbol with the spaces that it needs. */
function joined({ text, kind }: Meaning, place: Place): Rendered {
  if (place.mode === 'text') return alone(text);
  const taken = spacesAt(place);
  switch (kind) {
    case 'operator':
      return { text: SOFT + text + SOFT, taken };
    case 'relation':
      return { text: place.mode === 'script' ? text : ` ${text} `, taken };
    case 'binary':
      return { text: place.mode === 'math' && joinsTwo(place) ? ` ${text} ` : text, taken };
    case 'sign':
      return { text: /^[,;:]$/.test(text) ? `${text} ` : text, taken };
  }
}

const joinsTwo = ({ before, nodes, next }: Place): boolean =>
  OPERAND_BEFORE.test(before) && nodes.slice(next, next + 2).some((node) => node.type !== 'whitespace');

/**
 * Macros whose arguments matter one by one; an unknown macro shows its arguments, or its name when
 * it has none.
 */
function structure(name: string, node: TexNode, place: Place): Rendered {
  switch (name) {
    case '{':
      return alone(OPEN_BRACE);
    case '}':
      return alone(CLOSE_BRACE);
    case 'sqrt':
      return withArgument(node, place, (arg) => root(degreeOf(node), arg));
    case 'mathbb':
    case 'mathds':
    case 'mathbbm':
      return withArgument(node, place, (arg) => Array.from(arg, (c) => BLACKBOARD.get(c) ?? c).join(''));
    case 'footnote':
      return withArgument(node, place, (arg) => (arg.trim() ? ` (${arg.trim()})` : ' '));
    case 'not':
      return withArgument(node, place, (arg) => ` ${arg.trim().replace(/^./u, '$&\u0338')} `);
    case 'SI':
    case 'qty':
    case 'qtyproduct':
    case 'SIrange':
    case 'qtyrange':
      return alone(quantity(given(node)));
    case 'si':
    case 'unit':
      return alone(unitOf(wordsOf(given(node).at(-1)?.content ?? [])));
  }
  // Not before the switch: there, what nests would be rendered twice at each depth.
  const inside = /^(?:text|mbox$)/.test(name) ? 'text' : place.mode;
  const args = given(node).map((a) => renderTex(a.content, inside));
  return known(name, args, place) ?? unknown(name, args, place);
}

/** The macros that say something by their arguments. */
function known(name: string, args: readonly string[], { nodes, next, mode }: Place): Rendered | null {
  const [first = '', second = ''] = args.slice(-2);
  if (FRACTIONS.has(name)) return alone(`${SOFT}${factor(first)}/${factor(second)}${SOFT}`);
  const fence = FENCES.get(name);
  if (fence !== undefined && args.length > 0) return alone(fence[0] + settled(args.at(-1)!).trim() + fence[1]);
  switch (name) {
    case 'genfrac':
      return alone(
        `${args[0]}${factor(first)}${args[2]?.startsWith('0') ? ' choose ' : '/'}${factor(second)}${args[1]}`,
      );
    case 'binom':
    case 'dbinom':
    case 'tbinom':
      return alone(`(${args.map((arg) => settled(arg).trim()).join(' choose ')})`);
    case 'overset':
    case 'stackrel':
      return alone(` ${second.trim()}${script('^', first)} `);
    case 'underset':
      return alone(second + script('_', first));
    case 'xrightarrow':
    case 'xleftarrow':
      return alone(` ${name === 'xrightarrow' ? '→' : '←'}${script('^', args.at(-1) ?? '')} `);
    case 'pmod':
      return alone(` (mod ${settled(args.at(-1) ?? '').trim()})`);
    case 'num':
      return alone(scripted(numberOf(args.at(-1) ?? '')));
    case 'ang':
      return alone(`${args.at(-1) ?? ''}°`);
    case 'ding':
      return alone(dingbat(Number(args.at(-1))));
    case 'unicode':
      return alone(character(args.at(-1) ?? ''));
    case 'mathrm':
    case 'mathsf':
    case 'operatorname':
      return alone(mode === 'text' ? (args.at(-1) ?? '') : upright(args.at(-1) ?? ''));
    case 'href':
      return alone(link(args));
    case 'textcolor':
    case 'colorbox':
    case 'fcolorbox':
    case 'adjustbox':
    case 'scalebox':
    case 'resizebox':
    case 'rotatebox':
      return alone(args.at(-1) ?? '');
  }
  if (SILENT.has(name)) return { text: '', taken: nodes[next]?.type === 'group' ? 1 : 0 };
  const abbreviation = ABBREVIATIONS.get(name);
  return abbreviation === undefined ? null : alone(abbreviation);
}

/** A word is set apart from its neighbours; single letters are factors. */
const upright = (text: string): string => (/^\s*\p{L}{2}/u.test(text) ? SOFT + text + SOFT : text);

/**
 * A macro that its author defined: its arguments, or its name where it has none. Neither is glued
 * to a word beside it.
 */
function unknown(name: string, args: readonly string[], { nodes, next, mode }: Place): Rendered {
  if (args.length > 0) return alone(args.join(''));
  if (name === '|') return alone('‖');
  if (!/^[A-Za-z]/.test(name)) return alone(/^[%&#_$\d]$/.test(name) ? name : '');
  if (isMarkup(name)) return alone('');
  const groups: string[] = [];
  for (let at = next; nodes[at]?.type === 'group'; at++) groups.push(renderTex(children(nodes[at]!), mode));
  const said = groups.filter((group) => group.trim() !== '');
  if (said.length > 0) return { text: said.join(' '), taken: groups.length };
  // A space that a source wrote is meant, though TeX would drop it.
  return { text: SOFT + name + (isEnding(nodes[next + groups.length]) ? '' : SOFT), taken: groups.length };
}

/** Whether it needs no space before it: `\method{}s`, and what brings its own. */
const isEnding = (after: TexNode | undefined): boolean =>
  after === undefined ||
  after.type === 'whitespace' ||
  /^e?s(?!\p{L})/u.test(after.type === 'string' ? nameOf(after) : '');

/** Font and spacing commands that lost their argument say nothing by themselves. */
const isMarkup = (name: string): boolean =>
  /^(?:text(?:bf|it|tt|sc|rm|sf|sl|up|md|normal|color)?|math(?:cal|bb|bf|rm|sf|it|tt|frak|scr|ds|bbm|normal)|bm|boldsymbol|operatorname|emph|mbox|underline|url|cite[a-z]?|begin|end)$/.test(
    name,
  );

const spacesAt = ({ nodes, next }: Place): number => (nodes[next]?.type === 'whitespace' ? 1 : 0);

/** Renders with the macro's own argument, or else with the node that follows it. */
function withArgument(node: TexNode, place: Place, render: (argument: string) => string): Rendered {
  const own = given(node).at(-1);
  if (own) return alone(render(renderTex(own.content, place.mode)));
  const at = place.next + spacesAt(place);
  const follower = place.nodes[at];
  if (!follower) return alone('');
  if (follower.type === 'macro') {
    const { text, taken } = macro(follower, { ...place, next: at + 1, before: '' });
    return { text: render(text), taken: at + 1 - place.next + taken };
  }
  return { text: render(plain(follower, place.mode)), taken: at + 1 - place.next };
}

/**
 * An accent belongs to one letter: the one in braces, or the first of the word that follows
 * (`\"odinger`). Over a whole group (`\b{Coupled}`) or over no letter (`\~8B`) it is none; a sign
 * that can stand for itself then does.
 */
function accent(node: TexNode, place: Place): Rendered {
  const name = nameOf(node);
  const overWord = given(node).length === 0 && place.nodes[place.next + spacesAt(place)]?.type === 'string';
  return withArgument(node, place, (argument) => {
    const [first = '', ...rest] = argument.replace(/ı/g, 'i').replace(/ȷ/g, 'j');
    if (!/\p{L}/u.test(first)) return (/^[~^"']$/.test(name) ? name : '') + argument;
    return rest.length === 0 || overWord ? first + ACCENTS.get(name)! + rest.join('') : argument;
  });
}

const ROOTS: ReadonlyMap<string, string> = new Map([
  ['3', '∛'],
  ['4', '∜'],
]);

function degreeOf(node: TexNode): string {
  const args = given(node);
  return args.length > 1 ? renderTex(args[0]!.content, 'script').trim() : '';
}

function root(degree: string, radicand: string): string {
  const sign = ROOTS.get(degree) ?? `${Array.from(degree, (c) => SUPERSCRIPTS.get(c) ?? '').join('')}√`;
  return sign + bracketed(radicand);
}

function link(args: readonly string[]): string {
  const [url = '', label = ''] = args.slice(-2).map((a) => a.trim());
  return label === '' || label === url ? url : `${label} (${url})`;
}

/** `\SI{5}{\micro\meter}`: the last argument is the unit, those before are numbers. */
function quantity(args: readonly { content: TexNode[]; openMark?: string }[]): string {
  const said = args.filter((a) => a.openMark !== '[');
  const numbers = said.slice(0, -1).map((a) => scripted(numberOf(renderTex(a.content, 'text'))));
  return `${numbers.join('–')} ${unitOf(wordsOf(said.at(-1)?.content ?? []))}`.trim();
}

const scripted = (text: string): string => text.replace(/\^(\S+)/, (_, power: string) => script('^', power));

const wordsOf = (nodes: readonly TexNode[]): string[] =>
  nodes.filter((node) => node.type === 'macro' || node.type === 'string').map(nameOf);

/** `x2014` or `8212`, as MathJax reads it; nothing where no character can be meant. */
function character(code: string): string {
  const number = Number(code.trim().replace(/^x/i, '0x'));
  return Number.isInteger(number) && number >= 0x20 && number <= 0x10ffff ? String.fromCodePoint(number) : '';
}

/** By its number in Zapf's font: ticks, crosses, figures in circles. */
function dingbat(number: number): string {
  if (number >= 33 && number <= 126) return String.fromCodePoint(0x26e0 + number);
  if (number >= 172 && number <= 181) return String.fromCodePoint(0x2460 - 172 + number);
  return number >= 182 && number <= 211 ? String.fromCodePoint(0x2776 - 182 + number) : '';
}

const isOneTerm = (text: string): boolean => /^[\p{L}\p{N}\p{M}.∞°′⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉]*$/u.test(text);

function bracketed(argument: string): string {
  const text = settled(argument).trim();
  return isOneTerm(text) || /^\([^()]*\)$/.test(text) ? text : `(${text})`;
}

/** A side of a fraction: "∂f/∂x" and "1/√n" need no brackets. */
const factor = (argument: string): string => {
  const [, sign = '', term = ''] = /^([√∂]?)([^]*)$/.exec(settled(argument).trim())!;
  return isOneTerm(term) ? sign + term : bracketed(sign + term);
};

/**
 * Unicode where every character exists and no word would shrink to unreadable letters; `x_max` and
 * `2^(d×d)` else.
 */
function script(mark: string, argument: string): string {
  const text = settled(argument).trim().replace(/^∘$/, '°');
  const letters = mark === '^' ? SUPERSCRIPTS : SUBSCRIPTS;
  const mapped = Array.from(text.replaceAll(' ', ''), (c) => letters.get(c));
  if (!/\p{L}{2}/u.test(text) && mapped.every((c) => c !== undefined)) return mapped.join('');
  return mark + bracketed(text.replace(/ ?([=<>≤≥×±+−→∈·]) ?/g, '$1'));
}

const SCRIPTS = [...SUPERSCRIPTS.values(), ...SUBSCRIPTS.values()].join('').replace(/[\]\\^-]/g, '\\$&');
const CLOSES = `\\p{L}\\p{N}\\p{M}°′)\\]⟩⌉⌋${CLOSE_BRACE}`;
const OPENS = `\\p{L}\\p{N}√∛∜∑∏∫∇∂∞`;
/** Two words, or a word and a term, with a soft space between them. */
const BETWEEN = new RegExp(`(?<=[${CLOSES}]) ?${SOFT}[ ${SOFT}]*(?![${SCRIPTS}])(?=[${OPENS}])`, 'gu');
/** A soft space before what belongs to the word. */
const ATTACHED = new RegExp(`${SOFT}[ ${SOFT}]*(?=[([{|,;:.!?)\\]^_⟨⌈⌊/${OPEN_BRACE}${CLOSE_BRACE}${SCRIPTS}])`, 'gu');
/** An operator with a space on one side only. */
const LEANS_RIGHT = new RegExp(`(?<=[${CLOSES}]) ([=<>≤≥≈+−-])(?![${SCRIPTS}])(?=[${OPENS}(])`, 'gu');
const LEANS_LEFT = new RegExp(`(?<=[${CLOSES}])([=<>≤≥≈+]) (?=[${OPENS}(−-])`, 'gu');

/** The text with its soft spaces decided, and with as much space before an operator as after it. */
const settled = (text: string): string =>
  softened(text.replace(/\s+/g, ' ')).replace(LEANS_RIGHT, ' $1 ').replace(LEANS_LEFT, ' $1 ');

/** The text with its soft spaces decided. */
export const softened = (text: string): string => text.replace(BETWEEN, ' ').replace(ATTACHED, '').replaceAll(SOFT, '');
