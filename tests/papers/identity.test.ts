import { expect, test } from 'vitest';
import { idsIn } from '../../src/papers/identity.ts';

test.each([
  ['See https://arxiv.org/pdf/2605.26114v2, (arXiv:2507.14843) and 2605.26114.', ['2605.26114', '2507.14843']],
  ['10.1109/2305.12345 and doi:10.1145/2305.12345', []],
  ['doi:10.48550/arXiv.2605.00002', ['2605.00002']],
  ['https://www.google.com/url?q=https%3A%2F%2Farxiv.org%2Fabs%2F2605.00002%3Fa%3Db&sa=D', ['2605.00002']],
  ['hep-th/9901001v2 – math.GT/0309136!', ['hep-th/9901001', 'math/0309136']],
  ['100% of 12.5, %7f%zz, 2026.05', []],
])('of %s', (text, ids) => {
  expect(idsIn(text)).toEqual(ids.map((id) => `arxiv:${id}`));
});

test('a long text of links is read in little time', () => {
  const text = 'https://arxiv.org/abs/2605.26114?a=b:c/d=e:f '.repeat(65_000);
  const begun = process.cpuUsage();
  expect(idsIn(text)).toHaveLength(1);
  const { user, system } = process.cpuUsage(begun);
  expect((user + system) / 1_000).toBeLessThan(3_000);
});
