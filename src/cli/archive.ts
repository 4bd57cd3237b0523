import { archiveLines, restoreArchive } from '../editions/archive.ts';
import { AppError } from '../errors.ts';
import { openStore } from '../store.ts';
import type { Context } from './context.ts';
import { openLines } from '../subscribers/csv-file.ts';

const BAD_SHOWN = 20;

/** Prints what the site shows, a line of JSON for each paper and edition. */
export async function archiveExport({ config, log, signal, print }: Context): Promise<void> {
  await using store = await openStore(config, log, { schema: 'read', signal });
  for await (const line of archiveLines(store.db)) await print(line);
}

/** Takes in what `archive export` printed, here or elsewhere. */
export async function archiveImport({ config, log, signal, print }: Context, file: string): Promise<void> {
  await using opened = await openLines(file);
  await using store = await openStore(config, log, { signal });
  const { papers, editions, left, bad } = await restoreArchive({ ...store, signal }, opened.lines);
  for (const line of bad.slice(0, BAD_SHOWN)) await print(`Line ${line} was left out: it is no paper or edition.`);
  if (bad.length > BAD_SHOWN) await print(`… and ${bad.length - BAD_SHOWN} more lines.`);
  await print(`${papers} papers, ${editions} editions taken in; ${left} editions left as they are.`);
  if (papers + editions + left === 0)
    throw new AppError(
      'INPUT_INVALID',
      `Nothing was taken in: ${file} is no archive. Make one with "paperboy archive export".`,
    );
}
