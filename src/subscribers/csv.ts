/** What may stand between the cells of a line: a spreadsheet takes the one of its country. */
export const SEPARATORS = [',', ';', '\t', '|'] as const;
export type Separator = (typeof SEPARATORS)[number];

/**
 * A quote that ends nowhere near was a slip of the hand, and not a note of more lines than this.
 */
const LINES_AT_MOST = 100;

/** No reader's record comes near it. What does must not fill the memory. */
export const LONGEST_RECORD = 1_000_000;

/**
 * A cell up to its separator: in quotes, where a quote is written twice, or anything that does not
 * begin with one.
 */
const cellPattern = (separator: Separator): RegExp =>
  new RegExp(` *(?! )(?:"([^"]*(?:""[^"]*)*)" *|(?!")([^${separator}]*))(${RegExp.escape(separator)}|$)`, 'y');
const CELL = Object.fromEntries(SEPARATORS.map((separator) => [separator, cellPattern(separator)])) as Readonly<
  Record<Separator, RegExp>
>;

/**
 * The cells of one record (RFC 4180). `open`: a quote does not end in this text. `broken`: it ends
 * amid a cell.
 */
export function splitRecord(text: string, separator: Separator): string[] | 'open' | 'broken' {
  if (!text.includes('"')) return text.split(separator);
  const pattern = CELL[separator];
  const cells: string[] = [];
  pattern.lastIndex = 0;
  for (;;) {
    const at = pattern.lastIndex;
    const [, quoted, plain, end] = pattern.exec(text) ?? [];
    if (end === undefined) return /^ *"[^"]*(?:""[^"]*)*$/.test(text.slice(at)) ? 'open' : 'broken';
    cells.push(quoted?.replaceAll('""', '"') ?? plain!);
    if (end === '') return cells;
  }
}

export interface CsvRecord {
  /** Of the file, counted from one: where the record begins. */
  line: number;
  /** `quotes`: they make no sense. `size`: it is longer than a record can be. */
  cells: string[] | 'quotes' | 'size';
}

/** Some exports pad the end of a file with NULs. */
const IS_BLANK = /^[\s\0]*$/;

/**
 * The records of a file, blank lines left out. A library reads on to where a stray quote finds its
 * fellow, or gives the file up; here it costs its own line alone. `fits` says whether a record of
 * several lines may be one, or has swallowed others.
 */
export async function* readRecords(
  lines: AsyncIterable<string>,
  separator: Separator,
  fits: (cells: readonly string[]) => boolean,
): AsyncGenerator<CsvRecord> {
  const source = lines[Symbol.asyncIterator]();
  const ahead: string[] = [];
  const peek = async (n: number): Promise<string | null> => {
    if (n < ahead.length) return ahead[n]!;
    const next = await source.next();
    if (next.done) return null;
    ahead.push(next.value);
    return next.value;
  };

  async function nextRecord(first: string): Promise<{ cells: CsvRecord['cells']; length: number }> {
    if (first.length > LONGEST_RECORD) return { cells: 'size', length: 1 };
    let text = first;
    let cells = splitRecord(text, separator);
    for (let length = 1; ; length++) {
      if (Array.isArray(cells)) return length === 1 || fits(cells) ? { cells, length } : { cells: 'quotes', length: 1 };
      const more = cells === 'open' && length < LINES_AT_MOST ? await peek(length) : null;
      if (more === null || text.length + more.length > LONGEST_RECORD) return { cells: 'quotes', length: 1 };
      text += `\n${more}`;
      // A cell that is open stays so until a quote comes: to split it anew would find the same.
      if (more.includes('"')) cells = splitRecord(text, separator);
    }
  }

  let line = 1;
  for (let first = await peek(0); first !== null; first = await peek(0)) {
    const { cells, length } = await nextRecord(first);
    if (!Array.isArray(cells) || !cells.every((cell) => IS_BLANK.test(cell))) yield { line, cells };
    ahead.splice(0, length);
    line += length;
  }
}
