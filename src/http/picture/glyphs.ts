/** What a TrueType font says of characters: whether it has one, and how wide it is, in ems. */
export type Glyphs = (character: string) => number | null;

/**
 * Reads the tables of a TrueType font that tell which characters it has and how wide they are
 * (OpenType 1.9, `cmap` of formats 4 and 12, `hmtx`). For fonts that ship with us: it trusts them.
 */
export function glyphsOf(font: Buffer): Glyphs {
  const tables = new Map<string, number>();
  for (let i = 0; i < font.readUInt16BE(4); i++) {
    const at = 12 + 16 * i;
    tables.set(font.toString('latin1', at, at + 4), font.readUInt32BE(at + 8));
  }
  const glyphOf = characterMap(font, tables.get('cmap')!);
  const unitsPerEm = font.readUInt16BE(tables.get('head')! + 18);
  const widths = font.readUInt16BE(tables.get('hhea')! + 34);
  return (character) => {
    const glyph = glyphOf(character.codePointAt(0)!);
    if (glyph === 0) return null;
    return font.readUInt16BE(tables.get('hmtx')! + 4 * Math.min(glyph, widths - 1)) / unitsPerEm;
  };
}

function characterMap(font: Buffer, cmap: number): (codePoint: number) => number {
  const maps = Array.from({ length: font.readUInt16BE(cmap + 2) }, (_, i) => {
    const at = cmap + font.readUInt32BE(cmap + 4 + 8 * i + 4);
    return { at, format: font.readUInt16BE(at) };
  });
  const whole = maps.find(({ format }) => format === 12);
  if (whole !== undefined) return (codePoint) => inGroups(font, whole.at, codePoint);
  const segments = maps.find(({ format }) => format === 4)!.at;
  return (codePoint) => inSegments(font, segments, codePoint);
}

/** Format 12: groups of characters in a row. */
function inGroups(font: Buffer, map: number, codePoint: number): number {
  let [low, high] = [0, font.readUInt32BE(map + 12) - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const at = map + 16 + 12 * middle;
    if (codePoint > font.readUInt32BE(at + 4)) low = middle + 1;
    else if (codePoint < font.readUInt32BE(at)) high = middle - 1;
    else return font.readUInt32BE(at + 8) + codePoint - font.readUInt32BE(at);
  }
  return 0;
}

/** Format 4: the same for the first 65,536 characters. */
function inSegments(font: Buffer, map: number, codePoint: number): number {
  const bytes = font.readUInt16BE(map + 6); // two for each segment
  for (let i = 0; i < bytes; i += 2) {
    if (codePoint > font.readUInt16BE(map + 14 + i)) continue;
    const start = font.readUInt16BE(map + 16 + bytes + i);
    if (codePoint < start) return 0;
    const delta = font.readUInt16BE(map + 16 + 2 * bytes + i);
    const rangeAt = map + 16 + 3 * bytes + i;
    const range = font.readUInt16BE(rangeAt);
    if (range === 0) return (codePoint + delta) & 0xffff;
    const glyph = font.readUInt16BE(rangeAt + range + 2 * (codePoint - start));
    return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
  }
  return 0;
}
