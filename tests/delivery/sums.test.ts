import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addDays } from '../../src/day.ts';
import { openDigest } from '../../src/db/digests.ts';
import { daySumsSince, digestSumsSince, type Flow } from '../../src/db/sums.ts';
import { createSums, daysFrom, lastPeriods, loadSums, periodStart, sumsBy } from '../../src/delivery/sums.ts';
import { empty, testDatabase, type TestDatabase } from '../support/database.ts';
import { addReaders, manyReaders } from '../support/ledger.ts';

const TODAY = '2026-05-29';
const FLOW: Flow = { joined: 0, unsubscribed: 0, bounced: 0, complained: 0 };

describe('the sums of the desk', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database[Symbol.asyncDispose]());
  beforeEach(() =>
    empty(database.db, 'subscriber', 'delivery', 'batch', 'feedback', 'say', 'day_sum', 'digest_sum', 'digest'),
  );
  const query = (text: string, values: unknown[] = []) => database.db.$client.query(text, values);
  const at = (day: string, hour = '10') => new Date(`${day}T${hour}:00:00Z`);
  const sumsAt = (now: Date) => createSums({ db: database.db, now: () => now });
  const confirmed = (ids: readonly number[], day: string) =>
    query('update subscriber set confirmed_at = $2 where id = any($1)', [ids, at(day)]);
  const left = (id: number, status: string, day: string) =>
    query('update subscriber set status = $2, ended_at = $3 where id = $1', [id, status, at(day)]);

  async function send(date: string, ids: readonly number[], state: string): Promise<void> {
    await openDigest(database.db, date, at(date));
    const { rows } = await query(
      `insert into batch (digest_date, kind, state, created_at, due_at) values ($1, 'digest', 'done', $2, $2) returning id`,
      [date, at(date)],
    );
    await query(
      `insert into delivery (digest_date, kind, subscriber_id, batch_id, since, state, frozen_at, updated_at)
       select $1, 'digest', id, $2, $1, $4, $5, $5 from unnest($3::bigint[]) id`,
      [date, rows[0].id, ids, state, at(date)],
    );
  }

  test('say how readers came and went, and a day gone by stays as it was counted when one comes back', async () => {
    const ids = await addReaders(database.db, manyReaders(4));
    await confirmed(ids, '2026-05-27');
    await left(ids[0]!, 'unsubscribed', '2026-05-28');
    await left(ids[1]!, 'bounced', '2026-05-28');
    await sumsAt(at('2026-05-28', '23')).count();
    await query(`update subscriber set status = 'active', confirmed_at = $2, ended_at = null where id = $1`, [
      ids[0],
      at(TODAY),
    ]);
    await sumsAt(at(TODAY)).count();
    expect(await daySumsSince(database.db, '2026-05-01')).toEqual([
      { day: '2026-05-27', ...FLOW, joined: 4, active: 4, more: 0, less: 0 },
      { day: '2026-05-28', ...FLOW, unsubscribed: 1, bounced: 1, active: 2, more: 0, less: 0 },
      { day: TODAY, ...FLOW, joined: 1, active: 3, more: 0, less: 0 },
    ]);
  });

  test('count one who was erased as one who left, and one who was let back as one who came', async () => {
    const ids = await addReaders(database.db, manyReaders(3));
    await confirmed(ids, '2026-05-27');
    await left(ids[2]!, 'bounced', '2026-05-28');
    await sumsAt(at('2026-05-28', '23')).count();
    await query(`update subscriber set status = 'erased', confirmed_at = null, ended_at = now() where id = $1`, [
      ids[0],
    ]);
    await sumsAt(at(TODAY)).count();
    expect((await daySumsSince(database.db, TODAY))[0]).toMatchObject({ unsubscribed: 1, joined: 0, active: 1 });
    await query(`update subscriber set status = 'active', ended_at = null where id = $1`, [ids[2]]);
    await sumsAt(at('2026-05-30')).count();
    expect((await daySumsSince(database.db, '2026-05-30'))[0]).toMatchObject({ joined: 1, active: 2 });
  });

  test('say what each digest came to and what came back of it, and follow the ledger', async () => {
    const ids = await addReaders(database.db, manyReaders(5));
    await send('2026-05-28', ids.slice(0, 3), 'accepted');
    await send('2026-05-28', ids.slice(3, 4), 'rejected');
    await send('2026-05-28', ids.slice(4), 'pending');
    for (const [key, kind, permanent] of [
      ['a', 'hard', true],
      ['b', 'soft', false],
      ['c', 'complaint', false],
      ['d', 'delivered', false],
    ] as const)
      await query(
        `insert into feedback (key, subscriber_id, digest_date, kind, permanent, reason, via, heard_at)
         values ($1, $2, '2026-05-28', $3, $4, 'x', 'smtp', $5)`,
        [key, ids[0], kind, permanent, at(TODAY)],
      );
    const sums = sumsAt(at(TODAY));
    await sums.count();
    const expected = { date: '2026-05-28', frozen: 5, accepted: 3, rejected: 1, unknown: 0, skipped: 0 };
    expect(await digestSumsSince(database.db, '2026-05-01')).toEqual([{ ...expected, bounces: 1, complaints: 1 }]);
    await query(`update delivery set state = 'accepted' where state = 'pending'`);
    await query('update batch set fence = fence + 1');
    await sums.count();
    expect(await digestSumsSince(database.db, '2026-05-01')).toMatchObject([{ accepted: 4 }]);
  });

  test('of long ago are counted once, and all anew when that is asked', async () => {
    const ids = await addReaders(database.db, manyReaders(2));
    await send('2026-01-15', ids, 'accepted');
    await sumsAt(at(TODAY)).count();
    await query('update digest_sum set accepted = 0');
    await sumsAt(at(TODAY)).count();
    expect(await digestSumsSince(database.db, '2026-01-01')).toMatchObject([{ accepted: 0 }]);
    await sumsAt(at(TODAY)).count({ again: true });
    expect(await digestSumsSince(database.db, '2026-01-01')).toMatchObject([{ accepted: 2, frozen: 2 }]);
  });

  test('lose the days that a clock which jumped ahead had written', async () => {
    await confirmed(await addReaders(database.db, manyReaders(1)), '2026-05-27');
    await sumsAt(at('2027-01-01')).count();
    await sumsAt(at(TODAY)).count();
    const days = (await daySumsSince(database.db, '2026-05-01')).map(({ day }) => day);
    expect(days).toEqual(['2026-05-27', '2026-05-28', TODAY]);
    expect((await loadSums(database.db, 'month', TODAY)).map(({ active, joined }) => [active, joined])).toEqual([
      [1, 1],
    ]);
  });
});

const flow = fc.record({
  joined: fc.nat(50),
  unsubscribed: fc.nat(50),
  bounced: fc.nat(5),
  complained: fc.nat(5),
});

test('days always add up to the readers there are, whatever is written of them', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), flow)),
      fc.nat(1000),
      fc.option(fc.nat(1000), { nil: null }),
      (moves, active, base) => {
        const flows = new Map(moves.map(([back, one]) => [addDays(TODAY, -back), one]));
        const days = daysFrom({
          from: base === null ? null : addDays(TODAY, -40),
          today: TODAY,
          base,
          flows,
          says: new Map(),
          active,
        });
        expect(days.at(-1)).toMatchObject({ day: TODAY, active });
        for (const [i, day] of days.entries()) {
          const before = days[i - 1];
          if (before === undefined) continue;
          expect(day.active).toBe(before.active + day.joined - day.unsubscribed - day.bounced - day.complained);
        }
      },
    ),
  );
});

test.each([
  ['day', '2026-05-29', '2026-05-29'],
  ['week', '2026-05-25', '2026-05-25'],
  ['week', '2026-05-31', '2026-05-25'],
  ['week', '2026-01-01', '2025-12-29'],
  ['month', '2026-02-28', '2026-02-01'],
] as const)('the %s of %s begins on %s', (period, day, start) => {
  expect(periodStart(period, day)).toBe(start);
});

test('periods hold each day once, add up, and begin with what is known', () => {
  const days = Array.from({ length: 100 }, (_, i) => ({
    day: addDays(TODAY, i - 99),
    ...FLOW,
    joined: 1,
    active: i + 1,
    more: 2,
    less: 1,
  }));
  for (const period of ['week', 'month'] as const) {
    const sums = sumsBy(period, { days, digests: [], today: TODAY });
    const known = days.filter(({ day }) => day >= lastPeriods(period, TODAY)[0]!);
    expect(sums.reduce((sum, { joined }) => sum + joined, 0)).toBe(known.length);
    expect(sums.at(-1)).toMatchObject({ active: 100, until: TODAY, goesOn: true });
    expect(sums[0]!.joined).toBeGreaterThan(0);
  }
});
