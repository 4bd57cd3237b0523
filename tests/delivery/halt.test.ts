import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openBatches } from '../../src/db/batches.ts';
import { digestState, digestSums } from '../../src/db/digests.ts';
import { deliverBatch, type DeliverDeps } from '../../src/delivery/deliver.ts';
import { cancelDigest, pauseDigest, resumeDigest } from '../../src/delivery/halt.ts';
import { createLedger } from '../../src/delivery/ledger.ts';
import { createPermits } from '../../src/delivery/permits.ts';
import { freezeDigest } from '../../src/delivery/plan.ts';
import { createSmtpTransport } from '../../src/smtp/transport.ts';
import { sweep } from '../../src/delivery/sweep.ts';
import { createLogger } from '../../src/telemetry.ts';
import { empty, testDatabase, type TestDatabase } from '../support/database.ts';
import { addReaders, ageLeases, batches, ledger, manyReaders, recordingTransport } from '../support/ledger.ts';
import { mailReceiver } from '../support/receiver.ts';
import { until } from '../support/until.ts';
import { KEYRING, WITHOUT_BRAKES } from '../support/keys.ts';
import { shapingFor } from '../support/shaping.ts';

const DATE = '2026-05-29';
const log = createLogger('silent');
const now = (): Date => new Date();
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(() => empty(database.db, 'subscriber', 'suppression', 'delivery', 'batch', 'digest'));

const halt = () => ({ db: database.db, now });
const deps = (transport: DeliverDeps['transport'], more: Partial<DeliverDeps> = {}): DeliverDeps => ({
  db: database.db,
  transport,
  ledger: createLedger({ db: database.db, keyring: KEYRING, now }),
  permits: createPermits(2 * transport.connections),
  ...WITHOUT_BRAKES,
  shaping: shapingFor(now),
  now,
  log,
  onUnknown: 'resend',
  composer: {
    hold: async () => null,
    compose: async (_date, { email }) => ({
      from: 'paperboy@papers.example',
      to: email,
      message: [Buffer.from(`Message-ID: <${email}>\r\n\r\nHello\r\n`)],
    }),
  },
  ...more,
});

/** A digest for so many readers, a batch for each. */
async function frozen(count: number): Promise<number[]> {
  const readers = manyReaders(count);
  await addReaders(database.db, readers);
  for (const { email } of readers)
    await freezeDigest({ db: database.db, now, log, enqueueBatch: async () => {} }, { date: DATE, to: email! });
  return openBatches(database.db, DATE);
}

/**
 * A relay that takes its time, two connections to it, and more batches at work than these can
 * carry.
 */
async function busy(count: number) {
  const ids = await frozen(count);
  const relay = await mailReceiver({ delay: 700 });
  const transport = createSmtpTransport({ urls: [relay.url], connections: 2, name: 'papers.example' });
  const deliver = (some: readonly number[]) => Promise.all(some.map((id) => deliverBatch(deps(transport), id)));
  return {
    ids,
    relay,
    deliver,
    async [Symbol.asyncDispose]() {
      await transport.close({ force: true });
      await relay[Symbol.asyncDispose]();
    },
  };
}

test('a pause ends the sending within a second and a half, costs nobody an attempt, and after it everybody gets the digest once', async () => {
  await using work = await busy(12);
  const delivered = work.deliver(work.ids);
  await work.relay.whenReceived(2);
  await pauseDigest(halt(), DATE);
  const pausedAt = performance.now();
  await delivered;
  // Two were on the wire, two announced behind them.
  expect(performance.now() - pausedAt).toBeLessThan(2_500);
  const got = work.relay.received.length;
  expect(got).toBeLessThanOrEqual(4);
  const rows = await ledger(database.db);
  expect(rows.filter((r) => r.state === 'pending').map((r) => [r.attempts, r.reason])).toEqual(
    Array(12 - got).fill([0, null]),
  );
  expect(await digestSums(database.db, DATE)).toMatchObject({ frozen: 12, accepted: got, pending: 12 - got });

  const enqueued: number[] = [];
  await resumeDigest(
    {
      ...halt(),
      enqueueBatch: async (id) => {
        enqueued.push(id);
      },
    },
    DATE,
  );
  expect(enqueued).toHaveLength(12 - got);
  await work.deliver(enqueued);
  expect(work.relay.received.map((m) => m.to).toSorted()).toEqual(
    manyReaders(12)
      .map((r) => r.email!)
      .toSorted(),
  );
  expect(await digestSums(database.db, DATE)).toMatchObject({ accepted: 12, pending: 0 });
});

test('messages that wait for a connection are taken back when the digest is paused, while those on the wire take their time', async () => {
  await using work = await busy(10);
  const delivered = work.deliver(work.ids);
  await work.relay.whenReceived(1);
  await pauseDigest(halt(), DATE);
  await until(
    'six of ten to wait again',
    async () => (await ledger(database.db)).filter((r) => r.state === 'pending').length >= 6,
    { within: 1_500 },
  );
  await delivered;
});

test('a message whose turn has not come by the rate is not sent when the digest is paused', async () => {
  const [id] = await frozen(1);
  const turn = Promise.withResolvers<void>();
  const pace = (signal: AbortSignal) =>
    new Promise<boolean>((resolve) => {
      turn.resolve();
      signal.addEventListener('abort', () => resolve(false));
    });
  const transport = recordingTransport();
  const delivered = deliverBatch(deps(transport, { pace }), id!);
  await turn.promise;
  await pauseDigest(halt(), DATE);
  await delivered;
  expect(transport.sent).toEqual([]);
  expect(await ledger(database.db)).toMatchObject([{ state: 'pending', attempts: 0 }]);
});

test('a pause that ends before the batch was let go asks for the batch again at once', async () => {
  const [id] = await frozen(1);
  const [answer, started] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const withdrawn = recordingTransport();
  withdrawn.send = async (_message, signal) => {
    started.resolve();
    await new Promise<void>((resolve) => signal!.addEventListener('abort', () => resolve()));
    await answer.promise;
    return { kind: 'withdrawn', text: 'withdrawn' };
  };
  const delivered = deliverBatch(deps(withdrawn), id!);
  await started.promise;
  await pauseDigest(halt(), DATE);
  setTimeout(() => void resumeDigest({ ...halt(), enqueueBatch: async () => {} }, DATE).then(answer.resolve), 800);
  expect((await delivered)!.getTime()).toBeLessThanOrEqual(Date.now());
  const transport = recordingTransport();
  await deliverBatch(deps(transport), id!);
  expect(transport.sent).toHaveLength(1);
});

test('a cancelled digest ends every delivery: what was on the wire with its answer, what waited as skipped', async () => {
  await using work = await busy(10);
  const delivered = work.deliver(work.ids.slice(0, 8));
  await work.relay.whenReceived(2);
  await cancelDigest(halt(), DATE);
  await delivered;
  const got = work.relay.received.length;
  expect(got).toBeLessThanOrEqual(4);
  expect(await digestSums(database.db, DATE)).toMatchObject({
    frozen: 10,
    accepted: got,
    skipped: 10 - got,
    pending: 0,
    deferred: 0,
    unknown: 0,
  });
  expect((await ledger(database.db)).filter((r) => r.state === 'skipped').map((r) => r.reason)).toEqual(
    Array(10 - got).fill('cancelled'),
  );
  expect((await batches(database.db)).map((b) => b.state)).toEqual(Array(10).fill('done'));
});

test('a cancelled digest does not leave open what a dead worker held: it may have been delivered', async () => {
  const [id] = await frozen(1);
  await database.db.$client.query(`update batch set lease_until = now() + interval '1 minute'`);
  await database.db.$client.query(`update delivery set state = 'sending', attempts = 1`);
  await cancelDigest(halt(), DATE);
  expect(await digestSums(database.db, DATE)).toMatchObject({ pending: 1 });
  await ageLeases(database.db, 61_000);
  await sweep({ db: database.db, now, enqueueBatch: async () => {}, enqueueNotice: async () => {} });
  expect(await ledger(database.db)).toMatchObject([{ state: 'unknown', reason: 'lost', batchId: id }]);
  expect(await batches(database.db)).toMatchObject([{ state: 'done', leaseUntil: null }]);
});

test('what cannot be paused, resumed or cancelled is told apart; doing it twice is as good as once', async () => {
  const resume = () => resumeDigest({ ...halt(), enqueueBatch: async () => {} }, DATE);
  await expect(pauseDigest(halt(), DATE)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await frozen(1);
  for (const step of [pauseDigest, pauseDigest]) await step(halt(), DATE);
  expect(await digestState(database.db, DATE)).toBe('paused');
  await resume();
  await resume();
  expect(await digestState(database.db, DATE)).toBe('sending');
  for (const step of [cancelDigest, cancelDigest]) await step(halt(), DATE);
  expect(await digestState(database.db, DATE)).toBe('cancelled');
  await expect(resume()).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  await expect(pauseDigest(halt(), DATE)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
});

test('resuming asks for what waits in a batch that is done, and for nothing else', async () => {
  const [forgotten, done] = await frozen(2);
  await database.db.$client.query(`update batch set state = 'done'`);
  await database.db.$client.query(`update delivery set state = 'accepted' where batch_id = $1`, [done]);
  const asked: number[] = [];
  await resumeDigest({ ...halt(), enqueueBatch: async (id) => void asked.push(id) }, DATE);
  expect(asked).toEqual([forgotten]);
});
