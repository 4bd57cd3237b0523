import type { Logger } from '../telemetry.ts';
import { type JobName, QUEUE_NAMES, type QueueKind, queueOf } from './contract.ts';
import type { Queues } from './queues.ts';
import { HOUR } from '../duration.ts';

/** BullMQ allows no colon in an id, and the name of a feed may hold a port. */
const ingestId = (source: string): string => `ingest-${source.replaceAll(':', '-')}`;

/** When a source is asked next; `null`: it is not on the schedule. */
export async function nextIngest(queues: Pick<Queues, 'queue'>, source: string): Promise<Date | null> {
  const found = await queues.queue(queueOf('ingest')).getJobScheduler(ingestId(source));
  return found?.next === undefined ? null : new Date(found.next);
}

/** Asks a source at once. Asked twice before it answers, it is asked once. */
export const ingestNow = (queues: Pick<Queues, 'enqueue'>, source: string): Promise<void> =>
  queues.enqueue('ingest', { source }, { id: `${ingestId(source)}-now` });

interface Schedule {
  id: string;
  name: JobName;
  data: Record<string, string>;
  pattern: string;
}

/** What runs when, in UTC. Readers' own hours are the dispatcher's work, once a minute. */
export function schedules(input: {
  sources: readonly string[];
  editionHour: number;
  hasMailbox?: boolean;
  hasBackups?: boolean;
}): Schedule[] {
  // arXiv announces at midnight or an hour later, makes its feed at four or five, and asks for few
  // requests; Hugging Face's votes move all day.
  const everyHalfHour = '*/30 * * * *',
    afterAnnouncements = '20 0,1,3,6,12,18 * * *';
  return [
    ...input.sources.map((source) => ({
      id: ingestId(source),
      name: 'ingest' as const,
      data: { source },
      pattern: source === 'arxiv' ? afterAnnouncements : everyHalfHour,
    })),
    { id: 'edition', name: 'edition', data: {}, pattern: `0 ${input.editionHour} * * *` },
    // At least six looks a day at each paper that can enter an edition.
    { id: 'watch', name: 'watch', data: {}, pattern: '10 */3 * * *' },
    // What the start begins goes on after a day on which the source was away.
    { id: 'remember', name: 'remember', data: {}, pattern: '20 5 * * *' },
    { id: 'index', name: 'index', data: {}, pattern: '* * * * *' },
    { id: 'thin', name: 'thin', data: {}, pattern: '35 2 * * *' },
    // Asked daily and done weekly: no schedule may rest for longer than a day.
    { id: 'fit', name: 'fit', data: {}, pattern: '45 1 * * *' },
    { id: 'dispatch', name: 'dispatch', data: {}, pattern: '* * * * *' },
    ...(input.hasMailbox === true ? [{ id: 'collect', name: 'collect' as const, data: {}, pattern: '* * * * *' }] : []),
    // Before most readers' hours, and before the edition of the day is built.
    ...(input.hasBackups === true ? [{ id: 'backup', name: 'backup' as const, data: {}, pattern: '10 3 * * *' }] : []),
    { id: 'judge', name: 'judge', data: {}, pattern: '* * * * *' },
    { id: 'sums', name: 'sums', data: {}, pattern: '*/10 * * * *' },
    { id: 'sweep', name: 'sweep', data: {}, pattern: '* * * * *' },
  ];
}

/** How often the schedules are looked after: a Redis that was flushed forgets them. */
const LOOK_AFTER_MS = 15_000;

/**
 * Makes the wanted schedules the queue's only ones and keeps them there. Any number of schedulers
 * may run: the queue holds each schedule once.
 */
export async function startScheduler(
  queues: Queues,
  wanted: readonly Schedule[],
  log: Logger,
  lookAfterMs = LOOK_AFTER_MS,
): Promise<{ stop(): void }> {
  await Promise.all(wanted.map((s) => put(queues, s)));
  await removeOthers(queues, wanted, log);
  const timer = setInterval(() => {
    restore(queues, wanted, log).catch((err: unknown) => log.warn({ err }, 'Cannot look after the schedules'));
  }, lookAfterMs);
  return { stop: () => clearInterval(timer) };
}

/** A source that was taken out of SOURCES would keep its schedule, whose job fails for ever. */
async function removeOthers(queues: Queues, wanted: readonly Schedule[], log: Logger): Promise<void> {
  for (const kind of Object.keys(QUEUE_NAMES) as QueueKind[]) {
    const ids = new Set(wanted.filter(({ name }) => queueOf(name) === kind).map(({ id }) => id));
    const found = await queues.queue(kind).getJobSchedulers();
    const others = found.map(({ key }) => key).filter((key) => !ids.has(key));
    for (const key of others) await queues.queue(kind).removeJobScheduler(key);
    if (others.length > 0) log.info({ removed: others }, 'Schedules that are wanted no more are removed');
  }
}

/**
 * No schedule rests for longer than a day. One that would was put by a clock that had jumped ahead.
 */
const LONGEST_REST_MS = 25 * HOUR;

/**
 * A queue that lost its schedules lost the other jobs too: the sweeper finds in Postgres what they
 * were.
 */
async function restore(queues: Queues, wanted: readonly Schedule[], log: Logger): Promise<void> {
  const known = await Promise.all(wanted.map(({ id, name }) => queues.queue(queueOf(name)).getJobScheduler(id)));
  const latest = Date.now() + LONGEST_REST_MS;
  const lost = wanted.filter((_, i) => !known[i] || (known[i].next ?? 0) > latest);
  if (lost.length === 0) return;
  log.warn({ lost: lost.map((s) => s.id) }, 'The queue has lost schedules, or rests for too long: they are put back');
  await Promise.all(lost.map((s) => put(queues, s)));
  await queues.enqueue('sweep', {}, { id: 'sweep-after-loss' });
}

async function put(queues: Queues, { id, name, data, pattern }: Schedule): Promise<void> {
  await queues
    .queue(queueOf(name))
    .upsertJobScheduler(
      id,
      { pattern, tz: 'UTC' },
      { name, data: data as never, opts: { removeOnComplete: true, removeOnFail: true } },
    );
}
