import { expect, test } from 'vitest';
import { openDatabase } from '../../src/db/client.ts';
import { keepLease, LEASE_MS } from '../../src/delivery/lease.ts';
import { createLogger } from '../../src/telemetry.ts';
import { freePort } from '../support/ports.ts';
import { until } from '../support/until.ts';

test('a lease that cannot be renewed because the database is away ends by the clock: at once for who asks, and soon for who listens', async () => {
  let now = new Date('2026-05-29T08:00:00Z');
  const db = openDatabase({ url: `postgres://127.0.0.1:${await freePort()}/nowhere` });
  const lease = keepLease(
    { db, now: () => now, log: createLogger('silent') },
    { id: 1, digestDate: '2026-05-29', fence: 1 },
    new Date(now.getTime() + LEASE_MS),
  );
  now = new Date(now.getTime() + LEASE_MS - 1);
  expect([lease.runs(), lease.over.aborted]).toEqual([true, false]);
  now = new Date(now.getTime() + 1);
  expect(lease.runs()).toBe(false);
  await until('the lease to be over', () => lease.over.aborted);
  lease.release();
  await db.$client.end();
});
