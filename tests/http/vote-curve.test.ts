import { expect, test } from 'vitest';
import { curveOf, middleOf, type Observed } from '../../src/http/pages/vote-curve.ts';
import { wordsOf } from '../../src/words/words.ts';

const at = (hour: number, value: number): Observed => ({ at: new Date(Date.UTC(2026, 4, 22, hour)), value });

test('a curve begins left at the bottom, ends right at its height, and says in words what it shows', () => {
  const curve = curveOf(
    wordsOf('en'),
    [at(8, 0), at(20, 34), at(56, 53), at(88, 85)],
    [at(8, 0), at(20, 2), at(56, 4), at(88, 4)],
  )!;
  expect(curve.run.split(' ')[0]).toBe('4,112');
  expect(curve.end).toEqual({ x: 284, y: 15.5, value: '85' });
  expect(curve.ticks.map(({ label }) => label)).toEqual(['Fri', 'Sat', 'Sun', 'Mon']);
  expect(curve.told).toBe(
    'Upvotes from 22 May to 25 May: 34 after a day, 85 at the end; the middle paper of its list had 4.',
  );
});

test('there is nothing to draw of less than an hour', () => {
  expect(curveOf(wordsOf('en'), [])).toBeNull();
  expect(curveOf(wordsOf('en'), [at(8, 1)])).toBeNull();
});

test('a name at the end of a line never covers the number beside it', () => {
  const curve = curveOf(wordsOf('en'), [at(0, 0), at(30, 5)], [at(0, 0), at(30, 5)])!;
  expect(curve.middle!.y - curve.end.y).toBeGreaterThanOrEqual(14);
});

test('a paper of one vote, or of years, has few marks below it', () => {
  const long = curveOf(wordsOf('en'), [at(0, 1), at(24 * 1000, 1)])!;
  expect(long.ticks.length).toBeLessThanOrEqual(6);
  for (const { x } of long.ticks) expect(x).toBeLessThanOrEqual(284);
});

test('the middle is that of the values at each moment; before its first a paper has none', () => {
  const papers = [[at(0, 1), at(10, 9)], [at(5, 4)], [at(0, 2)]];
  expect(middleOf([at(1, 0).at, at(6, 0).at, at(12, 0).at], papers).map(({ value }) => value)).toEqual([1, 2, 4]);
  expect(middleOf([at(1, 0).at], papers.slice(0, 2))[0]!.value).toBe(0.5);
});
