import type { HitCursor } from '../../db/search-hits.ts';
import type { PaperCursor } from '../../db/papers.ts';

/** `<milliseconds, base 36>~<id>`: readable, and checked by its pattern before it is read. */
export const CURSOR_PATTERN = '^[0-9a-z]{1,9}~.{1,200}$';

export const writeCursor = ({ firstSeenAt, id }: PaperCursor): string => `${firstSeenAt.getTime().toString(36)}~${id}`;

export function readCursor(text: string): PaperCursor {
  const [time = '', ...id] = text.split('~');
  return { firstSeenAt: new Date(parseInt(time, 36)), id: id.join('~') };
}

/** `<score>~<id>`, of a page of what was found. Postgres takes no U+0000 in an id. */
export const HIT_CURSOR_PATTERN = '^-?[0-9.e-]{1,30}~[^\\x00]{1,200}$';

export const writeHitCursor = ({ score, id }: HitCursor): string => `${score}~${id}`;

/** `undefined` for what is none, as on the first page. */
export function readHitCursor(text: string): HitCursor | undefined {
  if (!new RegExp(HIT_CURSOR_PATTERN).test(text)) return undefined;
  const [score = '', ...id] = text.split('~');
  return Number.isFinite(Number(score)) ? { score: Number(score), id: id.join('~') } : undefined;
}
const WRITTEN = new RegExp(CURSOR_PATTERN);
export const isCursor = (text: string): boolean => WRITTEN.test(text);
