import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { AppError, codeOf } from '../errors.ts';
import type { Finding } from './import.ts';
import { csvField } from './portability.ts';

/** The file that lists the lines of an import of which something is to be said. */
export interface Report extends AsyncDisposable {
  file: string;
  /** Whether there is such a file: by default it is made for the first finding. */
  isWritten: () => boolean;
  write: (findings: readonly Finding[]) => Promise<void>;
}

const HEADER = 'line,kind,email,what\n';

/** Opens the report that was asked for at once, so that it is known to be writable; `byDefault`, when it is needed. */
export async function openReport(file: string, { byDefault }: { byDefault: boolean }): Promise<Report> {
  let stream: WriteStream | null = byDefault ? null : await begin(file);
  return {
    file,
    isWritten: () => stream !== null,
    async write(findings) {
      if (findings.length === 0) return;
      stream ??= await begin(file);
      await append(stream, file, findings.map(lineOf).join(''));
    },
    async [Symbol.asyncDispose]() {
      stream?.end();
      if (stream !== null) await finished(stream).catch(() => {}); // each write has told of its own failure
    },
  };
}

const lineOf = ({ line, kind, email, why }: Finding): string =>
  `${[String(line), kind, email ?? '', why].map(csvField).join(',')}\n`;

async function begin(file: string): Promise<WriteStream> {
  // Addresses are in it: it is for the operator alone.
  const stream = createWriteStream(file, { mode: 0o600 });
  try {
    await once(stream, 'open');
  } catch (cause) {
    throw cannotWrite(file, cause);
  }
  stream.on('error', () => {});
  await append(stream, file, HEADER);
  return stream;
}

const append = (stream: WriteStream, file: string, text: string): Promise<void> =>
  new Promise((resolve, reject) =>
    stream.write(text, (error) => {
      if (error) reject(cannotWrite(file, error));
      else resolve();
    }),
  );

const cannotWrite = (file: string, cause: unknown): AppError =>
  new AppError(
    'OUTPUT_FAILED',
    `Cannot write the report to ${file} (${codeOf(cause) ?? 'unknown'}). Name another file with --report.`,
    { cause },
  );
