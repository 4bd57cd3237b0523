import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

// What processes use, as Linux tells it in /proc.

/** Of all clocks in /proc, whatever the kernel's own (USER_HZ). */
const TICK_SECONDS = 0.01;
const EVERY_MS = 200;

interface Times {
  parent: number;
  /**
   * Processor seconds of the process itself, and of those of its children that ended and were
   * waited for.
   */
  own: number;
  ended: number;
}

function timesOf(pid: number | 'self'): Times | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return null; // it ended, or this is no Linux
  }
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number); // from field 3 on: a name may hold spaces
  const [parent, user, system, endedUser, endedSystem] = [1, 11, 12, 13, 14].map((i) => fields[i]!) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return { parent, own: (user + system) * TICK_SECONDS, ended: (endedUser + endedSystem) * TICK_SECONDS };
}

/** Processor seconds of a process so far. */
export function usedBy(pid: number | 'self'): number {
  const times = timesOf(pid);
  if (times === null) throw new Error('The cost of a message can only be measured where there is /proc: on Linux');
  return times.own;
}

/**
 * Processor seconds of a Postgres server so far: its postmaster, the processes it has, and those it
 * had.
 */
export function usedByPostgres(postmaster: number): number {
  const server = timesOf(postmaster);
  if (server === null) throw new Error('The processes of Postgres cannot be seen in /proc');
  const alive = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => timesOf(Number(pid)));
  return alive.reduce((sum, times) => sum + (times?.parent === postmaster ? times.own : 0), server.own + server.ended);
}

/**
 * Writes down a process's resident memory in MB until it is disposed of: what it is, or the most
 * that it was by then.
 */
export function watchMemory(child: ChildProcess, into: number[], which: 'VmRSS' | 'VmHWM' = 'VmRSS'): Disposable {
  const timer = setInterval(() => {
    const size = residentMegabytes(child.pid!, which);
    if (size !== null) into.push(size);
  }, EVERY_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function residentMegabytes(pid: number, which: 'VmRSS' | 'VmHWM'): number | null {
  try {
    const kilobytes = new RegExp(`^${which}:\\s+(\\d+) kB`, 'm').exec(
      readFileSync(`/proc/${pid}/status`, 'latin1'),
    )?.[1];
    // a process that ended and is not waited for yet has none
    return kilobytes === undefined ? null : Number(kilobytes) / 1024;
  } catch {
    return null;
  }
}
