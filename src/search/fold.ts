// One spelling for what is written in many: the index and the query go through the same functions.

/** A word as it is written; one that is put together has several parts, in their order. */
export interface Word {
  parts: string[];
}

/** Longer ones are joined for no search. */
const MOST_PARTS_JOINED = 4;
/** A word that is longer names nothing; Postgres takes lexemes of 2 kB. */
const LONGEST_WORD = 60;
const LONGEST_KEY = 200;

/** What Unicode does not decompose. */
const LETTERS: Readonly<Record<string, string>> = {
  ø: 'o',
  ł: 'l',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  ħ: 'h',
  ŋ: 'n',
  ŧ: 't',
};
const LETTER = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'g');

const GREEK: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    alpha: 'α',
    beta: 'βϐ',
    gamma: 'γ',
    delta: 'δ∂',
    epsilon: 'εϵ',
    zeta: 'ζ',
    eta: 'η',
    theta: 'θϑ',
    iota: 'ι',
    kappa: 'κϰ',
    lambda: 'λ',
    mu: 'μµ',
    nu: 'ν',
    xi: 'ξ',
    omicron: 'ο',
    pi: 'πϖ',
    rho: 'ρϱ',
    sigma: 'σς',
    tau: 'τ',
    upsilon: 'υ',
    phi: 'φϕ',
    chi: 'χ',
    psi: 'ψ',
    omega: 'ω',
  }).flatMap(([name, letters]) => [...letters].map((letter) => [letter, name])),
);
const isGreek = (letter: string): boolean => Object.hasOwn(GREEK, letter);

const DASHES = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g;
const APOSTROPHES = /['\u2018\u2019\u02bc\u02b9`\u00b4]/g;
/** They tell how to show a text, and belong to no word (bidirectional controls, joiners, soft hyphens). */
const INVISIBLE = /[\p{Cf}\p{Cs}]/gu;
/** Written between the parts of one word: a hyphen, an underscore, a dot ("Node.js"). */
const INSIDE = /(?<=[\p{L}\p{N}])[-_.](?=[\p{L}\p{N}])/u;
/** "KVCache", "ImageNet"; not "LoRA" or "OpenAI", whose parts are no words. */
const HUMP = /(?<=[\p{Ll}\p{N}])(?=\p{Lu}\p{Ll}{2})|(?<=\p{Lu}{2})(?=\p{Lu}\p{Ll}{2})/u;
/** An index in TeX ("\pi_0", "x_{ij}"): it belongs to its letter. */
const INDEX = /(?<=[\p{L}\p{N}])[_^]\{?(\p{N}{1,3}|\p{L})\}?(?![\p{L}\p{N}])/gu;

/** Accents of Latin, Greek and Cyrillic go; the vowel signs of other scripts are letters, and stay. */
const withoutAccents = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC');

const isAscii = (text: string): boolean => /^\p{ASCII}*$/u.test(text);

/** The text in one width and without accents, with its cases: humps are seen by them. */
const plain = (text: string): string =>
  (isAscii(text) ? text : withoutAccents(text.replace(INVISIBLE, '').replace(DASHES, '-')))
    .replace(APOSTROPHES, '')
    .replace(INDEX, '$1');

const lower = (text: string): string =>
  withoutAccents(text.toLowerCase()).replace(LETTER, (letter) => LETTERS[letter]!);

/** Letters of formulas get their names; a word of Greek stays Greek. */
const named = (word: string): string =>
  word.replace(/\p{Script=Greek}+/gu, (run) =>
    [...run].length > 2 ? run : [...run].map((letter) => (isGreek(letter) ? GREEK[letter] : letter)).join(''),
  );

const foldPart = (part: string): string =>
  (isAscii(part) ? part.toLowerCase() : named(lower(part))).slice(0, LONGEST_WORD);

/** Most texts are English: without classes of Unicode their words are found four times as fast. */
const WRITTEN = /[\p{L}\p{N}\p{M}]+(?:[-_.][\p{L}\p{N}\p{M}]+)*/gu;
const WRITTEN_IN_ASCII = /[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*/g;

/** The words of a text as they are written, but for what tells no words apart. */
export function writtenIn(text: string): readonly string[] {
  const line = plain(text);
  return line.match(isAscii(line) ? WRITTEN_IN_ASCII : WRITTEN) ?? [];
}

/** The parts of a word that `writtenIn` found, folded. */
export const partsOf = (written: string): string[] =>
  written
    .split(INSIDE)
    .flatMap((part) => part.split(HUMP))
    .map(foldPart)
    .filter(Boolean);

/** The words of a text in their order, folded. */
export const wordsOf = (text: string): Word[] =>
  writtenIn(text)
    .map((written) => ({ parts: partsOf(written) }))
    .filter(({ parts }) => parts.length > 0);

/** The words of a text in one spelling, a space between them and between their parts. */
export const fold = (text: string): string =>
  wordsOf(text)
    .flatMap(({ parts }) => parts)
    .join(' ');

/** A word of several parts written as one: "kv-cache" is "kvcache" too. `null` for one of a single part. */
export const joined = ({ parts }: Word): string | null =>
  parts.length > 1 && parts.length <= MOST_PARTS_JOINED ? parts.join('').slice(0, LONGEST_WORD) : null;

/**
 * The key of a person or an organisation, as it stands in addresses: "José García-Pérez" is
 * `jose-garcia-perez`. Names in other scripts keep their letters. Empty for what holds no letter.
 */
export const nameKey = (name: string): string =>
  (lower(plain(name)).match(/[\p{L}\p{N}\p{M}]+/gu) ?? []).join('-').slice(0, LONGEST_KEY).replace(/-$/, '');
