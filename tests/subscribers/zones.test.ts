import { describe, expect, test } from 'vitest';
import { spelledTimezone, TIMEZONES, timezoneOffsets, todaysTimezone } from '../../src/subscribers/zones.ts';

const ZONES = Intl.supportedValuesOf('timeZone');
const RENAMED = [
  ['Asia/Calcutta', 'Asia/Kolkata'],
  ['Europe/Kiev', 'Europe/Kyiv'],
  ['Asia/Saigon', 'Asia/Ho_Chi_Minh'],
  ['Asia/Rangoon', 'Asia/Yangon'],
] as const;

describe('a time zone', () => {
  test.each([...RENAMED.flat(), 'Europe/Berlin', 'UTC', 'US/Eastern', 'Etc/GMT+5'])(
    'keeps the name that the reader chose: %s',
    (zone) => {
      expect(spelledTimezone(zone)).toBe(zone);
    },
  );

  test('is mended in its case alone', () => {
    expect(spelledTimezone('europe/berlin')).toBe('Europe/Berlin');
    expect(spelledTimezone('ASIA/KOLKATA')).toBe('Asia/Kolkata');
    expect(spelledTimezone('etc/gmt+5')).toBe('Etc/GMT+5');
  });

  test('is one that Intl knows, or none', () => {
    expect(ZONES.map(spelledTimezone)).toEqual(ZONES);
    for (const odd of ['', 'Mars/Olympus', 'Europe/Berlin\r\n', '../etc', 'x'.repeat(1000), '\0', 'constructor'])
      expect(spelledTimezone(odd)).toBeNull();
  });

  test.each(RENAMED)('%s is listed as %s, and a reader who has the old name finds it there', (old, today) => {
    expect(TIMEZONES).toContain(today);
    expect(TIMEZONES).not.toContain(old);
    expect(todaysTimezone(old)).toBe(today);
    expect(todaysTimezone(today)).toBe(today);
  });
});

test('the list is sorted, holds every zone once, and each works', () => {
  expect(TIMEZONES).toEqual([...new Set(TIMEZONES)].toSorted());
  expect(TIMEZONES.length).toBeGreaterThan(ZONES.length);
  for (const zone of TIMEZONES) expect(() => new Intl.DateTimeFormat('en', { timeZone: zone })).not.toThrow();
});

test('offsets are those of the day', () => {
  const [winter, summer] = ['2026-01-15T12:00:00Z', '2026-07-15T12:00:00Z'].map((at) => timezoneOffsets(new Date(at)));
  expect([winter!.get('Europe/Berlin'), summer!.get('Europe/Berlin')]).toEqual(['UTC+01:00', 'UTC+02:00']);
  expect(winter!.get('Asia/Kolkata')).toBe('UTC+05:30');
  expect(winter!.get('America/New_York')).toBe('UTC−05:00');
  expect(winter!.get('UTC')).toBe('UTC+00:00');
});
