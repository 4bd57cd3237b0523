import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectedVotes, forecastOf, shareArrived } from '../../src/ranking/votes.ts';

const ROOTS = { mean: 3, deviation: 2 };

describe('the votes that a paper will have', () => {
  test('are those of the forecast, before the first can have come', () => {
    expect(expectedVotes({ upvotes: 0, hours: 0, standing: 1 }, ROOTS)).toBeCloseTo(25);
    expect(expectedVotes({ upvotes: 0, hours: -3, standing: 0 }, ROOTS)).toBeCloseTo(9);
  });

  test('are those it has, once all have come', () => {
    for (const standing of [-9, 0, 9]) expect(expectedVotes({ upvotes: 43, hours: 27, standing }, ROOTS)).toBe(43);
  });

  test('count for more the younger the paper is', () => {
    const after = (hours: number) => expectedVotes({ upvotes: 20, hours, standing: 0 }, ROOTS);
    expect(after(1)).toBeGreaterThan(after(3));
    expect(after(3)).toBeGreaterThan(after(20));
  });

  test('let a clear lead in votes beat a better forecast by the sixth hour, and not in the first minutes', () => {
    const favoured = (hours: number) => expectedVotes({ upvotes: 4, hours, standing: 1.5 }, ROOTS);
    const voted = (hours: number) => expectedVotes({ upvotes: 9, hours, standing: -0.5 }, ROOTS);
    expect(voted(6)).toBeGreaterThan(favoured(6));
    expect(expectedVotes({ upvotes: 0, hours: 0.1, standing: 1.5 }, ROOTS)).toBeGreaterThan(
      expectedVotes({ upvotes: 1, hours: 0.1, standing: -0.5 }, ROOTS),
    );
  });

  const upvotes = fc.nat(5000);
  const hours = fc.double({ min: -100, max: 1000, noNaN: true });
  const standing = fc.double({ min: -20, max: 20, noNaN: true });
  test('are never fewer than those it has, and never fall when a vote or a better forecast comes', () => {
    fc.assert(
      fc.property(upvotes, hours, standing, (u, h, s) => {
        const now = expectedVotes({ upvotes: u, hours: h, standing: s }, ROOTS);
        expect(now).toBeGreaterThanOrEqual(u);
        expect(expectedVotes({ upvotes: u + 1, hours: h, standing: s }, ROOTS)).toBeGreaterThan(now);
        expect(expectedVotes({ upvotes: u, hours: h, standing: s + 1 }, ROOTS)).toBeGreaterThanOrEqual(now);
      }),
    );
  });

  test('come fast at first, and are all there in the end', () => {
    expect([0, 27, 1000, -5].map(shareArrived)).toEqual([0, 1, 1, 0]);
    expect(shareArrived(3)).toBeGreaterThan(shareArrived(6) - shareArrived(3));
  });

  test.each([
    [0, 9],
    [1, 25],
    [-1.5, 0.5],
    [-100, 0.5],
  ])('a standing of %d is worth %d on a usual day', (s, votes) => expect(forecastOf(s, ROOTS)).toBeCloseTo(votes));
});
