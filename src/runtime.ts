import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Config } from './config.ts';
import { type DatabaseAddress, type Db, openDatabase, openKeyedDatabase, openSearchDatabase } from './db/client.ts';
import { requireTrueClock } from './db/clock.ts';
import { migrate, schemaVersion } from './db/migrate.ts';
import { countDeliveries } from './db/deliveries.ts';
import { brakesOn } from './db/brakes.ts';
import { tryRead, tryWrite } from './db/probe.ts';
import { countActive } from './db/subscribers.ts';
import { createAlert } from './delivery/alert.ts';
import { createBrakes } from './delivery/brakes.ts';
import { createComposer } from './delivery/compose.ts';
import { createSigner } from './mail/dkim/signer.ts';
import { createHostLimits } from './delivery/host-limits.ts';
import { createHostRate } from './delivery/host-rate.ts';
import { createLedger } from './delivery/ledger.ts';
import { createMailHosts, systemMxResolver } from './delivery/mail-hosts.ts';
import { requireShapingRules } from './delivery/own-shaping.ts';
import { createPace, type Pace, type RateStore } from './delivery/pacing.ts';
import { createPermits } from './delivery/permits.ts';
import { welcome } from './delivery/plan.ts';
import { repairFuture } from './delivery/repair.ts';
import { createShaping } from './delivery/shaping.ts';
import { relayLimits, ruleOfRelay } from './delivery/shaping-rules.ts';
import { createWarmUps } from './delivery/warm-up.ts';
import { type Sender, senderOf } from './mail/sender.ts';
import { createJudge } from './feedback/judge.ts';
import { createMailbox } from './feedback/imap.ts';
import { createWebhooks } from './feedback/webhooks/receive.ts';
import { isLoopback } from './mail/needs-tls.ts';
import { parseRelay } from './smtp/relay.ts';
import { createTransport } from './smtp/way-out.ts';
import type { Transport } from './mail/transport.ts';
import { buildEdition } from './editions/build.ts';
import { AppError, codeOf } from './errors.ts';
import type { Readiness } from './http/health.ts';
import type { FastifyServer } from './http/server.ts';
import { networkOf, wideNetworkOf } from './http/plugins/limits.ts';
import { createEnqueue, createHandlers, enqueuePromptly, type HandlerDeps } from './jobs/handlers.ts';
import { inTime } from './jobs/in-time.ts';
import { groupNotices } from './jobs/notice-groups.ts';
import { openQueues, type QueueAddress, type Queues } from './jobs/queues.ts';
import { openRateStore } from './jobs/rate-store.ts';
import { schedules, startScheduler } from './jobs/scheduler.ts';
import { startWorkers } from './jobs/worker.ts';
import { dayOf } from './day.ts';
import { ensureSamples } from './papers/samples.ts';
import { createSources } from './papers/sources.ts';
import type { PaperSource } from './papers/source.ts';
import { loadTopics } from './papers/own-topics.ts';
import { syncTopics, type Topics } from './papers/topics.ts';
import { createActions } from './subscribers/actions.ts';
import { createGuard } from './subscribers/guard.ts';
import { checkNoDomain, createDomainCheck, systemResolver } from './subscribers/mail-domain.ts';
import { groupRequests } from './subscribers/requests.ts';
import { QUIET_MS } from './subscribers/subscribe.ts';
import { createKeyring, type Keyring } from './subscribers/tokens.ts';
import { createMetrics, type Logger, type Metrics } from './telemetry.ts';

export type Role = 'api' | 'worker' | 'scheduler';

/**
 * How long work in flight may take to finish when we are asked to stop. With the rest it stays
 * under ten seconds.
 */
const DRAIN_MS = 7_000;
const HTTP_DRAIN_MS = 1_000;
/**
 * How long a reader's confirmation waits for the queue, which may be away: the sweeper finds what
 * it did not take.
 */
const ENQUEUE_MS = 1_000;
/** The first papers of an installation come first, and then what came before them. */
const REMEMBER_AFTER_MS = 30_000;
/** How long a part may take to show that it is there: less than a load balancer's patience. */
const READY_MS = 2_000;
/**
 * How long it is believed whether the database takes a write: anyone may ask, and a write is not
 * for free.
 */
const WRITE_ANSWER_MS = 5_000;

/** A database that is migrated and knows the topics, and what every command needs beside it. */
export interface Store extends AsyncDisposable {
  config: Config;
  log: Logger;
  now: () => Date;
  address: DatabaseAddress;
  db: Db;
  keyring: Keyring;
  sender: Sender;
  sources: readonly PaperSource[];
  /** The topics in force: those that ship and the operator's. */
  topics: Topics;
  /** What ranking is not to look at. */
  without: Config['rankingWithout'];
}

interface Opening {
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
  const topics = await loadTopics(config.dataDir, (fault) =>
    log.warn(`${fault} Until then the topics that ship are used.`),
  );
  if (schema !== 'read') await syncTopics(db, topics);
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
    sender: senderOf(config),
    sources: createSources({ config, now, categories: topics.categories }),
    topics,
    without: config.rankingWithout,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function databaseFor(
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

/** The store with what sends mail and carries jobs. */
export interface Engine extends Store {
  transport: Transport;
  queues: Queues;
  metrics: Metrics;
  handlerDeps: HandlerDeps;
}

/** Opens the queues and the way out for mail on top of a store, which it takes over. */
export async function openEngine(store: Store): Promise<Engine> {
  await using opening = new AsyncDisposableStack();
  opening.use(store);
  const { config, db, log, now, keyring, sender, sources, topics } = store;
  const shapingRules = await requireShapingRules(config.dataDir);
  const relayHosts = relayUrls(config).map((url) => parseRelay(url).host);
  const signer = await createSigner(config.dkim, log);
  const place = queueAddress(store);
  const queues = await openQueues(place, log);
  opening.defer(() => queues.close());
  const pace = config.smtpRate === null ? undefined : await openPace(config.smtpRate, place, log, opening);
  const hostStore = opening.use(lateRateStore(place));
  const ledgerDb = openKeyedDatabase(store.address, 6);
  opening.defer(() => ledgerDb.$client.end());
  const metrics = createMetrics();
  const onReply = (seconds: number): void => metrics.smtpReply.observe(seconds);
  const transport = createTransport({
    urls: relayUrls(config),
    ...relayLimits(shapingRules, relayHosts, connectionsFor(config)),
    name: new URL(config.publicUrl).hostname,
    proxy: config.smtpProxy,
    oauth: config.smtpOauth,
    onReply,
  });
  // The workers had their time by now: what still hangs on a relay is cut off, and the ledger calls
  // it unknown.
  opening.defer(() => transport.close({ force: true }));
  // Only those who confirmed: a number that moves with every request would tell whether an address
  // was known.
  metrics.gauge('paperboy_subscribers', 'Readers who get digests.', 'status', async () => ({
    active: await countActive(db),
  }));
  metrics.gauge('paperboy_deliveries', 'Deliveries of the last three days by state.', 'state', () =>
    countDeliveries(db),
  );
  metrics.gauge('paperboy_brakes', 'Brakes that are on: digests, and domains of digests.', 'of', async () => {
    const on = await brakesOn(db);
    return {
      digest: on.filter(({ domain }) => domain === '').length,
      domain: on.filter(({ domain }) => domain !== '').length,
    };
  });
  metrics.gauge('paperboy_queue_jobs', 'Jobs waiting in each queue.', 'queue', () => queues.waiting());
  const shared = { db, log, now, keyring, sender, transport, sign: signer?.sign };
  const notify = { ...shared, pace, editionHour: config.editionHour };
  const alert = createAlert(notify, config.alertTo);
  const handlerDeps: HandlerDeps = {
    ...shared,
    sources,
    topics,
    editionHour: config.editionHour,
    without: store.without,
    summaryModel: config.summary,
    enqueueSummaries: () => queues.enqueue('summarise', {}, { id: 'summarise' }),
    plan: { db, log, now, ...createEnqueue(queues) },
    notify,
    collect: config.imapUrl === null ? null : createMailbox({ db, keyring, now, log, url: config.imapUrl }),
    judge: createJudge({ db, keyring, now, log, alert }),
    deliver: {
      ...shared,
      pace,
      ledger: createLedger({ db: ledgerDb, keyring, now }),
      permits: createPermits(2 * transport.connections),
      shaping: createShaping({
        hosts: createMailHosts({ rules: shapingRules, resolver: systemMxResolver() }),
        limits: createHostLimits(now),
        rate: createHostRate({ store: hostStore }),
        warmUps: createWarmUps({ db, now, log, alert }),
        relay: ruleOfRelay(shapingRules, relayHosts[0]!),
      }),
      brakes: createBrakes({ db, now }),
      enqueueJudge: () => queues.enqueue('judge', {}, { id: 'judge-now' }),
      onUnknown: config.onUnknown,
      composer: createComposer({ ...shared, topics }),
      count: (state) => metrics.deliveries.inc({ state }),
    },
  };
  const opened = opening.move();
  return { ...store, transport, queues, metrics, handlerDeps, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** Redis where there is one, else the database. */
export const queueAddress = ({ config, address }: Pick<Store, 'config' | 'address'>): QueueAddress =>
  config.redisUrl === null ? { kind: 'postgres', database: address } : { kind: 'redis', url: config.redisUrl };

/**
 * With a rate, no more than find their turn within ten seconds: a connection waits for it with its
 * message announced.
 */
const connectionsFor = ({ smtpConnections, smtpRate }: Config): number =>
  smtpRate === null ? smtpConnections : Math.min(smtpConnections, Math.max(1, Math.ceil(10 * smtpRate)));

async function openPace(rate: number, place: QueueAddress, log: Logger, opening: AsyncDisposableStack): Promise<Pace> {
  return createPace({ rate, store: opening.use(await openRateStore(place)), log });
}

/** A rate store that is opened when it is first needed: few installations have a host with a rate. */
function lateRateStore(place: QueueAddress): RateStore & AsyncDisposable {
  let opened: ReturnType<typeof openRateStore> | null = null;
  const open = () =>
    (opened ??= openRateStore(place).catch((error: unknown) => {
      opened = null;
      throw error;
    }));
  return {
    take: async (key, count) => (await open()).take(key, count),
    [Symbol.asyncDispose]: async () => {
      if (opened) await (await opened)[Symbol.asyncDispose]();
    },
  };
}

/** The relay, or without one the mailbox for trying out, which `paperboy start` runs. */
export const relayUrls = (config: Config): readonly string[] =>
  config.smtpUrls.length > 0 ? config.smtpUrls : [`smtp://127.0.0.1:${config.mailbox.smtpPort}`];

/** Whether a host name, as a URL has it, leads every machine to itself. */
const leadsHere = (hostname: string): boolean =>
  isLoopback(hostname) || /^(?:.+\.localhost|0\.0\.0\.0|\[::\])$/.test(hostname);

/**
 * Refuses to mail readers elsewhere links that lead to this machine. A relay whose name has no dot
 * is a container beside us, as the mailbox for trying out is.
 */
export function requireLinksForReaders({ smtpUrls, publicUrl }: Pick<Config, 'smtpUrls' | 'publicUrl'>): void {
  const isElsewhere = (relay: string): boolean => {
    const { hostname } = new URL(relay);
    return /[.:]/.test(hostname) && !leadsHere(hostname);
  };
  if (leadsHere(new URL(publicUrl).hostname) && smtpUrls.some(isElsewhere))
    throw new AppError(
      'CONFIG_INVALID',
      'PUBLIC_URL must be the address of the site that readers can open: SMTP_URL names a relay elsewhere, and ' +
        'the links in its mail would lead to this machine. Set it in the environment and start again.',
    );
}

export interface Service extends AsyncDisposable {
  /** The addresses a person opens; the mailbox's only when there is one. */
  addresses: { site: string | null; mailbox: string | null; docs: string | null };
  /** Fires, with the reason, when the service has lost what it cannot do without. */
  lost: AbortSignal;
}

/**
 * Starts the named roles in this process. Disposing of the service stops them: no new work, what is
 * in flight is finished. `alone`: this process is the whole service, so it runs the mailbox too,
 * unless there is a relay. Asked to stop meanwhile, a start ends with the signal's reason.
 */
export async function startService(
  config: Config,
  log: Logger,
  roles: readonly Role[],
  { alone, signal }: Pick<Opening, 'signal'> & { alone: boolean },
): Promise<Service> {
  requireLinksForReaders(config);
  await using starting = new AsyncDisposableStack();
  const mailbox = alone && config.smtpUrls.length === 0 ? await startMailboxFor(config, starting) : null;
  const lost = new AbortController();
  const onLost = (error: AppError): void => lost.abort(error);
  const store = await openStore(config, log, { schema: 'migrate', alone, onLost, signal });
  const engine = starting.use(await openEngine(store));
  signal?.throwIfAborted();
  let isStarted = false;
  const ready = readinessOf(engine, () => isStarted);
  const site = roles.includes('api') ? await openSite(engine, ready, starting) : null;
  if (config.metricsPort !== null) await openMetrics(engine, config.metricsPort, ready, starting);
  if (roles.includes('scheduler') && config.databaseUrl === null) await showSamples(engine);
  if (roles.includes('worker')) {
    const workers = startWorkers(engine.queues, createHandlers(engine.handlerDeps), log);
    starting.defer(() => workers.stop(DRAIN_MS));
  }
  if (roles.includes('scheduler')) await schedule(engine, starting);
  isStarted = true;
  const started = starting.move();
  return {
    addresses: { site, mailbox, docs: site && `${site}/docs` },
    lost: lost.signal,
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

async function startMailboxFor(config: Config, starting: AsyncDisposableStack): Promise<string> {
  const { startMailbox } = await import('./embedded/mailbox.ts');
  const mailbox = await startMailbox({
    ...config.mailbox,
    host: '127.0.0.1',
    directory: path.join(config.dataDir, 'mailbox'),
  });
  starting.defer(() => mailbox.stop());
  return mailbox.url;
}

/**
 * An empty embedded database gets the samples and an edition of them, so that the first visitor
 * finds something to read.
 */
async function showSamples(engine: Engine): Promise<void> {
  if (await ensureSamples(engine)) await buildEdition(engine, { date: dayOf(engine.now()), sampleOnly: true });
}

async function schedule(engine: Engine, starting: AsyncDisposableStack): Promise<void> {
  const { queues, config, log, sources } = engine;
  await repairAtStart(engine);
  const scheduler = await startScheduler(
    queues,
    schedules({
      sources: sources.map((source) => source.name),
      editionHour: config.editionHour,
      hasMailbox: config.imapUrl !== null,
    }),
    log,
  );
  starting.defer(() => scheduler.stop());
  // What the hours missed while we were down, and the first papers of a new installation.
  await queues.enqueue('sweep', {}, { id: 'sweep-at-start' });
  await queues.enqueue('ingest', {}, { id: 'ingest-at-start' });
  await queues.enqueue('remember', {}, { id: 'remember-at-start', delay: REMEMBER_AFTER_MS });
}

/**
 * Jobs are refused while the clock is wrong: then there is nothing to repair by. What fails here is
 * the sweep's to try again.
 */
async function repairAtStart(engine: Engine): Promise<void> {
  try {
    await requireTrueClock(engine);
    await repairFuture(engine);
  } catch (err) {
    const sentence =
      'Cannot repair what a clock may have dated in the future: the sweep tries it again within a minute';
    engine.log.warn({ err }, err instanceof AppError ? err.message : sentence);
  }
}

async function openSite(
  engine: Engine,
  ready: () => Promise<Readiness>,
  starting: AsyncDisposableStack,
): Promise<string> {
  const { config, db, log, now, topics, keyring, queues, handlerDeps, metrics } = engine;
  const plan = { ...handlerDeps.plan, enqueueBatch: enqueuePromptly(handlerDeps.plan.enqueueBatch, ENQUEUE_MS) };
  const { enqueueNotice } = starting.use(groupNotices(queues, log));
  // Its list takes a fifth of a second and 15 MB, which only the site needs.
  const { isDisposable } = await import('./subscribers/disposable.ts');
  const deps = {
    db,
    log,
    now,
    keyring,
    recordRequest: groupRequests(db, QUIET_MS),
    guard: createGuard({ db, keyring, now }),
    checkDomain: config.checkMailDomains ? createDomainCheck(systemResolver()) : checkNoDomain,
    onSignUp: (address: string) => metrics.signUps.inc({ mailbox: isDisposable(address) ? 'disposable' : 'lasting' }),
    enqueueNotice,
    editionHour: config.editionHour,
    welcome: (id: number) => welcome(plan, id),
    topics,
    requireTrueClock: () => requireTrueClock(engine),
  };
  const { buildServer } = await import('./http/server.ts');
  const actions = createActions(deps);
  const searchDb = openSearchDatabase(engine.address);
  starting.defer(() => searchDb.$client.end());
  const app = await buildServer({
    config,
    db,
    searchDb,
    log,
    now,
    topics,
    metrics: metrics.registry,
    actions,
    webhooks: createWebhooks({ db, keyring, now, log, keys: config.webhookKeys }),
    ready,
  });
  await listen(app, config, { PORT: config.port }, starting);
  if (config.inbound !== null && config.bounceDomain !== null) {
    const { startInbound } = await import('./feedback/inbound.ts');
    // No one can be asked for work by mail: beyond what a network may ask unasked, its mail waits.
    const subscribe = async (email: string, client: string): Promise<boolean> =>
      (await actions.subscribe({ email, network: wideNetworkOf(networkOf(client) ?? client) })) === null;
    const inbound = { db, keyring, now, log, subscribe, domain: config.bounceDomain, ...config.inbound };
    const { host, port: wanted } = config.inbound;
    const listener = await startInbound(inbound).catch((cause: unknown) => {
      throw cannotListen(host, 'INBOUND_PORT', wanted, cause);
    });
    starting.defer(() => listener.stop());
  }
  const { port } = app.server.address() as AddressInfo;
  return config.port === port ? config.publicUrl : `http://localhost:${port}`;
}

/** How this process is, on a port of its own. */
async function openMetrics(
  engine: Engine,
  port: number,
  ready: () => Promise<Readiness>,
  starting: AsyncDisposableStack,
): Promise<void> {
  const { buildMetricsServer } = await import('./http/metrics-server.ts');
  const app = await buildMetricsServer({
    log: engine.log,
    metrics: engine.metrics.registry,
    ready,
  });
  await listen(app, engine.config, { METRICS_PORT: port }, starting);
}

/** `where` is named by its variable, which an error is about. */
async function listen(
  app: FastifyServer,
  { host }: Config,
  where: Readonly<Record<string, number>>,
  starting: AsyncDisposableStack,
): Promise<void> {
  const [[variable, port]] = Object.entries(where) as [[string, number]];
  starting.defer(async () => {
    // A client that never finishes its request must not hold up the stop.
    const impatience = setTimeout(() => app.server.closeAllConnections(), HTTP_DRAIN_MS);
    await app.close();
    clearTimeout(impatience);
  });
  try {
    await app.listen({ host, port });
  } catch (cause) {
    throw cannotListen(host, variable, port, cause);
  }
}

/**
 * Tells which parts answer. Before the start is complete none is: told otherwise, a balancer would
 * send readers and an update would stop the process that still worked.
 */
function readinessOf({ db, queues }: Engine, isStarted: () => boolean): () => Promise<Readiness> {
  const answers = (work: Promise<unknown>): Promise<boolean> =>
    inTime(work, READY_MS, () => new Error('late')).then(
      () => true,
      () => false,
    );
  let written = { at: -Infinity, answer: Promise.resolve(false) };
  const takesWrites = (): Promise<boolean> => {
    const at = performance.now();
    if (at - written.at > WRITE_ANSWER_MS) written = { at, answer: answers(tryWrite(db, READY_MS)) };
    // A no is not kept: the database may be back at once.
    void written.answer.then((takes) => {
      if (!takes) written.at = -Infinity;
    });
    return written.answer;
  };
  return async (): Promise<Readiness> => {
    if (!isStarted()) return { start: false };
    const [reads, writes, queue] = await Promise.all([
      answers(tryRead(db, READY_MS)),
      takesWrites(),
      answers(queues.waiting()),
    ]);
    return { database: reads && writes, queue };
  };
}

function cannotListen(host: string, variable: string, port: number, cause: unknown): AppError {
  const code = codeOf(cause);
  if (code === 'EADDRINUSE')
    return new AppError(
      'PORT_TAKEN',
      `Port ${port} is taken: another program (or another Paperboy) listens on it. Stop it, or set ${variable} to ` +
        'a free port.',
      { cause },
    );
  if (code === 'EACCES')
    return new AppError(
      'PORT_TAKEN',
      `Port ${port} needs rights this user does not have. Set ${variable} to 1024 or more.`,
      { cause },
    );
  return new AppError(
    'CONFIG_INVALID',
    `Cannot listen on ${host}:${port} (${code ?? 'unknown'}). Set HOST to an address of this machine.`,
    { cause },
  );
}
