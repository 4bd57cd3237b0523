import { expect, test } from 'vitest';
import { recordEmpty, type EditionState } from '../../src/db/editions.ts';
import { dispatchDue } from '../../src/delivery/plan.ts';
import { buildEditionIfOverdue, servedUntil } from '../../src/editions/due.ts';
import { writePapers } from '../../src/db/papers.ts';
import { addDays, dayOf, newestEdition } from '../../src/day.ts';
import { FREQUENCIES, type Frequency } from '../../src/subscriber.ts';
import { nextDue } from '../../src/subscribers/schedule.ts';
import { createLogger } from '../../src/telemetry.ts';
import { topicsInForce } from '../../src/papers/topics.ts';
import { testDatabase } from '../support/database.ts';
import { addEmptyEdition, addReaders, ledger } from '../support/ledger.ts';
import { paper } from '../support/papers.ts';

/** A week in which Europe sets its clocks back, with an edition from before it. */
const [FIRST, DAYS] = ['2026-10-22', 7];
const START = Date.parse(`${FIRST}T00:00:00Z`);
const END = START + DAYS * 86_400_000;
const [MINUTE, HOUR] = [60_000, 3_600_000];
const dates = Array.from({ length: DAYS }, (_, i) => addDays(FIRST, i));

/**
 * How the edition of a day comes: so many minutes after its hour, or never, or it was found empty
 * at its hour. One that was missed is made up for by the dispatcher, when it is an hour late.
 */
type Coming = number | 'never' | 'empty' | 'missed';
const COMINGS: readonly Coming[] = [0, 1, 30, 59, 61, 180, 'never', 'empty', 'missed'];
interface Week {
  editionHour: number;
  coming: (date: string) => Coming;
}

const hourOf = (week: Week, date: string): number => Date.parse(`${date}T00:00:00Z`) + week.editionHour * HOUR;
/** When the edition of a day was frozen; Infinity when it never was. */
const frozenAt = (week: Week, date: string): number => {
  if (date < FIRST) return hourOf(week, date);
  const coming = week.coming(date);
  if (coming === 'missed') return hourOf(week, date) + HOUR;
  return typeof coming === 'number' ? hourOf(week, date) + coming * MINUTE : Infinity;
};
const stateAt = (week: Week, moment: number): EditionState => {
  const date = newestEdition(new Date(moment), week.editionHour);
  if (frozenAt(week, date) <= moment) return 'frozen';
  return week.coming(date) === 'empty' && hourOf(week, date) <= moment ? 'empty' : 'to come';
};
const newestAt = (week: Week, moment: number): string => {
  let date = dayOf(new Date(moment));
  while (frozenAt(week, date) > moment) date = addDays(date, -1);
  return date;
};

/**
 * What a reader whose hour is `due` has to get, as the issue says it: the newest edition that stood
 * at that hour. For an hour within the one after the edition's, also that of the day, if it came
 * within it.
 */
function promised(week: Week, due: number): string {
  const today = dayOf(new Date(due));
  const hour = hourOf(week, today);
  const mayWait = due >= hour && due < hour + HOUR && week.coming(today) !== 'empty';
  return mayWait && frozenAt(week, today) <= hour + HOUR ? today : newestAt(week, due);
}

/** The minute in which the dispatcher serves a reader, by its own decision. */
function servedAt(week: Week, due: number): number {
  let minute = Math.ceil(due / MINUTE) * MINUTE;
  const isServed = (): boolean =>
    servedUntil({ now: new Date(minute), editionHour: week.editionHour, newest: stateAt(week, minute) }).getTime() >=
    due;
  while (!isServed()) minute += MINUTE;
  return minute;
}

/**
 * Zones that show the same time throughout the week are one to every decision: a zone for each such
 * group, of all that there are.
 */
function zonesApart(): Map<string, string[]> {
  const offsets = (timeZone: string): string => {
    const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset', hour: 'numeric' });
    let seen = '';
    for (let moment = START - 10 * 24 * HOUR; moment < END + 10 * 24 * HOUR; moment += 3 * HOUR)
      seen += format.format(moment).replace(/^.*GMT/, '') + ' ';
    return seen;
  };
  const all = [...Intl.supportedValuesOf('timeZone'), 'UTC'];
  return new Map([...Map.groupBy(all, offsets).values()].map((zones) => [zones[0]!, zones]));
}

/** The hours of a reader in the week. */
function* duesOf(reader: { timezone: string; sendHour: number; frequency: Frequency }): Generator<number> {
  for (let due = nextDue(new Date(START - 1), reader); due.getTime() < END; due = nextDue(due, reader))
    yield due.getTime();
}

test('in a simulated week each reader of every hour, zone and frequency gets the newest edition that stood at their hour, and none twice, however editions come', () => {
  const zones = zonesApart();
  expect([...zones.values()].flat().length).toBeGreaterThan(400);
  const readers = [...zones.keys()].flatMap((timezone) =>
    Array.from({ length: 24 }, (_, sendHour) =>
      FREQUENCIES.map((frequency) => ({ timezone, sendHour, frequency })),
    ).flat(),
  );
  // To when a reader is due, and not who it is, does the dispatcher look.
  const dues = readers.map((reader) => [...duesOf(reader)]);
  const moments = [...new Set(dues.flat())];
  for (const editionHour of [0, 4, 14, 23])
    for (let shift = 0; shift < COMINGS.length; shift++) {
      const week: Week = { editionHour, coming: (date) => COMINGS[(dates.indexOf(date) + shift) % COMINGS.length]! };
      const got = new Map(
        moments.map((due) => {
          const served = servedAt(week, due);
          return [due, { edition: newestAt(week, served), waited: served - due }];
        }),
      );
      for (const due of moments) {
        const { edition, waited } = got.get(due)!;
        if (edition < promised(week, due)) expect({ due: new Date(due), edition }).toEqual(promised(week, due));
        if (waited > HOUR) expect(waited).toBeLessThanOrEqual(HOUR);
      }
      // An hour that comes while the one before it is waited for would be skipped.
      for (const hours of dues)
        for (const [i, due] of hours.slice(1).entries())
          if (due <= hours[i]! + got.get(hours[i]!)!.waited) expect.fail(`${new Date(due).toISOString()} was skipped`);
    }
});

/** All groups of zones when asked for by SIMULATED_WEEK=all, which takes a minute. */
const ZONES = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu', 'Pacific/Kiritimati'];
const HOURS = process.env['SIMULATED_WEEK'] === 'all' ? Array.from({ length: 24 }, (_, i) => i) : [0, 4, 8, 14, 15, 23];

test.each([14, 23])(
  'the dispatcher itself, run through such a week of editions at %d o’clock, gives them to its readers so',
  { timeout: 300_000 },
  async (editionHour) => {
    await using database = await testDatabase();
    const { db } = database;
    const week: Week = { editionHour, coming: (date) => COMINGS[(dates.indexOf(date) + 3) % COMINGS.length]! };
    const zones = process.env['SIMULATED_WEEK'] === 'all' ? [...zonesApart().keys()] : ZONES;
    const readers = zones.flatMap((timezone) =>
      HOURS.flatMap((sendHour) => FREQUENCIES.map((frequency) => ({ timezone, sendHour, frequency }))),
    );
    const before = addDays(FIRST, -1);
    await addEmptyEdition(db, before);
    const ids = await addReaders(
      db,
      readers.map((reader, i) => ({
        ...reader,
        email: `reader${i}@example.org`,
        nextDueAt: nextDue(new Date(START - 1), reader),
        lastDigestDate: addDays(before, -1),
      })),
    );
    // Minutes in which something can happen: somebody is due, an edition comes, or patience ends.
    const minutes = new Set(
      readers.flatMap((reader) => [...duesOf(reader)]).flatMap((due) => [due, servedAt(week, due)]),
    );
    for (const date of dates) {
      if (Number.isFinite(frozenAt(week, date))) minutes.add(frozenAt(week, date));
      for (const late of [0, 59 * MINUTE, HOUR]) minutes.add(hourOf(week, date) + late);
    }
    for (const date of dates.filter((day) => week.coming(day) === 'missed')) {
      const seen = new Date(hourOf(week, date) - HOUR);
      await writePapers(db, [paper('arxiv:2610.00001', { firstSeenAt: seen })], seen);
    }
    const stood = new Set([before]);
    let now = START;
    const deps = {
      db,
      now: () => new Date(now),
      editionHour: week.editionHour,
      topics: topicsInForce(),
      log: createLogger('silent'),
      enqueueBatch: async () => {},
      lateMs: 12 * HOUR,
    };
    // The edition of the last day comes at its hour, so that the week leaves no reader waiting.
    for (now of [...minutes].filter((minute) => minute < END).sort((one, other) => one - other)) {
      const date = newestEdition(new Date(now), editionHour);
      if (stateAt(week, now) === 'empty') await recordEmpty(db, date, new Date(now));
      if (stateAt(week, now) === 'frozen' && week.coming(date) !== 'missed' && !stood.has(date)) {
        stood.add(date);
        await addEmptyEdition(db, date);
      }
      await buildEditionIfOverdue(deps);
      await dispatchDue(deps);
    }
    const rows = Map.groupBy(await ledger(db), ({ subscriberId }) => subscriberId);
    for (const [i, reader] of readers.entries()) {
      const wanted = [...new Set([...duesOf(reader)].map((due) => promised(week, due)))];
      const got = (rows.get(ids[i]!) ?? []).map(({ digestDate }) => digestDate);
      expect({ ...reader, got: got.toSorted() }).toEqual({ ...reader, got: wanted.toSorted() });
    }
  },
);
