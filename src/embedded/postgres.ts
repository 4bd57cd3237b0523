import path from 'node:path';
import pg from 'pg';
import { AppError, codeOf } from '../errors.ts';
import { clusterIn, launch, NAME } from './cluster.ts';
import { tryLock } from './lock.ts';
import { placeCluster, withDataErrors, type Placement, type PlacementOptions } from './placement.ts';
import {
  findPostmaster,
  type Postmaster,
  signalPostmaster,
  START_PATIENCE,
  stopPostmaster,
  until,
} from './postmaster.ts';

export interface EmbeddedPostgres {
  address: { host: string; port: number; user: string; database: string };
  /** Whether this process started the server, or took it over. Only then does `stop` end it. */
  owned: boolean;
  pid: number;
  isAlive(): boolean;
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions extends PlacementOptions {
  /**
   * Refuses to join a server that another process owns: a service would lose its database when that
   * process ends.
   */
  alone?: boolean;
  /** Settings such as `fsync=off`, for tests. */
  extra?: readonly string[];
}

/**
 * Starts the Postgres that comes from npm on the data directory, or joins the one already running
 * there. One process owns the server and stops it. When an owner is killed the server lives on, and
 * the next process to start takes it over.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  return withDataErrors(options.dataDir, async () => {
    const { dataDir, alone = false, extra = [] } = options;
    const placement = await placeCluster(options);
    let postgres: EmbeddedPostgres | null = null;
    const attempt = async () => (await own(placement, extra)) ?? (alone ? null : await join(placement));
    await until(async () => (postgres = await attempt()) !== null, alone ? ALONE_PATIENCE : START_PATIENCE);
    if (postgres !== null) return postgres;
    if (alone)
      throw new AppError(
        'DATA_UNUSABLE',
        `Another Paperboy is at work on the data in ${dataDir}. Stop it or let it end, or set PAPERBOY_DATA to ` +
          'another directory.',
      );
    throw new AppError(
      'DATA_UNUSABLE',
      `Another Paperboy holds the database in ${placement.home}, but it does not answer. Stop that process, or ` +
        'set PAPERBOY_DATA to another directory.',
    );
  });
}

/** A command that is about to end may do so. */
const ALONE_PATIENCE = 3_000;

/** `null` while another process owns the cluster. */
async function own(placement: Placement, extra: readonly string[]): Promise<EmbeddedPostgres | null> {
  const lock = tryLock(path.join(placement.home, 'owner.lock'));
  if (lock === null) return null;
  const cluster = clusterIn(placement.home);
  let stopped: Promise<void> | undefined;
  let server: Postmaster | null = null;
  // However this process ends, the server ends with it. Left alone it would run until the next
  // command finds it.
  // One that is not ready yet has none but the cluster to be known by, and the lock makes it ours.
  const endWithUs = (): void => {
    const running = findPostmaster(cluster);
    if (running) signalPostmaster(running.pid, cluster, 'SIGINT');
  };
  process.once('exit', endWithUs);
  const end = async (): Promise<void> => {
    try {
      if (server) await stopPostmaster(server.pid, cluster);
    } finally {
      process.off('exit', endWithUs);
      lock.release();
    }
  };
  const stop = () => (stopped ??= end());
  try {
    server = await adopt(cluster);
    if (server === null || !(await answers(server))) server = await launch(placement, extra);
    await createDatabase(server);
    return { address: addressOf(server), owned: true, pid: server.pid, isAlive: isAlive(cluster), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * A server whose owner was killed; one that is on its way down, or was killed too and looks ready
 * until it is gone, is waited for.
 */
async function adopt(cluster: string): Promise<Postmaster | null> {
  let server: Postmaster | null = null;
  await until(
    async () => (server = findPostmaster(cluster)) === null || (server.ready && (await answers(server))),
    START_PATIENCE,
  );
  return server;
}

/** `null` while the owner has not got it ready. */
async function join({ home }: Placement): Promise<EmbeddedPostgres | null> {
  const server = findPostmaster(clusterIn(home));
  if (!server?.ready) return null;
  const open = await query(server, NAME, 'SELECT').then(
    () => true,
    () => false,
  );
  if (!open) return null;
  const stop = async (): Promise<void> => {};
  return { address: addressOf(server), owned: false, pid: server.pid, isAlive: isAlive(clusterIn(home)), stop };
}

const isAlive = (cluster: string) => (): boolean => findPostmaster(cluster) !== null;

/** With an error, too, if it is only that our database is not there yet. */
const answers = (server: Postmaster): Promise<boolean> =>
  query(server, NAME, 'SELECT').then(
    () => true,
    (error: unknown) => codeOf(error) === INVALID_CATALOG_NAME,
  );

async function createDatabase(server: Postmaster): Promise<void> {
  try {
    await query(server, NAME, 'SELECT');
  } catch (error) {
    if (codeOf(error) !== INVALID_CATALOG_NAME)
      throw new AppError('DATABASE_UNAVAILABLE', 'The embedded database started, but refuses connections.', {
        cause: error,
      });
    await query(server, 'postgres', `CREATE DATABASE ${NAME}`);
  }
}

const INVALID_CATALOG_NAME = '3D000';

async function query(server: Postmaster, database: string, statement: string): Promise<void> {
  const client = new pg.Client({ ...addressOf(server), database, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {}); // a connection that breaks later than its answer
  try {
    await client.connect();
    await client.query(statement);
  } finally {
    await client.end();
  }
}

const addressOf = ({ socketDir, port }: Postmaster): EmbeddedPostgres['address'] => ({
  host: socketDir,
  port,
  user: NAME,
  database: NAME,
});
