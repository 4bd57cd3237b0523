/** Letters that can be told from English at a glance, and read all the same. */
const PLAIN = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const MARKED = 'åƀçđéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýžÅƁÇĐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽ';
const LETTERS = new Map(Array.from(PLAIN, (letter, i) => [letter, Array.from(MARKED)[i]!]));

/** Every vowel twice: most languages need a third more room than English. */
const VOWEL = /[aeiouAEIOU]/;

/** English as a foreign language looks: accented and longer. Tags such as `<link>` stay. */
export const accented = (text: string): string =>
  text
    .split(/(<\/?\w+>)/)
    .map((part, i) => (i % 2 === 1 ? part : Array.from(part, lettered).join('')))
    .join('');

function lettered(letter: string): string {
  const marked = LETTERS.get(letter) ?? letter;
  return VOWEL.test(letter) ? marked + marked.toLowerCase() : marked;
}

/** What stands outside of these brackets did not come from the catalogue. */
export const bracketed = (text: string): string => (text === '' ? '' : `⟦${text}⟧`);
