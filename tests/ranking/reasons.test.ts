import { describe, expect, test } from 'vitest';
import { createHistory } from '../../src/ranking/history.ts';
import { dayNumber, comparable, type ListedPaper } from '../../src/ranking/listed.ts';
import { createTraining } from '../../src/ranking/model.ts';
import { rankList, type Candidate, type Surroundings } from '../../src/ranking/reasons.ts';
import { listed, madeUpLists } from '../support/lists.ts';

const lists = madeUpLists(60);
const training = createTraining();
for (const papers of lists.slice(0, 50)) training.learn(papers);
const model = training.fit()!;
const around = (over: Partial<Surroundings> = {}): Surroundings => ({
  model,
  history: training.history,
  peers: [],
  ...over,
});
const unvoted = (papers: readonly ListedPaper[]): Candidate[] =>
  papers.map((paper) => ({ paper, upvotes: 0, hours: 0 }));
const day = lists[50]!;

describe('a ranked list', () => {
  test('stands in the order of its scores, whatever the order it came in', () => {
    const ranked = rankList(unvoted(day), around());
    expect(ranked.map(({ score }) => score)).toEqual(ranked.map(({ score }) => score).toSorted((a, b) => b - a));
    expect(rankList(unvoted(day.toReversed()), around()).map(({ id }) => id)).toEqual(ranked.map(({ id }) => id));
  });

  test('lets the id decide between equals', () => {
    const same = ['c', 'a', 'b'].map((id) => listed(id));
    expect(rankList(unvoted(same), around()).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  test('has no papers on a day without any', () => expect(rankList([], around())).toEqual([]));
});

describe('reasons', () => {
  test('move the paper: without the fact it scores less', () => {
    const said = rankList(unvoted(day), around()).flatMap(({ id, score, reasons }) =>
      reasons.map((reason) => ({ id, score, reason })),
    );
    expect(said.length).toBeGreaterThan(5);
    for (const { id, score, reason } of said) {
      const group = reason === 'Code available' ? 'code' : 'authors';
      const poorer = rankList(unvoted(day), around({ without: [group] })).find((one) => one.id === id)!;
      expect(poorer.score).toBeLessThan(score);
    }
  });

  test('name at most two authors, each of whom earned more than the average before', () => {
    const named = rankList(unvoted(day), around()).flatMap(({ reasons }) =>
      reasons.flatMap((reason) => /^By (.*), whose papers did well here before$/.exec(reason)?.[1] ?? []),
    );
    expect(named.length).toBeGreaterThan(2);
    for (const name of named.flatMap((names) => names.split(' and '))) {
      const earned = training.history.earned('author', comparable(name), dayNumber(day[0]!.day))!;
      expect(earned.papers).toBeGreaterThan(0);
      expect(earned.flat).toBeGreaterThan(0);
    }
  });

  test('say nothing of what was switched off, nor of what the paper has not', () => {
    const ranked = rankList(unvoted(day), around({ without: ['authors', 'organisation'] }));
    expect(ranked.flatMap(({ reasons }) => reasons).filter((reason) => reason.startsWith('By '))).toEqual([]);
    const bare = day.map((paper) => ({ ...paper, hasCode: false, authors: [] }));
    expect(rankList(unvoted(bare), around()).flatMap(({ reasons }) => reasons)).toEqual([]);
  });

  test('name an organisation only where its papers stood above the average', () => {
    const history = createHistory();
    history.learn([
      listed('a', { organisation: 'Good Lab', upvotes: 90 }),
      listed('b', { organisation: 'Other Lab', upvotes: 1 }),
    ]);
    const weights = model.features.map((name) => Number(name === 'organisation.flat*') * 5);
    const byOrganisation = { ...model, trees: [], ridge: { offset: 0, weights } };
    const papers = ['Good Lab', 'Other Lab', null].map((organisation) =>
      listed(String(organisation), { organisation, day: '2026-03-05' }),
    );
    const reasons = rankList(unvoted(papers), { model: byOrganisation, history, peers: [] }).map((one) => [
      one.id,
      one.reasons,
    ]);
    expect(Object.fromEntries(reasons)).toEqual({
      'Good Lab': ['From Good Lab, whose papers did well here before'],
      'Other Lab': [],
      null: [],
    });
  });
});

describe('the reason of votes', () => {
  const reasonOf = (upvotes: number, hours: number, peers: Surroundings['peers'] = []) =>
    rankList([{ paper: listed('x'), upvotes, hours }], around({ peers }))[0]!.reasons[0];
  const peers = Array.from({ length: 100 }, (_, n) => ({ id: `p${n}`, upvotes: n, hours: 20 }));

  test.each([
    [43, 20, '43 upvotes in a day'],
    [96, 23.5, '96 upvotes in a day, more than 96 of 100 papers of its age'],
    [1200, 24, '1,200 upvotes in a day, more than any other paper of its age'],
  ])('%d upvotes in %d hours, among a hundred papers with 0 to 99', (upvotes, hours, expected) =>
    expect(reasonOf(upvotes, hours, peers)).toBe(expected),
  );

  test.each([
    [0, 5, undefined],
    [1, 5, undefined],
    [2, 0.4, '2 upvotes in an hour'],
    [2, 1.2, '2 upvotes in 2 hours'],
    [9, 11.5, '9 upvotes in 12 hours'],
    [9, 12.5, '9 upvotes in a day'],
    [9, 24.5, '9 upvotes in 2 days'],
    [9, 100, '9 upvotes in 5 days'],
  ])('%d upvotes in %d hours alone', (upvotes, hours, expected) => expect(reasonOf(upvotes, hours)).toBe(expected));

  test('compares with papers of its age, with enough of them, and not with itself', () => {
    const old = peers.map((peer) => ({ ...peer, hours: 60 }));
    expect(reasonOf(99, 20, old)).toBe('99 upvotes in a day');
    expect(reasonOf(99, 20, peers.slice(0, 19))).toBe('99 upvotes in a day');
    const withItself = [...peers.slice(0, 20), { id: 'x', upvotes: 99, hours: 20 }];
    expect(reasonOf(99, 20, withItself)).toBe('99 upvotes in a day, more than any other paper of its age');
  });
});
