import { execFile } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { parseEnv, promisify } from 'node:util';
import type { Config } from '../config.ts';
import { canEnter, isRoot, lookUpUser } from '../run-as.ts';
import { AppError, codeOf } from '../errors.ts';
import type { Context } from './context.ts';
import {
  COMMAND_FILE,
  commandOf,
  DATA_DIRECTORY,
  ENVIRONMENT,
  ENVIRONMENT_FILE,
  OUR_MARK,
  TARGET,
  targetOf,
  type UnitRole,
  UNIT_DIRECTORY,
  UNIT_ROLES,
  unitName,
  unitOf,
} from './service-unit.ts';

const run = promisify(execFile);
const PROGRAM = path.join(import.meta.dirname, '..', 'paperboy.js');
/** What `ProtectHome` and `PrivateTmp` hide from a unit. */
const HIDDEN = ['/root', '/home', '/run/user', '/tmp', '/var/tmp'];

interface UnitFile {
  file: string;
  text: string;
}

/**
 * Writes systemd units with no more rights than they need, a user for them and a file for their
 * environment; or prints the units. What an operator has written is never replaced.
 */
export async function serviceInstall(
  { print, configOf }: Pick<Context, 'print' | 'configOf'>,
  options: { role?: string; user?: string; print?: boolean },
): Promise<void> {
  const roles = rolesOf(options.role ?? 'start');
  const user = userOf(options.user ?? 'paperboy');
  const config = configured(configOf);
  const files = unitFiles(roles, user, config);
  if (options.print) return print(files.map(({ file, text }) => `# ${file}\n${text}`).join('\n'));
  requireRoot(`${UNIT_DIRECTORY}, or add --print and put the units there yourself`);
  requireNoOther(files);
  const program = visibleProgram();
  const runAs = await ensureUser(user);
  if (!(await canEnter(runAs, path.dirname(program)))) throw notReachable(path.dirname(program));
  const isNew = writeEnvironment(runAs.gid);
  // Commands may come before the first start, which would make it.
  mkdirSync(DATA_DIRECTORY, { recursive: true, mode: 0o700 });
  chownSync(DATA_DIRECTORY, runAs.uid, runAs.gid);
  for (const { file, text } of files) write(file, text);
  write(COMMAND_FILE, commandOf({ user, node: realpathSync(process.execPath), program }), 0o755);
  await reload();
  await print(afterwards(roles, { isNew, config, files }));
}

/** Ends and removes the units. The user, the environment and the data stay. */
export async function serviceRemove({ print }: Pick<Context, 'print'>): Promise<void> {
  requireRoot(UNIT_DIRECTORY);
  const found = [TARGET, ...UNIT_ROLES.map(unitName)].filter((name) => isOurs(path.join(UNIT_DIRECTORY, name)));
  if (found.length === 0) return print(`No unit of Paperboy is in ${UNIT_DIRECTORY}.`);
  if (isSystemdHere()) await systemctl('disable', '--now', ...found);
  for (const name of found) rmSync(path.join(UNIT_DIRECTORY, name));
  if (isOurs(COMMAND_FILE)) rmSync(COMMAND_FILE);
  await reload();
  await print(
    `Removed ${found.join(', ')}. ${ENVIRONMENT_FILE}, ${DATA_DIRECTORY} and the user are still there: remove them ` +
      'yourself when you want the readers gone.',
  );
}

function rolesOf(text: string): readonly UnitRole[] {
  const asked = [...new Set(text.split(','))];
  const roles = UNIT_ROLES.filter((role) => asked.includes(role));
  if (roles.length === asked.length && (roles.length === 1 || !roles.includes('start'))) return roles;
  throw new AppError(
    'INPUT_INVALID',
    `--role must be start, which is all of it in one process, or of ${UNIT_ROLES.slice(1).join(', ')} those that this ` +
      'machine is to run, with commas between.',
  );
}

function userOf(text: string): string {
  if (/^[a-z_][a-z0-9_-]{0,31}$/.test(text) && text !== 'root') return text;
  throw new AppError(
    'INPUT_INVALID',
    '--user must be the name of a user with no other rights, such as paperboy; it is made if it is missing.',
  );
}

/** What the units will find in their environment; a fault in it is told before anything is written. */
function configured(configOf: Context['configOf']): Config {
  const text = existsSync(ENVIRONMENT_FILE) ? readEnvironment() : '';
  const found = parseEnv(text);
  // The unit's own line gives way to the file's, and commands would not.
  if (found['PAPERBOY_DATA'] !== undefined && found['PAPERBOY_DATA'] !== DATA_DIRECTORY)
    throw new AppError(
      'CONFIG_INVALID',
      `In ${ENVIRONMENT_FILE}: PAPERBOY_DATA must be left out, because units keep their data in ${DATA_DIRECTORY}.`,
    );
  try {
    return configOf(found);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(error.code, `In ${ENVIRONMENT_FILE}: ${error.message}`, { cause: error });
  }
}

function readEnvironment(): string {
  try {
    return readFileSync(ENVIRONMENT_FILE, 'utf8');
  } catch (cause) {
    throw new AppError(
      'CONFIG_INVALID',
      `Cannot read ${ENVIRONMENT_FILE} (${codeOf(cause) ?? 'unknown'}). Run this with sudo.`,
      { cause },
    );
  }
}

function unitFiles(roles: readonly UnitRole[], user: string, config: Config): UnitFile[] {
  const [node, program] = [realpathSync(process.execPath), realpathSync(PROGRAM)];
  const ports = [config.port, config.metricsPort, config.inbound?.port ?? null];
  const bindsLowPort = ports.some((port) => port !== null && port > 0 && port < 1024);
  const units = roles.map((role) => ({
    file: path.join(UNIT_DIRECTORY, unitName(role)),
    text: unitOf({ role, user, node, program, bindsLowPort }),
  }));
  if (roles.includes('start')) return units;
  return [{ file: path.join(UNIT_DIRECTORY, TARGET), text: targetOf(roles) }, ...units];
}

function requireRoot(where: string): void {
  if (isRoot()) return;
  throw new AppError('INPUT_INVALID', `Only root may write to ${where}. Run this with sudo.`);
}

/** Two shapes at once would be two services on one database. */
function requireNoOther(files: readonly UnitFile[]): void {
  const ours = [TARGET, ...UNIT_ROLES.map(unitName)].map((name) => path.join(UNIT_DIRECTORY, name));
  const other = ours.find((file) => existsSync(file) && !files.some((one) => one.file === file));
  if (other !== undefined)
    throw new AppError(
      'INPUT_INVALID',
      `${other} is installed already, for other roles. Run "paperboy service remove" first.`,
    );
  const foreign = [...files.map(({ file }) => file), COMMAND_FILE].find((file) => existsSync(file) && !isOurs(file));
  if (foreign !== undefined)
    throw new AppError(
      'INPUT_INVALID',
      `${foreign} was not made by Paperboy, and is left as it is. Move it away, or use --print.`,
    );
}

const isOurs = (file: string): boolean =>
  existsSync(file) && readFileSync(file, 'utf8').slice(0, 500).includes(OUR_MARK);

/** Where the program lies, which has to be a place that units see. */
function visibleProgram(): string {
  const program = realpathSync(PROGRAM);
  const hidden = [program, realpathSync(process.execPath)].find((file) =>
    HIDDEN.some((directory) => file.startsWith(`${directory}/`)),
  );
  if (hidden === undefined) return program;
  throw notReachable(path.dirname(hidden));
}

const notReachable = (directory: string): AppError =>
  new AppError(
    'INPUT_INVALID',
    `A unit cannot reach ${directory}, because homes and temporary directories are hidden from it and it is not root. ` +
      'Move this checkout to a place that every user can read, such as /opt/paperboy, and run it from there.',
  );

async function ensureUser(name: string): Promise<{ uid: number; gid: number }> {
  const found = await lookUpUser(name);
  if (found !== null) return found;
  const home = ['--home-dir', DATA_DIRECTORY, '--no-create-home', '--shell', '/usr/sbin/nologin'];
  await run('useradd', ['--system', '--user-group', ...home, name]).catch((cause: unknown) => {
    throw new AppError(
      'INPUT_INVALID',
      `Cannot make the user ${name} (${codeOf(cause) ?? 'unknown'}). Make it yourself, or name one with --user.`,
      { cause },
    );
  });
  return (await lookUpUser(name))!;
}

/** Says whether it was made: what is there stays as it is. */
function writeEnvironment(gid: number): boolean {
  if (existsSync(ENVIRONMENT_FILE)) return false;
  const directory = path.dirname(ENVIRONMENT_FILE);
  // Under any umask: the user of the units has to get there.
  if (mkdirSync(directory, { recursive: true }) !== undefined) chmodSync(directory, 0o755);
  write(ENVIRONMENT_FILE, ENVIRONMENT, 0o640);
  chownSync(ENVIRONMENT_FILE, 0, gid);
  return true;
}

function write(file: string, text: string, mode = 0o644): void {
  try {
    writeFileSync(file, text);
    chmodSync(file, mode);
  } catch (cause) {
    throw new AppError(
      'DATA_UNUSABLE',
      `Cannot write ${file} (${codeOf(cause) ?? 'unknown'}). Units belong on a machine with systemd; elsewhere use ` +
        '--print.',
      { cause },
    );
  }
}

const isSystemdHere = (): boolean => existsSync('/run/systemd/system');

const reload = async (): Promise<void> => (isSystemdHere() ? systemctl('daemon-reload') : undefined);

async function systemctl(...args: string[]): Promise<void> {
  await run('systemctl', args).catch((cause: unknown) => {
    throw new AppError(
      'INPUT_INVALID',
      `"systemctl ${args.join(' ')}" failed (${codeOf(cause) ?? 'unknown'}). Run it by hand to see why.`,
      { cause },
    );
  });
}

/** What is left to do, in the order in which it is done. */
function afterwards(
  roles: readonly UnitRole[],
  { isNew, config, files }: { isNew: boolean; config: Config; files: readonly UnitFile[] },
): string {
  const names = files.map(({ file }) => path.basename(file));
  const alone = roles.includes('start');
  const hasProgram = config.smtpUrls.some((url) => url.startsWith('sendmail:'));
  return [
    ...files.map(({ file }) => `Wrote ${file}`),
    ...(isNew ? [`Wrote ${ENVIRONMENT_FILE}: fill it in`] : [`${ENVIRONMENT_FILE} is as it was`]),
    ...(alone || config.databaseUrl !== null
      ? []
      : [`Roles need DATABASE_URL and SECRET_KEY: set them in ${ENVIRONMENT_FILE}`]),
    ...(hasProgram
      ? ["A mail program that changes its user, as Postfix's sendmail does, cannot: use smtp://localhost instead"]
      : []),
    `Start:     systemctl enable --now ${alone ? names[0] : names.join(' ')}`,
    `Watch:     journalctl -u '${alone ? names[0] : 'paperboy*'}' -f`,
    `Commands:  sudo ${path.basename(COMMAND_FILE)} doctor`,
  ].join('\n');
}
