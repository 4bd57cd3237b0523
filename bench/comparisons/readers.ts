import { type Bench, type Comparison, compare, judged, type Row, shown, type Target } from '../comparison.ts';
import { openWorkers, type Workers } from '../contenders/workers.ts';
import { mean } from '../../src/ranking/standing.ts';
import { median } from '../figures.ts';
import { MAIL_20_KB, openScene, type Scene } from '../scene.ts';

/** Per message, in microseconds; `memory` is that of the whole run. */
interface Measured {
  cpu: number;
  wall: number;
  memory: number[];
}

/**
 * Until code is at full speed and memory has grown to what it needs. Where a digest is many times
 * that, nothing is sent before.
 */
const WARM_MESSAGES = 100_000;

/**
 * What a message costs, and what memory a worker takes, with ten and a hundred times as many
 * readers. Each worker has sent as much before.
 */
export const readers: Comparison = {
  name: 'readers',
  async run(bench) {
    await using few = await openScene(bench, { readers: Math.ceil(bench.readers / 2), mail: MAIL_20_KB });
    const sizes = [10, ...(bench.million ? [100] : [])].map((times) => times * few.readers);
    const inTurns = [await measured(bench, few)];
    const many: Many[] = [];
    for (const size of sizes) {
      await using scene = await openScene(bench, { readers: size, mail: MAIL_20_KB });
      many.push({ readers: size, run: await measured(bench, scene) });
      inTurns.push(await measured(bench, few));
    }
    const small = { readers: few.readers, runs: inTurns };
    return {
      rows: [...costRows(small, many), ...memoryRows(small, many)],
      notes: memoryOverTime([{ readers: few.readers, run: inTurns[0]! }, ...many]),
    };
  },
};

/** Of small digests several, so that all are watched for seconds. */
async function measured(bench: Bench, scene: Scene): Promise<Measured> {
  await using worker = await openWorkers(scene);
  for (let sent = 0; sent < WARM_MESSAGES && scene.readers <= WARM_MESSAGES; sent += scene.readers)
    await worker.deliver();
  const { cpu, seconds, memory } = await several(worker, Math.ceil(WARM_MESSAGES / scene.readers));
  const each = { cpu: (cpu / scene.readers) * 1e6, wall: (seconds / scene.readers) * 1e6 };
  bench.say(
    `  ${shown(scene.readers)} readers: ${shown(each.cpu)} µs of processor and ${shown(each.wall)} µs of time a message, ${shown(Math.max(...memory))} MB at most`,
  );
  return { ...each, memory };
}

/** The medians of some digests, and the memory of all of them. */
async function several(worker: Workers, times: number) {
  const digests = [];
  for (let time = 0; time < times; time++) digests.push(await worker.deliver());
  return {
    cpu: median(digests.map(({ cpu }) => cpu)),
    seconds: median(digests.map(({ seconds }) => seconds)),
    memory: digests.flatMap(({ memory }) => memory),
  };
}

interface Small {
  readers: number;
  runs: readonly Measured[];
}
interface Many {
  readers: number;
  run: Measured;
}

/**
 * Against the few, and those a hundred times as many also against those ten times as many, which
 * leaves out that code gets faster as it runs.
 */
function costRows(small: Small, many: readonly Many[]): Row[] {
  const beforeLast = many.at(-2);
  return [
    ...many.flatMap((larger) => costs(small, larger, { atMost: 1.15 })),
    ...(beforeLast ? costs({ readers: beforeLast.readers, runs: [beforeLast.run] }, many.at(-1)!, null) : []),
  ];
}

function costs(small: Small, large: Many, target: Target | null): Row[] {
  const row = (what: string, cost: 'cpu' | 'wall'): Row =>
    compare(`${what}, ${shown(large.readers)} readers`, {
      reference: { name: `${shown(small.readers)} readers`, figures: small.runs.map((run) => run[cost]) },
      ours: { name: `${shown(large.readers)} readers`, figures: small.runs.map(() => large.run[cost]) },
      unit: 'µs',
      target,
    });
  return [row('Processor time a message (Paperboy and Postgres)', 'cpu'), row('Time a message', 'wall')];
}

const settled = (memory: readonly number[]): number => median(memory.slice(memory.length / 2));

function memoryRows(small: Small, many: readonly Many[]): Row[] {
  const runs = [
    { readers: small.readers, memory: small.runs.flatMap(({ memory }) => memory) },
    ...many.map(({ readers: size, run }) => ({ readers: size, memory: run.memory })),
  ];
  const peaks = runs.map(({ readers: size, memory }): Row => ({
    what: `Memory of a worker, ${shown(size)} readers`,
    reference: '–',
    ours: `${shown(Math.max(...memory))} MB at most`,
    ratio: '–',
    ...judged(Math.max(...memory), { atMost: 200, unit: 'MB' }),
  }));
  const largest = many.at(-1)!;
  const [few, most] = [median(small.runs.map(({ memory }) => settled(memory))), settled(largest.run.memory)];
  return [
    ...peaks,
    {
      what: `Memory beyond that at ${shown(small.readers)} readers (medians of the second half), ${shown(largest.readers)} readers`,
      reference: `${shown(few)} MB`,
      ours: `${shown(most)} MB`,
      ratio: `${most < few ? '−' : '+'}${shown(Math.abs(most - few))} MB`,
      ...judged(most - few, { atMost: 20, unit: 'MB' }),
    },
  ];
}

const PARTS = 10;

function memoryOverTime(runs: readonly Many[]): string {
  const tenths = Array.from({ length: PARTS }, (_, part) => part);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const meanOf = (memory: readonly number[], part: number): number =>
    mean(memory.slice(Math.floor((part * memory.length) / PARTS), Math.ceil(((part + 1) * memory.length) / PARTS)));
  return [
    'Resident memory of a worker in MB while it sends, the mean of each tenth of the time:',
    '',
    line(['Readers', ...tenths.map((part) => `${(part + 1) * PARTS} %`)]),
    line(['---', ...tenths.map(() => '---')]),
    ...runs.map(({ readers: size, run }) =>
      line([shown(size), ...tenths.map((part) => shown(meanOf(run.memory, part)))]),
    ),
  ].join('\n');
}
