import { expect, test } from 'vitest';
import { risesAgain } from '../../src/editions/returns.ts';

const rises = (upvotes: number, over: { expectedVotes?: number; date?: string } = {}) =>
  risesAgain(
    [{ paperId: 'a', source: 'huggingface', metric: 'upvotes', observedAt: new Date('2026-05-22'), value: upvotes }],
    { last: '2026-05-20', expectedVotes: 20, date: '2026-05-23', ...over },
  );

test('a paper rises again with three times the votes that were expected, and fifty at least', () => {
  expect([rises(59), rises(60)]).toEqual([false, true]);
  expect([rises(49, { expectedVotes: 2 }), rises(50, { expectedVotes: 2 })]).toEqual([false, true]);
});
test('not on the day after it led, when the votes of its first morning gather', () => {
  expect([rises(500, { date: '2026-05-21' }), rises(500, { date: '2026-05-22' })]).toEqual([false, true]);
});
