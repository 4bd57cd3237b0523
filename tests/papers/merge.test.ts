import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergePaper, newestVersion } from '../../src/papers/merge.ts';
import { paper } from '../support/papers.ts';

describe('what two sources say of one paper', () => {
  const huggingface = paper('a', {
    source: 'huggingface',
    abstract: 'short',
    keywords: ['x'],
    organisation: 'Lab',
    codeUrl: 'https://github.com/a/b',
  });
  const arxiv = paper('a', {
    source: 'arxiv',
    title: 'Other',
    abstract: 'a longer abstract',
    categories: ['cs.AI'],
    publishedAt: new Date('2026-01-01'),
    firstSeenAt: new Date('2026-01-02'),
  });
  test('is joined: nothing is lost, the earliest sight counts', () => {
    expect(mergePaper(huggingface, arxiv, true)).toEqual({
      ...huggingface,
      abstract: 'a longer abstract',
      categories: ['cs.AI'],
      publishedAt: new Date('2026-01-01'),
      firstSeenAt: new Date('2026-01-02'),
    });
  });
  test('settles: saying it all again changes nothing', () => {
    const joined = mergePaper(mergePaper(huggingface, arxiv, true), huggingface, true);
    for (const said of [huggingface, arxiv])
      for (const current of [true, false]) expect(mergePaper(joined, said, current)).toEqual(joined);
  });
  test('a source corrects itself today, not by what it once said', () => {
    const renamed = { ...huggingface, title: 'Renamed' };
    expect(mergePaper(huggingface, renamed, true).title).toBe('Renamed');
    expect(mergePaper(huggingface, renamed, false).title).toBe(huggingface.title);
  });
});

describe('versions', () => {
  const day = (n: number) => new Date(Date.UTC(2026, 4, n));
  const v = (version: number | null, versionAt: Date | null = null) => ({ version, versionAt });

  test.each([
    [v(2, day(9)), v(3, day(20)), v(3, day(20))],
    [v(3, day(20)), v(2, day(25)), v(3, day(20))],
    [v(3, day(20)), v(null), v(3, day(20))],
    [v(null), v(1, day(1)), v(1, day(1))],
    [v(2, day(20)), v(2, day(19)), v(2, day(19))],
    [v(2), v(2, day(19)), v(2, day(19))],
    [v(2, day(19)), v(3), v(3)],
    [v(null), v(null), v(null)],
  ])('%j and then %j are %j', (known, said, newest) => expect(newestVersion(known, said)).toEqual(newest));

  const told = fc.record({
    source: fc.constantFrom('arxiv', 'huggingface'),
    version: fc.option(fc.integer({ min: 1, max: 4 })),
    at: fc.option(fc.integer({ min: 1, max: 28 })),
    current: fc.boolean(),
  });
  test('the order in which they arrive never matters, and the highest stays', () => {
    fc.assert(
      fc.property(fc.array(told, { minLength: 1, maxLength: 8 }), fc.infiniteStream(fc.nat()), (all, random) => {
        const said = all.map(({ source, version, at, current }) => ({
          paper: paper('a', { source, ...(version !== null && v(version, at === null ? null : day(at))) }),
          current,
        }));
        const joined = (list: typeof said) =>
          list.slice(1).reduce((known, one) => mergePaper(known, one.paper, one.current), list[0]!.paper);
        const shuffled = said
          .map((one) => ({ one, place: random.next().value as number }))
          .toSorted((a, b) => a.place - b.place)
          .map(({ one }) => one);
        const { version, versionAt } = joined(said);
        expect(joined(shuffled)).toMatchObject({ version, versionAt });
        expect(version).toBe(Math.max(0, ...said.map((one) => one.paper.version ?? 0)) || null);
      }),
    );
  });

  const first = paper('a', {
    source: 'arxiv',
    ...v(1, day(1)),
    title: 'One',
    abstract: 'Long and $x$.',
    abstractTex: 'Long and $x$.',
    authors: ['A', 'B'],
  });
  const third = paper('a', { source: 'arxiv', ...v(3, day(9)), title: 'Three', abstract: 'Short.', authors: ['A'] });
  test.each([true, false])('a source’s newest one gives the text, told today: %s', (current) => {
    const newest = { ...v(3, day(9)), title: 'Three', abstract: 'Short.', abstractTex: null, authors: ['A'] };
    expect(mergePaper(first, third, current)).toMatchObject(newest);
    expect(mergePaper(third, first, current)).toMatchObject(newest);
  });
  test('one that takes the paper back leaves its text', () => {
    const back = { ...third, isWithdrawn: true, abstract: 'Withdrawn.', title: 'One' };
    expect(mergePaper(first, back, true)).toMatchObject({ version: 3, isWithdrawn: true, abstract: first.abstract });
  });
});
