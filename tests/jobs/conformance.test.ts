import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '../../src/errors.ts';
import type { QueueKind } from '../../src/jobs/contract.ts';
import { openQueues, type Queues } from '../../src/jobs/queues.ts';
import { schedules, startScheduler } from '../../src/jobs/scheduler.ts';
import { type Handlers, startWorkers } from '../../src/jobs/worker.ts';
import { createLogger } from '../../src/telemetry.ts';
import { startTracing } from '../../src/tracing/otlp.ts';
import { carriedTrace, inSpan } from '../../src/tracing/spans.ts';
import { type TestRedis, testRedis } from '../support/redis.ts';
import { requires } from '../support/require.ts';
import { until } from '../support/until.ts';
import { type Backend, postgresBackend, redisBackend } from '../support/backends.ts';
import { handlers } from './handlers.ts';

const log = createLogger('silent');
const byNumber = (a: number, b: number): number => a - b;
const STUCK_WORKER = path.join(import.meta.dirname, 'stuck-worker.ts');

/**
 * What every queue promises, whatever it is kept in. Each test has a backend of its own, so they
 * run beside each other.
 */
function conformance(open: () => Promise<Backend>): void {
  /** Queues on an empty backend, and workers on demand, all of which end with the test. */
  async function workplace() {
    await using opening = new AsyncDisposableStack();
    const backend = opening.use(await open());
    const queues: Queues = await openQueues(backend.address, log);
    opening.defer(() => queues.close());
    const opened = opening.move();
    return {
      backend,
      queues,
      work(some: Partial<Handlers>, kinds?: readonly QueueKind[]) {
        const workers = startWorkers(queues, handlers(some), log, kinds);
        opened.defer(() => workers.stop(5_000));
        return workers;
      },
      isGone: (kind: QueueKind, id: string) =>
        until(`the end of ${id}`, async () => !(await queues.queue(kind).getJob(id))),
      [Symbol.asyncDispose]: () => opened.disposeAsync(),
    };
  }

  test('a job runs once, with what it carries, and leaves nothing behind', async () => {
    await using place = await workplace();
    const ran: number[] = [];
    await place.queues.enqueue('deliver', { batchId: 17 }, { id: 'batch-17' });
    place.work({ deliver: async ({ batchId }) => void ran.push(batchId) });
    await place.isGone('deliver', 'batch-17');
    expect(ran).toEqual([17]);
    expect(await place.queues.waiting()).toEqual({ deliver: 0, work: 0 });
  });

  test('a job carries the trace of what enqueued it, and one that was enqueued outside of any carries none', async () => {
    await using place = await workplace();
    const asked = await inSpan('asks', {}, async () => {
      await place.queues.enqueue('deliver', { batchId: 1 }, { id: 'batch-1' });
      return carriedTrace();
    });
    await place.queues.enqueue('deliver', { batchId: 2 }, { id: 'batch-2' });
    const ran = new Map<number, string | undefined>();
    place.work({ deliver: async ({ batchId }) => void ran.set(batchId, carriedTrace()) });
    await place.isGone('deliver', 'batch-1');
    await place.isGone('deliver', 'batch-2');
    expect(asked).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(ran.get(1)).toBe(asked);
    expect(ran.get(2)).toBeUndefined();
  });

  test('an id is queued once while its job waits or works, and can be used again when that has ended', async () => {
    await using place = await workplace();
    const { enqueue, waiting } = place.queues;
    const [started, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let ran = 0;
    for (let n = 0; n < 3; n++) await enqueue('notice', { subscriberId: 1 }, { id: 'notice-1' });
    expect((await waiting()).work).toBe(1);
    place.work({
      notice: async () => {
        ran++;
        started.resolve();
        await gate.promise;
      },
    });
    await started.promise;
    await enqueue('notice', { subscriberId: 1 }, { id: 'notice-1' });
    expect((await waiting()).work).toBe(0);
    gate.resolve();
    await place.isGone('work', 'notice-1');
    await enqueue('notice', { subscriberId: 1 }, { id: 'notice-1' });
    await until('the second run', () => ran === 2);
  });

  test('a job that fails is tried as often as was asked, and then it is gone', async () => {
    await using place = await workplace();
    let tries = 0;
    place.work({
      notice: async () => {
        tries++;
        throw new Error('no');
      },
    });
    await place.queues.enqueue('notice', { subscriberId: 1 }, { id: 'notice-1', attempts: 3 });
    await place.isGone('work', 'notice-1');
    expect(tries).toBe(3);
  });

  test('a job that is put off waits for its time, and others pass it', async () => {
    await using place = await workplace();
    const ran: number[] = [];
    const asked = Date.now();
    await place.queues.enqueue('deliver', { batchId: 1 }, { id: 'batch-1', delay: 600 });
    await place.queues.enqueue('deliver', { batchId: 2 }, { id: 'batch-2' });
    place.work({ deliver: async ({ batchId }) => void ran.push(batchId) });
    await place.isGone('deliver', 'batch-1');
    expect(ran).toEqual([2, 1]);
    expect(Date.now() - asked).toBeGreaterThanOrEqual(600);
  });

  test('a job that asks to be run again at a moment is, under the same id', async () => {
    await using place = await workplace();
    const ran: number[] = [];
    place.work({
      async deliver() {
        ran.push(Date.now());
        return ran.length === 1 ? new Date(Date.now() + 500) : null;
      },
    });
    await place.queues.enqueue('deliver', { batchId: 1 }, { id: 'batch-1' });
    await until('the first run', () => ran.length === 1);
    await place.queues.enqueue('deliver', { batchId: 1 }, { id: 'batch-1' });
    await place.isGone('deliver', 'batch-1');
    expect(ran).toHaveLength(2);
    expect(ran[1]! - ran[0]!).toBeGreaterThanOrEqual(490);
  });

  test('an urgent job goes before those that were there first', async () => {
    await using place = await workplace();
    const ran: number[] = [];
    for (let batchId = 1; batchId <= 6; batchId++)
      await place.queues.enqueue('deliver', { batchId }, { id: `batch-${batchId}`, priority: 10 });
    await place.queues.enqueue('deliver', { batchId: 7 }, { id: 'batch-7', priority: 1 });
    place.work({ deliver: async ({ batchId }) => void ran.push(batchId) });
    await until('all seven', () => ran.length === 7);
    expect(ran[0]).toBe(7);
    expect(ran.slice(1).toSorted(byNumber)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('a schedule fires at the hour of its time zone', async () => {
    await using place = await workplace();
    const queue = place.queues.queue('work');
    for (const tz of ['Europe/Berlin', 'Asia/Kolkata', 'America/New_York', 'UTC']) {
      await queue.upsertJobScheduler(`morning-${tz}`, { pattern: '30 7 * * *', tz }, { name: 'edition', data: {} });
      const { next } = (await queue.getJobScheduler(`morning-${tz}`))!;
      expect(next! - Date.now()).toBeGreaterThan(0);
      expect(next! - Date.now()).toBeLessThanOrEqual(25 * 3_600_000);
      expect(new Intl.DateTimeFormat('en-GB', { timeZone: tz, timeStyle: 'medium' }).format(next)).toBe('07:30:00');
    }
  });

  test('a source that is taken out of SOURCES loses its schedule, and the job that waited for its hour', async () => {
    await using place = await workplace();
    const { queues } = place;
    const start = async (...sources: string[]) =>
      (await startScheduler(queues, schedules({ sources, editionHour: 4 }), log)).stop();
    const ids = async (): Promise<string[]> =>
      (await queues.queue('work').getJobSchedulers()).map(({ key }) => key).toSorted();
    await start('huggingface', 'arxiv');
    expect(await ids()).toEqual([
      'dispatch',
      'edition',
      'fit',
      'hooks',
      'index',
      'ingest-arxiv',
      'ingest-huggingface',
      'judge',
      'remember',
      'sums',
      'sweep',
      'thin',
      'watch',
    ]);
    await start('huggingface');
    expect(await ids()).toEqual([
      'dispatch',
      'edition',
      'fit',
      'hooks',
      'index',
      'ingest-huggingface',
      'judge',
      'remember',
      'sums',
      'sweep',
      'thin',
      'watch',
    ]);
    const waiting = await queues.queue('work').getDelayed();
    expect(waiting.map(({ data }) => data).filter((data) => 'source' in data)).toEqual([{ source: 'huggingface' }]);
  });

  test('schedules that the queue has lost come back by themselves, with a sweep for what else it lost', async () => {
    await using place = await workplace();
    const { queues, backend } = place;
    const wanted = schedules({ sources: ['huggingface', 'arxiv'], editionHour: 4 });
    const scheduler = await startScheduler(queues, wanted, log, 100);
    const known = async (): Promise<string[]> =>
      (await queues.queue('work').getJobSchedulers()).map((s) => s.key).sort();
    const all = wanted.map((s) => s.id).sort();
    expect(await known()).toEqual(all);
    await backend.lose();
    await until('the schedules', async () => (await known()).length === all.length);
    expect(await known()).toEqual(all);
    await until('the sweep', () => queues.queue('work').getJob('sweep-after-loss'));
    scheduler.stop();
  });

  test('a schedule whose next time was put a year ahead, by a clock that jumped, is put back', async () => {
    await using place = await workplace();
    const queue = place.queues.queue('work');
    const wanted = schedules({ sources: ['huggingface'], editionHour: 4 });
    const scheduler = await startScheduler(place.queues, wanted, log, 1_000);
    const year = 365 * 24 * 3_600_000;
    for (const { id, name, pattern } of wanted)
      await queue.upsertJobScheduler(id, { pattern, tz: 'UTC', startDate: Date.now() + year }, { name, data: {} });
    const rests = async (): Promise<number[]> =>
      (await queue.getDelayed()).map(({ timestamp, delay }) => timestamp + delay - Date.now());
    expect(Math.max(...(await rests()))).toBeGreaterThan(year - 1_000);
    await until('the schedules', async () => Math.max(...(await rests())) < 25 * 3_600_000);
    scheduler.stop();
    expect(await rests()).toHaveLength(wanted.length);
  });

  test('a failure that was foreseen is logged with the sentence that says what to do', async () => {
    await using place = await workplace();
    const said: unknown[] = [];
    const heard = { ...log, error: (_fields: unknown, sentence: unknown) => said.push(sentence) } as never;
    const workers = startWorkers(
      place.queues,
      handlers({ edition: () => Promise.reject(new AppError('CLOCK_WRONG', 'Set the clocks.')) }),
      heard,
      ['work'],
    );
    await place.queues.enqueue('edition', {}, { id: 'edition-once' });
    await place.isGone('work', 'edition-once');
    await until('the word in the log', () => said.length > 0);
    expect(said).toEqual(['Set the clocks.']);
    await workers.stop(5_000);
  });

  test('the job of a worker that was killed is run by another', { timeout: 60_000 }, async () => {
    await using place = await workplace();
    const child = spawn(process.execPath, [STUCK_WORKER, JSON.stringify(place.backend.address)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await place.queues.enqueue('deliver', { batchId: 1 }, { id: 'batch-1' });
      expect(await once(createInterface(child.stdout), 'line')).toEqual(['1']);
    } finally {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
    const again = Promise.withResolvers<number>();
    const killed = performance.now();
    place.work({ deliver: async ({ batchId }) => again.resolve(batchId) });
    expect(await again.promise).toBe(1);
    expect(performance.now() - killed).toBeLessThan(40_000);
    await place.isGone('deliver', 'batch-1');
  });

  test('a worker that is stopped finishes what it has begun and begins nothing more', async () => {
    await using place = await workplace();
    const [begun, ended]: number[][] = [[], []];
    const gate = Promise.withResolvers<void>();
    let told = 0;
    const workers = place.work({
      async deliver({ batchId }, signal) {
        begun!.push(batchId);
        signal.addEventListener('abort', () => told++);
        await gate.promise;
        ended!.push(batchId);
      },
    });
    for (let batchId = 1; batchId <= 6; batchId++)
      await place.queues.enqueue('deliver', { batchId }, { id: `batch-${batchId}` });
    await until('all places taken', () => begun!.length === 4);
    const stopped = workers.stop(10_000);
    expect(told).toBe(4);
    gate.resolve();
    await stopped;
    expect(begun!.toSorted(byNumber)).toEqual([1, 2, 3, 4]);
    expect(ended!.toSorted(byNumber)).toEqual([1, 2, 3, 4]);
    expect((await place.queues.waiting()).deliver).toBe(2);
    place.work({ deliver: async ({ batchId }) => void ended!.push(batchId) });
    await until('the other two, by the next worker', () => ended!.length === 6);
  });

  test('what an error says neither breaks the queue nor stays in it', async () => {
    await using place = await workplace();
    const wild = 'NUL \0, half a pair \ud800, and reader@example.org';
    const second = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    let tries = 0;
    place.work({
      async notice() {
        if (++tries === 1) throw Object.assign(new Error(wild, { cause: new Error(wild) }), { code: '\ud800\0X' });
        second.resolve();
        await gate.promise;
        throw new Error(wild);
      },
    });
    await place.queues.enqueue('notice', { subscriberId: 1 }, { id: 'notice-1', attempts: 2 });
    await second.promise;
    expect((await place.queues.queue('work').getJob('notice-1'))!.stacktrace![0]).toMatch(
      /^Error: notice failed: \?\?X/,
    );
    expect(await place.backend.contents()).not.toContain('reader@');
    gate.resolve();
    await place.isGone('work', 'notice-1');
    expect(await place.backend.contents()).not.toContain('reader@');
  });
}

describe.concurrent('jobs', { timeout: 60_000 }, () => {
  let traces: { stop(): Promise<void> };
  beforeAll(() => {
    // What is told of goes nowhere: only what jobs carry is looked at.
    const about = { log, site: 'https://papers.example', version: '0', command: 'worker' };
    const sampler = { kind: 'always_on', ratio: 1 } as const;
    traces = startTracing({ endpoint: 'http://127.0.0.1:9', headers: {}, serviceName: null, sampler }, about);
  });
  afterAll(() => traces.stop());

  describe('in Postgres', () => conformance(postgresBackend));

  requires('redis-server')('in Redis', () => {
    let redis: TestRedis;
    beforeAll(async () => {
      redis = await testRedis();
    });
    afterAll(async () => {
      await redis[Symbol.asyncDispose]();
    });
    conformance(() => redisBackend(redis));
  });
});
