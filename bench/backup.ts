// How much a backup slows a digest down that is sent meanwhile.
//   npm run bench:backup -- [--readers 100000] [--rounds 3] [--connections 20]
// In each round the digest of one day is sent alone, and that of the next with a backup in its midst. Needs
// smtp-sink of Postfix ("npm run setup"), and a machine that does nothing else.
import { statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { run } from './child.ts';
import { PROGRAM } from './contenders/workers.ts';
import { median } from './figures.ts';
import { MAIL_20_KB, openScene, type Scene } from './scene.ts';

const { values } = parseArgs({
  options: {
    readers: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '20' },
  },
});
const readers = Number(values.readers);
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => stopping.abort(new Error(`stopped by ${signal}`)));
/** What is sent before the backup begins: long enough for all connections to be open. */
const UNDER_WAY = 0.1;

await using scene = await openScene(
  {
    readers,
    rounds: Number(values.rounds),
    connections: Number(values.connections),
    million: false,
    redis: false,
    signal: stopping.signal,
    say: console.log,
  },
  { readers, mail: MAIL_20_KB },
);

const paperboy = async ({ env }: Scene, ...args: string[]): Promise<string> =>
  (await run(process.execPath, [PROGRAM, ...args], { env, signal: stopping.signal })).stdout;
const lastLine = (text: string): Record<string, number> => JSON.parse(text.trim().split('\n').at(-1)!);

/** Messages a second of a digest, from the freeze to the last ledger write. */
async function rateOf(meanwhile: (date: string) => Promise<void>): Promise<number> {
  const date = await scene.nextDay();
  const sending = paperboy(scene, 'digest', 'send', '--date', date, '--json');
  await Promise.all([sending, meanwhile(date)]);
  const { accepted, seconds } = lastLine(await sending);
  if (accepted !== readers) throw new Error(`Only ${accepted} of ${readers} were accepted`);
  return accepted / seconds!;
}

async function untilUnderWay(date: string): Promise<void> {
  for (;;) {
    stopping.signal.throwIfAborted();
    const { rows } = await scene.store.db.$client.query<{ count: number }>(
      `select count(*)::int as count from delivery where digest_date = $1 and state = 'accepted'`,
      [date],
    );
    if (rows[0]!.count >= UNDER_WAY * readers) return;
    await pause(100);
  }
}

const file = path.join(scene.scratch, 'bench.backup');
const backupSeconds: number[] = [];
async function backUp(date: string): Promise<void> {
  await untilUnderWay(date);
  const begun = performance.now();
  await paperboy(scene, 'backup', file);
  backupSeconds.push((performance.now() - begun) / 1000);
}
/** The same look at the ledger, and no backup. */
const [alone, beside]: [number[], number[]] = [[], []];
await rateOf(untilUnderWay); // warms up
for (let round = 0; round < Number(values.rounds); round++) {
  alone.push(await rateOf(untilUnderWay));
  beside.push(await rateOf(backUp));
  console.log(`alone ${alone.at(-1)!.toFixed(0)}/s, with a backup ${beside.at(-1)!.toFixed(0)}/s`);
}
const rounded = (number: number): number => Math.round(number * 1000) / 1000;
console.log(
  JSON.stringify({
    readers,
    rounds: alone.length,
    alone: Math.round(median(alone)),
    withBackup: Math.round(median(beside)),
    slower: rounded(1 - median(beside) / median(alone)),
    backupSeconds: rounded(median(backupSeconds)),
    bytes: statSync(file).size,
  }),
);
