import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  acrossDays,
  countsOf,
  createVocabulary,
  learn,
  likeness,
  nearestOf,
  tellingWords,
  type Vocabulary,
  weigh,
} from '../../src/search/related.ts';

const said = (title: string, abstract = '') => ({ title, abstract });
const vocabulary = createVocabulary(1000);
function counted(title: string, known: Vocabulary, papersWith: (word: string) => number) {
  const counts = countsOf(known, said(title));
  learn(known, papersWith);
  return counts;
}
const weighed = (title: string) =>
  weigh(
    counted(title, vocabulary, (word) => (word.length > 4 ? 5 : 400)),
    vocabulary,
  );

describe('how like two papers are', () => {
  test('is told by the words and pairs that they share, the rare ones most', () => {
    const paper = weighed('gradient descent for the sparse transformer');
    const near = likeness(paper, weighed('the sparse transformer by gradient descent'));
    const words = likeness(paper, weighed('transformer descent sparse gradient'));
    const common = likeness(paper, weighed('for the win of the day'));
    expect(near).toBeGreaterThan(words);
    expect(words).toBeGreaterThan(common);
  });
  test('is 1 with itself, the same in both directions, and never out of bounds', () => {
    fc.assert(
      fc.property(fc.lorem({ maxCount: 30 }), fc.lorem({ maxCount: 30 }), (one, other) => {
        const [a, b] = [weighed(one), weighed(other)];
        expect(likeness(a, b)).toBeCloseTo(likeness(b, a), 10);
        expect(likeness(a, b)).toBeLessThan(1 + 1e-9);
        expect(likeness(a, a)).toBeCloseTo(1, 10);
      }),
    );
  });
  test('does not depend on how a word is written', () => {
    expect(likeness(weighed('The KV-Cache of Müller'), weighed('the kv cache of muller'))).toBeCloseTo(1, 10);
  });
  test('counts each word and pair as often as it stands there', () => {
    const counts = countsOf(createVocabulary(1), said('the cat', 'the cat sees the dog'));
    expect([...counts.times]).toEqual([3, 2, 1, 1, 2, 1, 1, 1]);
    const [once, twice] = [weighed('sparse'), weighed('sparse sparse gradient')];
    expect(likeness(once, twice)).toBeGreaterThan(likeness(once, weighed('sparse gradient')));
  });
  test('of a paper without words is none', () => {
    expect(likeness(weighed(''), weighed('gradient descent'))).toBe(0);
  });
});

test('the words to look by are the rarest, within what may be read', () => {
  const papersWith = (word: string) => ({ rare: 2, some: 30, many: 900, once: 1 })[word] ?? 0;
  const known = createVocabulary(1000);
  const words = tellingWords(counted('many some rare once new', known, papersWith), known, 100);
  expect(words.map(({ word }) => word)).toEqual(['rare', 'some']);
});

test('of what is known and what is found the nearest stay, each once, with its newest score', () => {
  const [a, b, c] = [
    { id: 'a', score: 0.9 },
    { id: 'b', score: 0.5 },
    { id: 'c', score: 0.7 },
  ] as const;
  expect(nearestOf([a, b], [{ ...a, score: 0.1 }, c], 2)).toEqual([c, b]);
});

test('no more than three of one day stand among the related, as long as there are others', () => {
  const of = (day: string, n: number) => ({ day, n });
  const nearest = [of('x', 1), of('x', 2), of('x', 3), of('x', 4), of('y', 5), of('x', 6)];
  expect(acrossDays(nearest, 4).map(({ n }) => n)).toEqual([1, 2, 3, 5]);
  expect(acrossDays(nearest, 6).map(({ n }) => n)).toEqual([1, 2, 3, 4, 5, 6]);
});
