import type { PaperCursor } from '../../db/papers.ts';

/** `<milliseconds, base 36>~<id>`: readable, and checked by its pattern before it is read. */
export const CURSOR_PATTERN = '^[0-9a-z]{1,9}~.{1,200}$';

export const writeCursor = ({ firstSeenAt, id }: PaperCursor): string => `${firstSeenAt.getTime().toString(36)}~${id}`;

export function readCursor(text: string): PaperCursor {
  const [time = '', ...id] = text.split('~');
  return { firstSeenAt: new Date(parseInt(time, 36)), id: id.join('~') };
}

const WRITTEN = new RegExp(CURSOR_PATTERN);
export const isCursor = (text: string): boolean => WRITTEN.test(text);
