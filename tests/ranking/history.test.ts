import { describe, expect, test } from 'vitest';
import { createHistory, namesOf } from '../../src/ranking/history.ts';
import { comparable, dayNumber, repositoryOwnerOf } from '../../src/ranking/listed.ts';
import { listed } from '../support/lists.ts';

const DAY_1 = '2026-03-02';
const day1 = [listed('a', { authors: ['Ada'], upvotes: 100 }), listed('b', { authors: ['Bob'], upvotes: 16 })];
const at = (day: string) => dayNumber(day);

describe('the history', () => {
  test('knows nothing of a day before it has learnt it, nor of a name that was on no list', () => {
    const history = createHistory();
    expect(history.earned('author', 'ada', at(DAY_1))).toBeNull();
    history.learn(day1);
    expect(history.earned('author', 'carol', at('2026-03-03'))).toBeNull();
    expect(history.earned('submitter', 'ada', at('2026-03-03'))).toBeNull();
  });

  test('draws the mean standing of a name towards the average, the more the fewer papers it had', () => {
    const history = createHistory();
    history.learn(day1);
    // Two papers stand one deviation above and below the mean of their day.
    expect(history.earned('author', 'ada', at('2026-03-03'))).toMatchObject({ papers: 1, flat: 1 / 2 });
    expect(history.earned('author', 'bob', at('2026-03-03'))).toMatchObject({ papers: 1, flat: -1 / 2 });
    history.learn(day1.map((paper) => ({ ...paper, day: '2026-03-03' })));
    expect(history.earned('author', 'ada', at('2026-03-04'))).toMatchObject({ papers: 2, flat: 2 / 3 });
  });

  test('lets what was earned fade: half of it counts after 120 days', () => {
    const history = createHistory();
    history.learn(day1);
    const after = (days: number) => history.earned('author', 'ada', at(DAY_1) + days)!;
    expect(after(0).recent).toBeCloseTo(1 / 2);
    expect(after(120).recent).toBeCloseTo(0.5 / 1.5);
    expect(after(240).recent).toBeCloseTo(0.25 / 1.25);
    expect(after(240).flat).toBe(1 / 2);
  });

  test('refuses to learn a day twice or an earlier one, which would let a day foretell itself', () => {
    const history = createHistory();
    history.learn(day1);
    expect(() => history.learn(day1)).toThrow(RangeError);
    expect(() => history.learn(day1.map((paper) => ({ ...paper, day: '2026-03-01' })))).toThrow(RangeError);
    expect(history.days).toBe(1);
  });

  test('passes over papers whose votes are not known', () => {
    const history = createHistory();
    history.learn([...day1, listed('c', { authors: ['Carol'], upvotes: null })]);
    expect(history.earned('author', 'carol', at('2026-03-03'))).toBeNull();
    history.learn([listed('d', { day: '2026-03-03', upvotes: null })]);
    expect(history.days).toBe(1);
  });

  test('keeps many names apart', () => {
    const history = createHistory();
    const authors = Array.from({ length: 500 }, (_, n) => `Author ${n}`);
    history.learn([listed('a', { authors, upvotes: 4 }), listed('b', { authors: ['__proto__'], upvotes: 0 })]);
    for (const name of authors)
      expect(history.earned('author', comparable(name), at('2026-03-03'))).toMatchObject({
        papers: 1,
        flat: expect.closeTo(0.5),
      });
    expect(history.earned('author', 'proto', at('2026-03-03'))).toMatchObject({
      papers: 1,
      flat: expect.closeTo(-0.5),
    });
  });
});

describe('names', () => {
  test.each([
    ['José  García-López', 'jose garcia lopez'],
    ['Łukasz Kaiser', 'łukasz kaiser'],
    ['李 明', '李 明'],
    ['  ', ''],
    ['ﬁona O’Neil', 'fiona o neil'],
  ])('compares %s as %s', (name, key) => expect(comparable(name)).toBe(key));

  test('counts a name once on a paper, however it is spelt', () => {
    expect(namesOf('author', listed('a', { authors: ['José Silva', 'Jose Silva', '', 'B'] }))).toEqual([
      'jose silva',
      'b',
    ]);
  });

  test.each([
    ['https://github.com/Visionary-Lab/holi', 'visionary-lab'],
    ['https://www.github.com/a', 'a'],
    ['https://github.com/', null],
    ['https://gitlab.com/a/b', null],
    ['no address', null],
    [null, null],
  ])('reads the owner of %s as %s', (url, owner) => expect(repositoryOwnerOf(url)).toBe(owner));
});
