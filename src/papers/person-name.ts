import { isInstitution, SUFFIX } from './author-names.ts';

/** A name as reference managers want it: a person's in parts, a group's whole. */
export type AuthorName =
  | { literal: string }
  | {
      given: string;
      /** "van der" */
      particle: string;
      family: string;
      /** "Jr." */
      suffix: string;
    };

/** Words before a family name that belong to it even where they are capitalised: "Luc Van Gool". */
const PARTICLES = new Set(
  `van von vom zu zur de del della dell' dela di da das dos du den der des ter ten te la le lo el al bin ibn ben
  st. saint san af av`.split(/\s+/),
);
/** Family names that may follow "Van" or "Le" as a given name: "Linh Van Nguyen". */
const NOT_AFTER_PARTICLES = new Set(
  `nguyen tran pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh trinh`.split(/\s+/),
);

const isParticle = (word: string): boolean => PARTICLES.has(word.toLowerCase());
const isLowerCase = (word: string): boolean => /^\p{Ll}/u.test(word);

/**
 * Splits a name as sources print it, given names first. One word alone and what names a group stay
 * whole: "OpenAI", "The ATLAS Collaboration". No rule is right for every name: where the parts
 * cannot be told, the last word is the family's.
 */
export function authorNameOf(name: string): AuthorName {
  const text = name.replace(/\s+/g, ' ').trim();
  if (text.includes(',')) return inverted(text);
  const words = text.split(' ');
  if (words.length < 2 || isGroup(text)) return { literal: text };
  const suffix = words.length > 2 && SUFFIX.test(words.at(-1)!) ? words.pop()! : '';
  const start = familyStart(words);
  const before = words.slice(start, -1);
  return { given: words.slice(0, start).join(' '), particle: before.join(' '), family: words.at(-1)!, suffix };
}

/** "Lovelace, Ada", "Davis, Jr., Sammy" */
function inverted(text: string): AuthorName {
  const [family = '', ...rest] = text.split(',').map((part) => part.trim());
  const suffix = rest.find((part) => SUFFIX.test(part)) ?? '';
  const given = rest.filter((part) => part !== suffix).join(' ');
  return given === '' || isGroup(family) ? { literal: text } : { given, particle: '', family, suffix };
}

/** No person's name holds a digit, a colon or a slash. */
const isGroup = (text: string): boolean => isInstitution(text) || /\d|[:/]/.test(text) || text.startsWith('Team ');

/** Where the family name with its particles begins: never at the first word. */
function familyStart(words: readonly string[]): number {
  const last = words.length - 1;
  const lower = words.findIndex((word, i) => i > 0 && i < last && isLowerCase(word) && isParticle(word));
  if (lower > 0) return lower > 1 && isParticle(words[lower - 1]!) ? lower - 1 : lower;
  if (NOT_AFTER_PARTICLES.has(words[last]!.toLowerCase())) return last;
  let start = last;
  while (start > 1 && isParticle(words[start - 1]!)) start--;
  return start;
}

/** The family name with what belongs to it: "van der Berg". */
export const wholeFamily = (name: Exclude<AuthorName, { literal: string }>): string =>
  [name.particle, name.family].filter(Boolean).join(' ');

/** "Berg, Jan", as indexes print it. */
export function invertedName(name: AuthorName): string {
  if ('literal' in name) return name.literal;
  return [wholeFamily(name), name.given, name.suffix].filter(Boolean).join(', ');
}
