import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  diversify,
  type Led,
  orderPlaces,
  type Place,
  rankPapers,
  selectEdition,
  selectForReader,
} from '../../src/editions/select.ts';
import type { Scored } from '../../src/ranking/score.ts';
import { OVERALL } from '../../src/paper.ts';
import { paper } from '../support/papers.ts';

const scored = (id: string, score: number, organisation: string | null = null): Scored => ({
  paper: paper(id, { organisation }),
  score,
  weeklyScore: score,
  isSpokenOf: score > 0,
  reasons: [],
});
const never = () => false;

describe('an edition', () => {
  const select = (ranked: Scored[], led: [string, Led][] = [], rises = never as (p: { id: string }) => boolean) =>
    selectEdition({ topic: 'agents', ranked: rankPapers(ranked), led: new Map(led), rises });
  const LED: Led = { last: '2026-05-20', returned: false, expectedVotes: 10 };

  test('shows the best that did not lead an edition before, and keeps the others for who has not had them', () => {
    const entries = select([scored('a', 1), scored('b', 50), scored('c', 20), scored('d', 30)], [['b', LED]]);
    expect(entries.map(({ rank, paperId, isListed }) => [rank, paperId, isListed])).toEqual([
      [1, 'd', true],
      [2, 'c', true],
      [3, 'a', true],
      [4, 'b', false],
    ]);
  });
  test('shows so many and holds more', () => {
    const entries = select(Array.from({ length: 100 }, (_, i) => scored(`p${i}`, i)));
    expect(entries.filter((entry) => entry.isListed)).toHaveLength(15);
    expect(entries).toHaveLength(80);
    expect(entries.map((entry) => entry.rank)).toEqual(entries.map((_, i) => i + 1));
  });
  test('shows what rises again once more, with the day since when', () => {
    const papers = [scored('a', 5), scored('b', 9)];
    expect(select(papers, [['b', LED]], ({ id }) => id === 'b')).toMatchObject([
      { paperId: 'b', isListed: true, backSince: '2026-05-20' },
      { paperId: 'a', isListed: true, backSince: null },
    ]);
    expect(select(papers, [['b', { ...LED, returned: true }]], () => true)).toMatchObject([
      { paperId: 'a', isListed: true },
      { paperId: 'b', isListed: false, backSince: null },
    ]);
  });
  test('does not depend on the order of what it is given', () => {
    const papers = Array.from({ length: 20 }, (_, i) => scored(`p${i}`, i % 3));
    fc.assert(
      fc.property(fc.shuffledSubarray(papers, { minLength: 20 }), (shuffled) => {
        expect(select(shuffled)).toEqual(select(papers));
      }),
      { numRuns: 30 },
    );
  });
  test('lets no organisation have more than three of the first ten places, and loses nothing', () => {
    const ranked = [
      ...Array.from({ length: 6 }, (_, i) => scored(`big${i}`, 9, i % 2 ? 'Big' : 'BIG')),
      ...Array.from({ length: 12 }, (_, i) => scored(`x${i}`, 1)),
    ];
    const out = diversify(ranked).map((entry) => entry.paper);
    expect(
      out
        .slice(0, 10)
        .filter((p) => p.organisation !== null)
        .map((p) => p.id),
    ).toEqual(['big0', 'big1', 'big2']);
    expect(out[10]).toMatchObject({ id: 'big3' });
    expect(out.map((p) => p.id).toSorted()).toEqual(ranked.map((p) => p.paper.id).toSorted());
  });
});

describe('a digest', () => {
  const place = (id: string, score: number, over: Partial<Place> = {}): Place => ({
    topic: OVERALL,
    rank: 1,
    score,
    weeklyScore: score,
    reasons: [],
    backSince: null,
    paper: paper(id),
    ...over,
  });
  const choose = (places: Place[], topics: string[], had: [string, number][] = []) =>
    selectForReader({ places: orderPlaces(places, 'score'), topics, had: new Map(had) });
  const ids = (...args: Parameters<typeof choose>) => choose(...args).map((chosen) => chosen.paper.id);

  test('holds the best of the editions that are followed, each paper once', () => {
    const places = [
      place('a', 1, { topic: 'agents' }),
      place('b', 3, { topic: 'agents' }),
      place('a', 1, { topic: 'vision' }),
      place('z', 9, { topic: 'robotics' }),
    ];
    expect(ids(places, ['agents', 'vision'])).toEqual(['b', 'a']);
  });
  test('drops what the reader had, and only that', () => {
    const places = [place('a', 5), place('b', 3)];
    expect(ids(places, [OVERALL], [['a', 1]])).toEqual(['b']);
    expect(ids(places, [OVERALL])).toEqual(['a', 'b']);
  });
  test('holds a return once, labelled for who had the paper', () => {
    const places = [place('a', 5, { backSince: '2026-05-20' })];
    expect(choose(places, [OVERALL], [['a', 1]])).toMatchObject([{ backSince: '2026-05-20' }]);
    expect(choose(places, [OVERALL])).toMatchObject([{ backSince: null }]);
    expect(choose(places, [OVERALL], [['a', 2]])).toEqual([]);
  });
  test('holds a return beside what is new in its topic, not in its place', () => {
    const back = ['a', 'b'].map((id) => place(id, 9, { topic: 'agents', backSince: '2026-05-20' }));
    const places = [
      ...back,
      place('c', 1, { topic: 'agents' }),
      ...Array.from({ length: 20 }, (_, i) => place(`v${i}`, 5, { topic: 'vision' })),
    ];
    expect(
      ids(
        places,
        ['agents', 'vision'],
        [
          ['a', 1],
          ['b', 1],
        ],
      ),
    ).toContain('c');
  });
  test('holds ten papers', () =>
    expect(
      ids(
        Array.from({ length: 30 }, (_, i) => place(`p${i}`, i)),
        [OVERALL],
      ),
    ).toHaveLength(10));
  test('is of everything for who follows nothing in particular', () =>
    expect(ids([place('a', 1), place('b', 2, { topic: 'agents' })], [])).toEqual(['a']));
  test('goes by the week’s score where it is of a week', () => {
    const places = [place('a', 5, { weeklyScore: 1 }), place('b', 3, { weeklyScore: 2 })];
    const chosen = selectForReader({ places: orderPlaces(places, 'weeklyScore'), topics: [], had: new Map() });
    expect(chosen.map(({ paper: { id } }) => id)).toEqual(['b', 'a']);
  });

  const TOPICS = ['t0', 't1', 't2', 't3', 't4', 't5', 't6'];
  const places = fc.array(
    fc.record({ id: fc.nat(40), score: fc.nat(9), topics: fc.subarray(TOPICS, { minLength: 1 }) }),
    { maxLength: 60 },
  );

  test('of several topics holds two of each at least, if there are two, and the best otherwise', () => {
    const held = fc.property(places, fc.subarray(TOPICS, { minLength: 1, maxLength: 5 }), (papers, topics) => {
      const once = new Map(papers.map((entry) => [entry.id, entry]));
      const all = [...once.values()].flatMap(({ id, score, topics: of }) =>
        of.map((topic) => place(`p${String(id).padStart(2, '0')}`, score, { topic })),
      );
      const chosen = choose(all, topics);
      const followed = new Set(all.filter((p) => topics.includes(p.topic)).map((p) => p.paper.id));
      expect(new Set(chosen.map((c) => c.paper.id)).size).toBe(chosen.length);
      expect(chosen.length).toBe(Math.min(10, followed.size));
      for (const topic of topics) {
        const of = all.filter((p) => p.topic === topic).map((p) => p.paper.id);
        const here = chosen.filter((c) => of.includes(c.paper.id));
        expect(here.length).toBeGreaterThanOrEqual(Math.min(2, of.length));
      }
    });
    fc.assert(held, { numRuns: 300 });
  });
  test('depends on the editions, the set of topics and what was had alone', () => {
    const list = Array.from({ length: 12 }, (_, i) =>
      place(`p${i % 7}`, i % 7, { topic: i % 2 ? 'agents' : 'vision' }),
    );
    fc.assert(
      fc.property(
        fc.shuffledSubarray(list, { minLength: 12 }),
        fc.shuffledSubarray(['agents', 'vision'], { minLength: 2 }),
        (shuffled, topics) => {
          expect(ids(shuffled, topics)).toEqual(ids(list, ['agents', 'vision']));
        },
      ),
      { numRuns: 50 },
    );
  });
});
