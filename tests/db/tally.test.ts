import { expect, test } from 'vitest';
import { type DueHour, readersDue } from '../../src/db/tally.ts';
import { DAY, HOUR } from '../../src/duration.ts';
import { dispatchDue, freezeDigest } from '../../src/delivery/plan.ts';
import { nextDue } from '../../src/subscribers/schedule.ts';
import { createLogger } from '../../src/telemetry.ts';
import { testDatabase } from '../support/database.ts';
import { addEmptyEdition, addReaders } from '../support/ledger.ts';

const [TODAY, TOMORROW] = ['2026-05-29', '2026-05-30'] as const;
const NOW = new Date(`${TODAY}T08:30:00Z`);
const EDITION_HOUR = 4;

test('the readers due of the coming day are those to whom its hours bring a digest', async () => {
  await using database = await testDatabase();
  const { db } = database;
  const hours = Array.from({ length: 24 }, (_, sendHour) => sendHour);
  await addReaders(
    db,
    ['UTC', 'Asia/Tokyo'].flatMap((timezone) =>
      hours.map((sendHour) => ({
        email: `${timezone.toLowerCase().replace('/', '.')}.${sendHour}@example.org`,
        timezone,
        sendHour,
        nextDueAt: nextDue(NOW, { timezone, sendHour, frequency: 'daily' }),
      })),
    ),
  );
  let now = NOW;
  const plan = {
    db,
    log: createLogger('silent'),
    now: () => now,
    enqueueBatch: async () => {},
    editionHour: EDITION_HOUR,
    lateMs: DAY,
  };
  await addEmptyEdition(db, TODAY);
  const due = () => readersDue(db, { from: NOW, until: new Date(NOW.getTime() + DAY), editionHour: EDITION_HOUR });
  expect(readersOf(await due())).toBe(48);
  // Some are sent today's by hand, before their hour.
  for (const hour of hours.filter((one) => one % 3 === 0))
    await freezeDigest(plan, { date: TODAY, to: `utc.${hour}@example.org` });
  const told = new Map(
    [...Map.groupBy(await due(), ({ at }) => at.getTime())].map(([at, of]) => [at, readersOf(of)] as const),
  );

  const came = new Map<number, number>();
  for (const hour of hours) {
    now = new Date(Math.ceil((NOW.getTime() + hour * HOUR) / HOUR) * HOUR);
    if (now.getTime() === Date.parse(`${TOMORROW}T0${EDITION_HOUR}:00:00Z`)) await addEmptyEdition(db, TOMORROW);
    const frozen = await dispatchDue(plan);
    if (frozen > 0) came.set(now.getTime(), frozen);
  }
  expect(told).toEqual(came);
  // At 9, 12, … 21 and at 0 and 3 o'clock the hour brings what they have; 6 o'clock has tomorrow's.
  expect([...told.values()].reduce((sum, readers) => sum + readers, 0)).toBe(48 - 7);
});

const readersOf = (due: readonly DueHour[]): number => due.reduce((sum, { readers }) => sum + readers, 0);
