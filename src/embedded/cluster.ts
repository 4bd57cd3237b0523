import { spawn, type SpawnOptions } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import path from 'node:path';
import { AppError } from '../errors.ts';
import { POSTGRES_ENV, usableBinaries, type Binaries } from './binaries.ts';
import { makeDirectory, type Placement } from './placement.ts';
import { findPostmaster, START_PATIENCE, stopPostmaster, until, type Postmaster } from './postmaster.ts';

/** The name of the user and of the database. */
export const NAME = 'paperboy';
const PORT = 5432; // only names the socket file: nothing listens on TCP

// The log keeps out what readers typed: statements, and the values that the message or detail of an
// error quotes.
const SETTINGS = [
  'listen_addresses=',
  'unix_socket_permissions=0700',
  'max_connections=200',
  'shared_buffers=128MB',
  'timezone=UTC',
  'log_timezone=UTC',
  'log_min_messages=log',
  'log_min_error_statement=panic',
  'log_error_verbosity=terse',
  'log_checkpoints=off',
];

export const clusterIn = (home: string): string => path.join(home, 'data');

/** Starts a server on the cluster, which is made first if there is none. Needs the owner's lock. */
export async function launch(placement: Placement, extra: readonly string[]): Promise<Postmaster> {
  const { home, runAs } = placement;
  const cluster = clusterIn(home);
  const binaries = await usableBinaries(home, runAs);
  if (!existsSync(cluster)) await initialise(binaries, placement, extra.includes('fsync=off') ? ['--no-sync'] : []);
  checkVersion(binaries, cluster);
  const logFile = path.join(home, 'postgres.log');
  if (existsSync(logFile)) renameSync(logFile, `${logFile}.1`);
  // No server runs here, though this file may say so: Postgres would take a zombie, or another
  // program with that pid, for the server.
  rmSync(path.join(cluster, 'postmaster.pid'), { force: true });
  const settings = [...SETTINGS, ...extra].flatMap((setting) => ['-c', setting]);
  const args = ['-D', cluster, '-k', makeSocketDirectory(placement), '-p', String(PORT), ...settings];
  let server: Postmaster | null = null;
  await until(
    async () => (server = await run(binaries, placement, args, logFile)) !== null || !isHeldByOrphans(logFile),
    START_PATIENCE,
  );
  return (
    server ??
    fail(
      `Cannot start the database in ${home}: ${lastComplaint(logFile)}. See ${logFile}, or set PAPERBOY_DATA to ` +
        'another directory.',
    )
  );
}

/** `null` when it ended before it was ready, or never got ready. */
async function run(
  binaries: Binaries,
  { home, runAs }: Placement,
  args: string[],
  logFile: string,
): Promise<Postmaster | null> {
  const log = openSync(logFile, 'w', 0o600);
  const child = spawn(path.join(binaries.directory, 'bin', 'postgres'), args, {
    ...detached({ home, runAs }),
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  let ended = false;
  child.once('exit', () => (ended = true)).once('error', () => (ended = true));
  const server = () => findPostmaster(clusterIn(home));
  await until(() => ended || (server()?.ready ?? false), START_PATIENCE);
  const found = server();
  if (found?.ready && !ended) return found;
  if (found) await stopPostmaster(found.pid, clusterIn(home));
  return null;
}

// Detached: a Ctrl-C in the terminal must reach the app alone, which drains before it stops the
// database.
const detached = ({ home, runAs }: Placement): SpawnOptions => ({
  ...runAs,
  cwd: home,
  env: POSTGRES_ENV,
  detached: true,
});

/**
 * Makes the cluster under another name first, so that one half made by a killed process is never
 * used.
 */
async function initialise(binaries: Binaries, placement: Placement, options: string[]): Promise<void> {
  const unfinished = path.join(placement.home, 'data.unfinished');
  rmSync(unfinished, { recursive: true, force: true });
  makeDirectory(unfinished, 0o700, placement.runAs);
  // Without these, LANG=C would make an SQL_ASCII database.
  const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = ['--auth-local=trust', '--auth-host=reject']; // the socket directory admits one user only
  const initdb = spawn(
    path.join(binaries.directory, 'bin', 'initdb'),
    ['-D', unfinished, '-U', NAME, '--no-instructions', ...locale, ...access, ...options],
    {
      ...detached(placement),
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const [complaint, code] = await Promise.all([
    text(initdb.stderr!),
    new Promise<number | null>((resolve, reject) => initdb.once('close', resolve).once('error', reject)),
  ]);
  if (code !== 0)
    fail(
      `Cannot make a database in ${placement.home}: ${firstComplaint(complaint)}. Make PAPERBOY_DATA a writable ` +
        'directory with 200 MB free.',
    );
  renameSync(unfinished, clusterIn(placement.home));
}

function checkVersion({ major }: Binaries, cluster: string): void {
  const made = readFileSync(path.join(cluster, 'PG_VERSION'), 'utf8').trim();
  if (made !== major)
    fail(
      `The database in ${cluster} was made by PostgreSQL ${made}, and this Paperboy brings version ${major}. Set ` +
        'PAPERBOY_DATA to another directory, or use the Paperboy that made it.',
    );
}

/**
 * The path of a socket may have 107 bytes; a longer one moves to a directory of its own in /tmp.
 */
function makeSocketDirectory({ home, runAs }: Placement): string {
  const inside = path.join(home, 'socket');
  if (Buffer.byteLength(path.join(inside, `.s.PGSQL.${PORT}`)) <= 107) {
    makeDirectory(inside, 0o700, runAs);
    // A killed server leaves a lock whose pid may be some other process's by now.
    for (const file of readdirSync(inside)) rmSync(path.join(inside, file), { force: true });
    return inside;
  }
  const hash = createHash('sha256').update(home).digest('hex').slice(0, 12);
  const short = `/tmp/paperboy-${runAs?.uid ?? process.getuid?.()}-${hash}`;
  rmSync(short, { recursive: true, force: true });
  mkdirSync(short, { mode: 0o700 }); // fails if someone else was quicker to make a directory of this name
  makeDirectory(short, 0o700, runAs);
  return short;
}

/**
 * A query of a server that was killed can outlive it for a while, and Postgres rightly waits for
 * its end.
 */
const isHeldByOrphans = (logFile: string): boolean =>
  readFileSync(logFile, 'utf8').includes('pre-existing shared memory block');

const lastComplaint = (logFile: string): string =>
  readFileSync(logFile, 'utf8')
    .trim()
    .split('\n')
    .findLast((line) => /FATAL|PANIC|postgres:/.test(line))
    ?.replace(/^.*?(FATAL|PANIC|postgres):\s*/, '') ?? 'it did not get ready in time';

const firstComplaint = (stderr: string): string =>
  stderr
    .trim()
    .split('\n')[0]
    ?.replace(/^.*?(error|FATAL):\s*/, '') || 'initdb was interrupted';

function fail(message: string): never {
  throw new AppError('DATA_UNUSABLE', message);
}
