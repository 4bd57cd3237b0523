import { chmod, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../errors.ts';
import type { KeptFile } from './frames.ts';

/** What of the data directory an installation cannot do without, beside its database. */
const KEPT = ['secret-key', 'admin-token', 'topics.json', 'shaping.json', 'brand.json', 'imprint.md', 'privacy.md'];
/** The logo, under the name that brand.json gives it. */
const IS_PICTURE = /^\w[\w.-]*\.(?:png|svg|jpe?g)$/i;
const KEPT_DIRECTORIES = ['dkim'];

/** Whether a backup may bring a file of this name: it leads to no other place. */
export function isKept(name: string): boolean {
  const [directory, inside, ...deeper] = name.split('/');
  if (inside === undefined) return KEPT.includes(name) || IS_PICTURE.test(name);
  return KEPT_DIRECTORIES.includes(directory!) && deeper.length === 0 && /^\w[\w.-]*$/.test(inside);
}

/** Reads the files of a data directory that a backup carries. */
export async function readKept(dataDir: string): Promise<KeptFile[]> {
  const inside = await Promise.all(
    KEPT_DIRECTORIES.map(async (directory) =>
      (await unlessMissing(readdir(path.join(dataDir, directory)), [])).map((name) => `${directory}/${name}`),
    ),
  );
  const found: KeptFile[] = [];
  const pictures = (await unlessMissing(readdir(dataDir), [])).filter((name) => IS_PICTURE.test(name));
  for (const name of [...KEPT, ...pictures.toSorted(), ...inside.flat().toSorted()].filter(isKept)) {
    const file = path.join(dataDir, name);
    const there = await unlessMissing(stat(file), null);
    if (there?.isFile())
      found.push({ name, mode: there.mode & 0o777, base64: (await readFile(file)).toString('base64') });
  }
  return found;
}

async function unlessMissing<T, U>(asked: Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await asked;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return otherwise;
    throw error;
  }
}

/** Writes the files that a backup brought, each whole or not at all. */
export async function writeKept(dataDir: string, files: readonly KeptFile[]): Promise<void> {
  for (const { name, mode, base64 } of files) {
    const file = path.join(dataDir, name);
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await writeWhole(file, Buffer.from(base64, 'base64'), mode);
  }
}

/** Writes a file beside its place and moves it there when it is on the disk. */
async function writeWhole(file: string, bytes: Buffer, mode: number): Promise<void> {
  const part = `${file}.part`;
  await rm(part, { force: true });
  const handle = await open(part, 'wx', mode);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await chmod(part, mode);
  await rename(part, file);
}
