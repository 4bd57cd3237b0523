import { AppError } from '../errors.ts';
import { LONGEST_RECORD } from './csv.ts';
import { type OpenedLines, openLines } from './csv-file.ts';
import { type Layout, layoutOf } from './portability.ts';

/** A file of readers whose columns are known, to be read once. */
export type OpenedImport = Omit<OpenedLines, 'lines'> & { lines: AsyncGenerator<string>; layout: Layout };

/** Opens a file of readers, which errors call `name`. Throws INPUT_INVALID for one that names no addresses. */
export async function openImport(file: string, name = file): Promise<OpenedImport> {
  await using opening = new AsyncDisposableStack();
  const opened = opening.use(await openLines(file, name));
  const { layout, seen } = await layoutFor(name, opened.lines);
  const held = opening.move();
  return {
    ...opened,
    lines: chain(seen, opened.lines),
    layout,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

/** What a spreadsheet may write first, so that it knows its own separator again. */
const SEPARATOR_LINE = /^sep=.$/i;

/**
 * Reads up to the first line that says something, and gives back what it has `seen`: a pipe is read
 * only once.
 */
async function layoutFor(name: string, lines: AsyncIterator<string>): Promise<{ layout: Layout; seen: string[] }> {
  const seen: string[] = [];
  for (let next = await lines.next(); !next.done; next = await lines.next()) {
    const isNote = next.value.trim() === '' || SEPARATOR_LINE.test(next.value.trim());
    seen.push(isNote ? '' : next.value);
    if (isNote) continue;
    if (next.value.length > LONGEST_RECORD)
      throw new AppError(
        'INPUT_INVALID',
        `Cannot read ${name}: it has no lines. Name a CSV file with a reader a line.`,
      );
    const layout = layoutOf(next.value);
    if (layout) return { layout, seen };
    throw new AppError(
      'INPUT_INVALID',
      `Cannot find the addresses in ${name}: its first line names no column "email". Name it so and import again; ` +
        'nothing was imported.',
    );
  }
  throw nothingIn(name);
}

async function* chain(seen: readonly string[], rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield* seen;
  yield* rest;
}

/** A file of which no line could be used. */
export const nothingIn = (name: string): AppError =>
  new AppError(
    'INPUT_INVALID',
    `Nothing was imported: ${name} has no line that can be used. It needs a line of columns with "email", and one ` +
      'for each reader.',
  );
