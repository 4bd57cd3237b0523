import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { digestSums, digestState } from '../../src/db/digests.ts';
import { paper } from '../../src/db/schema.ts';
import { findSuppression } from '../../src/db/suppressions.ts';
import { resumeDigest } from '../../src/delivery/halt.ts';
import { judgeFeedback } from '../../src/feedback/judge.ts';
import type { SendResult } from '../../src/mail/transport.ts';
import { createLogger } from '../../src/telemetry.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { digestsOf } from '../support/digests.ts';
import { KEYRING } from '../support/keys.ts';
import { ACCEPTED, addReaders, manyReaders } from '../support/ledger.ts';
import { samplePaper } from '../support/site.ts';

const DAYS = ['2026-05-27', '2026-05-28', '2026-05-29'] as const;
const UNKNOWN: SendResult = { kind: 'reply', code: 550, text: '5.1.1 User unknown' };

let database: TestDatabase;
let alerts: string[] = [];
let now = new Date(`${DAYS[0]}T08:05:00Z`);
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

const papers = Array.from({ length: 30 }, (_, i) => samplePaper(i + 1, DAYS[0]));
const { addEdition, send, deliver } = digestsOf(() => database.db, papers);
const judge = (at: string) => {
  now = new Date(`${at}T08:05:00Z`);
  return judgeFeedback({
    db: database.db,
    keyring: KEYRING,
    now: () => now,
    log: createLogger('silent'),
    alert: async (sentence) => void alerts.push(sentence),
  });
};
const resume = async (date: string): Promise<number[]> => {
  const asked: number[] = [];
  await resumeDigest({ db: database.db, now: () => now, enqueueBatch: async (id) => void asked.push(id) }, date);
  return asked;
};
const statuses = async (): Promise<Record<string, number>> => {
  const { rows } = await database.db.$client.query(
    'select status, count(*)::int as count from subscriber group by status order by status',
  );
  return Object.fromEntries(rows.map((row) => [row.status, row.count]));
};
const only =
  (...addresses: string[]) =>
  (to: string) =>
    addresses.includes(to) ? UNKNOWN : ACCEPTED;

beforeEach(async () => {
  await database.db.$client.query(
    'truncate subscriber, suppression, feedback, brake, delivery, batch, digest, edition, edition_entry, paper cascade',
  );
  await database.db.insert(paper).values(papers.map((p) => ({ ...p, updatedAt: p.firstSeenAt })));
  for (const [i, date] of DAYS.entries())
    await addEdition(
      date,
      'all',
      [1, 2, 3].map((n) => 3 * i + n),
    );
  alerts = [];
});

describe('a relay that calls everyone unknown', () => {
  test('ends no subscription: the digest is paused, the operator told once, and mended, all get it', async () => {
    await addReaders(database.db, manyReaders(60));
    const [date] = DAYS;
    await send(date, UNKNOWN);
    await judge(date);
    await judge(date);
    expect(await statuses()).toEqual({ active: 60 });
    expect(await digestState(database.db, date)).toBe('paused');
    expect(alerts).toEqual([expect.stringMatching(/^The digest of 2026-05-27 is paused: 60 of 60 addresses/)]);
    const got = await deliver(date, await resume(date));
    expect(got.size).toBe(60);
    expect(await digestSums(database.db, date)).toMatchObject({ frozen: 60, accepted: 60, rejected: 0, pending: 0 });
    // What it said does not count on the next day either.
    await send(DAYS[1], only('reader7@example.org'));
    await judge(DAYS[1]);
    expect(await statuses()).toEqual({ active: 60 });
    expect(alerts).toHaveLength(1);
  });

  test('though resumed unmended, ends nothing by one day of it', async () => {
    await addReaders(database.db, manyReaders(60));
    const [date] = DAYS;
    await send(date, UNKNOWN);
    await judge(date);
    await deliver(date, await resume(date), UNKNOWN);
    await judge(date);
    expect(await statuses()).toEqual({ active: 60 });
    expect(await digestState(database.db, date)).toBe('sending');
  });

  test('at one domain alone holds the mail of that domain, and all other mail goes its way', async () => {
    await addReaders(database.db, [
      ...manyReaders(40),
      ...Array.from({ length: 30 }, (_, i) => ({ email: `r${i}@big.example` })),
      ...Array.from({ length: 500 }, (_, i) => ({ email: `s${i}@other.example` })),
    ]);
    const [date] = DAYS;
    await send(date, (to: string) => (/^r1?\d@big\.example$/.test(to) ? UNKNOWN : ACCEPTED));
    await judge(date);
    expect(await digestState(database.db, date)).toBe('sending');
    expect(alerts).toEqual([expect.stringMatching(/^Mail of 2026-05-27 to big\.example is held: 20 of 30/)]);
    expect(await statuses()).toEqual({ active: 570 });
    expect((await deliver(date, await resume(date))).size).toBe(20);
    expect(await digestSums(database.db, date)).toMatchObject({ frozen: 570, accepted: 570 });
  });
});

describe('a dead mailbox', () => {
  test('is retired on its second day, and no sooner', async () => {
    await addReaders(database.db, manyReaders(60));
    for (const date of DAYS.slice(0, 2)) {
      expect(await statuses()).toEqual({ active: 60 });
      await send(date, only('reader7@example.org'));
      await judge(date);
    }
    expect(await statuses()).toEqual({ active: 59, bounced: 1 });
    expect(await findSuppression(database.db, KEYRING.hashesOf('reader7@example.org'))).toMatchObject({
      reason: 'bounced',
    });
    expect((await send(DAYS[2])).has('reader7@example.org')).toBe(false);
    expect(alerts).toEqual([]);
  });
});
