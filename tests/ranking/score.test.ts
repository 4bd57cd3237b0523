import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Paper, Signal } from '../../src/paper.ts';
import { byScore } from '../../src/order.ts';
import { createHistory } from '../../src/ranking/history.ts';
import { type Observed, scorePapers } from '../../src/ranking/score.ts';
import { shippedModel } from '../../src/ranking/shipped.ts';
import { paper } from '../support/papers.ts';

const ASOF = new Date('2026-05-29T12:00:00Z');
const hoursAgo = (hours: number): Date => new Date(ASOF.getTime() - hours * 3_600_000);
const ranking = { model: shippedModel(), history: createHistory() };

function observed(id: string, upvotes: number, hours: number, over: Partial<Paper> = {}): Observed {
  const day = hoursAgo(hours).toISOString().slice(0, 10);
  const signal: Signal = { paperId: id, source: 'huggingface', metric: 'upvotes', observedAt: ASOF, value: upvotes };
  return {
    paper: paper(id, { firstSeenAt: hoursAgo(hours), pageAt: hoursAgo(hours), listedOn: day, ...over }),
    signals: upvotes > 0 ? [signal] : [],
  };
}
const scores = (papers: Observed[]) =>
  new Map(scorePapers(papers, { ranking, asOf: ASOF }).map((scored) => [scored.paper.id, scored]));
const crowd = Array.from({ length: 100 }, (_, i) => observed(`p${String(i).padStart(2, '0')}`, i + 2, 10));

describe('the score', () => {
  test('of papers of one age is in the order of their votes, once these have come', () => {
    const ranked = scorePapers(crowd, { ranking, asOf: ASOF }).toSorted((a, b) => b.score - a.score);
    expect(ranked.map(({ paper: { id } }) => id)).toEqual(crowd.map(({ paper: { id } }) => id).toReversed());
  });
  test('falls with age, unlike what a paper is worth in its week', () => {
    const found = scores([observed('new', 60, 30), observed('old', 60, 126)]);
    expect(found.get('old')!.score).toBeLessThan(found.get('new')!.score);
    expect(found.get('old')!.weeklyScore).toBeCloseTo(found.get('new')!.weeklyScore, 1);
  });
  test('of a paper on no list is below that of one on a list with as little said of both', () => {
    const found = scores([observed('listed', 0, 1), observed('announced', 0, 1, { listedOn: null, pageAt: null })]);
    expect(found.get('announced')!.score).toBeLessThan(found.get('listed')!.score);
  });
  test('does not know what is to come: a list of a later day counts as none', () => {
    const of = (listedOn: string | null) => scores([observed('a', 0, 1, { listedOn, pageAt: null })]).get('a')!.score;
    expect(of('2026-05-30')).toBe(of(null));
  });
  test('is finite whatever is said', () => {
    fc.assert(
      fc.property(fc.nat(1e9), fc.integer({ min: 0, max: 1e6 }), fc.boolean(), (upvotes, hours, listed) => {
        const found = scores([observed('a', upvotes, hours, listed ? {} : { listedOn: null, pageAt: null })]);
        expect(Number.isFinite(found.get('a')!.score)).toBe(true);
      }),
      { numRuns: 50 },
    );
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
  test('place a paper among those of its age', () => {
    expect(scores(crowd).get('p96')!.reasons[0]).toBe('98 upvotes in 10 hours, more than 96 of 100 papers of its age');
    expect(scores(crowd).get('p99')!.reasons[0]).toBe('101 upvotes in 10 hours, more than any other paper of its age');
  });
  test('of a paper of which nothing is known say that it is new', () =>
    expect(scores([observed('a', 0, 1)]).get('a')!.reasons).toEqual(['New today']));
});
