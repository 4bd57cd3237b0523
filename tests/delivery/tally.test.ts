import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type HeldBatch, holdBatch, releaseBatch, reopenForgotten } from '../../src/db/batches.ts';
import { openKeyedDatabase } from '../../src/db/client.ts';
import { closeCancelled, digestSums, moveDigest, skipWaiting } from '../../src/db/digests.ts';
import { markClosed, reopenUnknown, settleUnknown } from '../../src/db/unknown.ts';
import { freezeDigest } from '../../src/delivery/plan.ts';
import { createTally, type Tally } from '../../src/delivery/tally.ts';
import { createLogger } from '../../src/telemetry.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { addReaders, ageLeases, manyReaders } from '../support/ledger.ts';
import { randomOf } from '../support/random.ts';

const DATE = '2026-05-29';
const NOW = new Date(`${DATE}T08:00:00Z`);

describe('counting a digest by its batches', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await testDatabase();
  });
  afterEach(() => database[Symbol.asyncDispose]());

  /** Freezes the digest for so many readers more, in a batch of its own. */
  async function freezeMore(count: number): Promise<void> {
    const { db } = database;
    const { rows } = await db.$client.query<{ n: number }>('select count(*)::int as n from subscriber');
    await addReaders(
      db,
      manyReaders(count).map((_, i) => ({ email: `reader${rows[0]!.n + i}@example.org` })),
    );
    const plan = { db, log: createLogger('silent'), now: () => NOW, enqueueBatch: async () => {} };
    await freezeDigest(plan, { date: DATE });
  }

  test.each([1, 2])(
    'gives what the whole ledger does, whatever workers, readers and operators did since the last look (seed %i)',
    async (seed) => {
      const { db, address } = database;
      const keyed = openKeyedDatabase(address, 2);
      const random = randomOf(seed);
      for (let i = 0; i < 4; i++) await freezeMore(6);
      const tally = createTally(db);
      const held: HeldBatch[] = [];
      const pick = <T>(all: readonly T[]): T | undefined => all[random(all.length)];
      const sql = (text: string, values: unknown[] = []) => db.$client.query(text, values);
      const batchIds = async (): Promise<number[]> =>
        (await sql('select id::int as id from batch')).rows.map((r) => r.id);

      const deeds: (() => Promise<unknown>)[] = [
        async () => {
          const batch = await holdBatch(keyed, pick(await batchIds())!, { leaseMs: 60_000, now: NOW });
          if (batch) held.push(batch);
        },
        // A holder begins and ends some.
        ...(['sending', 'accepted', 'rejected', 'deferred', 'unknown', 'skipped'] as const).map((state) => async () => {
          const batch = pick(held);
          if (!batch) return;
          await sql(
            `update delivery set state = $2, reason = 'lost', next_attempt_at = now()
            where subscriber_id in (
              select subscriber_id from delivery
              where batch_id = $1 and state in ('pending', 'sending', 'deferred') limit $3)`,
            [batch.id, state, 1 + random(3)],
          );
        }),
        async () => {
          const batch = held.splice(random(held.length || 1), 1)[0];
          if (batch) await releaseBatch(keyed, batch, { retryAt: null, resend: random(2) === 1, now: NOW });
        },
        // A holder dies.
        async () => {
          held.length = 0;
          await ageLeases(db, 120_000);
        },
        () => reopenUnknown(db, DATE, NOW),
        () => markClosed(db, DATE, NOW),
        async () => {
          const { rows } = await sql(`select subscriber_id::int as id, frozen_at as at from delivery
            where state in ('sending', 'unknown') limit 1`);
          if (rows[0])
            await settleUnknown(db, { subscriberId: rows[0].id, issuedAt: rows[0].at }, 'accepted', 'answered', NOW);
        },
        // A brake is let go of: what was refused waits again.
        async () => {
          await sql(`update delivery set state = 'pending', reason = null where state = 'rejected'
            and batch_id in (select id from batch where lease_until is null)`);
          await reopenForgotten(db, DATE, NOW);
        },
        () => freezeMore(1 + random(3)),
        () => moveDigest(db, DATE, ['sending'], 'paused'),
        () => moveDigest(db, DATE, ['paused'], 'sending'),
        ...(random(2) === 1
          ? [
              async () => {
                if (random(6) > 0) return;
                await moveDigest(db, DATE, ['sending', 'paused'], 'cancelled');
                await skipWaiting(db, DATE, NOW);
                if (random(2) === 1) await closeCancelled(db, NOW);
              },
            ]
          : []),
      ];
      try {
        for (let step = 0; step < 80; step++) {
          await pick(deeds)!();
          if (random(2) === 0) continue;
          const { frozen, counts, balances } = (await tally(DATE)) satisfies Tally;
          const { sending, pending, ...others } = counts;
          const sums = await digestSums(db, DATE);
          expect({ frozen, ...others, pending: pending + sending, balances }).toEqual({
            frozen: sums.frozen,
            accepted: sums.accepted,
            deferred: sums.deferred,
            rejected: sums.rejected,
            unknown: sums.unknown,
            skipped: sums.skipped,
            pending: sums.pending,
            balances: true,
          });
        }
      } finally {
        await keyed.$client.end();
      }
    },
  );

  test('sees what a late word settles of a batch that is done', async () => {
    const { db, address } = database;
    await using open = new AsyncDisposableStack();
    const keyed = openKeyedDatabase(address, 1);
    open.defer(() => keyed.$client.end());
    await freezeMore(2);
    const batch = (await holdBatch(keyed, 1, { leaseMs: 60_000, now: NOW }))!;
    await db.$client.query(`update delivery set state = 'unknown', reason = 'lost'`);
    await releaseBatch(keyed, batch, { retryAt: null, resend: false, now: NOW });
    const tally = createTally(db);
    expect((await tally(DATE)).counts).toMatchObject({ unknown: 2, accepted: 0 });
    await settleUnknown(db, { subscriberId: 1, issuedAt: NOW }, 'accepted', 'answered', NOW);
    expect((await tally(DATE)).counts).toMatchObject({ unknown: 1, accepted: 1 });
  });

  test('sees what is skipped of a digest that is being cancelled', async () => {
    const { db } = database;
    await freezeMore(3);
    const tally = createTally(db);
    await moveDigest(db, DATE, ['sending'], 'cancelled');
    expect((await tally(DATE)).counts).toMatchObject({ pending: 3, skipped: 0 });
    await skipWaiting(db, DATE, NOW);
    expect((await tally(DATE)).counts).toMatchObject({ pending: 0, skipped: 3 });
  });

  test('says that the sums do not balance when a delivery is gone', async () => {
    await freezeMore(6);
    const tally = createTally(database.db);
    expect((await tally(DATE)).balances).toBe(true);
    await database.db.$client.query('delete from delivery where subscriber_id = 1');
    await database.db.$client.query('update batch set fence = fence + 1');
    expect(await tally(DATE)).toMatchObject({ frozen: 5, balances: false });
  });
});
