import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import type { DatabaseAddress } from '../db/client.ts';
import { type DumpedTable, type Snapshot, withSnapshot } from '../db/dump.ts';
import { AppError, codeOf } from '../errors.ts';
import { damaged, FORMAT, type Frame, notOurs, readFrames, VERSION, type Written, writeFrames } from './frames.ts';
import { readKept } from './kept-files.ts';

export interface BackupDeps {
  address: DatabaseAddress;
  dataDir: string;
  /** The version of this Paperboy. */
  paperboy: string;
}

/** What a backup holds. */
export interface Backup {
  file: string;
  bytes: number;
  madeAt: Date;
  /** Its rows, by table. */
  tables: Record<string, number>;
  files: string[];
}

/** So much of a table goes in one frame. */
const PORTION = 128 * 1024;

/**
 * Writes all that the installation is, as it stands at one moment, into one file that its owner alone
 * can read. The file appears when all of it is on the disk.
 */
export async function makeBackup(deps: BackupDeps, file: string, signal?: AbortSignal): Promise<Backup> {
  const part = `${file}.part`;
  try {
    const made = await withSnapshot(deps.address, async (snapshot) => {
      const held: Pick<Backup, 'tables' | 'files'> = { tables: {}, files: [] };
      const bytes = Readable.from(writeFrames(framesOf(deps, snapshot, held)), { objectMode: false });
      const options = { params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_checksumFlag]: 1 } };
      await rm(part, { force: true });
      const into = createWriteStream(part, { flags: 'wx', mode: 0o600, flush: true });
      await pipeline(bytes, createZstdCompress(options), into, { signal });
      return { ...held, madeAt: snapshot.asOf };
    });
    await rename(part, file);
    await syncDirectory(path.dirname(file));
    return { file, bytes: (await stat(file)).size, ...made };
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    signal?.throwIfAborted();
    throw isOfDisk(error) ? cannotWrite(file, error) : error;
  }
}

/** A rename is lost with the power unless its directory is on the disk. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const isOfDisk = (error: unknown): boolean =>
  error instanceof Error && 'syscall' in error && !('address' in error) && codeOf(error) !== undefined;

const cannotWrite = (file: string, cause: unknown): AppError =>
  new AppError(
    'OUTPUT_FAILED',
    `Cannot write the backup ${file} (${codeOf(cause)}). Make room there, or name a file in a directory that can be ` +
      'written to.',
    { cause },
  );

async function* framesOf(
  { dataDir, paperboy }: BackupDeps,
  snapshot: Snapshot,
  held: Pick<Backup, 'tables' | 'files'>,
): AsyncGenerator<Written> {
  yield {
    kind: 'H',
    value: { format: FORMAT, version: VERSION, paperboy, schema: snapshot.schema, madeAt: snapshot.asOf.toISOString() },
  };
  for (const value of await readKept(dataDir)) {
    held.files.push(value.name);
    yield { kind: 'F', value };
  }
  const tables = [];
  for (const table of snapshot.tables) {
    const end = yield* tableFrames(snapshot, table);
    held.tables[table.name] = end.rows;
    tables.push(end);
  }
  yield { kind: 'Z', value: { tables, sequences: await snapshot.sequences() } };
}

async function* tableFrames(snapshot: Snapshot, table: DumpedTable) {
  yield { kind: 'T' as const, value: table };
  const [hash, source] = [createHash('sha256'), snapshot.copy(table)];
  let rows = 0;
  let waiting: Buffer[] = [];
  let size = 0;
  const portion = () => {
    const bytes = Buffer.concat(waiting);
    [waiting, size] = [[], 0];
    hash.update(bytes);
    return { kind: 'D' as const, bytes };
  };
  for await (const chunk of source as AsyncIterable<Buffer>) {
    rows += linesIn(chunk);
    waiting.push(chunk);
    size += chunk.length;
    if (size >= PORTION) yield portion();
  }
  if (size > 0) yield portion();
  const end = { name: table.name, rows, sha256: hash.digest('hex') };
  yield { kind: 'E' as const, value: end };
  return end;
}

const NEWLINE = 10;

/** In Postgres' text form a row is a line, and a line break within it is written as `\n`. */
export function linesIn(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) lines++;
  return lines;
}

/** The frames of a backup, as they are read from the disk. */
export async function* openBackup(file: string): AsyncGenerator<Frame> {
  const source = createReadStream(file);
  const plain = createZstdDecompress();
  const piped = pipeline(source, plain).catch((error: unknown) => void plain.destroy(error as Error));
  try {
    yield* readFrames(plain as AsyncIterable<Buffer>, file);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const code = codeOf(error);
    if (code?.startsWith('ZSTD_error_prefix_unknown')) throw notOurs(file);
    if (code?.startsWith('ZSTD') || code === 'ERR_BUFFER_TOO_LARGE' || code === 'Z_BUF_ERROR') throw damaged(file);
    throw new AppError(
      'INPUT_INVALID',
      `Cannot read the backup ${file} (${code ?? 'unknown'}). Name a file that this user may read.`,
      { cause: error },
    );
  } finally {
    source.destroy();
    plain.destroy();
    await piped;
  }
}
