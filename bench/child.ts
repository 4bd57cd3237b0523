import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';

/** What the event "close" says of a program. */
export type End = [code: number | null, killed: NodeJS.Signals | null];

export interface Launch {
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  /** Sees the process while it runs. */
  watch?: (child: ChildProcess) => Disposable;
}

/** Starts a program that ends with the bench, however that ends. */
export function launch(program: string, args: readonly string[], { env, signal }: Launch): ChildProcess {
  const child = spawn(program, args, { env, signal, killSignal: 'SIGKILL', stdio: ['ignore', 'pipe', 'pipe'] });
  child.on('error', () => {}); // it could not be started, or was cut off: its end tells
  const killWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithUs);
  child.once('close', () => process.off('exit', killWithUs));
  return child;
}

/**
 * Runs a program to its end and returns what it said. A failure is one sentence, with the last
 * thing the program said.
 */
export async function run(
  program: string,
  args: readonly string[],
  options: Launch,
): Promise<{ stdout: string; stderr: string }> {
  const child = launch(program, args, options);
  using _ = options.watch?.(child) ?? null;
  const said = listen(child);
  const [code, killed] = await endOf(child);
  options.signal.throwIfAborted();
  if (code !== 0) throw failure(program, args, code ?? killed, said.stderr);
  return said;
}

/**
 * Resolves when a program has ended and all it said is there; unlike "once", it does not care for
 * errors.
 */
export const endOf = (child: ChildProcess): Promise<End> =>
  new Promise((resolve) => child.once('close', (...end) => resolve(end)));

/** What a program has said so far. */
export function listen(child: ChildProcess): { stdout: string; stderr: string } {
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream]!.setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
    });
  return said;
}

export function failure(program: string, args: readonly string[], end: number | string | null, stderr: string): Error {
  const last = stderr.trim().split('\n').at(-1) || 'it said nothing';
  return new Error(
    `${[path.basename(program), ...args.map((arg) => path.basename(arg))].join(' ')} ended (${end}): ${last}`,
  );
}
