import { createHash } from 'node:crypto';
import { AppError } from '../errors.ts';
import type { DumpedSequence, DumpedTable } from '../db/dump.ts';

/*
 * A backup is a stream of frames under zstd: a letter, the length, the content. H begins it, F is a
 * file of the data directory, T begins a table, D is a portion of its rows, E ends it, and Z ends
 * the whole with a checksum of all frames before: what was cut off has none.
 */

/** How a backup begins. */
export interface Header {
  format: typeof FORMAT;
  /** Of the form of this file. */
  version: number;
  paperboy: string;
  /** When the last migration was made that the database has had. */
  schema: number;
  madeAt: string;
}

export const FORMAT = 'paperboy-backup';
export const VERSION = 1;

export interface KeptFile {
  /** Below the data directory. */
  name: string;
  mode: number;
  base64: string;
}

/** How a table ends. */
export interface TableEnd {
  name: string;
  rows: number;
  sha256: string;
}

/** How a backup ends. */
interface Trailer {
  tables: TableEnd[];
  sequences: DumpedSequence[];
  sha256: string;
}

export type Frame =
  | { kind: 'H'; value: Header }
  | { kind: 'F'; value: KeptFile }
  | { kind: 'T'; value: DumpedTable }
  | { kind: 'D'; bytes: Buffer }
  | { kind: 'E'; value: TableEnd }
  | { kind: 'Z'; value: Trailer };

const HEAD = 5;
/** No frame of ours is larger: what says so is none. */
const LARGEST = 64 * 1024 * 1024;

function encode(kind: Frame['kind'], content: Buffer): Buffer {
  const head = Buffer.alloc(HEAD);
  head.write(kind, 'latin1');
  head.writeUInt32BE(content.length, 1);
  return Buffer.concat([head, content]);
}

const contentOf = (frame: Frame): Buffer =>
  frame.kind === 'D' ? frame.bytes : Buffer.from(JSON.stringify(frame.value));

/** What the last frame says beside the checksum, which is ours to know. */
export type Written = Exclude<Frame, { kind: 'Z' }> | { kind: 'Z'; value: Omit<Trailer, 'sha256'> };

/** Writes frames as bytes, and the checksum of all into the last. */
export async function* writeFrames(frames: AsyncIterable<Written>): AsyncGenerator<Buffer> {
  const all = createHash('sha256');
  for await (const frame of frames) {
    if (frame.kind === 'Z') {
      yield encode('Z', contentOf({ kind: 'Z', value: { ...frame.value, sha256: all.digest('hex') } }));
      return;
    }
    const bytes = encode(frame.kind, contentOf(frame));
    all.update(bytes);
    yield bytes;
  }
}

/** Reads what `writeFrames` wrote; throws INPUT_INVALID where it is not that, or not all of it. */
export async function* readFrames(source: AsyncIterable<Buffer>, file: string): AsyncGenerator<Frame> {
  const all = createHash('sha256');
  let rest: Buffer = Buffer.alloc(0);
  let isFirst = true;
  for await (const chunk of source) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (;;) {
      if (rest.length < HEAD) break;
      const [kind, length] = [rest.toString('latin1', 0, 1), rest.readUInt32BE(1)];
      if (isFirst && kind !== 'H') throw notOurs(file);
      if (length > LARGEST) throw damaged(file);
      if (rest.length < HEAD + length) break;
      const content = rest.subarray(HEAD, HEAD + length);
      const frame = decode(kind, content, file);
      if (frame.kind === 'Z') {
        if (frame.value.sha256 !== all.digest('hex') || rest.length > HEAD + length) throw damaged(file);
        yield frame;
        return;
      }
      all.update(rest.subarray(0, HEAD + length));
      rest = rest.subarray(HEAD + length);
      isFirst = false;
      yield frame;
    }
  }
  throw isFirst ? notOurs(file) : damaged(file);
}

function decode(kind: string, content: Buffer, file: string): Frame {
  if (kind === 'D') return { kind, bytes: content };
  if (!'HFTEZ'.includes(kind)) throw damaged(file);
  try {
    return { kind, value: JSON.parse(content.toString()) } as Frame;
  } catch {
    throw damaged(file);
  }
}

export const damaged = (file: string): AppError =>
  new AppError(
    'INPUT_INVALID',
    `The backup ${file} is damaged or was cut off: its checksum is wrong. Nothing was restored; take another one.`,
  );

export const notOurs = (file: string): AppError =>
  new AppError('INPUT_INVALID', `${file} is no backup of Paperboy. Name a file that "paperboy backup" wrote.`);
