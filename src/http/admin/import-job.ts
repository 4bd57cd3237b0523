import { rm } from 'node:fs/promises';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { recordDeed } from '../../db/trail.ts';
import { MINUTE } from '../../duration.ts';
import { AppError } from '../../errors.ts';
import { fileOfLeavers } from '../../subscribers/elsewhere.ts';
import { nothingIn, openImport } from '../../subscribers/import-file.ts';
import { openReport } from '../../subscribers/import-report.ts';
import { importReaders, knownIn } from '../../subscribers/import.ts';
import { importDeed, importSummary } from '../../subscribers/import-words.ts';
import { AT_THE_DESK, type DeskDeps } from './deps.ts';
import type { ImportJob, ImportStage } from './import-view.ts';
import type { Upload } from './upload.ts';

export interface ImportJobs {
  /** Takes a file over, and reads it. Throws OVERLOADED while another one is at work. */
  begin(upload: Upload): ImportJob;
  /** Throws NOT_FOUND. */
  find(id: string): ImportJob;
  /** Imports for good what was read. Pressed twice, it does so once. */
  run(id: string): void;
  drop(id: string): Promise<void>;
  /** Ends what is at work, and deletes what is kept. */
  close(): Promise<void>;
}

const FINDINGS_SHOWN = 20;
/** A file is kept as long as this after the last that was done with it. */
const KEPT_MS = 30 * MINUTE;

interface Held {
  job: ImportJob;
  upload: Upload;
  work: Promise<void>;
  stop: AbortController;
  timer: NodeJS.Timeout;
}

/** Imports one file at a time, in this process: the addresses stay on its disk until that is over. */
export function createImportJobs({ db, now, log, tools }: DeskDeps): ImportJobs {
  let held: Held | null = null;

  const keptFromNow = (): Date => new Date(now().getTime() + KEPT_MS);
  const isAtWork = (): boolean => held?.job.stage === 'reading' || held?.job.stage === 'importing';
  const heldAs = (id: string): Held => {
    if (held?.job.id !== id) throw notHere();
    return held;
  };

  /** What is on its way out: who ends waits for all of it. */
  let leaving: Promise<unknown> = Promise.resolve();
  const forget = (): Promise<unknown> => (leaving = Promise.all([leaving, forgetHeld()]));

  async function forgetHeld(): Promise<void> {
    const gone = held;
    held = null;
    if (gone === null) return;
    clearTimeout(gone.timer);
    gone.stop.abort();
    await gone.work;
    await rm(gone.upload.directory, { recursive: true, force: true });
  }

  function start(one: Held, stage: 'reading' | 'importing'): void {
    Object.assign(one.job, { ...NOTHING_YET(), stage });
    keepOn(one);
    one.work = work(one, stage === 'reading').catch((error: unknown) => {
      const known = error instanceof AppError ? error.message : null;
      if (known === null) log.error({ err: error }, 'An import at the desk failed');
      one.job.stage = 'failed';
      one.job.problem = known ?? 'It stopped for a fault of ours, which the log tells. What is in stays in: try again.';
    });
  }

  /** It is kept for its time from now on. */
  function keepOn(one: Held): void {
    one.timer.refresh();
    one.job.keptUntil = keptFromNow();
  }

  async function work(one: Held, dryRun: boolean): Promise<void> {
    const { job, upload, stop } = one;
    await using opened = await openImport(upload.file, job.name);
    await using report = await openReport(path.join(upload.directory, 'report.csv'), { byDefault: true });
    const { sums, cutOffBy } = await importReaders(
      { db, now, keyring: tools.keyring },
      {
        lines: opened.lines,
        layout: opened.layout,
        leavers: fileOfLeavers(job.name),
        dryRun,
        signal: stop.signal,
        async onPortion(findings, soFar) {
          await report.write(findings);
          job.findings.push(...findings.slice(0, FINDINGS_SHOWN - job.findings.length));
          job.sums = { ...soFar };
          keepOn(one);
        },
      },
    );
    job.sums = sums;
    job.report = report.isWritten() ? report.file : null;
    const facts = { dryRun, guessed: opened.progress, cutOff: cutOffBy !== undefined, report: null };
    job.lines = importSummary(sums, facts);
    if (!dryRun) await recordDeed(db, AT_THE_DESK, importDeed(sums, now()));
    if (cutOffBy !== undefined) throw cutOffBy;
    if (sums.added + knownIn(sums) === 0) throw nothingIn(job.name);
    keepOn(one);
    job.stage = dryRun ? 'read' : 'done';
  }

  return {
    begin(upload) {
      if (isAtWork()) throw busy();
      void forget();
      const id = randomBytes(9).toString('base64url');
      const job: ImportJob = { id, name: upload.name, keptUntil: keptFromNow(), ...NOTHING_YET() };
      const timer = setTimeout(() => void forget(), KEPT_MS).unref();
      held = { job, upload, work: Promise.resolve(), stop: new AbortController(), timer };
      start(held, 'reading');
      return job;
    },
    find: (id) => heldAs(id).job,
    run(id) {
      const one = heldAs(id);
      if (one.job.stage === 'read') start(one, 'importing');
    },
    async drop(id) {
      heldAs(id);
      await forget();
    },
    close: async () => void (await forget()),
  };
}

const NOTHING_YET = () => ({
  stage: 'reading' as ImportStage,
  sums: { added: 0, active: 0, found: {}, stayActive: 0, endedAgain: 0, line: 0 },
  lines: [],
  findings: [],
  report: null,
  problem: null,
});

const notHere = (): AppError =>
  new AppError(
    'NOT_FOUND',
    'That file is not here any more: a restart, another file or half an hour ends an import. ' +
      'Choose it again under Readers, Import: who is in already is left as is, and the others are added.',
  );
const busy = (): AppError =>
  new AppError('OVERLOADED', 'Another file is being read: wait until that is over, and choose this one again.');
