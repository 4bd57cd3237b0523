import path from 'node:path';
import { run } from '../child.ts';
import type { Scene } from '../scene.ts';
import { usedByEndedChildren, usedByPostgres, watchMemory } from '../usage.ts';

export const PROGRAM = path.join(import.meta.dirname, '..', '..', 'src', 'paperboy.js');

/** The whole pipeline, from the freeze to the last ledger write: messages a second. */
export async function digestSend(scene: Scene, env: Record<string, string> = {}): Promise<number> {
  const sums = await send(scene, await scene.nextDay(), env);
  return sums.accepted / sums.seconds;
}

export interface Cost {
  /** Processor seconds of the sending process and of Postgres, start and end included. */
  cpu: number;
  /** From the freeze to the last ledger write. */
  seconds: number;
  /** Of the sending process in MB, from its start to its end. */
  memory: number[];
}

/** The same with what it costs; sending a digest again that everybody has had shows the cost of starting. */
export async function measuredSend(scene: Scene, date: string): Promise<Cost> {
  const used = (): number => usedByEndedChildren() + usedByPostgres(scene.postmaster);
  const before = used();
  const memory: number[] = [];
  const { seconds } = await send(scene, date, {}, memory);
  return { cpu: used() - before, seconds, memory };
}

async function send(scene: Scene, date: string, env: Record<string, string>, memory: number[] = []): Promise<{ accepted: number; seconds: number }> {
  const { stdout, stderr } = await run(process.execPath, [PROGRAM, 'digest', 'send', '--date', date, '--json'], {
    env: { ...scene.env, ...env }, signal: scene.sink.signal, watch: (child) => watchMemory(child, memory),
  });
  const sums = JSON.parse(stdout.trim().split('\n').at(-1)!) as { accepted: number; seconds: number };
  for (const [warning] of stderr.matchAll(/^\{.*$/gm)) console.warn(`  Paperboy says: ${warning}`); // its log, beside lines that tell how far it is
  if (sums.accepted !== scene.readers) throw new Error(`Paperboy was to send ${scene.readers} messages, but the relay took ${sums.accepted}`);
  return sums;
}
