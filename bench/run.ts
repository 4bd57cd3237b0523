import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Bench, Comparison, Findings } from './comparison.ts';
import { writeResults } from './results.ts';

export interface Suite {
  /** As package.json calls it. */
  script: string;
  /** Heading of the results. */
  title: string;
  /** Where they are written, beside this file. */
  file: string;
  comparisons: readonly Comparison[];
}

const OPTIONS = {
  only: { type: 'string' },
  quick: { type: 'boolean', default: false },
  readers: { type: 'string' },
  rounds: { type: 'string' },
  connections: { type: 'string' },
  million: { type: 'boolean' },
  redis: { type: 'boolean', default: false },
  out: { type: 'string' },
} as const;

/**
 * Runs what the command line chooses of a suite, and writes the results after each comparison. Sets
 * the exit code.
 */
export async function runSuite(suite: Suite): Promise<void> {
  try {
    await measure(suite);
  } catch (error) {
    console.error(`${suite.script}: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}

async function measure({ script, title, file, comparisons }: Suite): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => stopping.abort(new Error(`stopped by ${signal}`)));
  const { quick, redis, million = !quick, out = path.join(import.meta.dirname, file) } = values;
  const bench: Bench = {
    readers: whole('readers', values.readers, quick ? 4_000 : 20_000),
    rounds: whole('rounds', values.rounds, quick ? 2 : 5),
    connections: whole('connections', values.connections, 20),
    million,
    redis,
    signal: stopping.signal,
    say: console.log,
  };
  const command = [`npm run ${script}`, ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' ');
  const found = new Map<string, Findings | string>();
  for (const comparison of chosen(comparisons, values.only)) {
    console.log(comparison.name);
    const findings = await findingsOf(comparison, bench);
    tell(findings);
    writeResults(out, { title, command, quick, found: found.set(comparison.name, findings) });
    if (typeof findings === 'string') process.exitCode = 1;
  }
  console.log(`Written to ${out}.`);
}

function whole(name: string, value: string | undefined, fallback: number): number {
  const number = Number(value ?? fallback);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new Error(`--${name} must be a whole number above 0`);
}

function chosen(comparisons: readonly Comparison[], only: string | undefined): readonly Comparison[] {
  const names = only?.split(',').map((name) => name.trim()) ?? comparisons.map(({ name }) => name);
  const unknown = names.find((name) => !comparisons.some((comparison) => comparison.name === name));
  if (unknown !== undefined)
    throw new Error(
      `There is no comparison "${unknown}", but there are ${comparisons.map(({ name }) => name).join(', ')}`,
    );
  return comparisons.filter(({ name }) => names.includes(name));
}

/** What it found, or in a sentence why it found nothing. */
async function findingsOf(comparison: Comparison, bench: Bench): Promise<Findings | string> {
  try {
    return await comparison.run(bench);
  } catch (error) {
    bench.signal.throwIfAborted();
    return error instanceof Error ? error.message : String(error);
  }
}

function tell(found: Findings | string): void {
  if (typeof found === 'string') return console.log(`  Not measured: ${found}`);
  for (const { what, reference, ours, ratio, target, met } of found.rows)
    console.log(`  ${what} — ${reference}; ${ours}; ${ratio}; wanted ${target}${met === false ? ': missed' : ''}`);
}
