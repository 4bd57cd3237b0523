import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { DatabaseAddress } from '../db/client.ts';
import { type DumpedSequence, type Filling, replaceAll } from '../db/dump.ts';
import { knownMigrations } from '../db/migrate.ts';
import { AppError } from '../errors.ts';
import { linesIn, openBackup } from './backup.ts';
import { damaged, FORMAT, type Frame, type Header, type KeptFile, notOurs, type TableEnd, VERSION } from './frames.ts';
import { isKept, writeKept } from './kept-files.ts';

/** What a backup says of itself, once all of it was read and its checksums are right. */
export interface Contents {
  header: Header;
  files: KeptFile[];
  tables: TableEnd[];
  sequences: DumpedSequence[];
}

/**
 * Reads a backup to its end and checks every checksum. Throws INPUT_INVALID in a sentence where it is
 * damaged, or newer than this Paperboy.
 */
export async function checkBackup(file: string): Promise<Contents> {
  let header: Header | null = null;
  const [files, tables]: [KeptFile[], TableEnd[]] = [[], []];
  let told: TableEnd[] = [];
  let sequences: DumpedSequence[] = [];
  let table = startOfTable();
  for await (const frame of openBackup(file)) {
    if (frame.kind === 'H') header = requireKnown(frame.value, file);
    if (frame.kind === 'F') files.push(requireKept(frame.value, file));
    if (frame.kind === 'T') table = startOfTable();
    if (frame.kind === 'D') table.add(frame.bytes);
    if (frame.kind === 'E') tables.push(requireSame(frame.value, table.end(frame.value.name), file));
    if (frame.kind === 'Z') [told, sequences] = [frame.value.tables, frame.value.sequences];
  }
  if (header === null || JSON.stringify(told) !== JSON.stringify(tables)) throw damaged(file);
  return { header, files, tables, sequences };
}

function requireKnown(header: Header, file: string): Header {
  if (header.format !== FORMAT) throw notOurs(file);
  const known = knownMigrations();
  if (header.version > VERSION || header.schema > known.at(-1)! || !known.includes(header.schema))
    throw new AppError(
      'INPUT_INVALID',
      `The backup ${file} was made by Paperboy ${header.paperboy}, whose database is newer than this one knows. ` +
        'Restore it with that version or a later one.',
    );
  return header;
}

function requireKept(kept: KeptFile, file: string): KeptFile {
  if (!isKept(kept.name)) throw damaged(file);
  return kept;
}

function startOfTable() {
  const hash = createHash('sha256');
  let rows = 0;
  return {
    add(bytes: Buffer) {
      hash.update(bytes);
      rows += linesIn(bytes);
    },
    end: (name: string): TableEnd => ({ name, rows, sha256: hash.digest('hex') }),
  };
}

function requireSame(told: TableEnd, found: TableEnd, file: string): TableEnd {
  if (told.rows !== found.rows || told.sha256 !== found.sha256) throw damaged(file);
  return told;
}

export interface Restored {
  madeAt: Date;
  paperboy: string;
  tables: Record<string, number>;
  files: string[];
}

/**
 * Fills a database with a backup, in one transaction, and writes its files. Before it, everything is
 * checked; if it ends midway, the database stays as it was, and the same command may be run
 * again. Nothing is sent from it until `resume`.
 */
export async function restoreBackup(
  { address, dataDir, now }: { address: DatabaseAddress; dataDir: string | null; now: () => Date },
  { file, replace, signal }: { file: string; replace: boolean; signal?: AbortSignal | undefined },
): Promise<Restored> {
  const { header, files, sequences } = await checkBackup(file);
  const madeAt = new Date(header.madeAt);
  const tables: Record<string, number> = {};
  await replaceAll(
    address,
    { schema: header.schema, replace },
    {
      async fill(filling) {
        await fillTables(filling, openBackup(file), { file, tables, signal });
        await filling.setSequences(sequences);
      },
      async finish(filling) {
        await filling.close({ lostSince: madeAt, now: now(), id: randomUUID() });
        // Last, and before the commit: after a crash between the two the same restore may be run again.
        if (dataDir !== null) await writeKept(dataDir, files);
      },
    },
  );
  return { madeAt, paperboy: header.paperboy, tables, files: files.map(({ name }) => name) };
}

async function fillTables(
  filling: Filling,
  frames: AsyncIterable<Frame>,
  { file, tables, signal }: { file: string; tables: Record<string, number>; signal?: AbortSignal | undefined },
): Promise<void> {
  const iterator = frames[Symbol.asyncIterator]();
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    if (next.value.kind !== 'T') continue;
    const table = next.value.value;
    let end: TableEnd | null = null;
    const rows = await filling.fill(table, async (into) => {
      end = await writeRows(iterator, into, signal);
    });
    const told = end as TableEnd | null;
    if (told === null || told.rows !== rows) throw damaged(file);
    tables[table.name] = rows;
  }
}

/** Writes the rows of one table as fast as the database takes them. */
async function writeRows(frames: AsyncIterator<Frame>, into: Writable, signal?: AbortSignal): Promise<TableEnd | null> {
  const done = finished(into, { readable: false });
  done.catch(() => {}); // told by the wait below
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { value: frame } = await frames.next();
      if (frame?.kind !== 'D') {
        into.end();
        await done;
        return frame?.kind === 'E' ? frame.value : null;
      }
      if (!into.write(frame.bytes)) await Promise.race([once(into, 'drain'), done]);
    }
  } catch (error) {
    into.destroy(error as Error);
    await done.catch(() => {});
    throw error;
  }
}
