import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, inject } from 'vitest';
import { clusterIn, NAME } from '../../src/embedded/cluster.ts';
import { findPostmaster, stopPostmaster } from '../../src/embedded/postmaster.ts';
import { type DatabaseAddress, type Db, openDatabase } from '../../src/db/client.ts';
import { migrate } from '../../src/db/migrate.ts';
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts';
import { codeOf } from '../../src/errors.ts';
import { createLogger } from '../../src/telemetry.ts';
import { paperServer, type PaperServer } from './paper-server.ts';
import { freePort } from './ports.ts';

const PROGRAM = path.join(import.meta.dirname, '..', '..', 'src', 'paperboy.js');
/** Ten seconds are promised of an idle machine; tests share theirs. */
const START_PATIENCE = 60_000;
const STOP_PATIENCE = 10_000;

type Env = Record<string, string>;

/** A running `paperboy start`, `api`, `worker` or `scheduler`. */
export interface App {
  pid: number;
  /** The addresses it printed. */
  site: string | null;
  mailbox: string | null;
  /** From the start of the process to the last address, in milliseconds. */
  startedIn: number;
  output(): string;
  complaints(): string;
  /**
   * Asks it to end, as an operator would, and checks that it does so in time and says that all is
   * well.
   */
  stop(signal?: 'SIGTERM' | 'SIGINT'): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
}

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

/**
 * One place where Paperboy is installed: an environment, a data directory, the sources it reads.
 * Every process started here ends with it.
 */
export interface Installation extends AsyncDisposable {
  env: Env;
  dataDir: string;
  /** A directory for files of the test. */
  scratch: string;
  /** The base address of the site. */
  site: string;
  papers: PaperServer;
  /** Starts a role and resolves when it has printed where it is. */
  start(role?: 'start' | 'api' | 'worker' | 'scheduler', env?: Env): Promise<App>;
  /** Runs a command to its end. */
  run(args: readonly string[], env?: Env): Promise<Finished>;
  /** Runs a command that must succeed, and returns its output. */
  paperboy(...args: string[]): Promise<string>;
  /**
   * A look into the database, while a process runs that has started it. Ends with the installation.
   */
  database(): { db: Db; address: DatabaseAddress };
  /** Starts a command and leaves it to the caller. */
  spawn(args: readonly string[], env?: Env): ChildProcess;
}

/**
 * A clean environment and free ports; `env` is added to it. Without DATABASE_URL the database is
 * embedded. `program`: the src/paperboy.js of another tree than this one.
 */
export async function installation(env: Env = {}, program = PROGRAM): Promise<Installation> {
  const scratch = realpathSync(mkdtempSync(path.join(tmpdir(), 'paperboy-app-')));
  const dataDir = env['PAPERBOY_DATA'] ?? path.join(scratch, 'data');
  const papers = await paperServer();
  const base = await environment(dataDir, papers.url);
  const children = new Set<ChildProcess>();
  const looks: Db[] = [];
  const killAll = (): void => {
    for (const child of children) child.kill('SIGKILL');
  };
  process.once('exit', killAll);
  const launch = (args: readonly string[], more: Env = {}): ChildProcess => {
    const child = spawn(process.execPath, [program, ...args], {
      env: { ...base, ...env, ...more },
      cwd: scratch,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add(child);
    child.once('exit', () => children.delete(child));
    return child;
  };
  const run = (args: readonly string[], more?: Env): Promise<Finished> => finished(launch(args, more));
  return {
    env: { ...base, ...env },
    dataDir,
    scratch,
    papers,
    run,
    spawn: launch,
    site: `http://localhost:${env['PORT'] ?? base['PORT']}`,
    start: (role = 'start', more) =>
      started(launch([role], more), role === 'start' || role === 'api' ? /^API docs .*\n/m : /^Running: .*\n/m),
    database() {
      const address = env['DATABASE_URL'] ? { url: env['DATABASE_URL'] } : embeddedAddress(dataDir);
      const db = openDatabase(address, 2);
      looks.push(db);
      return { db, address };
    },
    async paperboy(...args) {
      const { code, stdout, stderr } = await run(args);
      expect(code, `paperboy ${args.join(' ')}: ${stderr}`).toBe(0);
      return stdout;
    },
    async [Symbol.asyncDispose]() {
      process.off('exit', killAll);
      const ended = [...children].map((child) => once(child, 'exit'));
      killAll();
      await Promise.all(ended);
      await Promise.all(looks.map((db) => db.$client.end()));
      await endPostgres(dataDir);
      await papers[Symbol.asyncDispose]();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

/**
 * An installation that was started once, with its database and nothing in it. Making a cluster costs
 * more than all else in a start: a run makes one, and each place gets a copy.
 */
export async function furnished(env: Env = {}): Promise<Installation> {
  const place = await installation(env);
  execFileSync('cp', ['-a', '--reflink=auto', await (furnishing ??= furnish()), place.dataDir]);
  return place;
}

let furnishing: Promise<string> | null = null;

/** Returns the data directory that all copies are made of. */
async function furnish(): Promise<string> {
  const dataDir = inject('furnished');
  if (existsSync(dataDir)) return dataDir;
  const unfinished = `${dataDir}.${process.pid}`;
  const postgres = await startEmbeddedPostgres({
    dataDir: unfinished,
    dataDirGiven: true,
    log: createLogger('warn'),
    extra: ['fsync=off'],
  });
  try {
    await migrate(postgres.address);
  } finally {
    await postgres.stop();
  }
  try {
    renameSync(unfinished, dataDir);
  } catch (error) {
    if (codeOf(error) !== 'ENOTEMPTY') throw error; // another file of tests was quicker
  }
  return dataDir;
}

async function environment(dataDir: string, papers: string): Promise<Env> {
  const [port, smtp, http] = await Promise.all([freePort(), freePort(), freePort()]);
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    PORT: String(port),
    MAILBOX_SMTP_PORT: String(smtp),
    MAILBOX_HTTP_PORT: String(http),
    PAPERBOY_DATA: dataDir,
    SOURCES: 'huggingface',
    CHECK_MAIL_DOMAINS: 'false',
    HUGGINGFACE_URL: papers,
    ARXIV_API_URL: papers,
    ARXIV_RSS_URL: papers,
  };
}

const clusterOf = (dataDir: string): string => clusterIn(path.join(dataDir, 'postgres'));

function embeddedAddress(dataDir: string): DatabaseAddress {
  const server = findPostmaster(clusterOf(dataDir));
  if (!server) throw new Error('No Postgres runs there');
  return { host: server.socketDir, port: server.port, user: NAME, database: NAME };
}

/** The database of a process that was killed lives on. */
async function endPostgres(dataDir: string): Promise<void> {
  const server = findPostmaster(clusterOf(dataDir));
  if (server) await stopPostmaster(server.pid, clusterOf(dataDir));
}

function collect(child: ChildProcess): { stdout: string; stderr: string } {
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream]!.setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
    });
  return said;
}

export async function finished(child: ChildProcess): Promise<Finished> {
  const said = collect(child);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...said };
}

async function started(child: ChildProcess, ready: RegExp): Promise<App> {
  const launched = performance.now();
  const said = collect(child);
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const printed = new Promise<'ready'>((resolve) =>
    child.stdout!.on('data', () => ready.test(said.stdout) && resolve('ready')),
  );
  const first = await Promise.race([printed, exited, sleep(START_PATIENCE, 'late' as const, { ref: false })]);
  if (first !== 'ready') throw new Error(`Paperboy did not start (${String(first)}): ${said.stderr}`);
  const address = (name: string): string | null => new RegExp(`^${name} +(\\S+)$`, 'm').exec(said.stdout)?.[1] ?? null;
  return {
    pid: child.pid!,
    site: address('Site'),
    mailbox: address('Mailbox'),
    startedIn: performance.now() - launched,
    output: () => said.stdout,
    complaints: () => said.stderr,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      const end = await Promise.race([exited, sleep(STOP_PATIENCE, 'late' as const, { ref: false })]);
      expect(end, `the end of the process after ${signal}: ${said.stderr}`).toEqual([0, null]);
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
