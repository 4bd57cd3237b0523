/** Three thousand authors, in characters. */
const MOST_OF_AUTHORS = 100_000;
/** No name is longer, in characters; what is has not been understood, and is left whole. */
const LONGEST_NAME = 300;

/**
 * Who wrote it, from the `creator` elements of a feed: one for all authors or one for each.
 * Affiliations in brackets go. "Jr." stays with its name, and a collaboration is an author.
 */
export function authorNames(creators: readonly string[]): string[] {
  const lines = creators
    .map((line) => withoutBrackets(line.slice(0, MOST_OF_AUTHORS)))
    .filter((line) => /\S/.test(line));
  return lines
    .flatMap((line) => line.split(';').map((part) => namesIn(part, lines.length > 1 || line.includes(';'))))
    .flat()
    .map((name) =>
      name
        .replace(/\s+/g, ' ')
        .replace(/^ ?(?:and|the|by) /i, '')
        .trim(),
    )
    .filter((name) => /\p{L}/u.test(name) && !/^(?:et\.? al\.?|others)$/i.test(name));
}

/** What stands outside of round and square brackets, nested or not; an unclosed one closes nothing. */
function withoutBrackets(line: string): string {
  const open: number[] = [];
  let kept = '';
  let from = 0;
  for (let at = 0; at < line.length; at++) {
    if (line[at] === '(' || line[at] === '[') open.push(at);
    else if (line[at] === ')' || line[at] === ']') {
      const start = open.pop();
      if (start === undefined || open.length > 0) continue;
      kept += line.slice(from, start) + ' ';
      from = at + 1;
    }
  }
  return (kept + line.slice(from)).replace(/[()[\]]/g, ' ');
}

export const SUFFIX = /^(?:jr|sr|ii|iii|iv|ph\.? ?d|m\.? ?d|d\.? ?sc|m\.? ?sc|esq)\.?$/i;

/** The names of one line. `ofOne`: where it holds one name, so a comma may stand before given names. */
function namesIn(line: string, ofOne: boolean): string[] {
  const pieces: string[] = [];
  for (const piece of line.split(/,|:(?=\s|$)/).map((text) => text.trim())) {
    const before = pieces.at(-1);
    if (SUFFIX.test(piece) && before !== undefined) pieces[pieces.length - 1] = `${before} ${piece}`;
    else if (piece !== '') pieces.push(piece);
  }
  const [family = '', given = ''] = pieces;
  if (pieces.length === 2 && isInverted(family, given, ofOne)) return [`${given} ${family}`];
  return pieces.flatMap(joinedNames).flatMap(withCollaboration);
}

const isWord = (text: string): boolean => !/\s/.test(text);
const isInitials = (text: string): boolean => /^(?:\p{Lu}\.?[\s-]?){1,5}$/u.test(text);

/** "Lovelace, Ada", and not "Ada Lovelace, Grace Hopper". */
function isInverted(family: string, given: string, ofOne: boolean): boolean {
  if (isInstitution(family) || isInstitution(given) || /^and\s/i.test(given)) return false;
  if (!ofOne) return isWord(family) && (isWord(given) || isInitials(given));
  return isWord(family) || isWord(given) || isInitials(given);
}

/** Words that a name of people's has not. */
export const isInstitution = (text: string): boolean =>
  /\b(?:collaborations?|consorti(?:um|a)|teams?|groups?|institutes?|universit(?:y|ies)|cent(?:er|re)s?|laborator(?:y|ies)|labs?|departments?|ministry|foundation|society|initiative|project|network|alliance|committee|school|college|academy|association|agency|council|survey|of|for|the)\b/i.test(
    text,
  );

/** "Ada Lovelace and Grace Hopper" are two; "Institute of Science and Technology" is one. */
function joinedNames(piece: string): string[] {
  if (piece.length > LONGEST_NAME) return [piece];
  const [person, ...group] = piece.split(COLLABORATION);
  if (isInstitution(person!)) return [piece];
  const names = person!.split(/\s+(?:and|\\?&)\s+(?=[\p{L}\\{])/u);
  return [...names.slice(0, -1), [names.at(-1)!, ...group].join(FOR)];
}

const COLLABORATION =
  /\s+(?:for|on behalf of|representing)\s+(?:the\s+)?(?=.{1,200}\b(?:collaborations?|consortium|team|group|project)\b)/i;
const FOR = ' for the ';

/** "Ada Lovelace for the ATLAS Collaboration" are two authors. */
const withCollaboration = (name: string): string[] => (name.length > LONGEST_NAME ? [name] : name.split(COLLABORATION));
