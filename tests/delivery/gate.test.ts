import { cp, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { findInstallation } from '../../src/db/installation.ts';
import { createGate, type GateDeps, whyClosed } from '../../src/delivery/gate.ts';
import { sendTest } from '../../src/delivery/preview.ts';
import { COMMAND } from '../../src/db/trail.ts';
import { resumeAfterRestore } from '../../src/delivery/resume.ts';
import { readSeal, writeSeal } from '../../src/seal.ts';
import { createLogger } from '../../src/telemetry.ts';
import { empty, testDatabase, type TestDatabase } from '../support/database.ts';
import { dispatchDue } from '../../src/delivery/plan.ts';
import { addEmptyEdition, addReaders, ledger } from '../support/ledger.ts';

let database: TestDatabase;
let place: string;
let told: string[];
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(async () => {
  await empty(database.db, 'installation', 'subscriber', 'delivery', 'batch', 'digest', 'edition');
  place = await mkdtemp(path.join(tmpdir(), 'paperboy-gate-'));
  told = [];
  return () => rm(place, { recursive: true });
});

const now = (): Date => new Date();
const gateOf = (directory: string, more: Partial<GateDeps> = {}) =>
  createGate({
    db: database.db,
    now,
    log: createLogger('silent'),
    dataDir: path.join(place, directory),
    embedded: true,
    alert: async (sentence) => told.push(sentence) > 0,
    ...more,
  });
const resume = (directory: string) =>
  resumeAfterRestore(
    { db: database.db, now, editionHour: 4, dataDir: path.join(place, directory), embedded: false },
    { dryRun: false, sendToday: false, by: COMMAND },
  );
const because = async () => (await findInstallation(database.db))?.closed?.because ?? null;
/** The database as a dump of an earlier moment has it. */
const setBack = (epochs: number) => database.db.$client.query('update installation set epoch = epoch - $1', [epochs]);

const row = { id: 'a', epoch: 5, place: 'here', advancedAt: now(), closed: null };
const seal = { id: 'a', epoch: 5, isOriginal: true };
test.each([
  ['as it was left', { seal, row, embedded: true }, null],
  ['a crash between the database and the seal', { seal: { ...seal, epoch: 4 }, row, embedded: true }, null],
  ['a database older than its seal', { seal: { ...seal, epoch: 6 }, row, embedded: true }, 'older'],
  ['the same of a database elsewhere', { seal: { ...seal, epoch: 6 }, row, embedded: false }, 'older'],
  ['a copied data directory', { seal: { ...seal, isOriginal: false }, row, embedded: true }, 'copied'],
  ['a directory copied to a further worker', { seal: { ...seal, isOriginal: false }, row, embedded: false }, null],
  ['a further worker, which has no seal yet', { seal: null, row, embedded: false }, null],
  ['a copied cluster without its seal', { seal: null, row, embedded: true }, 'copied'],
  ['a first start that was killed', { seal: null, row: { ...row, epoch: 0 }, embedded: true }, null],
  ['a cluster put beside another seal', { seal: { ...seal, id: 'b' }, row, embedded: true }, 'copied'],
  ['a worker that was given another database', { seal: { ...seal, id: 'b' }, row, embedded: false }, null],
  [
    'a server that was upgraded, and knows all that its seal does',
    { seal, row: { ...row, place: 'there' }, embedded: false },
    null,
  ],
  [
    'a dump of an earlier moment, read in elsewhere',
    { seal: { ...seal, epoch: 6 }, row: { ...row, place: 'there' }, embedded: false },
    'moved',
  ],
  ['a dump that was read in elsewhere', { seal: null, row: { ...row, place: 'there' }, embedded: false }, 'moved'],
] as const)('%s', (_, { seal: found, row: known, embedded }, expected) => {
  expect(whyClosed({ seal: found, row: known, embedded, place: 'here' })).toBe(expected);
});

test('starts, stops and moves within a file system send on', async () => {
  for (let start = 0; start < 3; start++) {
    const gate = gateOf('data');
    expect([await gate.isOpen(), await gate.pass(), await gate.pass()]).toEqual([true, true, true]);
  }
  await rename(path.join(place, 'data'), path.join(place, 'elsewhere'));
  expect(await gateOf('elsewhere').pass()).toBe(true);
  expect(await readdir(path.join(place, 'elsewhere'))).toEqual(['seal.json']);
});

test('many at once pass, in several processes on one directory', async () => {
  const gates = [gateOf('data'), gateOf('data'), gateOf('data')];
  const passed = await Promise.all(Array.from({ length: 60 }, (_, i) => gates[i % 3]!.pass()));
  expect(passed).not.toContain(false);
  expect(await gateOf('data').pass()).toBe(true);
});

test('workers on other machines with data directories of their own send on', async () => {
  for (const machine of ['one', 'two', 'one', 'three', 'two'])
    expect(await gateOf(machine, { embedded: false }).pass()).toBe(true);
});

test('a copy of the data directory is closed, and its operator told once; the original is not', async () => {
  await gateOf('data').pass();
  await cp(path.join(place, 'data'), path.join(place, 'copy'), { recursive: true, preserveTimestamps: true });
  expect(await readSeal(path.join(place, 'copy'))).toMatchObject({ isOriginal: false });
  expect(await gateOf('data').pass()).toBe(true);
  const copy = gateOf('copy');
  expect([await copy.pass(), await copy.isOpen(), await gateOf('copy').pass()]).toEqual([false, false, false]);
  expect([await because(), told.length, told[0]]).toEqual(['copied', 1, expect.stringMatching(/^Nothing is sent/)]);
});

test('a database that was set back is closed at the next start, and while a process runs', async () => {
  const gate = gateOf('data', { embedded: false });
  for (let i = 0; i < 5; i++) await gate.pass();
  await setBack(2);
  expect([await gate.pass(), await because()]).toEqual([false, 'older']);
  await database.db.$client.query('update installation set closed_at = null');
  expect([await gateOf('data', { embedded: false }).pass(), await because()]).toEqual([false, 'older']);
});

test('a database from before there were seals is closed where there is one', async () => {
  await gateOf('data').pass();
  await empty(database.db, 'installation');
  expect(await gateOf('data').pass(), 'an empty database is a new one').toBe(true);
  await empty(database.db, 'installation');
  await addReaders(database.db, [{}]);
  expect([await gateOf('data').pass(), await because()]).toEqual([false, 'older']);
});

test('after the operator’s word all send on: the copy, and workers that remember later days', async () => {
  const [here, there] = [gateOf('here', { embedded: false }), gateOf('there', { embedded: false })];
  for (const gate of [here, there, here, there]) await gate.pass();
  await setBack(3);
  expect([await here.pass(), await there.pass()]).toEqual([false, false]);
  await resume('here');
  expect([await here.pass(), await there.pass(), await gateOf('there', { embedded: false }).pass()]).toEqual([
    true,
    true,
    true,
  ]);
  await expect(resume('here')).rejects.toThrow(/nothing to resume/);
});

test('a directory that cannot be written to stops no mail', async () => {
  await mkdir(path.join(place, 'data', 'seal.json'), { recursive: true });
  const gate = gateOf('data', { embedded: false });
  await expect(writeSeal(path.join(place, 'data'), { id: 'a', epoch: 1 })).rejects.toThrow();
  expect(await gate.pass()).toBe(true);
});

test('resumed with today’s digest, readers of the morning get it however late it is', async () => {
  const date = '2026-05-29';
  const evening = new Date(`${date}T21:00:00Z`);
  await addEmptyEdition(database.db, date);
  const [early, frozen] = (await addReaders(database.db, [
    { email: 'early@example.org', nextDueAt: new Date(`${date}T06:00:00Z`), lastDigestDate: '2026-05-28' },
    { email: 'frozen@example.org', nextDueAt: new Date(`${date}T05:00:00Z`), lastDigestDate: '2026-05-28' },
  ])) as [number, number];
  const plan = { db: database.db, log: createLogger('silent'), enqueueBatch: async () => {}, editionHour: 4 };
  const dispatchAt = (at: string | Date) =>
    dispatchDue({
      ...plan,
      now: () => new Date(at),
      lateMs: 12 * 3_600_000,
      enqueueSummaries: async () => {},
    } as never);
  await dispatchAt(`${date}T05:10:00Z`);
  const gate = gateOf('data');
  await gate.pass();
  await setBack(1);
  expect(await gate.pass()).toBe(false);
  await resumeAfterRestore(
    { db: database.db, now: () => evening, editionHour: 4, dataDir: path.join(place, 'data'), embedded: true },
    { dryRun: false, sendToday: true, by: COMMAND },
  );
  expect(await gate.pass()).toBe(true);
  await dispatchAt(evening);
  const rows = await ledger(database.db);
  expect(new Map(rows.map(({ subscriberId, state }) => [subscriberId, state]))).toEqual(
    new Map([
      [early, 'pending'],
      [frozen, 'pending'],
    ]),
  );
  const { rows: digests } = await database.db.$client.query('select asked_at as at from digest');
  expect(digests).toEqual([{ at: evening }]);
});

test('no test of a digest leaves while it is closed', async () => {
  await gateOf('data').pass();
  await setBack(1);
  await gateOf('data').pass();
  const sent = sendTest({ db: database.db } as never, { date: '2026-05-29' }, 'me@example.org');
  await expect(sent).rejects.toMatchObject({ code: 'SENDING_CLOSED' });
});
