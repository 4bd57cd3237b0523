import { addAbortListener } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { AppError, codeOf } from '../errors.ts';

/**
 * The reader of our output closed it, as `head` does when it has enough. Not a failure: there is
 * nothing left to say.
 */
export class ReaderGone extends Error {}

export interface Output {
  /**
   * Writes a line, or several, and resolves when the last byte was taken. Throws when it cannot be,
   * or when `signal` fires first.
   */
  print: (text: string) => Promise<void>;
  /** Resolves when the last byte of everything was taken, or cannot be. */
  flush: () => Promise<void>;
}

/**
 * What a stream says whose other end is closed: a pipe, a socket, a terminal, and any of them from
 * the second time on.
 */
const GONE = new Set(['EPIPE', 'ECONNRESET', 'EIO', 'ERR_STREAM_DESTROYED']);

/**
 * The one way for commands to write. Node hands a pipe what it takes at once, some 64 KiB, and
 * keeps the rest: a process that ends before its reader has read loses that, and one that writes on
 * fills its memory with it.
 */
export function outputTo(stream: Writable, signal: AbortSignal): Output {
  // Each write hears of its own failure. Without a listener the stream would end the process
  // besides.
  stream.on('error', () => {});
  const write = (text: string): Promise<void> =>
    new Promise((resolve, reject) =>
      stream.write(text, (error) => {
        if (error) reject(failure(error));
        else resolve();
      }),
    );
  return {
    print(text) {
      const written = write(`${text}\n`);
      // What is written after a stop is about the stop.
      return signal.aborted ? written : unlessAborted(written, signal);
    },
    flush: () => write('').catch(() => {}),
  };
}

async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  using _listener = addAbortListener(signal, () => aborted.reject(signal.reason));
  await Promise.race([work, aborted.promise]);
}

function failure(cause: Error): Error {
  const code = codeOf(cause) ?? 'unknown';
  if (GONE.has(code)) return new ReaderGone('The output is closed', { cause });
  return new AppError(
    'OUTPUT_FAILED',
    `Cannot write to standard output (${code}). Make room where it goes, or send it elsewhere.`,
    { cause },
  );
}

/** Writes what a command made where --out says. Only its owner may read a file that is new and `secret`. */
export async function writeOut(
  file: string,
  content: string | Buffer,
  { secret = false }: { secret?: boolean } = {},
): Promise<void> {
  try {
    await writeFile(file, content, secret ? { mode: 0o600 } : {});
  } catch (cause) {
    const reason = WHY_NOT[codeOf(cause) ?? ''] ?? `the system says ${codeOf(cause) ?? 'no'}`;
    throw new AppError('OUTPUT_FAILED', `Cannot write ${file}: ${reason}. Name another file with --out.`, { cause });
  }
}

const WHY_NOT: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such directory',
  ENOTDIR: 'there is no such directory',
  EISDIR: 'that is a directory',
  EACCES: 'you may not write there',
  ENOSPC: 'the disk is full',
};
