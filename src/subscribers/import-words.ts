import type { Deed } from '../db/trail.ts';
import { type FindingKind, type ImportSums, isLeftOut, knownIn, leftOutIn } from './import.ts';

/** What the kinds of findings are called where they are counted. */
const WORDS: Readonly<Record<FindingKind, string>> = {
  address: 'without an address that can be mailed',
  choice: 'with a choice that cannot be made here',
  cells: 'with too many cells',
  quotes: 'with quotes that make no sense',
  size: 'too long',
  unsubscribed: 'unsubscribed elsewhere',
  bounced: 'bounced elsewhere',
  complained: 'complained elsewhere',
  unconfirmed: 'not confirmed elsewhere',
  stopped: 'not active elsewhere',
  twice: 'twice in the file',
  suppressed: 'suppressed here',
  left: 'left here',
  pending: 'not confirmed here',
};

const isTold = (kind: FindingKind, sums: ImportSums): boolean => (sums.found[kind] ?? 0) > 0;

function byKind(sums: ImportSums, wanted: (kind: FindingKind) => boolean): string[] {
  const kinds = Object.keys(WORDS) as FindingKind[];
  return kinds.filter((kind) => wanted(kind) && isTold(kind, sums)).map((kind) => `${sums.found[kind]} ${WORDS[kind]}`);
}

export interface ImportFacts {
  dryRun: boolean;
  guessed: { guessed: number; firstGuessed: number };
  /** Whether the file was not read to its end. */
  cutOff: boolean;
  /** Where each line is listed of which something is to be said; `null`: there is none. */
  report: string | null;
}

/** What an import came to, in lines. Pure. */
export function importSummary(sums: ImportSums, { dryRun, guessed, cutOff, report }: ImportFacts): string[] {
  const leftOut = byKind(sums, isLeftOut);
  const known = byKind(sums, (kind) => !isLeftOut(kind));
  if (sums.active > 0) known.unshift(`${sums.active} active`);
  const said = [
    guessed.guessed > 0 &&
      `${guessed.guessed} lines are no UTF-8 and were read as Windows-1252; the first is line ${guessed.firstGuessed}.`,
    leftOut.length > 0 && `Left out: ${leftOut.join(', ')}.`,
    sums.stayActive > 0 && `${sums.stayActive} of these are active here and stay so.`,
    sums.endedAgain > 0 &&
      `${sums.endedAgain} of these ${dryRun ? 'would be' : 'were'} added by an earlier line, and unsubscribed again.`,
    known.length > 0 && `Known: ${known.join(', ')}.`,
    report !== null && `Each line of which there is something to say, with what to do: ${report}`,
    cutOff && `Stopped: what stands up to line ${sums.line} was seen to. Run it again for the rest.`,
    dryRun && 'A dry run: nothing was written.',
    `${sums.added} ${dryRun ? 'would be added' : 'added'}, ${knownIn(sums)} known already or suppressed and left as ` +
      `they are, ${leftOutIn(sums)} left out.`,
  ];
  return said.filter((line) => line !== false);
}

/** An import, as the trail tells it. */
export const importDeed = (sums: ImportSums, at: Date): Deed => ({
  at,
  did: 'readers.import',
  about: 'all readers',
  words: `${sums.added} added, ${knownIn(sums)} known, ${leftOutIn(sums)} left out`,
});
