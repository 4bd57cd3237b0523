import type { Db } from '../db/client.ts';
import { requireTrueClock } from '../db/clock.ts';
import { beat } from '../db/health.ts';
import { deliverBatch, type DeliverDeps } from '../delivery/deliver.ts';
import type { Gate } from '../delivery/gate.ts';
import { type NotifyDeps, sendNotice, sendNotices } from '../delivery/notify.ts';
import { dispatchDue, type PlanDeps } from '../delivery/plan.ts';
import { repairIfAhead } from '../delivery/repair.ts';
import type { Sums } from '../delivery/sums.ts';
import { sweep } from '../delivery/sweep.ts';
import type { BuildResult } from '../editions/build.ts';
import { buildEditionIfDue, buildEditionIfOverdue, editionFed } from '../editions/due.ts';
import { AppError } from '../errors.ts';
import type { Mailbox } from '../feedback/imap.ts';
import type { Judge } from '../feedback/judge.ts';
import { BEATS } from '../health/service.ts';
import { runHooks } from '../hooks/send.ts';
import { DAY } from '../duration.ts';
import { thinSignals } from '../db/papers.ts';
import { indexPapers } from '../papers/index-papers.ts';
import { relatePapers } from '../papers/relate-papers.ts';
import { rememberSome, watchLists } from '../papers/lists.ts';
import { ingest } from '../papers/ingest.ts';
import type { PaperSource } from '../papers/source.ts';
import type { FeatureGroup } from '../ranking/features.ts';
import { fitFreshIfDue } from '../ranking/fit-fresh.ts';
import { fitIfDue } from '../ranking/fit.ts';
import { summarise, type SummaryModel } from '../papers/summarise.ts';
import type { Topics } from '../papers/topics.ts';
import { rescaleTastes } from '../subscribers/say.ts';
import type { Logger } from '../telemetry.ts';
import { inPart, inSpan } from '../tracing/spans.ts';
import { inTime } from './in-time.ts';
import type { Queues } from './queues.ts';
import type { Handlers } from './worker.ts';

export interface HandlerDeps {
  db: Db;
  log: Logger;
  now: () => Date;
  sources: readonly PaperSource[];
  editionHour: number;
  topics: Topics;
  /** Takes up what the desk has changed of them: papers are filed by the newest. */
  refreshTopics: () => Promise<void>;
  /** Groups of features that the operator switched off. */
  without: readonly FeatureGroup[];
  /** What may be asked for summaries, and how it is asked to begin: a job of its own, for it is slow. */
  summaryModel: SummaryModel | null;
  enqueueSummaries: () => Promise<void>;
  /** What is asked before anything is sent. */
  gate: Gate;
  /** A digest whose turn comes so late is not sent any more. */
  lateMs: number;
  plan: PlanDeps & { enqueueNotice: (subscriberId: number, requestedAt: Date) => Promise<void> };
  deliver: DeliverDeps;
  notify: NotifyDeps;
  judge: Judge;
  sums: Sums;
  /** Writes the backup of the night, where it is wanted. */
  backUp: ((signal: AbortSignal) => Promise<void>) | null;
  /** Reads what came back into a mailbox, where there is one. */
  collect: Mailbox | null;
}

/** What was observed so long ago is kept once a day; so many rows go in one statement. */
const THINNED_AFTER_MS = 90 * DAY;
const THINNED_AT_ONCE = 10_000;

/** What each job does: one call into the domain, and none while this machine's clock is wrong. */
export function createHandlers(deps: HandlerDeps): Handlers {
  const byTrueClock =
    <Asked extends unknown[], Answer>(work: (...asked: Asked) => Promise<Answer>) =>
    async (...asked: Asked): Promise<Answer> => {
      await requireTrueClock(deps);
      return work(...asked);
    };
  return {
    ingest: byTrueClock(async ({ source }, signal) => {
      await deps.refreshTopics();
      await rescaleTastes({ ...deps, signal });
      await inSpan('ingest', { day: await editionFed(deps) }, async () => {
        await ingest({ ...deps, signal }, source === undefined ? {} : { source });
        await inPart('index papers', () => indexPapers({ ...deps, signal }));
      });
      tell(deps, await buildEditionIfDue(deps));
      if (deps.summaryModel !== null) await deps.enqueueSummaries();
    }),
    watch: byTrueClock((_, signal) => watchLists({ ...deps, signal })),
    remember: byTrueClock((_, signal) => rememberSome({ ...deps, signal })),
    index: async (_, signal) => {
      await deps.refreshTopics();
      await indexPapers({ ...deps, signal });
      await relatePapers({ ...deps, signal });
    },
    thin: byTrueClock(async (_, signal) => {
      const before = new Date(deps.now().getTime() - THINNED_AFTER_MS);
      while (!signal.aborted && (await thinSignals(deps.db, before, THINNED_AT_ONCE)) === THINNED_AT_ONCE);
    }),
    fit: byTrueClock(async () => {
      const report = await fitIfDue(deps);
      if (report !== null) deps.log.info({ ...report }, 'Ranking fitted');
      const fresh = await fitFreshIfDue(deps);
      if (fresh !== null) deps.log.info({ ...fresh }, 'Forecasts fitted');
    }),
    summarise: byTrueClock(async (_, signal) => {
      if (deps.summaryModel !== null) await summarise({ ...deps, model: deps.summaryModel, signal });
    }),
    edition: byTrueClock(async () => {
      await deps.refreshTopics();
      tell(deps, await buildEditionIfDue(deps));
    }),
    dispatch: byTrueClock(async () => {
      if (!(await deps.gate.pass())) return;
      // Readers have waited for an edition that cannot be made, and wait no longer.
      await buildEditionIfOverdue(deps).then(
        (built) => tell(deps, built),
        (err: unknown) =>
          deps.log.error({ err }, 'Cannot build the edition that is overdue: digests go out without it'),
      );
      const frozen = await dispatchDue({ ...deps.plan, editionHour: deps.editionHour, lateMs: deps.lateMs });
      if (frozen > 0) deps.log.info({ frozen }, 'Digests frozen for readers whose hour has come');
    }),
    collect: byTrueClock(async (_, signal) => deps.collect?.(signal)),
    backup: byTrueClock(async (_, signal) => deps.backUp?.(signal)),
    judge: byTrueClock((_, signal) => deps.judge(signal)),
    sums: byTrueClock((_, signal) => deps.sums.count({ signal })),
    hooks: byTrueClock(async (_, signal) => ((await deps.gate.isOpen()) ? runHooks(deps, signal) : undefined)),
    sweep: byTrueClock(async () => {
      await repairIfAhead(deps);
      await sweep(deps.plan);
      // What shows that scheduler, queue and worker go on.
      await beat(deps.db, BEATS.sweep, deps.now());
    }),
    // What is owed stays owed: the sweep asks for it again.
    notice: byTrueClock(async ({ subscriberId }, signal) =>
      (await deps.gate.isOpen()) ? sendNotice(deps.notify, subscriberId, signal) : null,
    ),
    notices: byTrueClock(async ({ subscriberIds }, signal) => {
      if (await deps.gate.isOpen()) await sendNotices(deps.notify, subscriberIds, signal);
    }),
    deliver: byTrueClock(async ({ batchId }, signal) =>
      (await deps.gate.pass()) ? deliverBatch(deps.deliver, batchId, signal) : null,
    ),
  };
}

function tell({ log }: HandlerDeps, built: BuildResult | null): void {
  if (built?.built) log.info({ date: built.date, papers: built.papers }, 'Edition frozen');
}

type Enqueue = Pick<HandlerDeps['plan'], 'enqueueBatch' | 'enqueueNotice'>;

/**
 * How the domain asks for work. A batch's job carries its id, so that asking twice adds one job. A
 * welcome goes before the day's batches. What the relay refuses for now, or the queue loses, the
 * sweeper asks for again.
 */
export function createEnqueue(queues: Queues): Enqueue {
  return {
    enqueueBatch: (batchId, { urgent = false } = {}) =>
      queues.enqueue('deliver', { batchId }, { id: `batch-${batchId}`, priority: urgent ? 1 : 10 }),
    // A new request is not held up by an older one that waits for its next try.
    enqueueNotice: (subscriberId, requestedAt) =>
      queues.enqueue(
        'notice',
        { subscriberId },
        { id: `notice-${subscriberId}-${requestedAt.getTime().toString(36)}` },
      ),
  };
}

/**
 * The same while a reader waits for the answer: a queue that does not take the batch within `ms`
 * counts as away.
 */
export const enqueuePromptly =
  (enqueueBatch: Enqueue['enqueueBatch'], ms: number): Enqueue['enqueueBatch'] =>
  (...wish) =>
    inTime(enqueueBatch(...wish), ms, queueIsAway);

export const queueIsAway = (): AppError =>
  new AppError('QUEUE_UNAVAILABLE', 'The job queue does not answer. What was asked for is found by the sweeper.');
