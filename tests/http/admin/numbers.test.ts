import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { saveDaySums, saveDigestSum, type DaySum } from '../../../src/db/sums.ts';
import type { PeriodSum } from '../../../src/delivery/sums.ts';
import { addDays } from '../../../src/day.ts';
import { barChart, lineChart } from '../../../src/http/admin/chart.ts';
import { numbersView, trendOf } from '../../../src/http/admin/numbers-view.ts';
import { createClock } from '../../../src/http/admin/words.ts';
import { atTheDesk, type AtTheDesk } from '../../support/desk.ts';
import { NOW, testSite, type TestSite, TODAY } from '../../support/site.ts';

const clock = createClock('UTC', () => NOW);
const SUM: PeriodSum = {
  from: '2026-05-01',
  until: TODAY,
  goesOn: true,
  joined: 0,
  unsubscribed: 0,
  bounced: 0,
  complained: 0,
  more: 0,
  less: 0,
  active: 100,
  frozen: 0,
  accepted: 0,
  rejected: 0,
  unknown: 0,
  skipped: 0,
  bounces: 0,
  complaints: 0,
};
const APRIL: PeriodSum = { ...SUM, from: '2026-04-01', until: '2026-04-30', goesOn: false };

describe('the sentence of the numbers', () => {
  test.each([
    ['nothing', [], 'Nothing is counted yet; the first count comes within ten minutes.'],
    ['the first month', [{ ...SUM, joined: 100 }], '100 readers; 100 have come and none has gone.'],
    [
      'growth',
      [APRIL, { ...SUM, active: 120, joined: 25, unsubscribed: 5 }],
      '120 readers, 20 more than at the end of April; for each one who goes, five come.',
    ],
    [
      'loss',
      [APRIL, { ...SUM, active: 90, joined: 5, unsubscribed: 10, bounced: 5 }],
      '90 readers, 10 fewer than at the end of April; for each one who comes, three go.',
    ],
    [
      'as many who come as go',
      [APRIL, { ...SUM, joined: 4, unsubscribed: 4 }],
      '100 readers, as many as at the end of April; for each one who goes, one comes.',
    ],
    ['none who came or went', [APRIL, SUM], '100 readers, as many as at the end of April; none came and none went.'],
    ['a single reader', [{ ...SUM, active: 1, joined: 1 }], 'One reader; one has come and none has gone.'],
  ] as const)('with %s', (_, sums, sentence) => {
    expect(numbersView({ period: 'month', sums, countedAt: NOW, frequencies: [] }, clock).sentence).toBe(sentence);
  });
});

test.each([
  ['rising', [1, 1, 2, 2]],
  ['falling', [2, 2, 1, 1]],
  ['steady', [1, 1.1, 1, 1.1]],
  ['steady', [5, 1]],
  ['steady', [null, null, 3]],
  ['steady', [0, 0, 0, 0]],
] as const)('a line is %s of %j', (trend, values) => {
  expect(trendOf(values)).toBe(trend);
});

describe('a chart', () => {
  const numbers = (drawing: unknown): number[] =>
    [...JSON.stringify(drawing).matchAll(/(?<![\w.#])-?\d+(?:\.\d+)?|null|NaN/g)].map(([text]) => Number(text));
  test('of one value, of none and of gaps holds no figure that is none', () => {
    for (const values of [[], [0], [null], [1, null, 3], [0, 0]])
      for (const goesOn of [true, false]) {
        const labels = values.map((_, i) => `day ${i}`);
        const drawing = lineChart({ width: 354, height: 150, values, labels, goesOn, say: String });
        expect(numbers(drawing).every(Number.isFinite)).toBe(true);
        expect(JSON.stringify(drawing)).not.toContain('NaN');
      }
  });
  test('of bars shows a part of one, and stays within its panels', () => {
    const drawing = barChart({
      width: 568,
      height: 400,
      labels: ['a', 'b'],
      goesOn: true,
      say: String,
      upper: { parts: [{ kind: 'bar', says: 'x', values: [1_000_000, 900_000] }] },
      lower: {
        title: 'rare',
        parts: [
          { kind: 'skp', says: 's', values: [2000, 1] },
          { kind: 'unk', says: 'u', values: [1, 0] },
        ],
      },
    });
    expect(drawing.bars).toHaveLength(5);
    for (const bar of drawing.bars) {
      expect(bar.height).toBeGreaterThanOrEqual(1);
      expect(bar.y + bar.height).toBeLessThanOrEqual(400);
      expect(bar.y).toBeGreaterThan(0);
    }
  });
});

describe('the page of numbers', () => {
  let site: TestSite;
  let desk: AtTheDesk;
  beforeAll(async () => {
    site = await testSite({ adminToken: 'the token of the desk' });
    desk = await atTheDesk(site.app, 'the token of the desk');
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  test('says before anything is counted that it will be, and why opens are not', async () => {
    const { body, statusCode } = await desk.get('/numbers');
    expect(statusCode).toBe(200);
    expect(body).toContain('Nothing is counted yet');
    expect(body).toContain('Opens and clicks are not counted');
  });

  test('draws what is kept by day, week and month, and gives it as CSV', async () => {
    const days: DaySum[] = Array.from({ length: 60 }, (_, i) => ({
      day: addDays(TODAY, i - 59),
      joined: 10,
      unsubscribed: 2,
      bounced: 1,
      complained: 0,
      active: 500 + 7 * i,
      more: 5,
      less: 1,
    }));
    await saveDaySums(site.db, days, NOW);
    const digest = { frozen: 1000, accepted: 990, rejected: 4, unknown: 1, skipped: 5 };
    for (const { day } of days) await saveDigestSum(site.db, { date: day, ...digest }, NOW);
    for (const by of ['day', 'week', 'month']) {
      const { body } = await desk.get(`/numbers?by=${by}`);
      expect(body).toContain('913 readers');
      expect(body).toContain('for each one who goes, three come');
      expect(body).toContain('class="bar');
      expect(body).not.toMatch(/NaN|undefined|null/);
      expect(body).not.toContain('style=');
    }
    const csv = await desk.get('/numbers.csv?by=week');
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
    const [head, newest] = csv.body.split('\r\n');
    expect(head).toMatch(/^from,until,readers,joined/);
    expect(newest).toBe('2026-05-25,2026-05-29,913,50,10,5,0,5000,4950,20,25,5,0,0,25,5');
  });
});
