/** A place in the list of papers: everything that comes after it was first seen earlier, or then and has a smaller id. */
export interface Cursor { firstSeenAt: Date; id: string }

/** `<milliseconds, base 36>~<id>`: readable, and checked by its pattern before it is read. */
export const CURSOR_PATTERN = '^[0-9a-z]{1,10}~.{1,200}$';

export const writeCursor = ({ firstSeenAt, id }: Cursor): string => `${firstSeenAt.getTime().toString(36)}~${id}`;

export function readCursor(text: string): Cursor {
  const [time = '', ...id] = text.split('~');
  return { firstSeenAt: new Date(parseInt(time, 36)), id: id.join('~') };
}
