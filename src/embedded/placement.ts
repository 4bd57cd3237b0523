import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import path from 'node:path';
import { getSystemErrorMessage } from 'node:util';
import { AppError, codeOf } from '../errors.ts';
import type { Logger } from '../telemetry.ts';
import { canEnter, isRoot, unprivilegedUser, type RunAs } from '../run-as.ts';

/** Where the cluster lives and who runs it; `runAs` is `null` when that is simply us. */
export interface Placement {
  home: string;
  runAs: RunAs | null;
}

export interface PlacementOptions {
  dataDir: string;
  dataDirGiven: boolean;
  log: Pick<Logger, 'info'>;
}

/**
 * Finds or makes the directory that holds everything of Postgres: `postgres` in the data directory.
 * When we are root and the user that Postgres must run as cannot get there (a checkout in root's
 * home), `postgres` becomes a link to a directory under /var/lib/paperboy: an operator who removes
 * the data directory starts afresh, as anywhere else.
 */
export async function placeCluster(options: PlacementOptions): Promise<Placement> {
  const { dataDir } = options;
  const inside = path.join(dataDir, 'postgres');
  return withDataErrors(dataDir, async () => {
    makeDirectory(dataDir, isRoot() ? 0o711 : 0o700);
    if (!isRoot()) {
      makeDirectory(inside, 0o700);
      return { home: realpathSync(inside), runAs: null };
    }
    const runAs = ownerOfCluster(inside) ?? (await unprivilegedUser());
    if (runAs === null)
      throw new AppError(
        'DATABASE_UNAVAILABLE',
        'Postgres does not run as root, and this machine has neither a user "postgres" nor "nobody". Start ' +
          'Paperboy as an ordinary user, or set DATABASE_URL.',
      );
    return { home: await homeForRoot(options, inside, runAs), runAs };
  });
}

async function homeForRoot(
  { dataDir, dataDirGiven, log }: PlacementOptions,
  inside: string,
  runAs: RunAs,
): Promise<string> {
  if (isDanglingLink(inside)) rmSync(inside);
  const found = lstatSync(inside, { throwIfNoEntry: false });
  if (!found?.isSymbolicLink()) openScratch(dataDir, runAs);
  if (found === undefined) {
    if (await canEnter(runAs, dataDir)) makeDirectory(inside, 0o710);
    else if (dataDirGiven) throw unreachable(dataDir);
    else placeOutside(dataDir, inside, log);
  }
  const home = realpathSync(inside);
  if (statSync(home).uid === 0) {
    // Root's own files (lock, log, copied binaries) lie here too, so the other user may pass
    // through but not write.
    chownSync(home, 0, runAs.gid);
    chmodSync(home, 0o710);
  }
  if (!(await canEnter(runAs, home))) throw unreachable(dataDir);
  return home;
}

/**
 * A directory fresh from `mktemp -d` is root's alone. Letting one group pass through shows no one
 * what is in it, so we do that for the data directory itself, and for what lies above it in a place
 * like /tmp. Other directories are not ours to open.
 */
function openScratch(dataDir: string, { gid }: RunAs): void {
  const above: string[] = [];
  for (
    let directory = path.dirname(dataDir);
    directory !== path.dirname(directory) && !isSticky(directory);
    directory = path.dirname(directory)
  )
    above.push(directory);
  const scratch = isSticky(path.dirname(above.at(-1) ?? dataDir)) ? above : [];
  for (const directory of [dataDir, ...scratch]) {
    const { uid, gid: group, mode } = statSync(directory);
    if (uid !== 0 || group !== 0 || mode & 0o011) continue;
    chownSync(directory, 0, gid);
    chmodSync(directory, (mode & 0o777) | 0o010);
  }
}

const isSticky = (directory: string): boolean => (statSync(directory).mode & 0o1000) !== 0;

function placeOutside(dataDir: string, inside: string, log: PlacementOptions['log']): void {
  makeDirectory('/var/lib/paperboy', 0o711);
  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 8);
  const home = mkdtempSync(path.join('/var/lib/paperboy', `${hash}-`));
  try {
    symlinkSync(home, inside);
    log.info(
      { directory: home },
      `Postgres cannot run as root and no other user can reach ${dataDir}, so its data lies in ${home}`,
    );
  } catch (error) {
    rmSync(home, { recursive: true });
    if (codeOf(error) !== 'EEXIST') throw error; // else a second process was quicker, and its place is ours too
  }
}

const unreachable = (dataDir: string): AppError =>
  new AppError(
    'DATA_UNUSABLE',
    `Cannot keep a database in ${dataDir}: Postgres does not run as root, and the user it runs as cannot enter ` +
      'that directory. Set PAPERBOY_DATA to a directory that other users can reach, such as /var/lib/paperboy/data, ' +
      'or start Paperboy as an ordinary user.',
  );

/** A cluster only starts under the user that made it. */
function ownerOfCluster(inside: string): RunAs | null {
  const owner = statSync(path.join(inside, 'data'), { throwIfNoEntry: false });
  return owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : null;
}

function isDanglingLink(file: string): boolean {
  const link = lstatSync(file, { throwIfNoEntry: false });
  return (
    link !== undefined &&
    link.isSymbolicLink() &&
    statSync(path.resolve(path.dirname(file), readlinkSync(file)), { throwIfNoEntry: false }) === undefined
  );
}

/**
 * Makes a directory with exactly this mode, under any umask, and those above it; leaves an existing
 * one as it is.
 */
export function makeDirectory(directory: string, mode: number, owner?: RunAs | null): void {
  if (!existsSync(directory)) {
    // mkdir's own `recursive` says "no such file" where it is not allowed to write.
    makeDirectory(path.dirname(directory), 0o755);
    try {
      mkdirSync(directory);
      chmodSync(directory, mode);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error; // a second process was quicker
    }
  }
  if (owner) chownSync(directory, owner.uid, owner.gid);
}

/** Turns what the file system refuses into one sentence that names PAPERBOY_DATA. */
export async function withDataErrors<T>(dataDir: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new AppError(
      'DATA_UNUSABLE',
      `Cannot use the data directory ${dataDir}: ${getSystemErrorMessage(error.errno)}. Make it writable for the ` +
        'user that starts Paperboy, or set PAPERBOY_DATA to a directory that is.',
      { cause: error },
    );
  }
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException & { errno: number } =>
  error instanceof Error && 'syscall' in error && 'errno' in error && typeof error.errno === 'number';
