import { expect, test } from 'vitest';
import { MINUTE } from '../../src/duration.ts';
import { createAllowance } from '../../src/tracing/allowance.ts';

const yesOf = (may: () => boolean, times: number): number =>
  Array.from({ length: times }, may).filter((said) => said).length;

test('an allowance says yes so many times a minute, and as often again in the next', () => {
  let now = 5;
  const may = createAllowance(3, () => now);
  expect(yesOf(may, 10)).toBe(3);
  now += MINUTE - 1;
  expect(yesOf(may, 10)).toBe(0);
  now += 1;
  expect(yesOf(may, 10)).toBe(3);
});

test('a quiet hour is not saved up for', () => {
  let now = 0;
  const may = createAllowance(3, () => now);
  now += 60 * MINUTE;
  expect(yesOf(may, 10)).toBe(3);
});
