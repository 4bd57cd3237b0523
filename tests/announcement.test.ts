import { expect, test } from 'vitest';
import { announcedOn, announcementOf } from '../src/announcement.ts';

test.each([
  ['on a Tuesday before the deadline, for Wednesday', '2026-06-23T17:59:59Z', '2026-06-24', 0],
  ['at the deadline, a day later', '2026-06-23T18:00:00Z', '2026-06-25', 24],
  ['on a Thursday after the deadline, for Monday', '2026-06-25T18:30:00Z', '2026-06-29', 23.5],
  ['on a Friday before the deadline, for Monday', '2026-06-26T17:00:00Z', '2026-06-29', 1],
  ['on a Friday after the deadline, for Tuesday', '2026-06-26T19:00:00Z', '2026-06-30', 71],
  ['on a Sunday, for Tuesday', '2026-06-28T12:00:00Z', '2026-06-30', 30],
  ['in winter an hour later by UTC', '2026-01-13T18:30:00Z', '2026-01-14', 0.5],
])('what is submitted %s', (_when, submitted, morning, hoursBefore) => {
  const announcement = announcementOf(new Date(submitted));
  expect(announcement.morning).toBe(morning);
  expect(announcement.hoursBefore).toBeCloseTo(hoursBefore, 2);
});

test('a morning announces what belongs to it, and a weekend nothing', () => {
  for (const morning of ['2026-06-29', '2026-06-30', '2026-07-01', '2026-01-14', '2026-03-09', '2026-11-02']) {
    const { from, until } = announcedOn(morning)!;
    const just = (moment: Date, ms: number) => announcementOf(new Date(moment.getTime() + ms)).morning;
    expect([just(from, 0), just(until, -1)], morning).toEqual([morning, morning]);
    expect(just(from, -1) < morning && just(until, 0) > morning, morning).toBe(true);
  }
  expect([announcedOn('2026-06-27'), announcedOn('2026-06-28')]).toEqual([null, null]);
});
