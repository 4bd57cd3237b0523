/** A regular expression as it stands in a file of src. */
export interface Pattern {
  file: string;
  line: number;
  expression: RegExp;
}

const COMMENT = /^\s*(?:\/\/|\/?\*).*$/gm;
/** A literal stands where a value may: what follows a value is a division. */
const LITERAL =
  /(?:[(,=:[!&|?{};]|=>|\breturn\b|^)\s*\/(?![*/])((?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([dgimsuvy]*)/gm;

/** The literals of one source file, in its order. */
export function patternsOf(file: string, source: string): Pattern[] {
  const code = source.replace(COMMENT, '');
  return [...code.matchAll(LITERAL)].map((found) => ({
    file,
    line: code.slice(0, found.index).split('\n').length,
    expression: new RegExp(found[1]!, found[2]!.replace('g', '')),
  }));
}

/** What is written in nearly every pattern's classes. */
const USUAL = [
  'a',
  'A',
  '0',
  ' ',
  '\t',
  '\n',
  '\r\n',
  '.',
  '-',
  '_',
  '@',
  '<',
  '"',
  '\\',
  '=',
  ':',
  ';',
  '(',
  '/',
  'é',
  'a.',
  'a ',
  '0.',
  'a@',
  '\n ',
  '=?a',
];

/** What is repeated, and what stands before it: the pattern's first word, or nothing. */
interface Piece {
  before: string;
  repeated: string;
}

/** What the pattern speaks of, and what most patterns do. */
export function piecesFor({ source }: RegExp): Piece[] {
  const plain = source.replaceAll(/\\[a-z]|\(\?<?[:=!]/gi, ' ');
  const words = [...new Set(plain.match(/[a-z0-9@.:=_-]{2,}/gi) ?? [])].slice(0, 12);
  const repeated = [
    ...USUAL,
    ...words,
    ...words.map((word) => `${word} `),
    ...words.slice(1).map((word, i) => `${words[i]} ${word} `),
  ];
  return [...new Set(['', words[0] ?? ''])].flatMap((before) => repeated.map((one) => ({ before, repeated: one })));
}

/** So long a text, with an end that lets most patterns fail. */
export const hostileText = ({ before, repeated }: Piece, size: number): string =>
  `${before}${repeated.repeat(Math.ceil(size / repeated.length))}\0`;
