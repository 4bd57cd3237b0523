import { createProgram } from '../../src/cli/program.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import { createLogger } from '../../src/telemetry.ts';
import type { TestDatabase } from './database.ts';

/**
 * Runs one command line in this process, as main does, against a test's database; gives the lines
 * it printed.
 */
export const paperboy = (database: TestDatabase, ...argv: string[]): Promise<string[]> =>
  paperboyWith({}, database, ...argv);

interface Listening {
  env?: Record<string, string>;
  onProgress?: (line: string) => void;
  onPrint?: (line: string) => void;
  /** Stops the command. */
  signal?: AbortSignal;
}

/**
 * The same with more in the environment, and with the lines of progress and those printed by a
 * command that fails.
 */
export async function paperboyWith(
  { env = {}, onProgress = () => {}, onPrint = () => {}, signal = new AbortController().signal }: Listening,
  database: TestDatabase,
  ...argv: string[]
): Promise<string[]> {
  const lines: string[] = [];
  const program = createProgram({
    config: configFor(database, env),
    configOf: loadConfig,
    log: createLogger('silent'),
    signal,
    async print(text) {
      lines.push(...text.split('\n'));
      onPrint(text);
    },
    progress: (line) => void (line !== null && onProgress(line)),
  });
  await program.parseAsync(argv, { from: 'user' });
  return lines;
}

/** What every command here runs with. */
export const configFor = (database: TestDatabase, env: Record<string, string> = {}): Config =>
  loadConfig({
    DATABASE_URL: database.url,
    SECRET_KEY: 'k'.repeat(32),
    PUBLIC_URL: 'https://papers.example',
    MAIL_FROM: 'Paperboy <paperboy@papers.example>',
    POSTAL_ADDRESS: '1 Print Lane',
    ...env,
  });
