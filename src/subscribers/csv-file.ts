import { isUtf8 } from 'node:buffer';
import { type FileHandle, open } from 'node:fs/promises';
import { AppError, codeOf } from '../errors.ts';
import { LONGEST_RECORD } from './csv.ts';

/** A file of text that is read once, line by line. */
export interface OpenedLines extends AsyncDisposable {
  /** A line that is longer than any record comes cut, and longer still than a record can be. */
  lines: AsyncGenerator<string>;
  /** How many bytes there are; `null`: that is not known of a pipe. */
  size: number | null;
  progress: {
    bytes: number;
    /** Lines that are no UTF-8 and were read as Windows-1252, and the first of them. */
    guessed: number;
    firstGuessed: number;
  };
}

/** Opens a file of text, which errors call `name`. Throws INPUT_INVALID when it cannot be read. */
export async function openLines(file: string, name = file): Promise<OpenedLines> {
  const refuse = (cause: unknown): never => {
    throw cannotRead(name, cause);
  };
  const handle = await open(file).catch(refuse);
  const stat = await handle.stat();
  const progress = { bytes: 0, guessed: 0, firstGuessed: 0 };
  async function* lines(): AsyncGenerator<string> {
    try {
      for await (const batch of batchesOf(asUtf8(handle, progress), progress)) yield* batch;
    } catch (cause) {
      refuse(cause);
    }
  }
  return {
    lines: lines(),
    size: stat.isFile() ? stat.size : null,
    progress,
    [Symbol.asyncDispose]: () => handle.close(),
  };
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

/** The bytes of a file without its mark; of UTF-16, as UTF-8. */
async function* asUtf8(handle: FileHandle, progress: OpenedLines['progress']): AsyncGenerator<Buffer> {
  let head: Buffer | null = Buffer.alloc(0);
  let decoder: InstanceType<typeof TextDecoder> | null = null;
  const convert = (chunk: Buffer): Buffer =>
    decoder === null ? chunk : Buffer.from(decoder.decode(chunk, { stream: true }));
  const begin = (start: Buffer): Buffer => {
    const encoding = encodingOf(start);
    if (encoding !== 'utf-8') decoder = new TextDecoder(encoding);
    return convert(UTF8_MARK.equals(start.subarray(0, 3)) ? start.subarray(3) : start);
  };
  for await (const chunk of chunksOf(handle)) {
    progress.bytes += chunk.length;
    if (head === null) {
      yield convert(chunk);
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < LEAST_HEAD) continue;
    yield begin(head);
    head = null;
  }
  if (head !== null) yield begin(head);
}

const CHUNK_BYTES = 64 * 1024;

/** The bytes of a file, in a buffer that each chunk has for itself until the next one is asked for. */
async function* chunksOf(handle: FileHandle): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, null);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
/** What it takes to tell the encoding. */
const LEAST_HEAD = 4;

/**
 * By its byte order mark, or in a text of addresses by where the zeros are; spreadsheets write
 * UTF-16 without being asked.
 */
function encodingOf([a, b, c, d]: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if ((a === 0xff && b === 0xfe) || (b === 0 && d === 0 && a !== 0 && c !== 0)) return 'utf-16le';
  if ((a === 0xfe && b === 0xff) || (a === 0 && c === 0 && b !== 0 && d !== 0)) return 'utf-16be';
  return 'utf-8';
}

const LF = 0x0a;
const CR = 0x0d;

/** The whole lines of each chunk, with what the chunk before left over. */
async function* batchesOf(chunks: AsyncIterable<Buffer>, progress: OpenedLines['progress']): AsyncGenerator<string[]> {
  let kept: Buffer[] = [];
  let keptBytes = 0;
  let line = 0;
  const batch = (bytes: Buffer): string[] => {
    const found = textsOf(bytes, line, progress);
    line += found.length;
    return found;
  };
  for await (const chunk of chunks) {
    // A carriage return at the end may be half of a line end.
    const end = Math.max(chunk.lastIndexOf(LF), chunk.subarray(0, -1).lastIndexOf(CR)) + 1;
    if (end > 0) {
      const whole = chunk.subarray(0, end);
      yield batch(keptBytes === 0 ? whole : Buffer.concat([...kept, whole]));
      kept = [];
      keptBytes = 0;
    }
    // Of a line that is too long, a record's worth is kept, and a little more to tell it by.
    if (keptBytes <= LONGEST_LINE_BYTES && end < chunk.length) kept.push(Buffer.from(chunk.subarray(end)));
    keptBytes += chunk.length - end;
  }
  const rest = Buffer.concat(kept);
  if (rest.length > 0) yield batch(rest);
}

/** A character has four bytes at most. */
const LONGEST_LINE_BYTES = 4 * LONGEST_RECORD;

/** The lines of whole lines. Where they are no UTF-8, each that is none is read as Windows-1252. */
function textsOf(bytes: Buffer, before: number, progress: OpenedLines['progress']): string[] {
  if (isUtf8(bytes)) return linesOf(bytes.toString());
  // As Latin-1 each byte is one character, and line ends stay what they are.
  return linesOf(bytes.toString('latin1')).map((latin, i) => {
    const raw = Buffer.from(latin, 'latin1');
    if (isUtf8(raw)) return raw.toString();
    progress.guessed++;
    if (progress.firstGuessed === 0) progress.firstGuessed = before + i + 1;
    return WINDOWS_1252.decode(raw);
  });
}

const WINDOWS_1252 = new TextDecoder('windows-1252');

function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
