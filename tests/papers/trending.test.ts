import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Signal } from '../../src/paper.ts';
import { mergePaper } from '../../src/papers/merge.ts';
import { byScore, score, trendingContext, type PaperSignals } from '../../src/papers/trending.ts';
import { paper } from '../support/papers.ts';

const asOf = new Date('2026-05-29T23:59:59Z');
const hoursAgo = (hours: number): Date => new Date(asOf.getTime() - hours * 3_600_000);

function entry(
  id: string,
  metrics: Record<string, number>,
  ageHours = 1,
  over: Partial<PaperSignals['paper']> = {},
): PaperSignals {
  const signals: Signal[] = Object.entries(metrics).map(([metric, value]) => ({
    paperId: id,
    source: 'huggingface',
    metric,
    value,
    observedAt: hoursAgo(0),
  }));
  return {
    paper: { ...paper(id), firstSeenAt: hoursAgo(ageHours), publishedAt: hoursAgo(ageHours + 24), ...over },
    signals,
  };
}
const alone = { peers: [] };
const value = (e: PaperSignals): number => score(e, asOf, alone).score;

describe('the score', () => {
  test('rises with upvotes, comments, stars and code', () => {
    const base = value(entry('a', { upvotes: 10 }));
    expect(value(entry('a', { upvotes: 20 }))).toBeGreaterThan(base);
    expect(value(entry('a', { upvotes: 10, comments: 4 }))).toBeGreaterThan(base);
    expect(value(entry('a', { upvotes: 10, stars: 40 }))).toBeGreaterThan(base);
    expect(value(entry('a', { upvotes: 10 }, 1, { codeUrl: 'https://github.com/a/b' }))).toBeGreaterThan(base);
  });
  test('falls with age', () =>
    expect(value(entry('a', { upvotes: 10 }, 48))).toBeLessThan(value(entry('a', { upvotes: 10 }, 2))));
  test('is finite and not negative whatever the signals say', () => {
    fc.assert(
      fc.property(fc.nat(1e9), fc.nat(1e9), fc.integer({ min: -1e6, max: 1e6 }), (upvotes, comments, age) => {
        const result = value(entry('a', { upvotes, comments }, age));
        expect(Number.isFinite(result) && result >= 0).toBe(true);
      }),
    );
  });
  test('looks at the newest observation', () => {
    const older: Signal = {
      paperId: 'a',
      source: 'huggingface',
      metric: 'upvotes',
      value: 500,
      observedAt: hoursAgo(9),
    };
    const e = entry('a', { upvotes: 10 });
    expect(value({ ...e, signals: [older, ...e.signals] })).toBe(value(e));
  });
  test('equals are ordered by id', () =>
    expect(
      [
        { score: 1, id: 'b' },
        { score: 1, id: 'a' },
        { score: 2, id: 'z' },
      ]
        .toSorted(byScore)
        .map((e) => e.id),
    ).toEqual(['z', 'a', 'b']));
});

describe('the reasons', () => {
  const crowd = Array.from({ length: 100 }, (_, i) => entry(`p${i}`, { upvotes: i }));
  test('place a paper among those of its age', () => {
    expect(score(crowd[99]!, asOf, trendingContext(crowd, asOf)).reasons[0]).toBe('Top 1 % for its age');
    expect(score(crowd[50]!, asOf, trendingContext(crowd, asOf)).reasons[0]).toBe('50 upvotes in 2 days');
  });
  test('claim no percentile among a handful', () =>
    expect(score(crowd[99]!, asOf, trendingContext(crowd.slice(90), asOf)).reasons[0]).not.toContain('Top'));
  test('ties share the worse place', () => {
    const equal = Array.from({ length: 40 }, (_, i) => entry(`q${i}`, { upvotes: 5 }));
    expect(score(equal[0]!, asOf, trendingContext(equal, asOf)).reasons[0]).not.toContain('Top');
  });
  test('are three at most', () => {
    const all = entry('p99', { upvotes: 1200, comments: 30, stars: 2000 }, 1, { codeUrl: 'https://github.com/a/b' });
    expect(score(all, asOf, trendingContext([...crowd, all], asOf)).reasons).toEqual([
      'Top 1 % for its age',
      '1,200 upvotes in 2 days',
      '2,000 stars on GitHub',
    ]);
  });
  test('a paper nobody has voted on is simply new', () =>
    expect(score(entry('a', {}), asOf, alone).reasons).toEqual(['New today']));
});

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
