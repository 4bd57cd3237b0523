import type { Config } from './config.ts';
import { openKeyedDatabase } from './db/client.ts';
import { countDeliveries } from './db/deliveries.ts';
import { brakesOn } from './db/brakes.ts';
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
import { createShaping } from './delivery/shaping.ts';
import { relayLimits, ruleOfRelay } from './delivery/shaping-rules.ts';
import { createSums } from './delivery/sums.ts';
import { createWarmUps } from './delivery/warm-up.ts';
import { createJudge } from './feedback/judge.ts';
import { createMailbox } from './feedback/imap.ts';
import { isLoopback } from './mail/needs-tls.ts';
import { parseRelay } from './smtp/relay.ts';
import { createTransport } from './smtp/way-out.ts';
import type { Transport } from './mail/transport.ts';
import { AppError } from './errors.ts';
import { createEnqueue, type HandlerDeps } from './jobs/handlers.ts';
import { openQueues, type QueueAddress, type Queues } from './jobs/queues.ts';
import { openRateStore } from './jobs/rate-store.ts';
import { createMetrics, type Logger, type Metrics } from './telemetry.ts';
import type { Store } from './store.ts';

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
