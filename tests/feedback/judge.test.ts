import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openBatches } from '../../src/db/batches.ts';
import { type Feedback, keepFeedback } from '../../src/db/feedback.ts';
import { createBrakes } from '../../src/delivery/brakes.ts';
import { until } from '../support/until.ts';
import { brakesOn } from '../../src/db/brakes.ts';
import { digestSums, digestState } from '../../src/db/digests.ts';
import { paper } from '../../src/db/schema.ts';
import { findSuppression } from '../../src/db/suppressions.ts';
import { cancelDigest, resumeDigest } from '../../src/delivery/halt.ts';
import { createJudge, type Judge } from '../../src/feedback/judge.ts';
import type { SendResult } from '../../src/mail/transport.ts';
import { createLogger } from '../../src/telemetry.ts';
import { empty, emptyOfDigests, testDatabase, type TestDatabase } from '../support/database.ts';
import { unreadDigestsOf } from '../support/digests.ts';
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
const { addEdition, freeze, send, deliver } = unreadDigestsOf(() => database.db, papers);
let isMailTaken = true;
/** One that goes on for the whole test, as a worker's does. */
let judgeNow: Judge;
const judge = (at: string) => {
  now = new Date(`${at}T08:05:00Z`);
  return judgeNow();
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
/** Word by mail that there is no such mailbox. */
const bounceOf = (subscriberId: number, digestDate: string, more: Partial<Feedback> = {}): Feedback => ({
  key: `bounce ${subscriberId} ${digestDate}`,
  subscriberId,
  digestDate,
  kind: 'hard',
  permanent: true,
  reason: 'unknown-user',
  via: 'inbound',
  words: null,
  heardAt: new Date(`${digestDate}T09:00:00Z`),
  ...more,
});
const only =
  (...addresses: string[]) =>
  (to: string) =>
    addresses.includes(to) ? UNKNOWN : ACCEPTED;

beforeEach(async () => {
  await emptyOfDigests(database.db, 'suppression', 'feedback', 'brake');
  await empty(database.db, 'paper');
  await database.db.insert(paper).values(papers.map((p) => ({ ...p, updatedAt: p.firstSeenAt })));
  for (const [i, date] of DAYS.entries())
    await addEdition(
      date,
      'all',
      [1, 2, 3].map((n) => 3 * i + n),
    );
  alerts = [];
  isMailTaken = true;
  judgeNow = createJudge({
    db: database.db,
    keyring: KEYRING,
    now: () => now,
    log: createLogger('silent'),
    async alert(sentence) {
      alerts.push(sentence);
      return isMailTaken;
    },
  });
});

describe('a relay that calls everyone unknown', () => {
  test('ends no subscription: the digest is paused, the operator told once, and mended, all get it', async () => {
    await addReaders(database.db, manyReaders(60));
    const [date] = DAYS;
    await send(date, UNKNOWN);
    await judge(date);
    await judge(date);
    expect(await statuses()).toEqual({ active: 60 });
    expect(alerts).toEqual([expect.stringMatching(/^Of the digest of 2026-05-27 too much came back: 60 of 60/)]);
    const got = await deliver(date, await resume(date));
    expect(got.size).toBe(60);
    expect(await digestSums(database.db, date)).toMatchObject({ frozen: 60, accepted: 60, rejected: 0, pending: 0 });
    // What it said does not count on the next day either.
    await send(DAYS[1], only('reader7@example.org'));
    await judge(DAYS[1]);
    expect(await statuses()).toEqual({ active: 60 });
    expect(alerts).toHaveLength(1);
  });

  test('is found out though some of it was heard before, and on the next day again', async () => {
    await addReaders(database.db, manyReaders(300));
    for (const date of DAYS.slice(0, 2)) {
      const early = Array.from({ length: 14 }, (_, i) => `reader${i}@example.org`);
      const batches = await freeze(date);
      await deliver(date, batches, only(...early));
      await database.db.$client.query(
        `update delivery set state = 'pending' where digest_date = $1 and state = 'accepted'`,
        [date],
      );
      await database.db.$client.query(`update batch set state = 'open' where digest_date = $1`, [date]);
      await judge(date);
      expect(alerts).toEqual([]);
      await deliver(date, batches, UNKNOWN);
      await judge(date);
      expect(await digestState(database.db, date)).toBe('sending');
      expect(await statuses()).toEqual({ active: 300 });
      await deliver(date, await resume(date));
      expect(await digestSums(database.db, date)).toMatchObject({ frozen: 300, accepted: 300 });
      alerts = [];
    }
  });

  test('pauses a digest that is under way, and a cancelled one lets go of its brake', async () => {
    await addReaders(database.db, manyReaders(60));
    const [date] = DAYS;
    const batches = await freeze(date);
    await deliver(date, batches, (to) =>
      to < 'reader3' ? UNKNOWN : { kind: 'reply', code: 451, text: '4.2.0 later' },
    );
    await judge(date);
    expect(await digestState(database.db, date)).toBe('paused');
    expect(alerts).toEqual([expect.stringMatching(/^The digest of 2026-05-27 is paused: /)]);
    await cancelDigest({ db: database.db, now: () => now }, date);
    expect(await brakesOn(database.db)).toEqual([]);
  });

  test('is told again each minute while the mail to the operator does not leave', async () => {
    await addReaders(database.db, manyReaders(60));
    await send(DAYS[0], UNKNOWN);
    isMailTaken = false;
    await judge(DAYS[0]);
    await judge(DAYS[0]);
    isMailTaken = true;
    await judge(DAYS[0]);
    await judge(DAYS[0]);
    expect(alerts).toHaveLength(3);
  });

  test('whose bounces come by mail after it was let go of costs no one anything', async () => {
    const ids = await addReaders(database.db, manyReaders(60));
    const [date, next] = DAYS;
    await send(date, UNKNOWN);
    await judge(date);
    await deliver(date, await resume(date));
    await keepFeedback(database.db, [bounceOf(ids[7]!, date)]);
    await judge(date);
    await send(next, only('reader7@example.org'));
    await judge(next);
    expect(await statuses()).toEqual({ active: 60 });
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

test('one delivery that comes back twice, on two days and by two ways, is one day of it', async () => {
  const [id] = await addReaders(database.db, manyReaders(1));
  await send(DAYS[0]);
  const heard = (key: string, at: string) =>
    keepFeedback(database.db, [bounceOf(id!, DAYS[0], { key, heardAt: new Date(at) })]);
  await heard('one', '2026-05-27T23:59:00Z');
  await heard('two', '2026-05-28T00:01:00Z');
  await judge(DAYS[1]);
  expect(await statuses()).toEqual({ active: 1 });
});

test('the held mail of a domain waits for as long as the operator takes', async () => {
  const date = DAYS[0];
  await addReaders(database.db, manyReaders(1));
  await send(date, { kind: 'reply', code: 451, text: '4.2.0 later' });
  await database.db.$client.query(
    `insert into brake (digest_date, domain, unknown, frozen, pulled_at) values ($1, 'example.org', 9, 20, now())`,
    [date],
  );
  const brakes = createBrakes({ db: database.db, now: () => now });
  now = new Date('2026-06-02T08:00:00Z');
  await until('a look at the brakes', async () => brakes.admit(date, 'example.org') !== null);
  expect(brakes.admit(date, 'example.org')).toEqual(new Date('2026-06-02T08:15:00Z'));
  expect(brakes.admit(date, 'other.example')).toBeNull();
  expect(brakes.admit(DAYS[1], 'example.org')).toBeNull();
  await database.db.$client.query(`update delivery set next_attempt_at = null, state = 'pending'`);
  const batches = await openBatches(database.db, date);
  await deliver(date, batches, ACCEPTED, { brakes });
  expect(await digestSums(database.db, date)).toMatchObject({ deferred: 1, rejected: 0 });
  // Let go of, it is worth sending for as long again: a host that wants it later is waited for.
  const released = createBrakes({ db: database.db, now: () => now });
  const asked = await resume(date);
  await until('a look at what was let go of', async () => {
    released.admit(date, 'example.org');
    return released.letGoAt(date) !== null;
  });
  await deliver(date, asked, { kind: 'reply', code: 451, text: '4.2.0 later' }, { brakes: released, now: () => now });
  expect(await digestSums(database.db, date)).toMatchObject({ deferred: 1, rejected: 0 });
});

test('the brake of a whole digest holds those who are frozen for it later, and counts those who will be', async () => {
  const [date] = DAYS;
  await addReaders(database.db, manyReaders(20));
  await send(date, only('reader1@example.org', 'reader2@example.org'));
  // A thousand others are due later in the day: two of the first twenty are no share of them.
  await addReaders(
    database.db,
    Array.from({ length: 1000 }, (_, i) => ({
      email: `later${i}@example.org`,
      nextDueAt: new Date(`${date}T20:00:00Z`),
      lastDigestDate: '2026-05-26',
    })),
  );
  await judge(date);
  expect(alerts).toEqual([]);
  await database.db.$client.query(
    `insert into brake (digest_date, domain, unknown, frozen, pulled_at) values ($1, '', 90, 1020, now())`,
    [date],
  );
  const brakes = createBrakes({ db: database.db, now: () => now });
  await until('a look at the brakes', async () => brakes.admit(date, 'example.org') !== null);
  expect(brakes.admit(date, 'any.example')).not.toBeNull();
  expect(brakes.admit(DAYS[1], 'any.example')).toBeNull();
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
