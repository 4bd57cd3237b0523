import { createWriteStream, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import os, { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { loadConfig } from '../src/config.ts';
import { clusterIn } from '../src/embedded/cluster.ts';
import { findPostmaster } from '../src/embedded/postmaster.ts';
import { openStore } from '../src/store.ts';
import { createLogger } from '../src/telemetry.ts';
import { launch, endOf, failure } from './child.ts';
import { usedBy, usedByPostgres, watchMemory } from './usage.ts';

// How fast readers come in and go out, and how much memory the process takes for it: of the command
// itself, with its start and its end, against the embedded Postgres as Paperboy starts it.

const { rows: wanted, again } = parseArgs({
  options: { rows: { type: 'string', default: '1000000' }, again: { type: 'boolean', default: false } },
}).values;
const rows = Number(wanted);
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Asia/Tokyo', 'Australia/Sydney'];
const FREQUENCIES = ['daily', 'weekdays', 'weekly'];
const TOPICS = ['', 'all', 'vision', 'agents;vision', 'robotics'];
const AT_ONCE = 1_000;
const WATCH_MS = 200;

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
const scratch = realpathSync(mkdtempSync(path.join(tmpdir(), 'paperboy-bench-')));
try {
  console.log(JSON.stringify(await measure()));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function measure(): Promise<object> {
  const env = { PATH: process.env['PATH'] ?? '', PAPERBOY_DATA: scratch, LOG_LEVEL: 'warn' };
  await using store = await openStore(loadConfig(env), createLogger('warn'), { signal: stop.signal });
  const file = path.join(scratch, 'readers.csv');
  await pipeline(lines, createWriteStream(file));
  const paperboy = (...args: string[]) => timed(['subscribers', ...args], env);
  const postmaster = findPostmaster(clusterIn(path.join(scratch, 'postgres')))!.pid;
  const before = usedByPostgres(postmaster);
  const taken = await paperboy('import', file, '--confirmed');
  const postgresCpuSeconds = Number((usedByPostgres(postmaster) - before).toFixed(1));
  const { rows: found } = await store.db.$client.query<{ count: number }>('select count(*)::int from subscriber');
  const given = await paperboy('export');
  return {
    rows,
    stored: found[0]!.count,
    seconds: taken.seconds,
    rowsPerSecond: Math.round(rows / taken.seconds),
    peakRssMb: taken.peakRssMb,
    cpuSeconds: taken.cpuSeconds,
    postgresCpuSeconds,
    exportSeconds: given.seconds,
    exportPeakRssMb: given.peakRssMb,
    exportedLines: given.lines,
    ...(again ? { again: await paperboy('import', file, '--confirmed') } : {}),
    load: os.loadavg()[0],
  };
}

/** Addresses in no order, as lists that grew over years have them. */
async function* lines(): AsyncGenerator<string> {
  yield 'email,name,timezone,send_hour,frequency,topics\n';
  for (let from = 0; from < rows; from += AT_ONCE)
    yield Array.from({ length: Math.min(AT_ONCE, rows - from) }, (_, i) => line(from + i)).join('');
}

function line(i: number): string {
  const mixed = Math.imul(i + 1, 0x9e3779b1) >>> 0;
  const of = (list: readonly string[], shift: number): string => list[(mixed >>> shift) % list.length]!;
  return `${mixed.toString(36)}.${i}@mail${mixed % 5_000}.example.org,"Reader, ${i}",${of(ZONES, 3)},${mixed % 24},${of(FREQUENCIES, 5)},${of(TOPICS, 7)}\n`;
}

/** Runs a command to its end: what it took, and how many lines it printed. */
async function timed(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ seconds: number; peakRssMb: number; cpuSeconds: number; lines: number }> {
  const command = [path.join(import.meta.dirname, '..', 'src', 'paperboy.js'), ...args];
  const started = performance.now();
  const child = launch(process.execPath, command, { env, signal: stop.signal });
  const memory: number[] = [];
  using _ = watchMemory(child, memory, 'VmHWM');
  let cpuSeconds = 0;
  const watch = setInterval(() => (cpuSeconds = Math.max(cpuSeconds, usedBy(child.pid!))), WATCH_MS);
  child.once('exit', () => clearInterval(watch));
  let lines = 0;
  child.stdout!.on('data', (chunk: Buffer) => {
    for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, at + 1)) lines++;
  });
  let said = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    said = text;
    process.stderr.write(text);
  });
  const [code, killed] = await endOf(child);
  stop.signal.throwIfAborted();
  if (code !== 0) throw failure(process.execPath, command, code ?? killed, said);
  return {
    seconds: Number(((performance.now() - started) / 1000).toFixed(1)),
    peakRssMb: Math.round(Math.max(...memory)),
    cpuSeconds: Number(cpuSeconds.toFixed(1)),
    lines,
  };
}
