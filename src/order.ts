/** By code units: an order that depends on no locale. */
export const inCodeOrder = (a: string, b: string): number => Number(a > b) - Number(a < b);

/**
 * Highest score first; the id decides between equals, so that the same signals give the same list
 * everywhere.
 */
export const byScore = (a: { score: number; id: string }, b: { score: number; id: string }): number =>
  b.score - a.score || inCodeOrder(a.id, b.id);
