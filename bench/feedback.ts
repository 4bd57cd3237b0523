// How well what comes back is understood: shares of the corpora of real bounces and complaints that
// are detected, have the right address and permanence, and how long one message takes.
//   npm run bench:feedback -- --data DIR [--half even|odd] [--misses]
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Report } from '../src/feedback/report.ts';
import { readReport } from '../src/feedback/read.ts';

const { values: options } = parseArgs({
  options: { data: { type: 'string' }, half: { type: 'string' }, misses: { type: 'boolean', default: false } },
});
if (options.data === undefined) throw new Error('bench:feedback needs --data DIR, with bounces/flufl and arf in it');
const DATA = options.data;

/** Files fall into two halves by their names: one to choose by, one to judge by. */
const halfOf = (name: string): string => (createHash('sha256').update(name).digest()[0]! % 2 === 0 ? 'even' : 'odd');
const filesIn = (folder: string): string[] =>
  existsSync(path.join(DATA, folder))
    ? readdirSync(path.join(DATA, folder))
        .filter((name) => !name.endsWith('.json') && (options.half === undefined || halfOf(name) === options.half))
        .toSorted()
    : [];

const times: number[] = [];
async function read(folder: string, name: string): Promise<Report> {
  const bytes = readFileSync(path.join(DATA, folder, name));
  const started = performance.now();
  const feedback = await readReport(bytes);
  times.push(performance.now() - started);
  return feedback;
}

interface Expected {
  permanent: string[];
  temporary: string[];
}
const sorted = (all: readonly (string | null)[]): string =>
  all
    .map((one) => (one ?? '').toLowerCase())
    .toSorted()
    .join(' ');

async function bounces(): Promise<{ messages: number; detected: number; address: number; permanence: number }> {
  const expected = JSON.parse(readFileSync(path.join(DATA, 'bounces/flufl/expected.json'), 'utf8')) as Record<
    string,
    Expected
  >;
  const sums = { messages: 0, detected: 0, address: 0, permanence: 0 };
  for (const name of filesIn('bounces/flufl/data')) {
    const wanted = expected[name];
    if (!wanted || wanted.permanent.length + wanted.temporary.length === 0) continue;
    const { kind, each } = await read('bounces/flufl/data', name);
    const of = (permanent: boolean): string =>
      sorted(each.filter((one) => one.permanent === permanent).map((one) => one.recipient));
    const detected = kind === 'hard' || kind === 'soft';
    const address =
      detected && sorted(each.map((one) => one.recipient)) === sorted([...wanted.permanent, ...wanted.temporary]);
    const both = address && of(true) === sorted(wanted.permanent) && of(false) === sorted(wanted.temporary);
    sums.messages++;
    sums.detected += Number(detected);
    sums.address += Number(address);
    sums.permanence += Number(both);
    if (!both && options.misses) console.log(`${name} ${kind}: ${sorted(each.map((one) => one.recipient))}`);
  }
  return sums;
}

async function complaints(): Promise<{ reports: number; right: number }> {
  const sums = { reports: 0, right: 0 };
  for (const name of filesIn('arf')) {
    const label = JSON.parse(readFileSync(path.join(DATA, 'arf', name.replace(/\.eml$/, '.json')), 'utf8')) as {
      feedback_type: string;
    };
    const { kind } = await read('arf', name);
    sums.reports++;
    sums.right += Number(kind === (label.feedback_type === 'Abuse' ? 'complaint' : 'unrelated'));
  }
  return sums;
}

// Once to warm up: what is timed is the second reading.
await bounces();
times.length = 0;
const { messages, detected, address, permanence } = await bounces();
const { reports, right } = await complaints();
if (messages === 0) throw new Error('There are no labelled bounces in the folder of --data');
const share = (count: number, of: number): number => Number((count / of).toFixed(4));
console.log(
  JSON.stringify({
    detected: share(detected, messages),
    address: share(address, messages),
    permanence: share(permanence, messages),
    arf: reports === 0 ? null : share(right, reports),
    messages,
    reports,
    medianMs: Number(times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!.toFixed(1)),
  }),
);
