import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays } from '../../src/day.ts';
import { monthOf, periodNamed, periodWords, weekOf } from '../../src/editions/periods.ts';
import { wordsOf } from '../../src/words/words.ts';

test.each([
  ['2026-05-20', '2026-W21', '2026-05-18', '2026-05-24'],
  ['2021-01-03', '2020-W53', '2020-12-28', '2021-01-03'],
  ['2024-12-30', '2025-W01', '2024-12-30', '2025-01-05'],
])('%s lies in week %s', (day, name, from, until) => {
  expect(weekOf(day)).toEqual({ kind: 'week', name, from, until });
});

test('a month ends with its last day', () => {
  expect(monthOf('2024-02-10')).toMatchObject({ name: '2024-02', from: '2024-02-01', until: '2024-02-29' });
  expect(monthOf('2026-12-31')).toMatchObject({ until: '2026-12-31' });
});

test('every day lies in its week and its month, and is found by their names', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 60_000 }), (days) => {
      const day = addDays('1950-01-01', days);
      for (const period of [weekOf(day), monthOf(day)]) {
        expect(period.from <= day && day <= period.until).toBe(true);
        expect(periodNamed(period.name)).toEqual(period);
      }
    }),
  );
});

test.each(['2026-W00', '2026-W54', '2025-W53', '2026-13', '2026-00', '2026-W1', '2026', '0000-01', '0000-W01', 'x'])(
  '%s is no period',
  (name) => expect(periodNamed(name)).toBeNull(),
);

test('they are named for a reader', () => {
  expect(periodWords(wordsOf('en'), monthOf('2026-05-20'))).toBe('May 2026');
  expect(periodWords(wordsOf('en'), weekOf('2026-05-20'))).toBe('18 – 24 May 2026');
});
