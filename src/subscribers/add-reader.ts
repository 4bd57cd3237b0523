import { AppError } from '../errors.ts';
import { importReaders } from './import.ts';
import { csvField, layoutOf } from './portability.ts';

const NEVER = new AbortController().signal;

/**
 * Adds one reader whose consent the operator answers for, by the rules of an import: who is
 * suppressed, or left, or has not confirmed, is not brought in. Returns whether they are new.
 * Throws ADDRESS_INVALID or INPUT_INVALID with why not.
 */
export async function addReader(deps: Parameters<typeof importReaders>[0], email: string): Promise<boolean> {
  const findings: string[] = [];
  const { sums, cutOffBy } = await importReaders(deps, {
    lines: linesOf(['email', csvField(email)]),
    layout: layoutOf('email')!,
    leavers: null,
    dryRun: false,
    signal: NEVER,
    onPortion: async (found) => void findings.push(...found.map(({ why }) => why)),
  });
  if (cutOffBy !== undefined) throw cutOffBy;
  if (findings.length > 0) throw new AppError('INPUT_INVALID', findings[0]!);
  return sums.added === 1;
}

async function* linesOf(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}
