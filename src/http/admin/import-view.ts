import { type Finding, type ImportSums, knownIn, leftOutIn } from '../../subscribers/import.ts';
import { capitalised, counted, figure } from '../../figures.ts';
import type { Clock } from './words.ts';

/** `reading`: a dry run, which ends as `read`; `importing` is the same for good, and ends as `done`. */
export type ImportStage = 'reading' | 'read' | 'importing' | 'done' | 'failed';

/** An import at the desk, from the file to what came of it. */
export interface ImportJob {
  id: string;
  name: string;
  stage: ImportStage;
  /** When the file is deleted, if nothing is done with it before. */
  keptUntil: Date;
  sums: ImportSums;
  /** What it came to, or would, in lines. */
  lines: string[];
  /** The first lines of which there is something to say. */
  findings: Finding[];
  /** A file with all of them; `null`: there is nothing to say. */
  report: string | null;
  /** Why it failed. */
  problem: string | null;
}

export interface ImportView {
  action: string;
  name: string;
  stage: ImportStage;
  isAtWork: boolean;
  sentence: string;
  deck: string;
  lines: string[];
  findings: { line: string; why: string }[];
  more: string | null;
  hasReport: boolean;
  /** What the button says that does it; `null`: there is nothing to do. */
  button: string | null;
}

const DECKS: Readonly<Record<ImportStage, (until: string) => string>> = {
  reading: () => 'Nothing is written: this only shows what would happen.',
  read: (until) => `Nothing was written yet. The file is kept here until you decide, at most until ${until}.`,
  importing: () => 'Each thousand is in as a whole, or not at all.',
  done: (until) => `The file is deleted at ${until}. Their first digest comes at their next hour.`,
  failed: () => 'Mend that, and choose the file again: what is in already is known then, and added once.',
};

/** What an import would do, does or did. Pure. */
export function importView(job: ImportJob, clock: Pick<Clock, 'time'>): ImportView {
  const { stage, sums, findings, name } = job;
  const said = leftOutIn(sums) + knownIn(sums) - sums.active;
  return {
    action: `/admin/readers/import/${job.id}`,
    name,
    stage,
    isAtWork: stage === 'reading' || stage === 'importing',
    sentence: sentenceOf(job),
    deck: DECKS[stage](clock.time(job.keptUntil)),
    // The last line is the sentence, and before it a dry run says that it is one.
    lines: job.lines.slice(0, stage === 'read' ? -2 : -1),
    findings: findings.map(({ line, why }) => ({ line: figure(line), why })),
    more: said > findings.length ? `${figure(said - findings.length)} more lines stand in the report.` : null,
    hasReport: job.report !== null,
    button: stage === 'read' && sums.added > 0 ? `Add ${counted(sums.added, 'reader')}` : null,
  };
}

function sentenceOf({ stage, sums, problem }: ImportJob): string {
  const added = counted(sums.added, 'reader');
  const rest = `${counted(knownIn(sums), 'is', 'are')} known, ${counted(leftOutIn(sums), 'line')} left out`;
  switch (stage) {
    case 'reading':
      return `The file is being read: ${counted(sums.line, 'line')} so far.`;
    case 'read':
      return capitalised(`${added} would be added; ${rest}.`);
    case 'importing':
      return `Readers are being added: ${figure(sums.added)} so far.`;
    case 'done':
      return capitalised(`${added} ${sums.added === 1 ? 'was' : 'were'} added; ${rest}.`);
    case 'failed':
      return problem!;
  }
}
