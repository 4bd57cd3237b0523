import type { AddressInfo } from 'node:net';
import { openSearchDatabase } from './db/client.ts';
import { requireTrueClock } from './db/clock.ts';
import { sendTestAlert } from './delivery/alert.ts';
import { SECOND } from './duration.ts';
import type { Engine } from './engine.ts';
import { createWebhooks } from './feedback/webhooks/receive.ts';
import { lookFar, lookNear } from './health/look.ts';
import { lookAtOnce } from './health/watch.ts';
import type { DeskTools, ServerDeps } from './http/deps.ts';
import { networkOf, wideNetworkOf } from './http/plugins/limits.ts';
import { buildServer } from './http/server.ts';
import { warmUp } from './http/warm-up.ts';
import { enqueuePromptly, queueIsAway } from './jobs/handlers.ts';
import { inTime } from './jobs/in-time.ts';
import { ingestNow, nextIngest } from './jobs/scheduler.ts';
import { cannotListen, listen } from './listen.ts';
import { saveBrand, savedBrand } from './looks.ts';
import { openActions } from './reader-actions.ts';
import { isDisposable } from './subscribers/disposable.ts';
import { relayHostsOf } from './surroundings.ts';

/** How long the desk waits for the queue, which may be away. */
const ENQUEUE_MS = 1_000;

/** A start is over by then, and hardly a visitor has come. */
const WARM_UP_AFTER_MS = SECOND;

/** Begins some work that can wait and may fail; returns what calls it off. */
function soon(ms: number, work: (signal: AbortSignal) => Promise<void>): () => void {
  const stop = new AbortController();
  const timer = setTimeout(() => void work(stop.signal).catch(() => {}), ms);
  return () => {
    clearTimeout(timer);
    stop.abort();
  };
}

/**
 * The site, its API and, where it is wanted, the listener for what comes back. Workers and schedulers
 * do without, and do not load it. Gives its address.
 */
export async function openSite(
  engine: Engine,
  { ready, desk }: Pick<ServerDeps, 'ready'> & { desk: Pick<DeskTools, 'token' | 'tokenFile'> | null },
  starting: AsyncDisposableStack,
): Promise<string> {
  const { config, db, log, now, topics, keyring, queues, handlerDeps, metrics } = engine;
  const onSignUp = (address: string): void =>
    metrics.signUps.inc({ mailbox: isDisposable(address) ? 'disposable' : 'lasting' });
  const actions = starting.use(openActions(engine, onSignUp));
  const searchDb = openSearchDatabase(engine.address);
  starting.defer(() => searchDb.$client.end());
  const app = await buildServer({
    config,
    desk: desk && {
      ...engine,
      ...desk,
      ...deskActs(engine),
      enqueueBatch: enqueuePromptly(handlerDeps.plan.enqueueBatch, ENQUEUE_MS),
      askSource: (source) => inTime(ingestNow(queues, source), ENQUEUE_MS, queueIsAway),
      nextAsk: (source) => inTime(nextIngest(queues, source), ENQUEUE_MS, queueIsAway),
    },
    db,
    searchDb,
    log,
    now,
    topics,
    look: engine.looks.look,
    metrics: metrics.registry,
    actions,
    webhooks: createWebhooks({ db, keyring, now, log, keys: config.webhookKeys }),
    ready,
  });
  await listen(app, config, { PORT: config.port }, starting);
  starting.defer(soon(WARM_UP_AFTER_MS, (signal) => warmUp(app, db, signal)));
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

/** What an operator has done at the desk by what runs behind it. */
function deskActs(
  engine: Engine,
): Pick<DeskTools, 'sign' | 'relays' | 'requireTrueClock' | 'lookAtOnce' | 'backUp' | 'testAlert' | 'brand'> {
  const { config, db, now, looks, queues, health, alert, handlerDeps } = engine;
  const looker = { db, now, lookNear: () => lookNear(health), lookFar: () => lookFar(health) };
  return {
    sign: handlerDeps.notify.sign,
    relays: relayHostsOf(config),
    requireTrueClock: () => requireTrueClock(engine),
    lookAtOnce: () => lookAtOnce(looker),
    backUp: config.backups === null ? null : () => queues.enqueue('backup', {}, { id: 'backup-now' }),
    testAlert: config.alertTo === null ? null : () => sendTestAlert(alert),
    brand: {
      ...looks,
      saved: () => savedBrand(db),
      async save(part, by) {
        await saveBrand({ db, now }, { part, by });
        await looks.refresh();
      },
    },
  };
}
