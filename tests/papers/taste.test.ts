import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  backgroundOf,
  isFelt,
  leanOf,
  type Said,
  tasteOf,
  type Trait,
  traitsOf,
  weightsOf,
} from '../../src/papers/taste.ts';
import { selectForReader } from '../../src/editions/select.ts';
import { paper } from '../support/papers.ts';

const trait = (id: string): Trait => ({ id, label: id.split(':')[1]! });
const said = (liked: boolean, ...ids: string[]): Said => ({ liked, traits: ids.map(trait) });
const RECENT = backgroundOf(
  Array.from({ length: 100 }, (_, i) => [
    trait(i % 5 === 0 ? 'topic:robotics' : 'topic:language-models'),
    ...(i === 0 ? [trait('word:tactile')] : []),
  ]),
);
const weights = (...words: Said[]) => new Map(tasteOf(words, RECENT).map(({ id, weight }) => [id, weight]));

test('a paper’s traits are its topics, the words of its title and keywords, and its authors', () => {
  const traits = traitsOf(
    { title: 'The Tactile Robots and a Hand', keywords: ['Robot learning'], authors: ['Ada Lovelace'] },
    [{ slug: 'robotics', name: 'Robotics' }],
  );
  expect(traits.map(({ id }) => id)).toEqual([
    'topic:robotics',
    'word:tactile',
    'word:robot',
    'word:hand',
    'word:learning',
    'author:ada-lovelace',
  ]);
});

describe('a taste', () => {
  test.each([0.1, 0.39, 0.41, 2, -0.39, -0.41])('is said to be felt where it moves a paper: %s', (weight) => {
    const line = { trait: 'topic:robotics', weight, isOwn: false };
    expect(isFelt([line])).toBe(leanOf(weightsOf([line]), [trait(line.trait)]) !== 0);
  });
  test('moves a paper by "more" and further by "much more", as far as before weights were chances', () => {
    const lean = (level: number) =>
      leanOf(weightsOf([{ trait: 'topic:robotics', weight: level, isOwn: true }]), [trait('topic:robotics')]);
    const before = (level: number) => Math.sign(level) * 2 * Math.tanh(0.5 * (Math.abs(level) - 0.4));
    for (const level of [-2, -1, 1, 2]) expect(Math.abs(lean(level) - before(level))).toBeLessThan(0.05);
    expect(Math.abs(lean(0))).toBe(0);
  });
  test('weighs what is rare and was liked often, and says nothing of what is usual', () => {
    const taste = weights(
      ...Array.from({ length: 4 }, () => said(true, 'topic:robotics', 'word:tactile')),
      said(true, 'topic:language-models'),
    );
    expect(taste.get('topic:robotics')).toBeGreaterThan(0.3);
    expect(taste.get('word:tactile')).toBeGreaterThan(0);
    expect(taste.get('topic:language-models') ?? 0).toBeLessThan(0.1);
  });
  test('turns against what was not liked, and counts for more the more was said', () => {
    const one = weights(said(false, 'topic:robotics')).get('topic:robotics')!;
    const four = weights(...Array.from({ length: 4 }, () => said(false, 'topic:robotics'))).get('topic:robotics')!;
    expect(one).toBeLessThan(0);
    expect(four).toBeLessThan(one);
  });
  test('counts for less where a reader’s words contradict each other, and hardly at all where they come to chance', () => {
    const both = (liked: boolean) =>
      Array.from({ length: 5 }, () => [said(liked, 'topic:robotics'), said(!liked, 'topic:language-models')]).flat();
    const agreeing = weights(...both(true)).get('topic:robotics')!;
    const torn = weights(...both(true), ...both(false).slice(0, 6)).get('topic:robotics') ?? 0;
    expect(agreeing).toBeGreaterThan(0.8);
    expect(Math.abs(torn)).toBeLessThan(agreeing / 5);
  });
  test('moves nothing by one press, and papers of a topic by what was said of it again and again', () => {
    const robotics = [trait('topic:robotics')];
    const after = (liked: boolean, times: number) =>
      leanOf(weights(...Array.from({ length: times }, () => said(liked, 'topic:robotics', 'word:tactile'))), robotics);
    expect([after(true, 1), after(false, 1)].map(Math.abs)).toEqual([0, 0]);
    expect(after(true, 4)).toBeGreaterThan(1);
    expect(after(false, 8)).toBeLessThan(-0.5);
  });
  test('is not made of what most papers have, however often it was liked by chance', () => {
    const words = Array.from({ length: 5 }, () => said(true, 'topic:language-models'));
    expect(Math.abs(leanOf(weights(...words), [trait('topic:language-models')]))).toBe(0);
  });
  test('never counts a line for more than what is wanted for sure', () => {
    const ids = fc.constantFrom('topic:robotics', 'topic:language-models', 'word:tactile', 'author:ada-lovelace');
    const one = fc.record({ liked: fc.boolean(), ids: fc.uniqueArray(ids, { minLength: 1 }) });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 60 }), (words) => {
        const found = tasteOf(
          words.map(({ liked, ids }) => said(liked, ...ids)),
          RECENT,
        );
        for (const { weight } of found) expect(Math.abs(weight)).toBeLessThanOrEqual(1);
      }),
    );
  });
  test('takes an author of one liked paper for less than a topic that was liked again and again', () => {
    const words = Array.from({ length: 5 }, (_, i) => said(true, 'topic:robotics', `author:one-of-${i}`));
    const taste = weights(...words);
    for (let i = 0; i < 5; i++) expect(taste.get(`author:one-of-${i}`)).toBeLessThan(taste.get('topic:robotics')!);
  });
  test('leaves a paper where it is of which its lines say next to nothing', () => {
    const lean = (weight: number) => leanOf(new Map([['topic:robotics', weight]]), [trait('topic:robotics')]);
    expect([lean(0.3), lean(-0.3)].map(Math.abs)).toEqual([0, 0]);
    expect(lean(1)).toBeGreaterThan(0.5);
    expect(lean(-1)).toBeLessThan(-0.5);
  });
  test('moves no paper further than its bound, whatever is in it', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.double({ noNaN: true, min: -1e6, max: 1e6 }))), (lines) => {
        const lean = leanOf(
          new Map(lines),
          lines.map(([id]) => trait(id)),
        );
        expect(Math.abs(lean)).toBeLessThanOrEqual(3);
      }),
    );
  });
});

test('whatever the taste, no. 1 of the day stays, three of ten come by their score alone, and none comes that was had', () => {
  const places = Array.from({ length: 30 }, (_, i) => ({
    paper: paper(`p${i}`),
    topic: 'all',
    rank: i + 1,
    score: 30 - i,
    weeklyScore: 30 - i,
    reasons: [],
    backSince: null,
  }));
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 30, maxLength: 30 }),
      fc.constantFrom(5, 10, 20),
      (leans, limit) => {
        const of = ({ id }: { id: string }) => leans[Number(id.slice(1))]!;
        const had = new Map([['p3', 1]]);
        const chosen = selectForReader({ places, topics: ['all'], had, limit, leaning: { by: 'score', of } });
        const ids = chosen.map((one) => one.paper.id);
        expect(ids).toHaveLength(limit);
        expect(new Set(ids).size).toBe(limit);
        expect(ids).not.toContain('p3');
        const byScore = ['p0', 'p1', 'p2', 'p4', 'p5', 'p6'].slice(0, Math.ceil(0.3 * limit));
        expect(byScore.filter((id) => !ids.includes(id))).toEqual([]);
      },
    ),
  );
});
