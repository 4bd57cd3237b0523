import { setTimeout as wait } from 'node:timers/promises';
import { brakesOn } from '../db/brakes.ts';
import { openBatches } from '../db/batches.ts';
import { requireTrueClock } from '../db/clock.ts';
import { closeCancelled, isUnderWay } from '../db/digests.ts';
import { requireOpenGate } from '../delivery/gate.ts';
import { freezeDigest, refuseCancelled } from '../delivery/plan.ts';
import { buildEdition } from '../editions/build.ts';
import { getEdition } from '../db/editions.ts';
import { findSubscriber } from '../db/subscribers.ts';
import { COMMAND, recordDeed } from '../db/trail.ts';
import { AppError } from '../errors.ts';
import { createHandlers } from '../jobs/handlers.ts';
import { startWorkers } from '../jobs/worker.ts';
import { OVERALL } from '../paper.ts';
import { type Engine, openEngine } from '../engine.ts';
import { openStore } from '../store.ts';
import { requireLinksForReaders } from '../surroundings.ts';
import { normaliseAddress } from '../subscribers/address.ts';
import { day } from './arguments.ts';
import { withProgress } from './progress.ts';
import { showStatus } from './digest-status.ts';
import type { Context } from './context.ts';

const POLL_MS = 250;
/** How often what the queue lost, or a dead worker left, is looked for meanwhile. */
const SWEEP_EVERY = 20;

/**
 * Freezes the digest for every active subscriber who has not had it and delivers it, beside the
 * workers that run already. Returns when no delivery is under way any more; those that the relay
 * put off for later stay with the running workers. Asked to stop, it freezes and sends nothing
 * more; what is frozen goes out with the workers, or the next time.
 */
export async function digestSend(
  context: Context,
  options: { date: string; to?: string; json?: boolean },
): Promise<void> {
  const { config, log, signal, print } = context;
  requireLinksForReaders(config);
  const date = day(options.date);
  await using engine = await openEngine(await openStore(config, log, { signal }));
  await requireTrueClock(engine);
  if (!(await engine.handlerDeps.gate.isOpen())) await requireOpenGate(engine.db);
  await refuseCancelled(engine, date);
  await engine.transport.verify();
  await requireEdition(engine, date);
  let done = false;
  const workers = startWorkers(engine.queues, createHandlers(engine.handlerDeps), log, ['deliver']);
  try {
    await enqueueOpen(engine, date); // what an earlier send left
    const to = options.to === undefined ? undefined : normaliseAddress(options.to);
    await freezeDigest(engine.handlerDeps.plan, { date, signal, to });
    await recordSend(engine, date, to);
    await withProgress(context, engine.db, date, async () => {
      done = await waitUntilDone(engine, date, signal);
    });
  } finally {
    await workers.stop(7_000);
  }
  // What was refused at the end is told with the sums, and not when the next worker comes.
  if (done) await engine.handlerDeps.judge(signal);
  await showStatus(engine.db, print, date, options.json);
  if (!done) signal.throwIfAborted();
}

/** As the desk and the API tell it: of a digest, or of one reader. */
async function recordSend({ db, now }: Engine, date: string, to: string | undefined): Promise<void> {
  const reader = to === undefined ? null : await findSubscriber(db, to);
  await recordDeed(
    db,
    COMMAND,
    reader === null
      ? { at: now(), did: 'digest.send', about: date }
      : { at: now(), did: 'reader.send', about: String(reader.id), words: date },
  );
}

async function requireEdition(engine: Engine, date: string): Promise<void> {
  await buildEdition(engine, { date });
  if (!(await getEdition(engine.db, date, OVERALL)))
    throw new AppError(
      'NOT_FOUND',
      `There is no edition of ${date} and there are no papers for one. Run "paperboy ingest --date ${date}" first.`,
    );
}

/**
 * A batch that another worker holds ignores this, and one that is enqueued already is not enqueued
 * twice.
 */
async function enqueueOpen({ db, handlerDeps }: Engine, date: string): Promise<void> {
  for (const id of await openBatches(db, date)) await handlerDeps.plan.enqueueBatch(id);
}

/** False when it was asked to stop before. */
async function waitUntilDone(engine: Engine, date: string, signal: AbortSignal): Promise<boolean> {
  const { db, now, handlerDeps } = engine;
  for (let round = 1; !signal.aborted; round++) {
    if (!(await isUnderWay(db, date, now()))) return true;
    if (round % SWEEP_EVERY === 0) {
      await closeCancelled(db, now());
      // No other process may be there to do it: so many refusals are the relay's fault.
      await handlerDeps.judge(signal);
      // What only the operator can let go of is not waited for: the sums say so.
      if ((await brakesOn(db, date)).some(({ domain }) => domain === '')) return true;
      await enqueueOpen(engine, date);
    }
    await wait(POLL_MS, undefined, { signal }).catch(() => {});
  }
  return false;
}
