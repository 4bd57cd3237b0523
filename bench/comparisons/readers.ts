import { type Bench, type Comparison, compare, judged, type Row, shown, type Target } from '../comparison.ts';
import { type Cost, measuredSend } from '../contenders/paperboy.ts';
import { mean, median } from '../figures.ts';
import { MAIL_20_KB, openScene, type Scene } from '../scene.ts';

/** Per message, in microseconds; `memory` is that of the whole run. */
interface Measured { cpu: number; wall: number; memory: number[] }

/** What a message costs, and what memory a worker takes, with ten and a hundred times as many readers. */
export const readers: Comparison = {
  name: 'readers',
  async run(bench) {
    await using few = await openScene(bench, { readers: Math.ceil(bench.readers / 2), mail: MAIL_20_KB });
    const sizes = [10, ...(bench.million ? [100] : [])].map((times) => times * few.readers);
    const start = await costOfStart(few);
    const measure = (scene: Scene): Promise<Measured> => measured(bench, scene, start);
    const inTurns = [await measure(few)];
    const many: Many[] = [];
    for (const size of sizes) {
      await using scene = await openScene(bench, { readers: size, mail: MAIL_20_KB });
      many.push({ readers: size, run: await measure(scene) });
      for (let round = 0; round < bench.rounds / 2; round++) inTurns.push(await measure(few));
    }
    const small = { readers: few.readers, runs: inTurns };
    return { rows: [...costRows(small, many), ...memoryRows(small, many)], notes: memoryOverTime([{ readers: few.readers, run: inTurns[0]! }, ...many]) };
  },
};

/** Processor seconds of a `digest send` that finds nobody to mail, after one that warms everything up. */
async function costOfStart(scene: Scene): Promise<number> {
  const date = await scene.nextDay();
  await measuredSend(scene, date);
  const starts: Cost[] = [];
  for (let round = 0; round < 3; round++) starts.push(await measuredSend(scene, date));
  return median(starts.map(({ cpu }) => cpu));
}

async function measured(bench: Bench, scene: Scene, start: number): Promise<Measured> {
  const { cpu, seconds, memory } = await measuredSend(scene, await scene.nextDay());
  const each = (amount: number): number => (amount / scene.readers) * 1e6;
  bench.say(`  ${shown(scene.readers)} readers: ${shown(each(cpu - start))} µs of processor and ${shown(each(seconds))} µs of time a message, ${shown(Math.max(...memory))} MB at most`);
  return { cpu: each(cpu - start), wall: each(seconds), memory };
}

interface Small { readers: number; runs: readonly Measured[] }
interface Many { readers: number; run: Measured }

/** Against the few, and those a hundred times as many also against those ten times as many, which leaves out that code gets faster as it runs. */
function costRows(small: Small, many: readonly Many[]): Row[] {
  const beforeLast = many.at(-2);
  return [
    ...many.flatMap((larger) => costs(small, larger, { atMost: 1.15 })),
    ...(beforeLast ? costs({ readers: beforeLast.readers, runs: [beforeLast.run] }, many.at(-1)!, null) : []),
  ];
}

function costs(small: Small, large: Many, target: Target | null): Row[] {
  const row = (what: string, cost: 'cpu' | 'wall'): Row => compare(`${what}, ${shown(large.readers)} readers`, {
    reference: { name: `${shown(small.readers)} readers`, figures: small.runs.map((run) => run[cost]) },
    ours: { name: `${shown(large.readers)} readers`, figures: small.runs.map(() => large.run[cost]) },
    unit: 'µs', target,
  });
  return [row('Processor time a message (Paperboy and Postgres, without starting)', 'cpu'), row('Time a message', 'wall')];
}

const settled = (memory: readonly number[]): number => median(memory.slice(memory.length / 2));

function memoryRows(small: Small, many: readonly Many[]): Row[] {
  const runs = [{ readers: small.readers, memory: small.runs.flatMap(({ memory }) => memory) }, ...many.map(({ readers: size, run }) => ({ readers: size, memory: run.memory }))];
  const peaks = runs.map(({ readers: size, memory }): Row => ({
    what: `Memory of the sending process, ${shown(size)} readers`, reference: '–', ours: `${shown(Math.max(...memory))} MB at most`, ratio: '–', ...judged(Math.max(...memory), { atMost: 200, unit: 'MB' }),
  }));
  const largest = many.at(-1)!;
  const [few, most] = [median(small.runs.map(({ memory }) => settled(memory))), settled(largest.run.memory)];
  return [...peaks, {
    what: `Memory beyond that at ${shown(small.readers)} readers (medians of the second half), ${shown(largest.readers)} readers`, reference: `${shown(few)} MB`, ours: `${shown(most)} MB`,
    ratio: `${most < few ? '−' : '+'}${shown(Math.abs(most - few))} MB`, ...judged(most - few, { atMost: 20, unit: 'MB' }),
  }];
}

const PARTS = 10;

function memoryOverTime(runs: readonly Many[]): string {
  const tenths = Array.from({ length: PARTS }, (_, part) => part);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const meanOf = (memory: readonly number[], part: number): number => mean(memory.slice(Math.floor((part * memory.length) / PARTS), Math.ceil(((part + 1) * memory.length) / PARTS)));
  return [
    'Resident memory of the sending process in MB, the mean of each tenth of its life:', '',
    line(['Readers', ...tenths.map((part) => `${(part + 1) * PARTS} %`)]), line(['---', ...tenths.map(() => '---')]),
    ...runs.map(({ readers: size, run }) => line([shown(size), ...tenths.map((part) => shown(meanOf(run.memory, part)))])),
  ].join('\n');
}
