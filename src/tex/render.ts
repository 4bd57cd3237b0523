import {
  ABBREVIATIONS,
  ACCENTS,
  BLACKBOARD,
  DECLARATIONS,
  LETTERS,
  OPERATORS,
  RELATIONS,
  SILENT,
  SPACES,
  SUBSCRIPTS,
  SUPERSCRIPTS,
  SYMBOLS,
} from './symbols.ts';

/** The part of unified-latex's syntax tree that rendering reads. */
export interface TexNode {
  type: string;
  content?: string | TexNode[];
  args?: { content: TexNode[]; openMark?: string }[];
  escapeToken?: string;
}

type Mode = 'text' | 'math';
/** What one macro renders to, and how many of the nodes after it belong to it. */
interface Rendered {
  text: string;
  taken: number;
}

/** A syntax tree as a reader's line of Unicode. White space is left for the caller to fold. */
export function renderTex(nodes: readonly TexNode[], mode: Mode = 'text'): string {
  let out = '';
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i]!;
    if (node.type !== 'macro') {
      out += plain(node, mode);
      continue;
    }
    const { text, taken } = macro(node, nodes, i + 1, mode);
    out += text;
    i += taken;
  }
  return out;
}

function plain(node: TexNode, mode: Mode): string {
  switch (node.type) {
    case 'string':
      return mode === 'math' ? nameOf(node).replaceAll("'", '′') : nameOf(node);
    case 'whitespace':
    case 'parbreak':
      return ' ';
    case 'comment':
      return '';
    case 'inlinemath':
    case 'displaymath':
      return renderTex(children(node), 'math').replace(/\s+/g, ' ').trim();
    default:
      return typeof node.content === 'string' ? node.content : renderTex(children(node), mode);
  }
}

const nameOf = (node: TexNode): string => (typeof node.content === 'string' ? node.content : '');
const children = (node: TexNode): TexNode[] => (Array.isArray(node.content) ? node.content : []);
const alone = (text: string): Rendered => ({ text, taken: 0 });
const given = (node: TexNode) => (node.args ?? []).filter((a) => a.openMark !== '' || a.content.length > 0);

function macro(node: TexNode, nodes: readonly TexNode[], next: number, mode: Mode): Rendered {
  const name = nameOf(node);
  if (node.escapeToken === '') return alone(script(name, renderTex(given(node)[0]?.content ?? [], 'math')));
  if (name === 'textsuperscript' || name === 'textsubscript')
    return withArgument(node, nodes, next, mode, (arg) => script(name === 'textsuperscript' ? '^' : '_', arg));
  if (SPACES.has(name)) return alone(' ');
  const letter = LETTERS.get(name);
  if (letter !== undefined) return { text: letter, taken: spacesAt(nodes, next) };
  const relation = RELATIONS.get(name);
  if (relation !== undefined) return alone(mode === 'math' ? ` ${relation} ` : relation);
  const symbol = SYMBOLS.get(name);
  if (symbol !== undefined) return { text: symbol, taken: mode === 'math' ? spacesAt(nodes, next) : 0 };
  if (ACCENTS.has(name)) return accent(node, nodes, next, mode);
  if (DECLARATIONS.has(name)) return { text: '', taken: spacesAt(nodes, next) };
  if (OPERATORS.has(name) && mode === 'math') return alone(operator(name, nodes[next]));
  return structure(name, node, nodes, next, mode);
}

/**
 * Macros whose arguments matter one by one; an unknown macro shows its arguments, or its name when
 * it has none.
 */
function structure(name: string, node: TexNode, nodes: readonly TexNode[], next: number, mode: Mode): Rendered {
  switch (name) {
    case 'sqrt':
      return withArgument(node, nodes, next, mode, (arg) => root(degreeOf(node, mode), arg));
    case 'mathbb':
      return withArgument(node, nodes, next, mode, (arg) => Array.from(arg, (c) => BLACKBOARD.get(c) ?? c).join(''));
    case 'footnote':
      return withArgument(node, nodes, next, mode, (arg) => (arg.trim() ? ` (${arg.trim()})` : ' '));
    case 'not':
      return withArgument(node, nodes, next, mode, (arg) => arg.trim().replace(/^./u, '$&\u0338'));
  }
  // Not before the switch: there, what nests would be rendered twice at each depth.
  const args = given(node).map((a) => renderTex(a.content, mode));
  switch (name) {
    case 'frac':
    case 'dfrac':
    case 'tfrac':
    case 'nicefrac':
      return alone(`${bracketed(args[0] ?? '')}/${bracketed(args[1] ?? '')}`);
    case 'binom':
      return alone(`(${args.join(' choose ')})`);
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
  if (abbreviation !== undefined) return alone(abbreviation);
  if (args.length > 0) return alone(args.join(''));
  if (!/^[A-Za-z]/.test(name)) return alone(/^[%&#_${}\d]$/.test(name) ? name : '');
  return alone(nodes[next]?.type === 'group' || isMarkup(name) ? '' : name);
}

/** Font and spacing commands that lost their argument say nothing by themselves. */
const isMarkup = (name: string): boolean => /^(?:text|math|bold|operatorname|emph|mbox|url|cite|begin|end$)/.test(name);

const spacesAt = (nodes: readonly TexNode[], at: number): number => (nodes[at]?.type === 'whitespace' ? 1 : 0);

/** Renders with the macro's own argument, or else with the node that follows it. */
function withArgument(
  node: TexNode,
  nodes: readonly TexNode[],
  next: number,
  mode: Mode,
  render: (argument: string) => string,
): Rendered {
  const own = given(node).at(-1);
  if (own) return alone(render(renderTex(own.content, mode)));
  const at = next + spacesAt(nodes, next);
  const follower = nodes[at];
  if (!follower) return alone('');
  if (follower.type === 'macro') {
    const { text, taken } = macro(follower, nodes, at + 1, mode);
    return { text: render(text), taken: at + 1 - next + taken };
  }
  return { text: render(plain(follower, mode)), taken: at + 1 - next };
}

/**
 * An accent belongs to one letter: the one in braces, or the first of the word that follows
 * (`\"odinger`). Over a whole group (`\b{Coupled}`) or over no letter (`\~8B`) it is none; a sign
 * that can stand for itself then does.
 */
function accent(node: TexNode, nodes: readonly TexNode[], next: number, mode: Mode): Rendered {
  const name = nameOf(node);
  const overWord = given(node).length === 0 && nodes[next + spacesAt(nodes, next)]?.type === 'string';
  return withArgument(node, nodes, next, mode, (argument) => {
    const [first = '', ...rest] = argument.replace(/ı/g, 'i').replace(/ȷ/g, 'j');
    if (!/\p{L}/u.test(first)) return (/^[~^"']$/.test(name) ? name : '') + argument;
    return rest.length === 0 || overWord ? first + ACCENTS.get(name)! + rest.join('') : argument;
  });
}

/** `\log n` is "log n", `\log(n)` is "log(n)", `\max_i` is "maxᵢ". */
function operator(name: string, after: TexNode | undefined): string {
  const attached = after?.escapeToken === '' || (after?.type === 'string' && /^[([]/.test(nameOf(after)));
  return ` ${name.replace(/^arg(?=m)/, 'arg ')}${attached ? '' : ' '}`;
}

const ROOTS: ReadonlyMap<string, string> = new Map([
  ['3', '∛'],
  ['4', '∜'],
]);

function degreeOf(node: TexNode, mode: Mode): string {
  const args = given(node);
  return args.length > 1 ? renderTex(args[0]!.content, mode).trim() : '';
}

function root(degree: string, radicand: string): string {
  const sign = ROOTS.get(degree) ?? `${Array.from(degree, (c) => SUPERSCRIPTS.get(c) ?? '').join('')}√`;
  return sign + bracketed(radicand);
}

function link(args: readonly string[]): string {
  const [url = '', label = ''] = args.slice(-2).map((a) => a.trim());
  return label === '' || label === url ? url : `${label} (${url})`;
}

const isOneTerm = (text: string): boolean => /^[\p{L}\p{N}\p{M}.∞°′⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉]*$/u.test(text);
const bracketed = (text: string): string =>
  isOneTerm(text.trim()) || /^\([^()]*\)$/.test(text.trim()) ? text.trim() : `(${text.trim()})`;

/**
 * Unicode where every character exists and no word would shrink to unreadable letters; `x_max` and
 * `2^(d×d)` else.
 */
function script(mark: string, argument: string): string {
  const text = argument.trim().replace(/^∘$/, '°').replace(/\s+/g, ' ');
  const letters = mark === '^' ? SUPERSCRIPTS : SUBSCRIPTS;
  const mapped = Array.from(text.replaceAll(' ', ''), (c) => letters.get(c));
  if (!/\p{L}{2}/u.test(text) && mapped.every((c) => c !== undefined)) return mapped.join('');
  return mark + bracketed(text);
}
