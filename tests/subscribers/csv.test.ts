import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CsvRecord, LONGEST_RECORD, readRecords, SEPARATORS, splitRecord } from '../../src/subscribers/csv.ts';

async function* linesOf(text: string): AsyncGenerator<string> {
  yield* text.split('\n');
}
async function read(text: string, fits = (_: readonly string[]) => true): Promise<CsvRecord[]> {
  return Array.fromAsync(readRecords(linesOf(text), ',', fits));
}

describe('a record', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', ' ', '"', ',', ';', '\t', '|', '\n', 'é'), maxLength: 8 });

  test('reads as every program for CSV writes it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SEPARATORS),
        fc.array(cell, { minLength: 1, maxLength: 5 }),
        (separator, cells) => {
          const line = cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(separator);
          expect(splitRecord(line, separator)).toEqual(cells);
        },
      ),
    );
  });

  test('that a strict reader can read is read alike', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SEPARATORS), cell, (separator, text) => {
        const line = text.replaceAll('\n', 'x');
        let strict: string[][] = [];
        try {
          strict = parse(line, { delimiter: separator, ltrim: false });
        } catch {
          return; // it is stricter than we are
        }
        const ours = splitRecord(line, separator);
        if (line.trim() !== '' && !/ +"|" +/.test(line))
          expect(Array.isArray(ours) && ours.map((c) => c.trim())).toEqual(strict[0]!.map((c) => c.trim()));
      }),
      { numRuns: 2_000 },
    );
  });

  test('takes no more time than it has characters', () => {
    const started = performance.now();
    for (const text of ['"', '""', ' "', 'a"', ',"', '" ', ' '])
      for (const separator of SEPARATORS) splitRecord(text.repeat(100_000), separator);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('a file', () => {
  test('loses one line to a quote that is never closed', async () => {
    const good = Array.from({ length: 300 }, (_, i) => `${i},x`);
    const records = await read(['"open,x', ...good].join('\n'));
    expect(records.map(({ cells }) => (Array.isArray(cells) ? cells[0] : cells))).toEqual([
      'quotes',
      ...good.map((_, i) => String(i)),
    ]);
    expect(records.map(({ line }) => line)).toEqual(Array.from({ length: 301 }, (_, i) => i + 1));
  });

  test('loses one line to a quote that finds its fellow lines later, where such a record may not be', async () => {
    const text = 'a,"x\nb,x\nc,x"\nd,x';
    expect((await read(text)).map(({ line }) => line)).toEqual([1, 4]);
    expect(await read(text, () => false)).toEqual([
      { line: 1, cells: 'quotes' },
      { line: 2, cells: ['b', 'x'] },
      { line: 3, cells: ['c', 'x"'] },
      { line: 4, cells: ['d', 'x'] },
    ]);
  });

  test('loses one line that is longer than a record can be, and none for it', async () => {
    expect(await read(`a,x\n${'y'.repeat(LONGEST_RECORD + 1)}\nb,x`)).toEqual([
      { line: 1, cells: ['a', 'x'] },
      { line: 2, cells: 'size' },
      { line: 3, cells: ['b', 'x'] },
    ]);
  });

  test('gives up a quote before it has swallowed more than a record can hold', async () => {
    const long = 'y'.repeat(LONGEST_RECORD / 2);
    const records = await read(`"a,x\n${long}\n${long}\nb,x`);
    expect(records.map(({ line, cells }) => [line, Array.isArray(cells)])).toEqual([
      [1, false],
      [2, true],
      [3, true],
      [4, true],
    ]);
  });

  test('takes no more time than it has lines where every line opens a quote', async () => {
    const started = performance.now();
    await read(Array.from({ length: 20_000 }, () => '"never closed').join('\n'));
    await read(['"open', ...Array.from({ length: 20_000 }, (_, i) => `${i},x`)].join('\n'));
    expect(performance.now() - started).toBeLessThan(4_000);
  });
});
