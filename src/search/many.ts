// Many searches over few papers: each lexeme's papers are a set of bits, and a search is sums of them.

type Node =
  | { is: 'lexeme'; lexeme: string }
  | { is: 'and' | 'or'; of: Node[] }
  | { is: 'not'; of: Node }
  | { is: 'phrase'; of: string[]; distances: number[] };

/** A search as `compile` writes it: the text of a tsquery. */
export interface Match {
  node: Node;
  lexemes: string[];
}

const TOKEN = /'((?:[^']|'')*)'|<(-|\d+)>|[&|!()]/g;

/** Reads the text of a tsquery as `compile` writes them: only lexemes stand beside `<->`. */
export function readMatch(text: string): Match {
  const tokens = [...text.matchAll(TOKEN)];
  const lexemes: string[] = [];
  let at = 0;
  const is = (sign: string): boolean => tokens[at]?.[0] === sign && at++ >= 0;
  const either = (): Node => listOf('or', '|', every);
  const every = (): Node => listOf('and', '&', row);
  const listOf = (kind: 'and' | 'or', sign: string, part: () => Node): Node => {
    const parts = [part()];
    while (is(sign)) parts.push(part());
    return parts.length === 1 ? parts[0]! : { is: kind, of: parts };
  };
  const row = (): Node => {
    const parts = [one()];
    const distances: number[] = [];
    for (let step = tokens[at]?.[2]; step !== undefined; step = tokens[at]?.[2]) {
      at++;
      distances.push(step === '-' ? 1 : Number(step));
      parts.push(one());
    }
    if (parts.length === 1) return parts[0]!;
    return { is: 'phrase', of: parts.map((part) => (part.is === 'lexeme' ? part.lexeme : '')), distances };
  };
  const one = (): Node => {
    if (is('!')) return { is: 'not', of: one() };
    if (is('(')) {
      const inner = either();
      is(')');
      return inner;
    }
    const lexeme = unquoted(tokens[at++]?.[1] ?? '');
    lexemes.push(lexeme);
    return { is: 'lexeme', lexeme };
  };
  return { node: either(), lexemes };
}

/** As Postgres writes lexemes in quotes: quotes and backslashes are doubled. */
const unquoted = (text: string): string =>
  text.includes("'") || text.includes('\\') ? text.replace(/''|\\\\/g, (two) => two[0]!) : text;

/** The papers of some days by the lexemes that some searches ask for. */
export interface PaperIndex {
  /** Takes up the next paper, by the text of its tsvector and lexemes beside it. */
  add(document: string, beside?: readonly string[]): void;
  /** The places of the papers that match, in the order in which they were taken up. */
  find(match: Match): number[];
}

/** An index for up to `most` papers, of the lexemes that these searches ask for and of no other. */
export function indexFor(matches: readonly Match[], most: number): PaperIndex {
  const width = Math.ceil(most / 32);
  const papers = new Map<string, Uint32Array>();
  const positions = new Map<string, Map<number, string>>();
  for (const { node, lexemes } of matches) {
    for (const lexeme of lexemes) if (!papers.has(lexeme)) papers.set(lexeme, new Uint32Array(width));
    forEachPhrase(node, (lexeme) => positions.set(lexeme, new Map()));
  }
  let size = 0;
  const mark = (bits: Uint32Array): void => {
    bits[size >> 5]! |= 1 << (size & 31);
  };

  const add: PaperIndex['add'] = (document, beside = []) => {
    for (let from = 0; from < document.length;) {
      const end = endOfLexeme(document, from + 1);
      const lexeme = unquoted(document.slice(from + 1, end));
      const bits = papers.get(lexeme);
      const next = document.indexOf(' ', end);
      const until = next === -1 ? document.length : next;
      if (bits !== undefined) {
        mark(bits);
        positions.get(lexeme)?.set(size, document.slice(end + 2, until));
      }
      from = until + 1;
    }
    for (const lexeme of beside) {
      const bits = papers.get(lexeme);
      if (bits) mark(bits);
    }
    size++;
  };

  const bitsOf = (node: Node): Uint32Array => {
    switch (node.is) {
      case 'lexeme':
        return papers.get(node.lexeme) ?? new Uint32Array(width);
      case 'not':
        return bitsOf(node.of).map((word) => ~word);
      case 'phrase':
        return inARow(node.of, node.distances);
      default:
        return combined(node.of.map(bitsOf), node.is);
    }
  };
  const inARow = (lexemes: readonly string[], distances: readonly number[]): Uint32Array => {
    const all = combined(
      lexemes.map((lexeme) => papers.get(lexeme) ?? new Uint32Array(width)),
      'and',
    );
    const found = new Uint32Array(width);
    for (const place of placesIn(all, size)) {
      const places = lexemes.map((lexeme) => positionsIn(positions.get(lexeme)?.get(place) ?? ''));
      if (areInARow(places, distances)) found[place >> 5]! |= 1 << (place & 31);
    }
    return found;
  };
  return { add, find: ({ node }) => placesIn(bitsOf(node), size) };
}

function forEachPhrase(node: Node, take: (lexeme: string) => void): void {
  if (node.is === 'phrase') node.of.forEach(take);
  else if (node.is === 'not') forEachPhrase(node.of, take);
  else if (node.is !== 'lexeme') for (const part of node.of) forEachPhrase(part, take);
}

/** Where the quote closes; one that is doubled does not. */
function endOfLexeme(text: string, from: number): number {
  let end = text.indexOf("'", from);
  while (end !== -1 && text[end + 1] === "'") end = text.indexOf("'", end + 2);
  return end === -1 ? text.length : end;
}

function combined(sets: readonly Uint32Array[], how: 'and' | 'or'): Uint32Array {
  const result = Uint32Array.from(sets[0]!);
  for (const set of sets.slice(1))
    for (let i = 0; i < result.length; i++) result[i] = how === 'and' ? result[i]! & set[i]! : result[i]! | set[i]!;
  return result;
}

function placesIn(bits: Uint32Array, size: number): number[] {
  const places: number[] = [];
  for (let i = 0; i < bits.length; i++)
    for (let word = bits[i]!; word !== 0; word = (word & (word - 1)) >>> 0) {
      const place = 32 * i + 31 - Math.clz32(word & -word);
      if (place < size) places.push(place);
    }
  return places;
}

/** `3A,17B` → 3, 17 */
const positionsIn = (text: string): number[] =>
  text === '' ? [] : text.split(',').map((position) => Number.parseInt(position, 10));

const areInARow = (places: readonly number[][], distances: readonly number[]): boolean =>
  places[0]!.some((first) => {
    let at = first;
    return distances.every((distance, i) => places[i + 1]!.includes((at += distance)));
  });
