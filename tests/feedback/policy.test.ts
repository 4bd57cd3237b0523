import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HARD, type Reason, WHOSE } from '../../src/mail/reply-rules.ts';
import { endingOf, isTooMuch } from '../../src/feedback/policy.ts';

const day = (n: number): string => new Date(Date.UTC(2026, 4, n)).toISOString().slice(0, 10);
const hard = (n: number) => ({ kind: 'hard' as const, permanent: true, reason: 'unknown-user', day: day(n) });
const soft = (n: number, reason: string, permanent = true) => ({
  kind: 'soft' as const,
  permanent,
  reason,
  day: day(n),
});

/** Every reason but the two that no one can explain. */
const HARMLESS = Object.keys(WHOSE).filter(
  (reason) => !HARD.has(reason as Reason) && !['other', 'loop'].includes(reason),
);

describe('a subscription', () => {
  test('is not ended by one refusal, however often it is heard that day', () => {
    expect(endingOf([])).toBeNull();
    expect(endingOf([hard(1), hard(1), hard(1)])).toBeNull();
  });

  test('ends on the second day on which the mailbox is not found', () => {
    expect(endingOf([hard(1), hard(9)])).toEqual({ status: 'bounced', suppress: 'bounced' });
  });

  test('ends at once with a complaint, and with a wish to leave', () => {
    const one = { permanent: true, reason: 'x', day: day(1) };
    expect(endingOf([{ ...one, kind: 'complaint' }])).toEqual({ status: 'complained', suppress: 'complained' });
    expect(endingOf([{ ...one, kind: 'unsubscribe' }])).toEqual({ status: 'unsubscribed', suppress: null });
  });

  test('stops, for a reason of its own, after five days of refusals that no one can explain', () => {
    const refusals = [1, 2, 3, 4].map((n) => soft(n, 'other'));
    expect(endingOf([...refusals, ...refusals])).toBeNull();
    expect(endingOf([...refusals, soft(5, 'loop')])).toEqual({ status: 'bounced', suppress: 'refused' });
  });

  test('is never ended by what is temporary, or no fault of the mailbox, or said to be delivered', () => {
    const anything = fc.oneof(
      fc.record({
        kind: fc.constant('soft' as const),
        permanent: fc.boolean(),
        reason: fc.constantFrom(...HARMLESS),
        day: fc.nat(60).map(day),
      }),
      fc.record({
        kind: fc.constantFrom('soft' as const, 'delivered' as const),
        permanent: fc.constant(false),
        reason: fc.constantFrom('other', ...HARMLESS),
        day: fc.nat(60).map(day),
      }),
    );
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 200 }), (heard) => {
        expect(endingOf(heard)).toBeNull();
      }),
    );
  });

  test('that is ended is not brought back by hearing more', () => {
    const heard = fc.array(
      fc.record({
        kind: fc.constantFrom('hard' as const, 'soft' as const, 'complaint' as const, 'delivered' as const),
        permanent: fc.boolean(),
        reason: fc.constantFrom('other', 'unknown-user', ...HARMLESS),
        day: fc.nat(9).map(day),
      }),
    );
    fc.assert(
      fc.property(heard, heard, (first, more) => {
        if (endingOf(first) !== null) expect(endingOf([...first, ...more])).not.toBeNull();
      }),
    );
  });
});

test.each([
  [1, 19, false],
  [19, 19, false],
  [1, 20, false],
  [2, 20, true],
  [5, 100, false],
  [6, 100, true],
  [50_000, 1_000_000, false],
  [50_001, 1_000_000, true],
])('%i unknown of %i readers pull the brake: %s', (unknown, frozen, is) => {
  expect(isTooMuch({ unknown, frozen })).toBe(is);
});
