import type { Heat, HitCursor, RankedPart } from '../../db/search-hits.ts';
import type { PaperCursor } from '../../db/papers.ts';

/** `<milliseconds, base 36>~<id>`: readable, and checked by its pattern before it is read. */
export const CURSOR_PATTERN = '^[0-9a-z]{1,9}~.{1,200}$';

export const writeCursor = ({ firstSeenAt, id }: PaperCursor): string => `${firstSeenAt.getTime().toString(36)}~${id}`;

export function readCursor(text: string): PaperCursor {
  const [time = '', ...id] = text.split('~');
  return { firstSeenAt: new Date(parseInt(time, 36)), id: id.join('~') };
}

const PLACE = '-?[0-9][0-9.e+-]{0,29}~[^\\x00!]{1,200}';
const HEAT = '(?:(?:[0-9][0-9.e+-]{0,29}|Infinity)~[0-9a-z]{1,9}~[^\\x00!]{0,200})';
const RANKED = `!(?:heads|all)!${HEAT}?!${HEAT}?`;
/**
 * `<score>~<id>`, of a page of what was found. Of many papers, `!` and what was ranked of them follow,
 * and where the rest goes on. Postgres takes no U+0000 in an id.
 */
export const HIT_CURSOR_PATTERN = `^(?:${PLACE}(?:${RANKED})?|${RANKED}!${HEAT}?)$`;

export function writeHitCursor(cursor: HitCursor): string {
  const { ranked } = cursor;
  const at = 'score' in cursor ? `${cursor.score}~${cursor.id}` : '';
  if (ranked === undefined) return at;
  const parts = [ranked.of, writeHeat(ranked.last), writeHeat(ranked.named)];
  return [at, ...parts, ...('rest' in cursor ? [writeHeat(cursor.rest)] : [])].join('!');
}

/** `undefined` for what is none, as on the first page. */
export function readHitCursor(text: string): HitCursor | undefined {
  if (text === '' || !new RegExp(HIT_CURSOR_PATTERN).test(text)) return undefined;
  const [at = '', of, last = '', named = '', rest] = text.split('!');
  const [score = '', ...id] = at.split('~');
  const place = { score: Number(score), id: id.join('~') };
  if (!Number.isFinite(place.score)) return undefined;
  if (of === undefined) return place;
  const ranked: RankedPart = { of: of as RankedPart['of'], last: readHeat(last), named: readHeat(named) };
  return at === '' ? { ranked, rest: readHeat(rest ?? '') } : { ...place, ranked };
}

const writeHeat = (heat: Heat | null): string =>
  heat === null ? '' : `${heat.heat}~${heat.firstSeenAt.getTime().toString(36)}~${heat.id}`;

function readHeat(text: string): Heat | null {
  if (text === '') return null;
  const [heat = '', time = '', ...id] = text.split('~');
  // Postgres refuses a `real` that is out of its range.
  return { heat: Math.fround(Number(heat)), firstSeenAt: new Date(parseInt(time, 36)), id: id.join('~') };
}

const WRITTEN = new RegExp(CURSOR_PATTERN);
export const isCursor = (text: string): boolean => WRITTEN.test(text);
