import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AlertState,
  type Cause,
  CLAIM_MS,
  morningDue,
  nextState,
  owed,
  toldBy,
  wordsOf,
} from '../../src/health/alerts.ts';
import { DAY, HOUR, MINUTE } from '../../src/duration.ts';

const START = new Date('2026-05-01T00:00:00Z');
const at = (minute: number): Date => new Date(START.getTime() + minute * MINUTE);
const cause = (patienceMs = 90_000): Cause => ({
  cause: 'disk',
  sentence: 'The disk is full.',
  remedy: 'Free some.',
  patienceMs,
});

type Mail = { what: 'news' | 'over'; minute: number };

/** What is told of a cause that is seen or not at each minute, where `leaves` says whether mail does. */
function told(
  seen: readonly boolean[],
  { patienceMs = 90_000, leaves = () => true }: { patienceMs?: number; leaves?: (minute: number) => boolean } = {},
): Mail[] {
  const mails: Mail[] = [];
  let state: AlertState | null = null;
  for (const [minute, isSeen] of seen.entries()) {
    const now = at(minute);
    state = nextState(state, isSeen ? cause(patienceMs) : null, now);
    const what = state && owed(state, now);
    if (!state || !what) continue;
    state = { ...state, claimedAt: now };
    if (!leaves(minute)) continue;
    mails.push({ what, minute });
    state = { ...state, ...toldBy(state, what, now) };
  }
  return mails;
}

const runs = (...lengths: number[]): boolean[] =>
  lengths.flatMap((length, i) => Array<boolean>(length).fill(i % 2 === 0));
const DAY_MINUTES = DAY / MINUTE;

describe('a cause', () => {
  test.each<[string, boolean[], Mail[]]>([
    ['that is seen once is not told', runs(1, 100), []],
    ['that stays is told at the third look', runs(60), [{ what: 'news', minute: 2 }]],
    [
      'that ends is told as over after ten minutes of calm',
      runs(30, 60),
      [
        { what: 'news', minute: 2 },
        { what: 'over', minute: 40 },
      ],
    ],
    [
      'that is away for a moment goes on',
      runs(30, 5, 30, 60),
      [
        { what: 'news', minute: 2 },
        { what: 'over', minute: 75 },
      ],
    ],
    [
      'that stays is told once a day',
      runs(2 * DAY_MINUTES + 10),
      [2, 2 + DAY_MINUTES, 2 + 2 * DAY_MINUTES].map((minute) => ({ what: 'news' as const, minute })),
    ],
    [
      'that comes back within a day is told when the day is over',
      runs(30, 60, 2 * DAY_MINUTES),
      [
        { what: 'news', minute: 2 },
        { what: 'over', minute: 40 },
        { what: 'news', minute: 2 + DAY_MINUTES },
        { what: 'news', minute: 2 + 2 * DAY_MINUTES },
      ],
    ],
  ])('%s', (_what, seen, mails) => {
    expect(told(seen)).toEqual(mails);
  });

  test('is told fifteen minutes after it began, where it has so long', () => {
    expect(told(runs(14, 60), { patienceMs: 15 * MINUTE })).toEqual([]);
    expect(told(runs(20), { patienceMs: 15 * MINUTE })).toEqual([{ what: 'news', minute: 15 }]);
  });

  test('is tried again while its mail cannot leave, and told as over if it never could', () => {
    expect(told(runs(60), { leaves: (minute) => minute > 30 })).toEqual([{ what: 'news', minute: 32 }]);
    expect(told(runs(60, 60), { leaves: (minute) => minute > 60 })).toEqual([{ what: 'over', minute: 70 }]);
  });

  test('whose mail another process took up is left to it for two minutes', () => {
    const state = { ...nextState(null, cause(0), at(0))!, claimedAt: at(0) };
    expect(owed(state, at(1))).toBeNull();
    expect(owed(state, new Date(at(0).getTime() + CLAIM_MS))).toBe('news');
  });

  test('that a clock far ahead dated is begun anew', () => {
    const ahead = nextState(null, cause(0), at(365 * DAY_MINUTES))!;
    expect(nextState({ ...ahead, toldAt: ahead.beganAt }, cause(0), at(0))).toMatchObject({
      beganAt: at(0),
      toldAt: null,
    });
  });

  test('says from when to when it lasted', () => {
    const state = { ...nextState(null, cause(0), at(60))!, goneSince: at(120), endedAt: at(130) };
    expect(wordsOf(state, 'over')).toBe(
      'It is over: The disk is full. It lasted from 2026-05-01 01:00 UTC to 2026-05-01 02:00 UTC.',
    );
  });
});

test('however a cause comes and goes, it is told once a day at most, and as over no more often', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 0, max: 100 }),
      (lengths, percent) => {
        // Whether mail leaves goes by a mixed number of the minute, so that a failure comes again.
        const mails = told(runs(...lengths), { leaves: (minute) => (minute * 2_654_435_761) % 100 >= percent });
        // An "over" after another one is the first that is heard of its time: the news could not leave.
        const first = mails.filter(({ what }, i) => what === 'news' || mails[i - 1]?.what !== 'news');
        for (const [i, { minute }] of first.entries())
          if (i > 0) expect(minute - first[i - 1]!.minute).toBeGreaterThanOrEqual(DAY_MINUTES);
      },
    ),
    { numRuns: 200 },
  );
});

test('what lasts is told within three minutes, whenever it begins after a quiet day', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 4, max: 600 }), (quiet, lasting) => {
      const [first] = told([...Array<boolean>(quiet).fill(false), ...runs(lasting, 30)]);
      expect(first).toMatchObject({ what: 'news' });
      expect(first!.minute - quiet).toBeLessThanOrEqual(3);
    }),
    { numRuns: 100 },
  );
});

test.each([
  ['2026-05-29T06:59:00Z', null],
  ['2026-05-29T07:00:00Z', '2026-05-29T07:00:00.000Z'],
  ['2026-05-29T09:59:00Z', '2026-05-29T07:00:00.000Z'],
  ['2026-05-29T10:00:00Z', null],
])('a note of 07:00 is due at %s: %s', (now, due) => {
  expect(morningDue((7 * HOUR) / MINUTE, new Date(now))?.toISOString() ?? null).toBe(due);
});
