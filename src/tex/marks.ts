// Noncharacters that stand for what must not be read as TeX; input never holds them.

/** Round the number of a link or formula that was set aside. */
export const MASK_OPEN = '\ufdd0';
export const MASK_CLOSE = '\ufdd1';
/** Signs that are meant literally. */
export const CARET = '\ufdd2';
export const TILDE = '\ufdd3';
export const OPEN_BRACE = '\ufdd4';
export const CLOSE_BRACE = '\ufdd5';
/** A space that shows between two words only: `\log n` and `\log(n)`. */
export const SOFT = '\ufdd6';
