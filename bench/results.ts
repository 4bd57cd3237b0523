import { writeFileSync } from 'node:fs';
import os from 'node:os';
import type { Findings, Row } from './comparison.ts';

export interface Results {
  title: string;
  /** What was run to get them. */
  command: string;
  quick: boolean;
  /** By the comparison's name; a sentence when it failed. */
  found: ReadonlyMap<string, Findings | string>;
}

/** Writes everything found so far, so that a run that is stopped leaves what it has. */
export function writeResults(file: string, { title, command, quick, found }: Results): void {
  const findings = [...found.values()].filter((finding) => typeof finding !== 'string');
  const failures = [...found].flatMap(([name, finding]) =>
    typeof finding === 'string' ? [`- ${name}: ${finding}`] : [],
  );
  writeFileSync(
    file,
    `${[
      `# ${title}`,
      '',
      `Written by \`${command}\` on ${new Date().toISOString().slice(0, 10)}. Ratios are the median of the rounds' ratios, with the least and the greatest;`,
      'the figures beside them are the medians of each contender. All contenders run in turns on the same machine as what they send to or are asked by.',
      '',
      ...(quick
        ? [
            'A quick run, too short to judge the targets by: a process is at full speed only after some thousand turns.',
            '',
          ]
        : []),
      ...machine(),
      '',
      line(HEADINGS),
      line(HEADINGS.map(() => '---')),
      ...findings.flatMap(({ rows }) => rows).map((row) => line(cells(row))),
      ...(failures.length === 0 ? [] : ['', 'Not measured:', '', ...failures]),
      ...findings.flatMap(({ notes }) => (notes === undefined ? [] : ['', notes])),
    ].join('\n')}\n`,
  );
}

const HEADINGS = ['What', 'Reference', 'Paperboy', 'Ratio (range)', 'Target', 'Met'];
const line = (columns: readonly string[]): string => `| ${columns.join(' | ')} |`;
const cells = ({ what, reference, ours, ratio, target, met }: Row): string[] => [
  what,
  reference,
  ours,
  ratio,
  target,
  met === null ? '–' : met ? 'yes' : 'no',
];

const startedWith = os.loadavg()[0]!;

function machine(): string[] {
  const [cpu] = os.cpus();
  return [
    `- ${cpu?.model.trim() ?? 'unknown processor'}, ${os.cpus().length} cores, ${Math.round(os.totalmem() / 2 ** 30)} GB of memory, ${os.type()} ${os.release()}, a load of ${startedWith.toFixed(1)} before`,
    `- Node.js ${process.version}, the embedded Postgres as Paperboy starts it (durable: it waits for the disk at each commit)`,
  ];
}
