/** "1px 2px 3px 4px" and "1px 4px 3px 2px": the second and the fourth are right and left. */
const FOUR = /\b(padding|margin): ?([^\s;"<!]+) ([^\s;"<!]+) ([^\s;"<!]+) ([^\s;"<!]+)/g;
const SIDE = /\b(text-align:|align="|padding-|border-|margin-)(left|right)\b/g;

/** Joined letters bear no spacing. */
const SPACING = /letter-spacing:[^;"}]+;?/g;
/** What may be in English stands on the side of the page all the same. */
const OF_ITS_OWN = /dir="auto" style="(?!text-align)/g;

/**
 * A mail's layout for writing from right to left. Mail programs know no logical properties of CSS,
 * so the sides are changed where they are named.
 */
export const mirrored = (html: string): string =>
  html
    .replace(FOUR, '$1:$2 $5 $4 $3')
    .replace(SIDE, (_all, before: string, side: string) => before + (side === 'left' ? 'right' : 'left'))
    .replaceAll('direction:ltr', 'direction:rtl')
    .replace(SPACING, '')
    .replace(OF_ITS_OWN, 'dir="auto" style="text-align:right;');
