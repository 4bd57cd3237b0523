// The whole pipeline (freeze → claim → compose → SMTP → ledger) against Postfix's own load generator, alternating in one run on the same sink.
//   npm run bench:send -- [--readers 20000] [--connections 20] [--papers 5] [--rounds 3]
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig } from '../src/config.ts';
import { createComposer } from '../src/delivery/compose.ts';
import { addDays } from '../src/papers/day.ts';
import { openStore, type Store } from '../src/runtime.ts';
import { createLogger } from '../src/telemetry.ts';

const { values } = parseArgs({ options: {
  readers: { type: 'string', default: '20000' }, connections: { type: 'string', default: '20' }, papers: { type: 'string', default: '5' },
  rounds: { type: 'string', default: '3' }, 'topic-sets': { type: 'boolean', default: false },
} });
const [readers, connections, papers, rounds] = [values.readers, values.connections, values.papers, values.rounds].map(Number) as [number, number, number, number];
const FIRST_DAY = '2026-05-01';
const PORT = 2526;

const scratch = mkdtempSync(path.join(tmpdir(), 'paperboy-bench-'));
const env = {
  PATH: process.env['PATH'], PAPERBOY_DATA: scratch, SMTP_URL: `smtp://127.0.0.1:${PORT}`, SMTP_CONNECTIONS: String(connections),
  PUBLIC_URL: 'https://papers.example', LOG_LEVEL: 'warn',
};

/** An edition a day, each of `papers` papers, and nobody but active readers. */
async function fill({ db }: Store): Promise<void> {
  const { $client: client } = db;
  await client.query(`insert into subscriber (email, status, topics, frequency, timezone, send_hour, created_at, confirmed_at)
    select 'reader' || i || '@example.net', 'active', '{all}', 'daily', 'UTC', 8, now(), now() from generate_series(1, $1) i`, [readers]);
  await client.query(`insert into paper (id, source, title, abstract, authors, published_at, first_seen_at, categories, keywords, code_url, updated_at)
    select 'arxiv:26' || lpad(d::text, 2, '0') || '.' || lpad(i::text, 5, '0'), 'huggingface', 'Verifiable rewards for language models, part ' || i || ' of day ' || d,
      repeat('This paper studies reinforcement learning with verifiable rewards. ', 5), array['A. Author', 'B. Author', 'C. Author'], now(), now(), '{}', '{}', 'https://github.com/example/code', now()
    from generate_series(0, $1) d, generate_series(1, $2) i`, [rounds, papers]);
  await client.query(`insert into edition (edition_date, topic, frozen_at) select $1::date + d, 'all', now() from generate_series(0, $2) d`, [FIRST_DAY, rounds]);
  await client.query(`insert into edition_entry (edition_date, topic, rank, paper_id, score, reasons)
    select $1::date + d, 'all', i, 'arxiv:26' || lpad(d::text, 2, '0') || '.' || lpad(i::text, 5, '0'), 100 - i, array['Top 2 % for its age', '143 upvotes in 2 days']
    from generate_series(0, $2) d, generate_series(1, $3) i`, [FIRST_DAY, rounds, papers]);
  await client.query('analyze');
}

async function startSink(): Promise<ChildProcess> {
  const sink = spawn('smtp-sink', ['-u', 'nobody', `127.0.0.1:${PORT}`, '1000'], { stdio: 'inherit' });
  await once(sink, 'spawn');
  return sink;
}

function source(bytes: number): number {
  const started = performance.now();
  const { status } = spawnSync('smtp-source', ['-d', '-s', String(connections), '-m', String(readers), '-l', String(bytes), `127.0.0.1:${PORT}`], { stdio: 'inherit' });
  if (status !== 0) throw new Error('smtp-source failed');
  return readers / ((performance.now() - started) / 1000);
}

async function send(date: string): Promise<number> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, '../src/paperboy.js'), 'digest', 'send', '--date', date, '--json'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => { output += chunk.toString(); });
  await once(child, 'close');
  const sums = JSON.parse(output.trim().split('\n').at(-1)!) as { frozen: number; accepted: number; seconds: number };
  if (sums.accepted !== readers) throw new Error(`expected ${readers} accepted: ${output}`);
  return sums.accepted / sums.seconds;
}

const median = (numbers: number[]): number => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;

const store = await openStore(loadConfig(env), createLogger('warn'));
await fill(store);
const outgoing = (await createComposer(store)(FIRST_DAY, { subscriberId: 1, email: 'reader1@example.net', topics: ['all'], since: addDays(FIRST_DAY, -1), frozenAt: new Date() }))!;
const bytes = outgoing.message.reduce((sum, piece) => sum + piece.length, 0);
const sink = await startSink();
const ratios: number[] = [];
for (let round = 0; round <= rounds; round++) {
  const [theirs, ours] = [source(bytes), await send(addDays(FIRST_DAY, round))];
  if (round === 0) continue; // warms up both
  ratios.push(ours / theirs);
  console.log(`${bytes} bytes, ${connections} connections: smtp-source ${Math.round(theirs)}/s, Paperboy ${Math.round(ours)}/s, ratio ${(ours / theirs).toFixed(2)}`);
}
console.log(`median ratio ${median(ratios).toFixed(2)}`);
sink.kill();
await store[Symbol.asyncDispose]();
rmSync(scratch, { recursive: true });
