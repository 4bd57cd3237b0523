// Counts and lists as the operator reads them; what readers get is said by the catalogue in words/.

const FIGURES = new Intl.NumberFormat('en-GB');
/** "18,412". */
export const figure = (count: number): string => FIGURES.format(count);

const SMALL = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];
/** "two", "18,412": figures from thirteen on. */
export const inWords = (count: number): string => SMALL[count] ?? figure(count);

/** "one reader", "18,412 readers". */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${inWords(count)} ${count === 1 ? one : many}`;

export const capitalised = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** "a, b and c". */
export const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
