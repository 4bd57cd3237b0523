import { AppError } from '../errors.ts';
import { importReaders } from './import.ts';
import { parsePreferences, type PreferencesInput } from './preferences.ts';
import { csvField, layoutOf } from './portability.ts';

const HEADER = 'email,topics,timezone,send_hour,language';

interface ReaderToAdd extends Pick<PreferencesInput, 'topics' | 'timezone' | 'sendHour' | 'language'> {
  email: string;
}

const NEVER = new AbortController().signal;

/**
 * Adds one reader whose consent the operator answers for, by the rules of an import: who is
 * suppressed, or left, or has not confirmed, is not brought in. What they choose not gets its
 * default. Returns whether they are new.
 * Throws ADDRESS_INVALID or INPUT_INVALID with why not.
 */
export async function addReader(
  deps: Parameters<typeof importReaders>[0],
  { email, ...choices }: ReaderToAdd,
): Promise<boolean> {
  // A file may say of a language what it likes; an operator who mistypes one is told.
  const { topics, timezone, sendHour, language } = await parsePreferences(deps.db, choices);
  const cells = [email, topics.join(';'), timezone, String(sendHour), language ?? ''];
  const findings: string[] = [];
  const { sums, cutOffBy } = await importReaders(deps, {
    lines: linesOf([HEADER, cells.map(csvField).join(',')]),
    layout: layoutOf(HEADER)!,
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
