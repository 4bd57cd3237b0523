import type { Config } from '../config.ts';
import type { Logger } from '../telemetry.ts';

/** What every command gets. `print` writes a line to standard output; logs go to standard error. */
export interface Context {
  config: Config;
  log: Logger;
  /** Fires when the process is asked to stop. */
  signal: AbortSignal;
  print: (text: string) => void;
  /** Says on standard error how far something is; on a terminal each line takes the place of the last. `null`: it is over. */
  progress: (line: string | null) => void;
}
