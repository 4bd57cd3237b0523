import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from '../errors.ts';
import { MINUTE } from '../duration.ts';

/** How long a server may take to get ready; recovery after a crash can take a while. */
export const START_PATIENCE = MINUTE;

/** A running Postgres server, as its postmaster.pid tells. */
export interface Postmaster {
  pid: number;
  port: number;
  socketDir: string;
  ready: boolean;
}

/**
 * The server that runs on this cluster, or `null`. A file left by a server that was killed counts
 * as none.
 */
export function findPostmaster(cluster: string): Postmaster | null {
  const lines = readLines(path.join(cluster, 'postmaster.pid'));
  const pid = Number(lines[0]);
  if (!(pid > 0) || !isPostmasterOf(pid, cluster)) return null;
  return { pid, port: Number(lines[3]), socketDir: lines[4] ?? '', ready: lines[7]?.trim() === 'ready' };
}

/**
 * Signals only what is surely this cluster's server: pids are used again, and zombies still have
 * one.
 */
function isPostmasterOf(pid: number, cluster: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false;
  }
  if (process.platform !== 'linux') return true;
  // A zombie has an empty command line.
  return readText(`/proc/${pid}/cmdline`).split('\0').includes(cluster);
}

/** Tells the server to end, if it still runs, and does not wait for it. */
export function signalPostmaster(pid: number, cluster: string, signal: NodeJS.Signals): void {
  if (!isPostmasterOf(pid, cluster)) return;
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}

/**
 * Ends the server: first "fast" (roll back, checkpoint), and if the disk is too slow for that,
 * "immediate", which costs the next start a recovery and loses nothing that was committed.
 */
export async function stopPostmaster(pid: number, cluster: string): Promise<void> {
  for (const [signal, patience] of [
    ['SIGINT', 5_000],
    ['SIGQUIT', 5_000],
  ] as const) {
    signalPostmaster(pid, cluster, signal);
    if (await until(() => !isPostmasterOf(pid, cluster), patience)) return;
  }
}

/**
 * Asks again and again, because a file changed by another process gives no reliable signal.
 * `false`: out of time.
 */
export async function until(condition: () => boolean | Promise<boolean>, patience: number): Promise<boolean> {
  for (const deadline = performance.now() + patience; performance.now() < deadline; await sleep(10)) {
    if (await condition()) return true;
  }
  return false;
}

const readText = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

const readLines = (file: string): string[] => readText(file).split('\n');
