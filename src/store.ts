import type { Config } from './config.ts';
import { type DatabaseAddress, type Db, openDatabase } from './db/client.ts';
import { migrate, schemaVersion } from './db/migrate.ts';
import { type Looks, openLooks } from './looks.ts';
import { type Sender, senderOf } from './mail/sender.ts';
import { AppError } from './errors.ts';
import { createSources } from './papers/sources.ts';
import type { PaperSource } from './papers/source.ts';
import { openTopics } from './papers/desk-topics.ts';
import { soundOwnTopics } from './papers/own-topics.ts';
import { syncTopics, type Topics } from './papers/topics.ts';
import { createKeyring, type Keyring } from './subscribers/tokens.ts';
import type { Logger } from './telemetry.ts';

/** A database that is migrated and knows the topics, and what every command needs beside it. */
export interface Store extends AsyncDisposable {
  config: Config;
  log: Logger;
  now: () => Date;
  address: DatabaseAddress;
  db: Db;
  keyring: Keyring;
  sender: Sender;
  /** What the newspaper is called and how it looks, as of the last look. */
  looks: Looks;
  sources: readonly PaperSource[];
  /** The topics in force: those that ship and the operator's. */
  topics: Topics;
  /** Takes up what the desk has changed of them since. */
  refreshTopics: () => Promise<void>;
  /** The slugs of those that the operator's file names: it has the last word of them. */
  ofFile: ReadonlySet<string>;
  /** What ranking is not to look at. */
  without: Config['rankingWithout'];
}

export interface Opening {
  /**
   * What opening may do to the schema. `migrate` brings it up to date. The others require that it
   * is, because a command must not change a database under the processes that run on it; `write`
   * sets up an embedded one that is empty.
   */
  schema?: 'migrate' | 'write' | 'read';
  /** Share the embedded database with no other process that outlives us. */
  alone?: boolean;
  /**
   * The embedded database is started again when it dies. This hears of it when that cannot be done.
   */
  onLost?: (error: AppError) => void;
  /** Asked to stop meanwhile, opening ends with the signal's reason. */
  signal?: AbortSignal;
}

/** Opens the database, starting the embedded one when DATABASE_URL is not set. */
export async function openStore(config: Config, log: Logger, options: Opening = {}): Promise<Store> {
  const { schema = 'write', signal } = options;
  signal?.throwIfAborted();
  await using opening = new AsyncDisposableStack();
  const address = await databaseFor(config, log, options, opening);
  await prepareSchema(address, config, { schema, signal });
  const db = openDatabase(address, 12);
  opening.defer(() => db.$client.end());
  const ofFile = await soundOwnTopics(config.dataDir, (fault) =>
    log.warn(`${fault} Until then the topics that ship are used.`),
  );
  const { topics, refresh: refreshTopics } = await openTopics(db, ofFile);
  if (schema !== 'read') await syncTopics(db, topics);
  const looks = await openLooks(db, config, log);
  signal?.throwIfAborted();
  const keyring = createKeyring(config.secretKeys.length > 0 ? config.secretKeys : [await keptKey(config)]);
  const now = () => new Date();
  const opened = opening.move();
  return {
    config,
    log,
    now,
    address,
    db,
    keyring,
    sender: senderOf(config, looks.look),
    looks,
    sources: createSources({ config, now, topics }),
    topics,
    refreshTopics,
    ofFile: new Set(ofFile.map(({ slug }) => slug)),
    without: config.rankingWithout,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** Where the database is; the embedded one is started, and ends with `opening`. */
export async function databaseFor(
  config: Config,
  log: Logger,
  { alone = false, onLost }: Opening,
  opening: AsyncDisposableStack,
): Promise<DatabaseAddress> {
  if (config.databaseUrl !== null) return { url: config.databaseUrl };
  const { dataDir, dataDirGiven } = config;
  const options = { dataDir, dataDirGiven, log, alone };
  const postgres = onLost
    ? await (await import('./embedded/keep.ts')).keepEmbeddedPostgres({ ...options, onLost })
    : await (await import('./embedded/postgres.ts')).startEmbeddedPostgres(options);
  opening.defer(() => postgres.stop());
  return postgres.address;
}

async function prepareSchema(
  address: DatabaseAddress,
  config: Config,
  { schema, signal }: Pick<Opening, 'schema' | 'signal'>,
): Promise<void> {
  if (schema === 'migrate') return migrate(address, signal);
  const embedded = config.databaseUrl === null;
  const { found, wanted } = await schemaVersion(address);
  if (found >= wanted) return;
  if (embedded && found === 0 && schema === 'write') return migrate(address, signal);
  throw outdated(embedded ? `in ${config.dataDir}` : 'in DATABASE_URL', found, wanted);
}

const outdated = (where: string, found: number, wanted: number): AppError =>
  new AppError(
    'DATABASE_OUTDATED',
    found === 0
      ? `The database ${where} is empty: Paperboy has not been set up in it. Run "paperboy migrate" or "paperboy ` +
          'start" first.'
      : `The database ${where} is at version ${found}, and this Paperboy needs version ${wanted}. Run "paperboy ` +
          'migrate" first.',
  );

const keptKey = async (config: Config): Promise<string> =>
  (await import('./embedded/secret-key.ts')).keptSecretKey(config.dataDir);
