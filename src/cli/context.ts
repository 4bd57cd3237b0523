import type { Config } from '../config.ts';
import type { Logger } from '../telemetry.ts';

/** What every command gets. Logs go to standard error. */
export interface Context {
  config: Config;
  /** What another environment than ours says; throws what is wrong with it. */
  configOf: (env: Readonly<Record<string, string | undefined>>) => Config;
  log: Logger;
  /** Fires when the process is asked to stop. */
  signal: AbortSignal;
  /** Writes a line to standard output, and resolves when it was taken. */
  print: (text: string) => Promise<void>;
  /**
   * Says on standard error how far something is; on a terminal each line takes the place of the
   * last. `null`: it is over.
   */
  progress: (line: string | null) => void;
}
