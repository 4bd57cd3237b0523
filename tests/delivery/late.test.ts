import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { digestSums } from '../../src/db/digests.ts';
import { writePapers } from '../../src/db/papers.ts';
import { WARM_UP } from '../../src/db/deliveries.ts';
import { pauseDigest, resumeDigest } from '../../src/delivery/halt.ts';
import { dispatchDue, freezeDigest } from '../../src/delivery/plan.ts';
import { HOUR } from '../../src/duration.ts';
import { createLogger } from '../../src/telemetry.ts';
import { empty, emptyOfDigests, testDatabase, type TestDatabase } from '../support/database.ts';
import { digestsOf } from '../support/digests.ts';
import { addEmptyEdition, addReaders, ledger, manyReaders } from '../support/ledger.ts';
import { paper } from '../support/papers.ts';

const LATE_MS = 12 * HOUR;
const DATE = '2026-05-29';
const NEXT = '2026-05-30';
const PAPERS = [1, 2].map((n) => paper(`arxiv:2605.0000${n}`));

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(async () => {
  await emptyOfDigests(database.db);
  await empty(database.db, 'paper');
  await writePapers(database.db, PAPERS, new Date(`${DATE}T03:00Z`));
});
const digests = digestsOf(() => database.db, PAPERS);
const log = createLogger('silent');
const enqueueBatch = async (): Promise<void> => {};
const at = (moment: string) => ({ db: database.db, log, now: () => new Date(moment), enqueueBatch });
const dispatchAt = (moment: string, lateMs = LATE_MS) => dispatchDue({ ...at(moment), editionHour: 4, lateMs });
const states = async () =>
  (await ledger(database.db)).map(({ digestDate, state, reason }) => [digestDate, state, reason]);
const dueAt = async () =>
  (await database.db.$client.query('select next_due_at as at from subscriber order by id')).rows.map((r) =>
    r.at.toISOString(),
  );
const batchIds = async () =>
  (await database.db.$client.query(`select id::int as id from batch where state = 'open'`)).rows.map((r) => r.id);

describe('a reader whose hour went by while Paperboy was down', () => {
  test.each([
    ['some hours ago', '2026-05-29T19:59Z', [[DATE, 'pending', null]], '2026-05-30T08:00:00.000Z'],
    ['just as long ago as may be', '2026-05-29T20:00Z', [[DATE, 'pending', null]], '2026-05-30T08:00:00.000Z'],
    ['too long ago', '2026-05-29T20:01Z', [[DATE, 'skipped', 'late']], '2026-05-30T08:00:00.000Z'],
    ['days ago, and again an hour ago', '2026-06-02T09:00Z', [[DATE, 'pending', null]], '2026-06-03T08:00:00.000Z'],
    [
      'days ago, and last too long ago',
      '2026-06-02T23:00Z',
      [['2026-06-02', 'skipped', 'late']],
      '2026-06-03T08:00:00.000Z',
    ],
  ])('%s gets the newest digest or is recorded as skipped', async (_, now, rows, next) => {
    await addEmptyEdition(database.db, DATE);
    await addReaders(database.db, [{ nextDueAt: new Date('2026-05-29T08:00Z') }]);
    await dispatchAt(now);
    await dispatchAt(now);
    expect([await states(), await dueAt()]).toEqual([rows, [next]]);
  });

  test('has the skipped digest under the day it was for, so that today’s comes at its hour', async () => {
    await addEmptyEdition(database.db, DATE);
    await addReaders(database.db, [{ sendHour: 20, nextDueAt: new Date('2026-05-29T20:00Z') }]);
    await addEmptyEdition(database.db, NEXT);
    await dispatchAt('2026-05-30T09:00Z');
    expect([await states(), await dueAt()]).toEqual([[[DATE, 'skipped', 'late']], ['2026-05-30T20:00:00.000Z']]);
    await dispatchAt('2026-05-30T20:00Z');
    expect(await states()).toEqual([
      [DATE, 'skipped', 'late'],
      [NEXT, 'pending', null],
    ]);
  });

  test('who gets one a week misses one, and its papers are in the next', async () => {
    await addEmptyEdition(database.db, '2026-06-01');
    await addReaders(database.db, [
      { frequency: 'weekly', nextDueAt: new Date('2026-06-01T08:00Z'), lastDigestDate: '2026-05-25' },
    ]);
    await dispatchAt('2026-06-02T10:00Z');
    await addEmptyEdition(database.db, '2026-06-08');
    await dispatchAt('2026-06-08T08:00Z');
    expect((await ledger(database.db)).map(({ digestDate, state, since }) => [digestDate, state, since])).toEqual([
      ['2026-06-01', 'skipped', '2026-05-25'],
      ['2026-06-08', 'pending', '2026-06-01'],
    ]);
  });

  test('is one of many, and each is recorded once by two dispatchers', async () => {
    await addEmptyEdition(database.db, DATE);
    await addReaders(database.db, manyReaders(4100, { nextDueAt: new Date('2026-05-29T08:00Z') }));
    await Promise.all([dispatchAt('2026-05-29T21:00Z'), dispatchAt('2026-05-29T21:00Z')]);
    expect(await digestSums(database.db, DATE)).toMatchObject({ frozen: 4100, skipped: 4100 });
    expect(await batchIds()).toEqual([]);
  });
});

describe('a delivery whose turn comes more than twelve hours after it was frozen', () => {
  beforeEach(async () => {
    await digests.addEdition(DATE, 'all', [1]);
    await addReaders(database.db, [{}]);
  });
  /** Its batch is delivered at that moment. */
  const deliverAt = async (moment: string) =>
    (await digests.deliver(DATE, await batchIds(), undefined, { now: () => new Date(moment), lateMs: LATE_MS })).size;
  const freeze = () => freezeDigest(at(`${DATE}T08:00Z`), { date: DATE });
  const change = (what: string) => database.db.$client.query(`update delivery set ${what}`);

  test('is skipped, its batch is done, and its papers are not had', async () => {
    await freeze();
    expect(await deliverAt('2026-05-29T20:01Z')).toBe(0);
    expect([await states(), await batchIds()]).toEqual([[[DATE, 'skipped', 'late']], []]);
    await digests.addEdition(NEXT, 'all', [2, 1]);
    const [letter] = (await digests.send(NEXT)).values();
    expect(letter?.papers.toSorted()).toEqual([1, 2]);
  });

  test('is sent until then', async () => {
    await freeze();
    expect(await deliverAt('2026-05-29T19:59Z')).toBe(1);
  });

  test('is sent when the operator asks for it again, or resumes it', async () => {
    await freeze();
    await freezeDigest(at('2026-05-30T09:00Z'), { date: DATE });
    expect(await deliverAt('2026-05-30T10:00Z')).toBe(1);
    await empty(database.db, 'delivery', 'batch', 'digest');
    await freeze();
    await pauseDigest(at(`${DATE}T09:00Z`), DATE);
    await resumeDigest(at('2026-05-30T09:00Z'), DATE);
    expect(await deliverAt('2026-05-30T10:00Z')).toBe(1);
  });

  test.each([
    ['that a host put off', `state = 'deferred', reason = 'busy', attempts = 1, next_attempt_at = frozen_at`, 1],
    [
      'that a warm-up held',
      `state = 'deferred', reason = '${WARM_UP}', attempts = 1, uncharged = 1, next_attempt_at = frozen_at`,
      1,
    ],
    [
      'that a spared host held',
      `state = 'deferred', reason = 'held-back', attempts = 1, uncharged = 1, next_attempt_at = frozen_at`,
      0,
    ],
    ['that waited while the relay was down', `attempts = 3, uncharged = 3`, 0],
  ])('%s is sent %s', async (_, what, sent) => {
    await freeze();
    await change(what);
    expect(await deliverAt('2026-05-29T20:30Z')).toBe(sent);
  });

  test('and was held by a brake counts from when it was let go', async () => {
    await freeze();
    await database.db.$client.query(
      `insert into brake (digest_date, domain, unknown, frozen, pulled_at, released_at) values ($1, '', 1, 1, $2, $3)`,
      [DATE, '2026-05-29T08:30Z', '2026-05-30T09:00Z'],
    );
    const { createBrakes } = await import('../../src/delivery/brakes.ts');
    const brakes = createBrakes({ db: database.db, now: () => new Date('2026-05-30T10:00Z') });
    brakes.admit(DATE, 'example.org');
    const { until } = await import('../support/until.ts');
    await until('a look at the brakes', () => brakes.letGoAt(DATE));
    const more = { now: () => new Date('2026-05-30T10:00Z'), lateMs: LATE_MS, brakes };
    expect((await digests.deliver(DATE, await batchIds(), undefined, more)).size).toBe(1);
  });
});
