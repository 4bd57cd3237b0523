import packageJson from '../package.json' with { type: 'json' };
import { backUpNightly } from './backup/nightly.ts';
import type { Config } from './config.ts';
import { openKeyedDatabase } from './db/client.ts';
import { countDeliveries } from './db/deliveries.ts';
import { brakesOn } from './db/brakes.ts';
import { countActive } from './db/subscribers.ts';
import { type Alert, createAlert } from './delivery/alert.ts';
import { createBrakes } from './delivery/brakes.ts';
import { createComposer } from './delivery/compose.ts';
import { createSigner } from './mail/dkim/signer.ts';
import { createGate } from './delivery/gate.ts';
import { createHostLimits } from './delivery/host-limits.ts';
import { createHostRate } from './delivery/host-rate.ts';
import { createLedger } from './delivery/ledger.ts';
import { createMailHosts, systemMxResolver } from './delivery/mail-hosts.ts';
import { requireShapingRules } from './delivery/own-shaping.ts';
import { createPace, type Pace, type RateStore } from './delivery/pacing.ts';
import { createPermits } from './delivery/permits.ts';
import { createShaping } from './delivery/shaping.ts';
import { relayLimits, ruleOfRelay } from './delivery/shaping-rules.ts';
import { createSums } from './delivery/sums.ts';
import { createWarmUps } from './delivery/warm-up.ts';
import { createJudge } from './feedback/judge.ts';
import { addHealthGauges } from './health/gauges.ts';
import type { LookDeps } from './health/look.ts';
import { createTransport } from './smtp/way-out.ts';
import type { Transport } from './mail/transport.ts';
import { HOUR } from './duration.ts';
import { createEnqueue, type HandlerDeps } from './jobs/handlers.ts';
import { openQueues, type QueueAddress, type Queues } from './jobs/queues.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import type { Logger } from './telemetry.ts';
import type { Store } from './store.ts';
import { lookDeps, queueAddress, relayHostsOf, smtpOptions } from './surroundings.ts';
import { watchConnections } from './tracing/connections.ts';

/** The store with what sends mail and carries jobs. */
export interface Engine extends Store {
  transport: Transport;
  queues: Queues;
  metrics: Metrics;
  handlerDeps: HandlerDeps;
  /** What the looks at the health of all this go by. */
  health: LookDeps;
  alert: Alert;
  /** Tells the operator without a look at the database, and so also where nothing is sent to readers. */
  tellOperator: Alert;
}

/** Opens the queues and the way out for mail on top of a store, which it takes over. */
export async function openEngine(store: Store): Promise<Engine> {
  await using opening = new AsyncDisposableStack();
  opening.use(store);
  const { config, db, log, now, keyring, sender, sources, topics } = store;
  const shapingRules = await requireShapingRules(config.dataDir);
  const relayHosts = relayHostsOf(config);
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
    ...smtpOptions(config),
    ...relayLimits(shapingRules, relayHosts, connectionsFor(config)),
    onReply,
    connectionWatch: watchConnections(),
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
  const alertWay =
    config.alertSmtpUrl === null
      ? undefined
      : createTransport({ ...smtpOptions(config), urls: [config.alertSmtpUrl], connections: 1, proxy: null });
  opening.defer(() => alertWay?.close({ force: true }));
  const tellOperator = createAlert(notify, config.alertTo, alertWay);
  const { dataDir } = config;
  const gate = createGate({ db, now, log, dataDir, embedded: config.databaseUrl === null, alert: tellOperator });
  const alert: Alert = async (sentence, how) => (await gate.isOpen()) && tellOperator(sentence, how);
  const lateMs = config.lateHours * HOUR;
  const handlerDeps: HandlerDeps = {
    ...shared,
    sources,
    topics,
    refreshTopics: store.refreshTopics,
    editionHour: config.editionHour,
    without: store.without,
    summaryModel: config.summary,
    enqueueSummaries: () => queues.enqueue('summarise', {}, { id: 'summarise' }),
    plan: { db, log, now, ...createEnqueue(queues) },
    gate,
    lateMs,
    backUp: backUpOf(store),
    notify,
    collect: await mailboxOf(store),
    judge: createJudge({ db, keyring, now, log, alert }),
    sums: createSums({ db, now }),
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
      lateMs,
      composer: createComposer({ ...shared, topics }),
      count: (state) => metrics.deliveries.inc({ state }),
    },
  };
  const health = lookDeps(store, { signing: signer, waiting: () => queues.waiting() });
  addHealthGauges(metrics, health);
  const opened = opening.move();
  return {
    ...store,
    transport,
    queues,
    metrics,
    handlerDeps,
    health,
    alert,
    tellOperator,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** The backup of the night, if the operator says where to. */
function backUpOf({ config, db, address, now, log }: Store): HandlerDeps['backUp'] {
  const { backups, dataDir } = config;
  if (backups === null) return null;
  const deps = { db, address, dataDir, paperboy: packageJson.version, now, log };
  return (signal) => backUpNightly(deps, backups, signal);
}

/**
 * With a rate, no more than find their turn within ten seconds: a connection waits for it with its
 * message announced.
 */
const connectionsFor = ({ smtpConnections, smtpRate }: Config): number =>
  smtpRate === null ? smtpConnections : Math.min(smtpConnections, Math.max(1, Math.ceil(10 * smtpRate)));

/** What came back is read where the operator has a mailbox for it: only there an IMAP client is loaded. */
async function mailboxOf({ config, db, keyring, now, log }: Store): Promise<HandlerDeps['collect']> {
  if (config.imapUrl === null) return null;
  const { createMailbox } = await import('./feedback/imap.ts');
  return createMailbox({ db, keyring, now, log, url: config.imapUrl });
}

const openRateStore = async (place: QueueAddress): Promise<RateStore & AsyncDisposable> =>
  (await import('./jobs/rate-store.ts')).openRateStore(place);

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
