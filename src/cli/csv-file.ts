import { type FileHandle, open } from 'node:fs/promises';
import { AppError, codeOf } from '../errors.ts';

/** No line of readers comes near it. What has one is no such file, and must not fill the memory. */
const LONGEST_LINE = 1_000_000;

/**
 * Opens a file of text to be read once, line by line. Throws INPUT_INVALID when that cannot be
 * done.
 */
export async function openLines(file: string): Promise<AsyncDisposable & { lines: AsyncGenerator<string> }> {
  const refuse = (cause: unknown): never => {
    throw cannotRead(file, cause);
  };
  const handle = await open(file).catch(refuse);
  async function* lines(): AsyncGenerator<string> {
    try {
      yield* linesOf(decoded(handle), file);
    } catch (cause) {
      refuse(cause);
    }
  }
  return { lines: lines(), [Symbol.asyncDispose]: () => handle.close() };
}

/** One sentence on a file that cannot be read, and what to do about it. Pure. */
export function cannotRead(file: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const code = codeOf(cause) ?? 'unknown';
  const why = WHY[code] ?? `it cannot be read (${code}). Check the path and the disk`;
  return new AppError('INPUT_INVALID', `Cannot read ${file}: ${why}.`, { cause });
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file. Check the path',
  ENOTDIR: 'there is no such file. Check the path',
  EISDIR: 'it is a directory. Name the file in it',
  EACCES: 'its permissions do not allow it. Make it readable for the user that runs Paperboy',
  EPERM: 'its permissions do not allow it. Make it readable for the user that runs Paperboy',
};

async function* decoded(handle: FileHandle): AsyncGenerator<string> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  for await (const chunk of handle.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
    decoder ??= new TextDecoder(encodingOf(chunk));
    yield decoder.decode(chunk, { stream: true });
  }
  if (decoder) yield decoder.decode();
}

/**
 * By its byte order mark, or in a text of addresses by where the zeros are; spreadsheets write
 * UTF-16 without being asked.
 */
function encodingOf([first, second]: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if ((first === 0xff && second === 0xfe) || second === 0) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || first === 0) return 'utf-16be';
  return 'utf-8';
}

async function* linesOf(texts: AsyncIterable<string>, file: string): AsyncGenerator<string> {
  let rest = '';
  for await (const text of texts) {
    // A carriage return at the end may be half of a line end.
    const lines = (rest + text).split(/\r\n|\n|\r(?!\n|$)/);
    rest = lines.pop()!;
    if (rest.length > LONGEST_LINE)
      throw new AppError(
        'INPUT_INVALID',
        `Cannot read ${file}: it has no lines. Name a CSV file with a reader a line.`,
      );
    yield* lines;
  }
  if (rest !== '') yield rest.replace(/\r$/, '');
}
