import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type EditionState, editionState, getEdition, latestEditionDate } from '../../src/db/editions.ts';
import { writePapers } from '../../src/db/papers.ts';
import { buildEditionIfDue, buildEditionIfOverdue, editionDue, servedUntil } from '../../src/editions/due.ts';
import { OVERALL } from '../../src/paper.ts';
import { topicsInForce } from '../../src/papers/topics.ts';
import { empty, testDatabase, type TestDatabase } from '../support/database.ts';
import { addEmptyEdition } from '../support/ledger.ts';
import { paper } from '../support/papers.ts';

const topics = topicsInForce();
const at = (time: string): Date => new Date(`2026-05-29T${time}Z`);

test.each([
  ['13:59:58', 14, '2026-05-29', '14:00:00'],
  ['14:00:02', 14, '2026-05-29', '14:00:00'],
  ['23:00:00', 14, '2026-05-29', '14:00:00'],
  ['23:59:58', 0, '2026-05-30', '24:00:00'],
  ['22:59:58', 23, '2026-05-29', '23:00:00'],
])(
  'at %s by the clock of a job for %d o’clock the edition of %s is due, as of its hour',
  (time, hour, date, moment) => {
    expect(editionDue(at(time), hour)).toEqual({ date, hour: at(moment) });
  },
);
test.each([
  ['13:59:00', 14],
  ['00:00:00', 1],
  ['22:30:00', 23],
])('at %s the edition of %d o’clock is not due', (time, hour) => {
  expect(editionDue(at(time), hour)).toBeNull();
});

describe('who is due at the hour of the edition or later', () => {
  const until = (time: string, newest: EditionState, editionHour = 14) =>
    servedUntil({ now: at(time), editionHour, newest });
  const before = at('13:59:59.999');
  test('waits while it is to come, and no longer than for an hour', () => {
    expect(until('14:00:00', 'to come')).toEqual(before);
    expect(until('14:59:59', 'to come')).toEqual(before);
    expect(until('15:00:00', 'to come')).toEqual(at('15:00:00'));
  });
  test('is served when it is frozen or found empty', () => {
    for (const newest of ['frozen', 'empty'] as const) expect(until('14:00:01', newest)).toEqual(at('14:00:01'));
  });
  test('is served before that hour with what there is, and so is who was due before', () => {
    expect(until('13:59:59', 'to come')).toEqual(at('13:59:59'));
    expect(until('00:00:00', 'to come', 0)).toEqual(new Date('2026-05-28T23:59:59.999Z'));
  });
});

describe('the job of the edition', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database[Symbol.asyncDispose]());
  beforeEach(() => empty(database.db, 'edition_entry', 'empty_edition', 'signal', 'fresh_pick', 'edition', 'paper'));
  const run = (time: string, editionHour = 14) =>
    buildEditionIfDue({ db: database.db, topics, now: () => at(time), editionHour });
  const addPaper = (seen: string) =>
    writePapers(database.db, [paper('arxiv:2605.00001', { firstSeenAt: at(seen) })], at(seen));

  test.each(['13:59:58', '14:00:02'])('freezes it when its clock says %s', async (time) => {
    await addEmptyEdition(database.db, '2026-05-28');
    await addPaper('08:00:00');
    expect(await run(time)).toMatchObject({ date: '2026-05-29', built: true });
    const edition = await getEdition(database.db, '2026-05-29', OVERALL);
    expect(edition!.frozenAt.getTime()).toBeGreaterThanOrEqual(at('14:00:00').getTime());
    expect(await editionState(database.db, '2026-05-29')).toBe('frozen');
  });

  test('freezes the next day’s when it is of midnight and its clock is two seconds behind', async () => {
    await addEmptyEdition(database.db, '2026-05-29');
    await addPaper('08:00:00');
    expect(await run('23:59:58', 0)).toMatchObject({ date: '2026-05-30', built: true });
  });

  test('remembers that it found no papers, and freezes it yet when some have come', async () => {
    await addEmptyEdition(database.db, '2026-05-28');
    expect(await run('13:00:00')).toBeNull();
    expect(await editionState(database.db, '2026-05-29')).toBe('to come');
    expect(await run('14:00:00')).toMatchObject({ built: false });
    expect(await editionState(database.db, '2026-05-29')).toBe('empty');
    await addPaper('15:00:00');
    expect(await run('15:00:01')).toMatchObject({ built: true });
    expect(await editionState(database.db, '2026-05-29')).toBe('frozen');
    expect(await run('15:30:00')).toBeNull();
  });

  test('is not kept from it by an edition of a day to come', async () => {
    await addEmptyEdition(database.db, '2027-05-29');
    await addPaper('08:00:00');
    expect(await run('14:00:00')).toMatchObject({ date: '2026-05-29', built: true });
    expect(await latestEditionDate(database.db, { onOrBefore: '2026-05-29' })).toBe('2026-05-29');
  });

  test('is made up for by the dispatcher when readers need wait no longer, as after a late start, and once', async () => {
    const overdue = (time: string) =>
      buildEditionIfOverdue({ db: database.db, topics, now: () => at(time), editionHour: 14 });
    await addEmptyEdition(database.db, '2026-05-28');
    await addPaper('08:00:00');
    expect([await overdue('13:59:59'), await overdue('14:59:59')]).toEqual([null, null]);
    expect(await overdue('15:10:00')).toMatchObject({ date: '2026-05-29', built: true });
    expect(await overdue('15:11:00')).toBeNull();
    await empty(database.db, 'edition_entry', 'signal', 'fresh_pick', 'edition', 'paper');
    expect(await overdue('15:12:00')).toMatchObject({ built: false });
    expect(await overdue('15:13:00')).toBeNull();
  });

  describe('of 23 o’clock, which was missed,', () => {
    const overdue = (time: string) =>
      buildEditionIfOverdue({ db: database.db, topics, now: () => new Date(time), editionHour: 23 });
    test('is made up for after midnight, as of its own day, and once', async () => {
      await addEmptyEdition(database.db, '2026-05-28');
      await addPaper('22:00:00');
      expect([await overdue('2026-05-29T22:59:59Z'), await overdue('2026-05-29T23:59:59Z')]).toEqual([null, null]);
      const late = new Date('2026-05-30T00:00:30Z');
      await writePapers(database.db, [paper('arxiv:2605.00002', { firstSeenAt: late })], late);
      expect(await overdue('2026-05-30T00:01:00Z')).toMatchObject({ date: '2026-05-29', built: true, papers: 1 });
      expect(await overdue('2026-05-30T00:02:00Z')).toBeNull();
    });

    test('is left out before the first edition and after a later one', async () => {
      await addPaper('22:00:00');
      expect(await overdue('2026-05-30T00:01:00Z')).toBeNull();
      await addEmptyEdition(database.db, '2026-05-30');
      expect(await overdue('2026-05-30T00:01:00Z')).toBeNull();
      expect(await editionState(database.db, '2026-05-29')).toBe('to come');
    });
  });

  test('does not wait for its hour when there is no edition at all', async () => {
    await addPaper('08:00:00');
    expect(await run('09:00:00')).toMatchObject({ date: '2026-05-29', built: true });
  });
});
