import { hostname } from 'node:os';
import path from 'node:path';
import type { Config } from './config.ts';
import { requireTrueClock } from './db/clock.ts';
import { tryRead, tryWrite } from './db/probe.ts';
import { repairFuture } from './delivery/repair.ts';
import { buildEdition } from './editions/build.ts';
import { AppError } from './errors.ts';
import { lookFar, lookNear, lookOwn } from './health/look.ts';
import { startOutageWatch } from './health/outage.ts';
import { startWatch } from './health/watch.ts';
import type { Readiness } from './http/health.ts';
import { createHandlers } from './jobs/handlers.ts';
import { inTime } from './jobs/in-time.ts';
import { schedules, startScheduler } from './jobs/scheduler.ts';
import { startWorkers } from './jobs/worker.ts';
import { dayOf } from './day.ts';
import { ensureSamples } from './papers/samples.ts';
import { type Logger } from './telemetry.ts';
import { listen } from './listen.ts';
import { keepLooks } from './looks.ts';
import { type Engine, openEngine } from './engine.ts';
import { requireLinksForReaders } from './surroundings.ts';
import { type Opening, openStore } from './store.ts';

export type Role = 'api' | 'worker' | 'scheduler';

/**
 * How long work in flight may take to finish when we are asked to stop. With the rest it stays
 * under ten seconds.
 */
const DRAIN_MS = 7_000;
/** The first papers of an installation come first, and then what came before them. */
const REMEMBER_AFTER_MS = 30_000;
/** How long a part may take to show that it is there: less than a load balancer's patience. */
const READY_MS = 2_000;
/**
 * How long it is believed whether the database takes a write: anyone may ask, and a write is not
 * for free.
 */
const WRITE_ANSWER_MS = 5_000;

export interface Service extends AsyncDisposable {
  /** The addresses a person opens; the mailbox's only when there is one. */
  addresses: { site: string | null; mailbox: string | null; docs: string | null; desk: string | null };
  /** The token of the desk where it was made here: the token itself at the start that made it, and its file. */
  deskToken: { token: string; file: string; isNew: boolean } | null;
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
  const refresh = async (): Promise<void> => {
    await engine.looks.refresh();
    await engine.refreshTopics();
  };
  starting.use(keepLooks({ refresh }, log));
  let isStarted = false;
  const ready = readinessOf(engine, () => isStarted);
  const deskToken = roles.includes('api') ? await deskTokenFor(config) : null;
  const token = config.adminToken ?? deskToken?.token;
  const desk = token === undefined ? null : { token, tokenFile: deskToken?.file ?? null };
  const site = roles.includes('api')
    ? await (await import('./site.ts')).openSite(engine, { ready, desk }, starting)
    : null;
  if (config.metricsPort !== null) await openMetrics(engine, config.metricsPort, ready, starting);
  if (roles.includes('scheduler') && config.databaseUrl === null) await showSamples(engine);
  if (roles.includes('worker')) {
    const workers = startWorkers(engine.queues, createHandlers(engine.handlerDeps), log);
    starting.defer(() => workers.stop(DRAIN_MS));
  }
  if (roles.includes('scheduler')) await schedule(engine, starting);
  starting.defer(startHealthWatch(engine, roles));
  if (roles.includes('scheduler')) starting.defer(watchDatabase(engine, ready));
  isStarted = true;
  const started = starting.move();
  return {
    addresses: { site, mailbox, docs: site && `${site}/docs`, desk: site && desk && `${site}/admin` },
    deskToken,
    lost: lost.signal,
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/** Every process watches: what stands still is told of by another. */
function startHealthWatch(
  { db, now, log, health, alert, config }: Engine,
  roles: readonly Role[],
): () => Promise<void> {
  const watch = startWatch({
    db,
    now,
    log,
    lookNear: () => lookNear(health),
    lookFar: (signal) => lookFar(health, signal),
    ...(roles.includes('api') && { lookOwn: () => lookOwn(health) }),
    tell: ({ sentence, kind, more }) => alert(sentence, { kind, more }),
    morning: config.alertMorning,
    roles,
    id: `${hostname()} ${process.pid}`,
  });
  return () => watch.stop();
}

function watchDatabase({ now, log, tellOperator }: Engine, ready: () => Promise<Readiness>): () => Promise<void> {
  const watch = startOutageWatch({
    isThere: async () => (await ready())['database'] === true,
    tell: ({ sentence, ...how }) => tellOperator(sentence, how),
    now,
    log,
  });
  return () => watch.stop();
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
      hasBackups: config.backups !== null,
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

/** Where nothing is said of it, and the database is ours alone, there is a desk all the same. */
async function deskTokenFor({ adminToken, databaseUrl, dataDir }: Config): Promise<Service['deskToken']> {
  if (adminToken !== null || databaseUrl !== null) return null;
  return (await import('./embedded/secret-key.ts')).keptAdminToken(dataDir);
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
