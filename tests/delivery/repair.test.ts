import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { batches, addEmptyEdition, addReaders, ledger } from '../support/ledger.ts';
import { holdBatch } from '../../src/db/batches.ts';
import { getPaper, recordIngestRun, writePapers } from '../../src/db/papers.ts';
import { activate } from '../../src/db/subscribers.ts';
import { dispatchDue } from '../../src/delivery/plan.ts';
import { LEASE_MS } from '../../src/delivery/lease.ts';
import { repairFuture, repairIfAhead } from '../../src/delivery/repair.ts';
import { buildEditionIfDue } from '../../src/editions/due.ts';
import { topicsInForce } from '../../src/papers/topics.ts';
import { addDays, dayOf } from '../../src/day.ts';
import { createLogger } from '../../src/telemetry.ts';
import { empty, testDatabase, type TestDatabase } from '../support/database.ts';
import { dump, paper } from '../support/papers.ts';

const log = createLogger('silent');
const [HOUR, DAY] = [3_600_000, 86_400_000];
/** After all that the database dates by itself, and an hour after the edition's. */
const NOW = new Date('2035-05-30T12:00:00Z');
const AHEAD = new Date(NOW.getTime() + 365 * DAY);
const TODAY = dayOf(NOW);
const TABLES = ['edition', 'edition_entry', 'subscriber', 'batch', 'delivery', 'paper', 'signal', 'ingest_run'];

let database: TestDatabase;
let said: { fields: unknown; sentence: string }[];
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(async () => {
  said = [];
  await empty(
    database.db,
    'edition_entry',
    'empty_edition',
    'subscriber',
    'delivery',
    'batch',
    'signal',
    'ingest_run',
    'fresh_pick',
    'edition',
    'digest',
    'paper',
  );
});
const warn = (fields: unknown, sentence?: string): void =>
  void said.push({ fields, sentence: sentence ?? String(fields) });
const repair = () => repairFuture({ db: database.db, now: () => NOW, log: { warn } as never });
const enqueueBatch = async (): Promise<void> => {};
const dispatchAt = (now: Date) =>
  dispatchDue({ db: database.db, now: () => now, log, editionHour: 4, lateMs: 12 * HOUR, enqueueBatch });
const topics = topicsInForce();
const buildAt = (now: Date) => buildEditionIfDue({ db: database.db, now: () => now, topics, editionHour: 4 });
const people = async () =>
  (
    await database.db.$client.query<{ due: Date; last: string | null }>(
      'select next_due_at as due, last_digest_date::text as last from subscriber order by id',
    )
  ).rows;
const run = (startedAt: Date, error: string | null = null) =>
  recordIngestRun(database.db, {
    source: 'huggingface',
    asOf: startedAt,
    startedAt,
    finishedAt: startedAt,
    papers: 1,
    skipped: 0,
    error,
  });

test('after a clock was a year ahead for some seconds readers get today’s edition at their hour', async () => {
  const { db } = database;
  await addEmptyEdition(db, addDays(TODAY, -1));
  await addReaders(db, [
    { nextDueAt: new Date(NOW.getTime() + HOUR), sendHour: 13, lastDigestDate: addDays(TODAY, -1) },
    { email: 'weekly@example.org', frequency: 'weekly', nextDueAt: NOW, timezone: 'Asia/Tokyo' },
  ]);
  await dispatchAt(AHEAD); // nothing new, and yet every hour moves
  await writePapers(db, [paper('arxiv:2605.00001', { firstSeenAt: AHEAD })], AHEAD);
  expect(await buildAt(AHEAD)).toMatchObject({ built: true });
  await run(new Date(NOW.getTime() - HOUR));
  await run(AHEAD);

  await repair();
  expect(said).toMatchObject([
    { fields: { editions: [dayOf(AHEAD)], hours: 2, ingests: 1 }, sentence: expect.stringContaining('jumped ahead') },
  ]);
  for (const { due } of await people()) expect(due.getTime() - NOW.getTime()).toBeLessThanOrEqual(8 * DAY);
  expect((await people())[0]!.due).toEqual(new Date(NOW.getTime() + HOUR));
  expect(await getPaper(db, 'arxiv:2605.00001')).toMatchObject({ firstSeenAt: NOW });
  expect(await buildAt(NOW)).toMatchObject({ date: TODAY, built: true, papers: 1 });
  expect(await dispatchAt(new Date(NOW.getTime() + HOUR))).toBe(1);
  expect((await ledger(db)).map((r) => r.digestDate)).toContain(TODAY);

  said = [];
  await repair();
  expect(said).toEqual([]);
});

test('an edition of a day to come that readers have stays, and keeps none of them from what comes before it', async () => {
  const { db } = database;
  await addEmptyEdition(db, addDays(TODAY, -1));
  await addReaders(db, [{ nextDueAt: new Date(NOW.getTime() - DAY) }]);
  expect(await dispatchAt(new Date(NOW.getTime() - DAY + 1))).toBe(1);
  await addEmptyEdition(db, dayOf(AHEAD));
  expect(await dispatchAt(AHEAD)).toBe(1);
  await addEmptyEdition(db, TODAY);
  await repair();
  expect((await database.db.$client.query('select edition_date::text as d from edition order by d')).rows).toEqual(
    [addDays(TODAY, -1), TODAY, dayOf(AHEAD)].map((d) => ({ d })),
  );
  const [reader] = await people();
  expect(reader!.last).toBe(addDays(TODAY, -1));
  expect(await dispatchAt(reader!.due)).toBe(1);
});

test('a reader who left or was mailed by the wrong clock can come back, and what waits until then is due', async () => {
  const { db } = database;
  const [id] = await addReaders(db, [{ status: 'unsubscribed' }]);
  await db.$client.query('update subscriber set ended_at = $1, requested_at = $1, notice_sent_at = $1', [AHEAD]);
  await addReaders(db, [{ email: 'waits@example.org', nextDueAt: NOW }]);
  await addEmptyEdition(db, TODAY);
  await dispatchAt(NOW);
  const [batch] = await batches(db);
  await holdBatch(db, batch!.id, { leaseMs: LEASE_MS, now: NOW });
  await db.$client.query(`update batch set due_at = $1, lease_until = now() + interval '1 year'`, [AHEAD]);
  await db.$client.query(`update delivery set state = 'deferred', next_attempt_at = $1`, [AHEAD]);
  await repair();
  expect(await activate(db, id!, new Date(NOW.getTime() + 60_000), NOW)).not.toBeNull();
  expect(await batches(db)).toMatchObject([{ dueAt: NOW, leaseUntil: null }]);
  expect(await ledger(db)).toMatchObject([{ nextAttemptAt: NOW }]);
});

test('what is in order is left alone', async () => {
  const { db } = database;
  for (const date of [addDays(TODAY, -1), TODAY, addDays(TODAY, 1)]) await addEmptyEdition(db, date);
  await addReaders(db, [
    { nextDueAt: new Date(NOW.getTime() + 7 * DAY), lastDigestDate: addDays(TODAY, 1) },
    { email: 'pending@example.org', status: 'pending' },
  ]);
  await run(NOW);
  const before = await dump(db, TABLES);
  await repair();
  expect(await dump(db, TABLES)).toEqual(before);
  expect(said).toEqual([]);
});

test('a clock that is behind most of what was recorded last repairs nothing, and says so', async () => {
  const { db } = database;
  for (let days = 0; days < 3; days++) {
    await addEmptyEdition(db, dayOf(new Date(AHEAD.getTime() + days * DAY)));
    await run(new Date(AHEAD.getTime() + days * DAY));
  }
  await addReaders(db, [{ nextDueAt: AHEAD }]);
  const before = await dump(db, TABLES);
  await repair();
  expect(await dump(db, TABLES)).toEqual(before);
  expect(said).toMatchObject([{ sentence: expect.stringContaining('behind') }]);
});

test.each([
  ['years behind all that was recorded', { ahead: 100, past: 0, after: 1500 }],
  ['a month behind, though the months before it are more', { ahead: 30, past: 90, after: 0 }],
  ['hours behind', { ahead: 1, past: 90, after: 0 }],
])('a clock that stays %s destroys nothing, however many runs it dates', async (_, { ahead, past, after }) => {
  const { db } = database;
  const daysOn = (days: number): Date => new Date(NOW.getTime() + days * DAY);
  for (let days = 1; days <= past; days++) await run(daysOn(-days));
  for (let days = 0; days < ahead; days++) await run(daysOn(after + days + 0.5));
  for (let runs = 0; runs < 50; runs++) await run(NOW);
  const last = daysOn(after + ahead);
  await addEmptyEdition(db, dayOf(last));
  await writePapers(db, [paper('arxiv:2605.00001', { firstSeenAt: last })], last);
  await addReaders(db, [{ nextDueAt: last }]);
  const before = await dump(db, TABLES);
  await repair();
  expect(await dump(db, TABLES)).toEqual(before);
  expect(said).toMatchObject([{ sentence: expect.stringContaining('behind') }]);
});

test('after a clock was a year ahead for half a day, all of it is repaired', async () => {
  const { db } = database;
  for (let days = 3; days > 0; days--) await run(new Date(NOW.getTime() - days * DAY));
  for (let runs = 0; runs < 50; runs++) await run(new Date(AHEAD.getTime() + runs * 1000));
  await addEmptyEdition(db, dayOf(AHEAD));
  await repair();
  expect(said).toMatchObject([{ fields: { editions: [dayOf(AHEAD)], ingests: 50 } }]);
});

test('runs that failed are no sign of which clock is right', async () => {
  const { db } = database;
  await run(NOW);
  await run(AHEAD);
  for (let days = 1; days < 9; days++) await run(new Date(AHEAD.getTime() + days * DAY), 'It did not answer.');
  await addReaders(db, [{ nextDueAt: AHEAD }]);
  await repair();
  expect(said).toMatchObject([{ fields: { hours: 1 } }]);
});

test('the sweep of the minute sees hours and editions that lie ahead, and repairs them without a start', async () => {
  const { db } = database;
  const look = () => repairIfAhead({ db, now: () => NOW, log: { warn } as never });
  await addReaders(db, [{ nextDueAt: NOW }]);
  await look();
  expect(said).toHaveLength(0);
  await db.$client.query('update subscriber set next_due_at = $1', [AHEAD]);
  await look();
  await addEmptyEdition(db, dayOf(AHEAD));
  await look();
  await db.$client.query('update subscriber set requested_at = $1', [AHEAD]);
  await look();
  expect(said).toMatchObject([
    { fields: { hours: 1 } },
    { fields: { editions: [dayOf(AHEAD)] } },
    { fields: { readers: 1 } },
  ]);
});
