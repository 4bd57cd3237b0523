/** What may stand between the cells of a line: a spreadsheet takes the one of its country. */
export const SEPARATORS = [',', ';', '\t'] as const;
export type Separator = (typeof SEPARATORS)[number];

/**
 * A quote that ends nowhere near was a slip of the hand, and not a note of more lines than this.
 */
const LINES_AT_MOST = 100;

/**
 * A cell up to its separator: in quotes, where a quote is written twice, or anything that does not
 * begin with one.
 */
const cellPattern = (separator: Separator): RegExp =>
  new RegExp(` *(?! )(?:"([^"]*(?:""[^"]*)*)" *|(?!")([^${separator}]*))(${separator}|$)`, 'y');
const CELL: Readonly<Record<Separator, RegExp>> = {
  ',': cellPattern(','),
  ';': cellPattern(';'),
  '\t': cellPattern('\t'),
};

/**
 * The cells of one record (RFC 4180). `open`: a quote does not end in this text. `broken`: it ends
 * amid a cell.
 */
export function splitRecord(text: string, separator: Separator): string[] | 'open' | 'broken' {
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
  /** `null`: its quotes make no sense. */
  cells: string[] | null;
}

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

  async function nextRecord(first: string): Promise<{ cells: string[] | null; length: number }> {
    let text = first;
    for (let length = 1; ; length++) {
      const cells = splitRecord(text, separator);
      if (Array.isArray(cells)) return length === 1 || fits(cells) ? { cells, length } : { cells: null, length: 1 };
      const more = cells === 'open' && length < LINES_AT_MOST ? await peek(length) : null;
      if (more === null) return { cells: null, length: 1 };
      text += `\n${more}`;
    }
  }

  let line = 1;
  for (let first = await peek(0); first !== null; first = await peek(0)) {
    const { cells, length } = await nextRecord(first);
    if (!cells?.every((cell) => cell.trim() === '')) yield { line, cells };
    ahead.splice(0, length);
    line += length;
  }
}
