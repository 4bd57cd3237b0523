import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LOOK, lookOf, OCCASION, occasionOf } from '../../src/ranking/announced.ts';
import { createFreshTraining, forecast, readFreshModel } from '../../src/ranking/fresh.ts';
import { freshReasons, likelihoodOf } from '../../src/ranking/fresh-words.ts';
import { chanceOf, fitLogistic } from '../../src/ranking/logistic.ts';
import { createMemory } from '../../src/ranking/memory.ts';
import { seeded } from '../../src/ranking/seeded.ts';
import { shippedFreshModel } from '../../src/ranking/shipped.ts';
import { mean } from '../../src/ranking/standing.ts';
import { announced, inStep, madeUpMornings } from '../support/announced.ts';
import { listed } from '../support/lists.ts';

const days = madeUpMornings(40);
const TOMORROW = days.at(-1)!;

function learnt() {
  const training = createFreshTraining();
  for (const { day, papers, list } of days.slice(0, -1)) {
    training.learnMorning(day, papers);
    if (list.length > 0) training.learnList(list);
  }
  return training;
}

describe('a logistic regression', () => {
  test('finds the odds that made its data, whatever the scale of a column', () => {
    const random = seeded(3);
    const rows = Array.from({ length: 4000 }, () => [random() * 1000, Number(random() < 0.3)]);
    const values = Float64Array.from(rows.flat());
    const y = Float64Array.from(rows, ([a, b]) => Number(random() < 1 / (1 + Math.exp(2 - a! / 500 - b!))));
    const model = fitLogistic({ x: { width: 2, values }, y, weights: new Float64Array(4000).fill(1) }, 0.01);
    expect(model.weights[0]! * 500).toBeCloseTo(1, 0);
    expect(model.weights[1]).toBeCloseTo(1, 0);
    expect(mean(rows.map((row) => chanceOf(model, Float64Array.from(row))))).toBeCloseTo(mean([...y]), 3);
  });

  test('stays finite where a column tells all, and a strong one says less', () => {
    const values = Float64Array.from([0, 0, 0, 1, 1, 1]);
    const data = { x: { width: 1, values }, y: values, weights: new Float64Array(6).fill(1) };
    const [weak, strong] = [fitLogistic(data, 0.1), fitLogistic(data, 10)];
    expect(Number.isFinite(weak.weights[0])).toBe(true);
    expect(Math.abs(strong.weights[0]!)).toBeLessThan(Math.abs(weak.weights[0]!));
  });
});

test('of more announced papers than are learnt from, all mornings keep their share', () => {
  const training = createFreshTraining();
  for (let day = 10; day < 30; day++)
    training.learnMorning(
      `2026-01-${day}`,
      Array.from({ length: 1200 }, (_, n) => announced(`arxiv:2601.${day}${n}`)),
    );
  expect(training.announced).toBeGreaterThan(5000);
  expect(training.announced).toBeLessThan(7000);
});

describe('the companions of a paper', () => {
  const memory = createMemory();
  memory.learn([
    listed('1', { day: '2026-01-05', title: 'GPT: a model', authors: ['José García', 'A. B. Wu', 'C D'], upvotes: 40 }),
    listed('2', { day: '2026-01-05', authors: ['Jose Garcia', 'Someone Else'], upvotes: 2 }),
  ]);
  const nameless = { id: '9', title: '', abstract: '' };

  test('share two authors or more, however their names are accented', () => {
    const found = memory.companions.of({ id: '9', authors: ['Jose Garcia', 'A. B. Wu', 'New Name'] });
    expect(found).toMatchObject([{ id: '1', shared: 2, upvotes: 40 }]);
  });
  test('are others than itself, and initials tell people apart', () => {
    expect(memory.companions.of({ id: '1', authors: ['José García', 'C D'] })).toEqual([]);
    expect(memory.companions.of({ id: '9', authors: ['A. C. Wu', 'C D'] })).toEqual([]);
  });
  test('are the reason that a reader is given', () => {
    const of = (...authors: string[]) => freshReasons({ ...nameless, authors }, memory);
    expect(of('José García', 'C D')).toEqual(['by two authors of GPT (40 upvotes)']);
    expect(of('Someone Else', 'Jose Garcia')).toEqual(['by two authors of a paper that got 2 upvotes']);
    expect(of('C D', 'New Name')).toEqual(['by one author whose papers were listed before']);
    expect(of('New Name')).toEqual([]);
  });
});

describe('a forecast', () => {
  const training = learnt();
  const model = training.fit(TOMORROW.day)!;
  const told = forecast(model, TOMORROW.papers, { morning: TOMORROW.day, memory: training.memory });

  test('puts the papers of known teams first, by the votes that they get', () => {
    const order = told.toSorted((a, b) => b.score - a.score).map(({ id }) => id);
    expect(order.slice(0, 3)).toEqual([`${TOMORROW.day}/0`, `${TOMORROW.day}/1`, `${TOMORROW.day}/2`]);
  });
  test('tells chances that come true as often as they say', () => {
    const known = told.slice(0, 3).map(({ chance }) => chance);
    const others = told.slice(3).map(({ chance }) => chance);
    expect(mean(known)).toBeGreaterThan(0.75);
    expect(mean(known)).toBeLessThan(0.98);
    expect(mean(others)).toBeLessThan(0.06);
  });
  test('does not take papers for unlisted that had no time yet to be listed', () => {
    const DELAY = 3;
    const weeks = inStep(days).slice(0, 12);
    const next = weeks.pop()!;
    /** Every list comes three mornings late, so the last three have none of theirs yet. */
    const chanceAfter = (mornings: number): number => {
      const training = createFreshTraining();
      for (const [i, { day, papers }] of weeks.entries()) {
        if (i < mornings) training.learnMorning(day, papers);
        const list = weeks[i - DELAY]?.list.map((one) => ({ ...one, day })) ?? [];
        if (list.length > 0) training.learnList(list);
      }
      const told = forecast(training.fit(next.day)!, next.papers, { morning: next.day, memory: training.memory });
      return mean(told.slice(0, 3).map(({ chance }) => chance));
    };
    const { length } = weeks;
    expect(chanceAfter(length)).toBeGreaterThan(0.9 * chanceAfter(length - DELAY));
  });
  test('takes back a kept model of its version, and none of another', () => {
    expect(readFreshModel(JSON.parse(JSON.stringify(model)))).toEqual(model);
    expect(readFreshModel({ ...model, version: 0 })).toBeNull();
    expect(readFreshModel({ ...model, features: ['other'] })).toBeNull();
    expect(readFreshModel(null)).toBeNull();
  });
  test('is a number for any text and any names', () => {
    const wild = fc.record({
      title: fc.string({ unit: 'grapheme' }),
      abstract: fc.string(),
      authors: fc.array(fc.string(), { maxLength: 300 }),
      categories: fc.array(fc.string(), { maxLength: 5 }),
      submittedAt: fc.option(
        fc.date({ min: new Date('1990-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
      ),
    });
    const morning = { morning: TOMORROW.day, memory: training.memory };
    fc.assert(
      fc.property(wild, (over) => {
        const paper = announced('x', over);
        expect(lookOf(paper, TOMORROW.day, training.memory)).toHaveLength(LOOK.length);
        expect(occasionOf(paper)).toHaveLength(OCCASION.length);
        for (const using of [model, shippedFreshModel()]) {
          const { chance, votes } = forecast(using, [paper], morning)[0]!;
          expect(chance).toBeGreaterThanOrEqual(0);
          expect(chance).toBeLessThanOrEqual(1);
          expect(votes).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 50 },
    );
  });
  test('is not made of too little', () => {
    expect(createFreshTraining().fit('2026-01-01')).toBeNull();
  });
});

test.each([
  [0.9, 'very likely'],
  [0.7, 'very likely'],
  [0.69, 'likely'],
  [0.5, 'likely'],
  [0.35, 'possible'],
  [0.34, null],
])('a chance of %d is called %s', (chance, words) => expect(likelihoodOf(chance)).toBe(words));
