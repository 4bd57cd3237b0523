import type { Options } from 'temml';
import { temml } from './lazy-temml.ts';

/** What a control word without arguments stands for, and how it is set between its neighbours. */
export interface Meaning {
  text: string;
  kind: 'relation' | 'binary' | 'operator' | 'sign';
}

/** The part of temml's syntax tree that tells what a symbol is. */
interface Atom {
  type: string;
  family?: string;
  mclass?: string;
  symbol?: boolean;
}

const known = new Map<string, Meaning | null>();
/** Names are as many as authors like; so many are remembered. */
const MOST_KNOWN = 5_000;

/**
 * What temml's tables, which hold the symbols of LaTeX, AMS and their kin, say of a control word.
 * `null` for one that they lack or that needs arguments: authors define such for themselves.
 */
export function meaningOf(name: string): Meaning | null {
  const before = known.get(name);
  if (before !== undefined) return before;
  if (known.size >= MOST_KNOWN) known.clear();
  const meaning = lookedUp(name);
  known.set(name, meaning);
  return meaning;
}

/** Its types leave it out. */
const treeOf = (tex: string, options: Options): Atom[] =>
  (temml() as unknown as { __parse: (tex: string, options: Options) => Atom[] }).__parse(tex, options);

const OPTIONS = { throwOnError: true, strict: false, trust: false, maxExpand: 50 };

function lookedUp(name: string): Meaning | null {
  if (!/^[A-Za-z]{1,40}$/.test(name)) return null;
  const renderer = temml();
  try {
    const text = textOf(renderer.renderToString(`\\${name}`, { ...OPTIONS, macros: {} }));
    // A letter on each side, because a binary operator at an edge is taken for a sign.
    const [, atom] = treeOf(`x\\${name} y`, { ...OPTIONS, macros: {} });
    return text === '' || atom === undefined ? null : { text, kind: kindOf(atom) };
  } catch {
    return null;
  }
}

const textOf = (mathml: string): string =>
  mathml
    .replace(/<[^>]*>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .replace(/\ufe0e|[\u2061-\u2064]/g, '')
    .trim();

function kindOf({ type, family, mclass, symbol }: Atom): Meaning['kind'] {
  if (family === 'rel' || mclass === 'mrel') return 'relation';
  if (family === 'bin' || mclass === 'mbin') return 'binary';
  if (type === 'operatorname' || (type === 'op' && symbol === false)) return 'operator';
  return 'sign';
}
