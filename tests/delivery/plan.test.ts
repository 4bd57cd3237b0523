import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { digestSums } from '../../src/db/digests.ts';
import { writePapers } from '../../src/db/papers.ts';
import { activate } from '../../src/db/subscribers.ts';
import { cutAfter, dispatchDue, freezeDigest, type PlanDeps, welcome } from '../../src/delivery/plan.ts';
import { sweep } from '../../src/delivery/sweep.ts';
import { HOUR } from '../../src/duration.ts';
import { createLogger } from '../../src/telemetry.ts';
import { paper } from '../support/papers.ts';
import { empty, testDatabase, type TestDatabase } from '../support/database.ts';
import { addEmptyEdition, addReaders, batches, ledger, manyReaders } from '../support/ledger.ts';

let database: TestDatabase;
let now: Date;
let enqueued: number[];
let deps: PlanDeps & { editionHour: number; lateMs: number };

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(async () => {
  await empty(database.db, 'subscriber', 'delivery', 'batch', 'edition_entry', 'empty_edition', 'digest', 'edition');
  [now, enqueued] = [new Date('2026-05-29T08:00:30Z'), []];
  deps = {
    db: database.db,
    now: () => now,
    editionHour: 4,
    lateMs: 12 * HOUR,
    log: createLogger('silent'),
    enqueueBatch: async (id) => {
      enqueued.push(id);
    },
  };
});

const at = (moment: string) => {
  now = new Date(moment);
};
const due = (moment: string) => new Date(moment);
const dueAts = async () =>
  (await database.db.$client.query('select next_due_at as at from subscriber order by id')).rows.map((r) =>
    r.at?.toISOString(),
  );
const rows = () => ledger(database.db);

test('batches hold everybody, are small while a digest is small, and never large', () => {
  fc.assert(
    fc.property(fc.nat(5000), fc.nat(1_000_000), (readers, before) => {
      const sizes = cutAfter(before)(readers);
      expect(sizes.reduce((a, b) => a + b, 0)).toBe(readers);
      for (const size of sizes)
        expect(size).toBeLessThanOrEqual(Math.min(1000, Math.max(25, Math.ceil((before + readers) / 16))));
    }),
  );
  expect(cutAfter(0)(60)).toEqual([25, 25, 10]);
  expect(cutAfter(0)(800)).toEqual(Array(16).fill(50));
  expect(cutAfter(14_000)(2000)).toEqual([1000, 1000]);
});

describe('dispatching', () => {
  test('freezes one digest for each reader whose hour has come, and moves the hour on', async () => {
    await addEmptyEdition(database.db, '2026-05-29');
    const [now1, , later] = await addReaders(database.db, [
      { nextDueAt: due('2026-05-29T08:00Z') },
      {
        email: 'late@example.org',
        nextDueAt: due('2026-05-29T08:00Z'),
        status: 'active',
        timezone: 'Asia/Kathmandu',
        sendHour: 13,
        frequency: 'weekdays',
      },
      { email: 'later@example.org', nextDueAt: due('2026-05-29T08:01Z') },
      { email: 'gone@example.org', status: 'unsubscribed' },
      { email: 'pending@example.org', status: 'pending' },
    ]);
    expect(await dispatchDue(deps)).toBe(2);
    expect(await rows()).toMatchObject([
      { subscriberId: now1, digestDate: '2026-05-29', since: '2026-05-28', state: 'pending' },
      { digestDate: '2026-05-29' },
    ]);
    expect(await dueAts()).toEqual([
      '2026-05-30T08:00:00.000Z',
      '2026-06-01T07:15:00.000Z',
      '2026-05-29T08:01:00.000Z',
      undefined,
      undefined,
    ]);
    expect(enqueued).toEqual((await batches(database.db)).map((b) => b.id));
    expect(await dispatchDue(deps)).toBe(0);
    at('2026-05-29T08:01:00Z');
    expect(await dispatchDue(deps)).toBe(1);
    expect((await rows()).at(-1)).toMatchObject({ subscriberId: later });
  });

  test('after days of being down sends one digest, late, with what was missed', async () => {
    for (const date of ['2026-05-26', '2026-05-27', '2026-05-28', '2026-05-29'])
      await addEmptyEdition(database.db, date);
    await addReaders(database.db, [{ nextDueAt: due('2026-05-27T08:00Z'), lastDigestDate: '2026-05-26' }]);
    at('2026-05-29T17:00:00Z');
    expect(await dispatchDue(deps)).toBe(1);
    expect(await rows()).toMatchObject([{ digestDate: '2026-05-29', since: '2026-05-26' }]);
    expect(await dueAts()).toEqual(['2026-05-30T08:00:00.000Z']);
    expect(await dispatchDue(deps)).toBe(0);
  });

  test('by two at once freezes nobody twice and nobody never', async () => {
    await addEmptyEdition(database.db, '2026-05-29');
    await addReaders(database.db, manyReaders(1200, { nextDueAt: due('2026-05-29T08:00Z') }));
    const frozen = await Promise.all([dispatchDue(deps), dispatchDue(deps), dispatchDue(deps)]);
    expect(frozen.reduce((a, b) => a + b)).toBe(1200);
    expect(new Set((await rows()).map((r) => r.subscriberId)).size).toBe(1200);
    expect(await dueAts()).toEqual(Array(1200).fill('2026-05-30T08:00:00.000Z'));
    expect(new Set(enqueued)).toEqual(new Set((await batches(database.db)).map((b) => b.id)));
  });

  test('beside an operator who sends the same day freezes nobody twice', async () => {
    await addEmptyEdition(database.db, '2026-05-29');
    await addReaders(database.db, manyReaders(800, { nextDueAt: due('2026-05-29T08:00Z') }));
    const frozen = await Promise.all([
      dispatchDue(deps),
      freezeDigest(deps, { date: '2026-05-29' }),
      freezeDigest(deps, { date: '2026-05-29' }),
    ]);
    expect(frozen.reduce((a, b) => a + b)).toBe(800);
    expect(await rows()).toHaveLength(800);
  });

  test('gives nobody the same edition twice when their hour comes before the next one', async () => {
    await addEmptyEdition(database.db, '2026-05-29');
    await addReaders(database.db, [{ nextDueAt: due('2026-05-29T08:00Z') }]);
    await dispatchDue(deps);
    at('2026-05-30T08:00:00Z');
    expect(await dispatchDue(deps)).toBe(0);
    expect(await dueAts()).toEqual(['2026-05-31T08:00:00.000Z']);
  });

  test('that comes before the edition of its second leaves those due who get it then', async () => {
    deps.editionHour = 14;
    await addEmptyEdition(database.db, '2026-05-28');
    const had = { lastDigestDate: '2026-05-28' };
    const [, waiting] = await addReaders(database.db, [
      { email: 'before@example.org', nextDueAt: due('2026-05-29T13:45Z') },
      { ...had, nextDueAt: due('2026-05-29T14:00Z'), sendHour: 14 },
    ]);
    at('2026-05-29T14:00:00Z');
    expect(await dispatchDue(deps)).toBe(1);
    expect(await dueAts()).toEqual(['2026-05-30T08:00:00.000Z', '2026-05-29T14:00:00.000Z']);
    await addEmptyEdition(database.db, '2026-05-29');
    at('2026-05-29T14:01:00Z');
    expect(await dispatchDue(deps)).toBe(1);
    expect((await rows()).at(-1)).toMatchObject({ subscriberId: waiting, digestDate: '2026-05-29' });
    expect((await dueAts())[1]).toBe('2026-05-30T14:00:00.000Z');
  });

  test('without any edition leaves everybody due until the first one; one of a day to come is not sent early', async () => {
    await addReaders(database.db, [{ nextDueAt: due('2026-05-29T08:00Z') }]);
    await addEmptyEdition(database.db, '2026-05-30');
    expect(await dispatchDue(deps)).toBe(0);
    expect(await dueAts()).toEqual(['2026-05-29T08:00:00.000Z']);
    await addEmptyEdition(database.db, '2026-05-29');
    expect(await dispatchDue(deps)).toBe(1);
    expect(await dueAts()).toEqual(['2026-05-30T08:00:00.000Z']);
  });

  test('stands when the queue is away: the sweeper finds the batch', async () => {
    deps.enqueueBatch = () => Promise.reject(new Error('no queue'));
    await addEmptyEdition(database.db, '2026-05-29');
    await addReaders(database.db, [{ nextDueAt: due('2026-05-29T08:00Z') }]);
    expect(await dispatchDue(deps)).toBe(1);
    await sweep({
      ...deps,
      enqueueBatch: async (id) => {
        enqueued.push(id);
      },
      enqueueNotice: async () => {},
    });
    expect(enqueued).toEqual((await batches(database.db)).map((b) => b.id));
  });

  test.each([
    ['daily', '2026-05-28', '2026-05-29', '2026-05-28'],
    ['weekdays', '2026-05-29', '2026-06-01', '2026-05-29'],
    ['weekly', '2026-05-25', '2026-06-01', '2026-05-25'],
    ['weekly', null, '2026-06-01', '2026-05-31'],
    ['daily', '2026-05-01', '2026-06-01', '2026-05-25'],
  ])(
    'holds, for a %s reader whose last digest was of %s, on %s the editions after %s',
    async (frequency, lastDigestDate, date, since) => {
      await addEmptyEdition(database.db, date);
      await addReaders(database.db, [{ frequency, lastDigestDate, nextDueAt: due(`${date}T08:00Z`) }]);
      at(`${date}T08:00:00Z`);
      await dispatchDue(deps);
      expect(await rows()).toMatchObject([{ digestDate: date, since }]);
    },
  );
});

test('a cancelled digest is frozen for nobody, and costs nobody its papers', async () => {
  await addEmptyEdition(database.db, '2026-05-29');
  const [reader] = await addReaders(database.db, [{ nextDueAt: due('2026-05-29T08:00Z') }]);
  await database.db.$client.query(
    `insert into digest (digest_date, kind, state, frozen_at) values ('2026-05-29', 'digest', 'cancelled', now())`,
  );
  expect(await dispatchDue(deps)).toBe(0);
  expect(await welcome(deps, reader!)).toBe('nothing');
  expect(await rows()).toEqual([]);
  expect((await database.db.$client.query('select last_digest_date from subscriber')).rows).toEqual([
    { last_digest_date: null },
  ]);
  expect(await dueAts()).toEqual(['2026-05-30T08:00:00.000Z']);
});

describe('sending a digest by hand', () => {
  test('freezes every active reader once, in batches, whatever their hour', async () => {
    await addReaders(database.db, manyReaders(1100, { nextDueAt: due('2026-06-20T08:00Z') }));
    await addReaders(database.db, [{ email: 'gone@example.org', status: 'unsubscribed' }]);
    expect(await freezeDigest(deps, { date: '2026-05-29' })).toBe(1100);
    expect(await freezeDigest(deps, { date: '2026-05-29' })).toBe(0);
    expect((await batches(database.db)).length).toBe(cutAfter(0)(1100).length);
    expect(await digestSums(database.db, '2026-05-29')).toMatchObject({ frozen: 1100, pending: 1100 });
  });

  test('to one reader freezes that one, once, and says when there is none', async () => {
    await addReaders(database.db, [{}, { email: 'gone@example.org', status: 'unsubscribed' }]);
    expect(await freezeDigest(deps, { date: '2026-05-29', to: 'Reader0@example.org' })).toBe(1);
    expect(await freezeDigest(deps, { date: '2026-05-29', to: 'reader0@example.org' })).toBe(0);
    for (const to of ['gone@example.org', 'nobody@example.org'])
      await expect(freezeDigest(deps, { date: '2026-05-29', to })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await batches(database.db)).toHaveLength(1);
  });

  test('of an earlier day leaves out whoever got it within a later digest, and only those', async () => {
    await addReaders(database.db, [{ lastDigestDate: '2026-05-25' }, { email: 'new@example.org' }]);
    await freezeDigest(deps, { date: '2026-05-29' }); // the first reader's holds 26 to 29 May, the other's 29 May alone
    expect(await freezeDigest(deps, { date: '2026-05-27' })).toBe(1);
    expect(await freezeDigest(deps, { date: '2026-05-25' })).toBe(2);
    const windows = (await rows()).map((r) => `${r.since} ${r.digestDate}`);
    expect(windows).toEqual([
      '2026-05-24 2026-05-25',
      '2026-05-24 2026-05-25',
      '2026-05-26 2026-05-27',
      '2026-05-25 2026-05-29',
      '2026-05-28 2026-05-29',
    ]);
    // A later digest starts after the latest one, not after the one sent last.
    await freezeDigest(deps, { date: '2026-05-30' });
    expect((await rows()).slice(-2).map((r) => r.since)).toEqual(['2026-05-29', '2026-05-29']);
  });
});

describe('a welcome', () => {
  test('is the newest edition up to today, once, and urgent', async () => {
    const urgent: boolean[] = [];
    deps.enqueueBatch = async (_id, options) => {
      urgent.push(options?.urgent ?? false);
    };
    for (const date of ['2026-05-28', '2026-05-30']) await addEmptyEdition(database.db, date);
    const [id] = await addReaders(database.db, [{ nextDueAt: now }]);
    await Promise.all([welcome(deps, id!), welcome(deps, id!), dispatchDue(deps)]);
    await welcome(deps, id!);
    expect(await rows()).toMatchObject([{ subscriberId: id, digestDate: '2026-05-28', since: '2026-05-27' }]);
    expect(await dueAts()).toEqual(['2026-05-30T08:00:00.000Z']);
    expect(urgent).toHaveLength(1);
  });
  test('is nothing while there is no edition, and the first one comes with the dispatch after it is frozen', async () => {
    const [id] = await addReaders(database.db, [{ nextDueAt: now }]);
    expect(await welcome(deps, id!)).toBe('nothing');
    expect(await dispatchDue(deps)).toBe(0);
    expect(await rows()).toEqual([]);
    at('2026-05-29T12:34:00Z');
    await addEmptyEdition(database.db, '2026-05-29');
    expect(await dispatchDue(deps)).toBe(1);
    expect(await rows()).toMatchObject([{ subscriberId: id, digestDate: '2026-05-29' }]);
  });
  test('that a crash cut off is made up for by the next dispatch', async () => {
    await addEmptyEdition(database.db, '2026-05-29');
    const [id] = await addReaders(database.db, [{ status: 'pending' }]);
    await activate(database.db, id!, now, now);
    expect(await dispatchDue(deps)).toBe(1);
    expect(await rows()).toMatchObject([{ subscriberId: id, digestDate: '2026-05-29' }]);
  });
  test('of somebody who left meanwhile changes nothing', async () => {
    await addEmptyEdition(database.db, '2026-05-29');
    const [id] = await addReaders(database.db, [{ status: 'unsubscribed' }]);
    expect(await welcome(deps, id!)).toBe('nothing');
    expect([await rows(), await dueAts()]).toEqual([[], [undefined]]);
  });
  test('tells whether the edition holds something for the reader, and whether they had it', async () => {
    await addEmptyEdition(database.db, '2026-05-29');
    await writePapers(database.db, [paper('arxiv:2605.00001')], now);
    await database.db.$client.query(
      `insert into edition_entry (edition_date, topic, rank, paper_id, score, reasons) values ('2026-05-29', 'all', 1, 'arxiv:2605.00001', 1, '{}')`,
    );
    const ids = await addReaders(database.db, [
      { nextDueAt: now },
      { email: 'other@example.org', topics: ['robotics'], nextDueAt: now },
    ]);
    expect(await Promise.all(ids.map((id) => welcome(deps, id)))).toEqual(['coming', 'nothing']);
    expect(await Promise.all(ids.map((id) => welcome(deps, id)))).toEqual(['coming', 'nothing']);
    // Who left after it had come, and confirms again, gets none and is told so.
    await database.db.$client.query(`update delivery set state = 'accepted'`);
    expect(await Promise.all(ids.map((id) => welcome(deps, id)))).toEqual(['had', 'nothing']);
  });
});
