import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from './errors.ts';

/**
 * What an installation knows itself by outside its database: a file in the data directory. It holds
 * what the database holds, so that an older database is behind it, and which file it is itself, so
 * that a copy says of itself that it is another.
 */
export interface Seal {
  id: string;
  epoch: number;
  /** Whether the file is the one that was written, and no copy of it. */
  isOriginal: boolean;
}

interface Written {
  id: string;
  epoch: number;
  inode: string;
  bornAt: string;
}

const fileIn = (dataDir: string): string => path.join(dataDir, 'seal.json');

/** `null`: there is none, or it cannot be read as one. */
export async function readSeal(dataDir: string): Promise<Seal | null> {
  try {
    // Both of one file: another process may move a new one to its place at any moment.
    await using handle = await open(fileIn(dataDir));
    const [text, found] = [await handle.readFile('utf8'), await handle.stat({ bigint: true })];
    const { id, epoch, inode, bornAt } = JSON.parse(text) as Written;
    if (typeof id !== 'string' || !Number.isSafeInteger(epoch)) return null;
    // Where a file system keeps no birth, it is given as the last change, which a rename is.
    const isBornElsewhere = bornAt !== String(found.birthtimeNs) && found.birthtimeNs !== found.ctimeNs;
    return { id, epoch, isOriginal: inode === String(found.ino) && !isBornElsewhere };
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}

/**
 * Writes the seal anew, as a file that knows its own number: a copy of it has another. Moved to its
 * place when it is on the disk, so that a crash leaves the one before.
 */
export async function writeSeal(dataDir: string, { id, epoch }: Omit<Seal, 'isOriginal'>): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const part = `${fileIn(dataDir)}.${randomBytes(6).toString('hex')}`;
  const handle = await open(part, 'wx', 0o600);
  try {
    const { ino, birthtimeNs } = await handle.stat({ bigint: true });
    const written: Written = { id, epoch, inode: String(ino), bornAt: String(birthtimeNs) };
    await handle.writeFile(JSON.stringify(written));
    await handle.sync();
    await rename(part, fileIn(dataDir));
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}
