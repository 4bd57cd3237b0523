import { CommanderError } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { outputTo, ReaderGone } from './cli/output.ts';
import { type Config, loadConfig } from './config.ts';
import { AppError, codeOf } from './errors.ts';
import { boundGarbage } from './garbage.ts';
import { createLogger, describeError, type Logger } from './telemetry.ts';

/**
 * A stop that takes longer than this is cut short: the ledger survives it, the operator's patience
 * does not.
 */
const LAST_RESORT_MS = 9_500;
/**
 * One Ctrl-C can arrive twice, from the terminal and passed on by npm. Only a later one is
 * impatience.
 */
const SAME_WISH_MS = 1_000;
/**
 * Commands that run until they are stopped. For any other a stop is an interruption, and the exit
 * code says so: 128 and the signal's number.
 */
const SERVICES: readonly (string | undefined)[] = ['start', 'api', 'worker', 'scheduler'];
/**
 * A terminal that is closed says SIGHUP. Left to itself, Node would end on it at once and leave the
 * database running.
 */
const INTERRUPTED = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
const STOPS = Object.keys(INTERRUPTED) as Stop[];
type Stop = keyof typeof INTERRUPTED;

/** EX_TEMPFAIL of sysexits.h. */
const TRY_AGAIN = 75;

/**
 * What a command that failed exits with. A mail server pipes to `feedback`: told 75 it keeps the
 * message and tries again, and told anything else it sends it back.
 */
const failedWith = ([command, verb]: readonly string[], error: unknown): number => {
  const isMessageAtFault = error instanceof AppError && error.code === 'INPUT_INVALID';
  return command === 'feedback' && verb !== 'explain' && !isMessageAtFault ? TRY_AGAIN : 1;
};

/** Why a command ended before it was done. */
class Interruption extends Error {
  readonly stop: Stop;
  constructor(stop: Stop) {
    super(`stopped by ${stop} before it was done. What is done stays done: run the same command again for the rest.`);
    this.stop = stop;
  }
}

/** Runs one command line. The only owner of signals and of the exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  const stopping = new AbortController();
  let askedAt = -Infinity;
  const stop = (by: Stop): void => {
    if (stopping.signal.aborted) {
      if (performance.now() - askedAt > SAME_WISH_MS) process.exit(INTERRUPTED[by]);
      return;
    }
    askedAt = performance.now();
    stopping.abort(new Interruption(by));
    setTimeout(() => process.exit(SERVICES.includes(argv[0]) ? 0 : INTERRUPTED[by]), LAST_RESORT_MS).unref();
  };
  for (const name of STOPS) process.on(name, stop);
  const fail = (error: unknown): never => {
    complain(argv, error);
    process.exit(failedWith(argv, error));
  };
  process.on('unhandledRejection', fail).on('uncaughtException', fail);
  const output = outputTo(process.stdout, stopping.signal);
  const complaints = outputTo(process.stderr, stopping.signal);
  let tracing: Awaited<ReturnType<typeof startTraces>> = null;
  try {
    const config = loadConfig();
    const log = createLogger(config.logLevel);
    tracing = await startTraces(config, log, argv);
    // Loading everything takes most of a second of computing: what is wrong with the environment is
    // said before that.
    const { createProgram } = await import('./cli/program.ts');
    // A service does this itself, once it has loaded everything.
    if (!SERVICES.includes(argv[0])) boundGarbage();
    const program = createProgram({
      config,
      configOf: loadConfig,
      log,
      signal: stopping.signal,
      print: output.print,
      progress,
    });
    await program.parseAsync([...argv], { from: 'user' });
    process.exitCode ??= 0;
  } catch (error) {
    complain(argv, error);
  }
  await tracing?.stop();
  // After a stop the reader may be one that reads no more, so it is not waited for.
  if (!stopping.signal.aborted) await Promise.all([output.flush(), complaints.flush()]);
  for (const name of STOPS) process.off(name, stop);
  // Every server and pool is closed by now. What an imported library keeps open must not keep the
  // process.
  process.exit();
}

/** What sends traces is not loaded where none are wanted: it takes time and memory. */
async function startTraces(config: Config, log: Logger, [command]: readonly string[]) {
  if (config.traces === null) return null;
  const { startTracing } = await import('./tracing/otlp.ts');
  return startTracing(config.traces, {
    log,
    site: config.publicUrl,
    version: packageJson.version,
    command: command ?? 'none',
  });
}

/** Once it is over the last line stays on a terminal. */
function progress(line: string | null): void {
  const { stderr } = process;
  if (stderr.isTTY) stderr.write(line === null ? '\n' : `\r${line.slice(0, stderr.columns - 1)}\x1b[K`);
  else if (line !== null) stderr.write(`${line}\n`);
}

function complain(argv: readonly string[], error: unknown): void {
  // As for any filter: that its reader has enough is no failure, neither to a person nor under
  // `pipefail`.
  if (error instanceof ReaderGone) {
    process.exitCode = 0;
    return;
  }
  process.exitCode = failedWith(argv, error);
  if (error instanceof Interruption) {
    if (process.exitCode !== TRY_AGAIN) process.exitCode = INTERRUPTED[error.stop];
    process.stderr.write(`paperboy: ${error.message}\n`);
    return;
  }
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode;
    return;
  }
  process.stderr.write(`paperboy: ${sentence(error)}\n`);
  if (!(error instanceof AppError)) process.stderr.write(`${JSON.stringify(describeError(error))}\n`);
}

const sentence = (error: unknown): string =>
  error instanceof AppError
    ? error.message
    : 'Something failed that was not foreseen ' +
      `(${codeOf(error) ?? (error instanceof Error ? error.name : 'unknown')}); the next line says where. Please ` +
      'report it.';
