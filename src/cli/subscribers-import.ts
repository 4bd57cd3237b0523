import path from 'node:path';
import { requireTrueClock } from '../db/clock.ts';
import { COMMAND, recordDeed } from '../db/trail.ts';
import { AppError } from '../errors.ts';
import { openStore } from '../store.ts';
import { fileOfLeavers } from '../subscribers/elsewhere.ts';
import { nothingIn, type OpenedImport, openImport } from '../subscribers/import-file.ts';
import { openReport } from '../subscribers/import-report.ts';
import { importDeed, importSummary } from '../subscribers/import-words.ts';
import { importReaders, isLeftOut, knownIn, leftOutIn } from '../subscribers/import.ts';
import type { Context } from './context.ts';
import { importProgress } from './import-words.ts';

const FINDINGS_SHOWN = 20;
const PROGRESS_EVERY_MS = 1_000;

export interface ImportOptions {
  confirmed?: boolean;
  dryRun?: boolean;
  report?: string;
}

/**
 * Adds confirmed subscribers from a CSV file. Lines that cannot be used are counted, and named by
 * number; the report has their addresses. A file of which nothing can be used is an error; one
 * whose readers are known already is not, so that it can be run again.
 */
export async function importCommand(context: Context, file: string, options: ImportOptions): Promise<void> {
  const { config, log, signal, print, progress } = context;
  const dryRun = options.dryRun ?? false;
  if (!options.confirmed && !dryRun)
    throw new AppError(
      'INPUT_INVALID',
      'Import needs --confirmed: it makes people active at once, so say that you have their consent. Without it, ' +
        'let them subscribe on the site.',
    );
  await using opened = await openImport(file);
  await using report = await openReport(options.report ?? reportBeside(file, opened), { byDefault: !options.report });
  await using store = await openStore(config, log, { schema: dryRun ? 'read' : 'write', signal });
  await requireTrueClock(store);
  const started = performance.now();
  let saidAt = started;
  let shown = 0;
  const { sums, cutOffBy } = await importReaders(store, {
    lines: opened.lines,
    layout: opened.layout,
    leavers: fileOfLeavers(path.basename(file)),
    dryRun,
    signal,
    async onPortion(findings, soFar) {
      await report.write(findings);
      for (const { line, why } of findings.filter(({ kind }) => isLeftOut(kind)).slice(0, FINDINGS_SHOWN - shown)) {
        shown++;
        await print(`Line ${line} was left out: ${why}`);
      }
      const at = performance.now();
      if (at < saidAt + PROGRESS_EVERY_MS) return;
      saidAt = at;
      const seconds = (at - started) / 1000;
      progress(importProgress(soFar, { seconds, bytes: opened.progress.bytes, size: opened.size }));
    },
  });
  progress(null);
  if (!dryRun) await recordDeed(store.db, COMMAND, importDeed(sums, store.now()));
  const more = leftOutIn(sums) - shown;
  if (more > 0) await print(`… and ${more} more lines.`);
  const facts = { dryRun, guessed: opened.progress, cutOff: cutOffBy !== undefined };
  for (const line of importSummary(sums, { ...facts, report: report.isWritten() ? report.file : null }))
    await print(line);
  if (cutOffBy !== undefined) throw cutOffBy;
  if (sums.added + knownIn(sums) === 0) throw nothingIn(file);
}

/** A pipe has no place of its own beside which a report could stand. */
const reportBeside = (file: string, { size }: OpenedImport): string =>
  size === null ? 'import.report.csv' : `${file}.report.csv`;
