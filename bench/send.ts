// How fast Paperboy sends, and at what cost, against what else could send the same mail. Writes bench/results.md.
//   npm run bench:send                         everything, on a machine that does nothing else: half an hour or more on 2 cores
//   npm run bench:send -- --quick              the same with fewer readers and rounds, to see that all of it runs: some minutes
//   npm run bench:send -- --only dkim,topics   some of: wire-20k, wire-50k, wide-20k, wide-50k, dkim, topics, workers-slow-relay, workers, readers
// Further: --readers N --rounds N --connections N --redis (the workers on Redis too) --million (with --quick: readers times 50) --out FILE
import path from 'node:path';
import { parseArgs } from 'node:util';
import { findProgram } from '../tests/support/require.ts';
import type { Bench, Comparison, Findings } from './comparison.ts';
import { dkim } from './comparisons/dkim.ts';
import { readers } from './comparisons/readers.ts';
import { topics } from './comparisons/topics.ts';
import { wire } from './comparisons/wire.ts';
import * as workers from './comparisons/workers.ts';
import { writeResults } from './results.ts';
import { MAIL_20_KB, MAIL_50_KB } from './scene.ts';

const COMPARISONS: readonly Comparison[] = [
  wire('wire-20k', MAIL_20_KB),
  wire('wire-50k', MAIL_50_KB),
  wire('wide-20k', MAIL_20_KB, { times: 5 }),
  wire('wide-50k', MAIL_50_KB, { times: 5 }),
  dkim,
  topics,
  workers.slowRelay,
  workers.fastRelay,
  readers,
];

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    readers: { type: 'string' },
    rounds: { type: 'string' },
    connections: { type: 'string' },
    million: { type: 'boolean' },
    redis: { type: 'boolean', default: false },
    out: { type: 'string', default: path.join(import.meta.dirname, 'results.md') },
  },
});

function whole(name: 'readers' | 'rounds' | 'connections', fallback: number): number {
  const number = Number(values[name] ?? fallback);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new Error(`--${name} must be a whole number above 0`);
}

function chosen(): readonly Comparison[] {
  const names = values.only?.split(',').map((name) => name.trim()) ?? COMPARISONS.map(({ name }) => name);
  const unknown = names.find((name) => !COMPARISONS.some((comparison) => comparison.name === name));
  if (unknown !== undefined)
    throw new Error(
      `There is no comparison "${unknown}", but there are ${COMPARISONS.map(({ name }) => name).join(', ')}`,
    );
  return COMPARISONS.filter(({ name }) => names.includes(name));
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

async function main(): Promise<void> {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => stopping.abort(new Error(`stopped by ${signal}`)));
  const { quick, redis, million = !quick, out } = values;
  const bench: Bench = {
    readers: whole('readers', quick ? 4_000 : 20_000),
    rounds: whole('rounds', quick ? 2 : 5),
    connections: whole('connections', 20),
    million,
    redis,
    signal: stopping.signal,
    say: console.log,
  };
  if (findProgram('smtp-sink') === null)
    throw new Error('smtp-sink and smtp-source of Postfix are not installed: "npm run setup" installs them');
  const command = ['npm run bench:send', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(
    ' ',
  );
  const found = new Map<string, Findings | string>();
  for (const comparison of chosen()) {
    console.log(comparison.name);
    const findings = await findingsOf(comparison, bench);
    tell(findings);
    writeResults(out, { command, quick, found: found.set(comparison.name, findings) });
    if (typeof findings === 'string') process.exitCode = 1;
  }
  console.log(`Written to ${out}.`);
}

await main().catch((error: unknown) => {
  console.error(`bench:send: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
