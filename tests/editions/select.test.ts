import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  diversify,
  selectEdition,
  rankEntries,
  selectForReader,
  type Candidate,
  type WindowEntry,
} from '../../src/editions/select.ts';
import { OVERALL } from '../../src/paper.ts';
import { paper } from '../support/papers.ts';

const asOf = new Date('2026-05-29T23:59:59Z');
const candidate = (id: string, upvotes: number, organisation: string | null = null): Candidate => ({
  paper: paper(id, { organisation }),
  signals: [{ paperId: id, source: 'huggingface', metric: 'upvotes', observedAt: asOf, value: upvotes }],
});
const everything = () => true;

describe('an edition', () => {
  test('ranks by score, keeps its size, and leaves out what the topic carried', () => {
    const recent = [candidate('a', 1), candidate('b', 50), candidate('c', 20), candidate('d', 30)];
    const selected = selectEdition({ recent, carried: new Set(['b']), belongs: everything, asOf, size: 2 });
    expect(selected.map(({ rank, paperId }) => [rank, paperId])).toEqual([
      [1, 'd'],
      [2, 'c'],
    ]);
  });
  test('holds only what belongs', () => {
    expect(
      selectEdition({
        recent: [candidate('a', 1), candidate('b', 2)],
        carried: new Set(),
        belongs: (p) => p.id === 'a',
        asOf,
        size: 9,
      }).map((s) => s.paperId),
    ).toEqual(['a']);
  });
  test('does not depend on the order of what it is given', () => {
    const recent = Array.from({ length: 20 }, (_, i) => candidate(`p${i}`, i % 3));
    fc.assert(
      fc.property(fc.shuffledSubarray(recent, { minLength: 20 }), (shuffled) => {
        const select = (list: Candidate[]) =>
          selectEdition({ recent: list, carried: new Set(), belongs: everything, asOf, size: 10 });
        expect(select(shuffled)).toEqual(select(recent));
      }),
      { numRuns: 30 },
    );
  });
  test('lets no organisation have more than three of the first ten places, and loses nothing', () => {
    const ranked = [
      ...Array.from({ length: 6 }, (_, i) => ({ id: `big${i}`, organisation: i % 2 ? 'Big' : 'BIG' })),
      ...Array.from({ length: 12 }, (_, i) => ({ id: `x${i}`, organisation: null })),
    ];
    const out = diversify(ranked);
    expect(
      out
        .slice(0, 10)
        .filter((p) => p.organisation !== null)
        .map((p) => p.id),
    ).toEqual(['big0', 'big1', 'big2']);
    expect(out[10]).toMatchObject({ id: 'big3' });
    expect(out.map((p) => p.id).toSorted()).toEqual(ranked.map((p) => p.id).toSorted());
  });
});

describe('a digest', () => {
  const entry = (id: string, score: number, over: Partial<WindowEntry> = {}): WindowEntry => ({
    date: '2026-05-29',
    topic: OVERALL,
    score,
    reasons: [],
    paper: paper(id),
    carriedBefore: [],
    ...over,
  });
  const ids = (entries: WindowEntry[], topics: string[], limit?: number) =>
    selectForReader({ ranked: rankEntries(entries), topics, ...(limit !== undefined && { limit }) }).map(
      (e) => e.paper.id,
    );

  test('merges the editions of the window by score, each paper once', () => {
    const entries = [
      entry('a', 1, { topic: 'agents' }),
      entry('b', 3, { topic: 'agents', date: '2026-05-28' }),
      entry('a', 2, { topic: 'vision' }),
      entry('z', 9, { topic: 'robotics' }),
    ];
    expect(ids(entries, ['agents', 'vision'])).toEqual(['b', 'a']);
  });
  test('drops what an earlier edition of a followed topic carried, and only of a followed one', () => {
    const entries = [entry('a', 5, { topic: 'agents', carriedBefore: ['vision'] }), entry('b', 3, { topic: 'agents' })];
    expect(ids(entries, ['agents', 'vision'])).toEqual(['b']);
    expect(ids(entries, ['agents'])).toEqual(['a', 'b']);
  });
  test('holds ten papers, or as many as asked for', () => {
    const entries = Array.from({ length: 30 }, (_, i) => entry(`p${i}`, i));
    expect(ids(entries, [OVERALL])).toHaveLength(10);
    expect(ids(entries, [OVERALL], 3)).toEqual(['p29', 'p28', 'p27']);
  });
  test('is of everything for who follows nothing in particular', () =>
    expect(ids([entry('a', 1), entry('b', 2, { topic: 'agents' })], [])).toEqual(['a']));
  test('depends on the window and the set of topics alone', () => {
    const entries = Array.from({ length: 12 }, (_, i) =>
      entry(`p${i % 7}`, i % 3, { topic: i % 2 ? 'agents' : 'vision', date: i % 4 ? '2026-05-29' : '2026-05-28' }),
    );
    fc.assert(
      fc.property(
        fc.shuffledSubarray(entries, { minLength: 12 }),
        fc.shuffledSubarray(['agents', 'vision'], { minLength: 2 }),
        (shuffled, topics) => {
          expect(selectForReader({ ranked: rankEntries(shuffled), topics })).toEqual(
            selectForReader({ ranked: rankEntries(entries), topics: ['agents', 'vision'] }),
          );
        },
      ),
      { numRuns: 50 },
    );
  });
});
