import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readLists } from '../../bench/ranking-lists.ts';
import { walkForward } from '../../bench/walk-forward.ts';
import { FEATURE_GROUPS, featureNames, featuresOf } from '../../src/ranking/features.ts';
import { ndcg, spearman } from '../../src/ranking/figures.ts';
import { createHistory } from '../../src/ranking/history.ts';
import type { ListedPaper } from '../../src/ranking/listed.ts';
import { rowOf } from '../../src/ranking/matrix.ts';
import { createTraining, foretell, readModel } from '../../src/ranking/model.ts';
import { shippedModel } from '../../src/ranking/shipped.ts';
import { mean } from '../../src/ranking/standing.ts';
import { listed, madeUpLists } from '../support/lists.ts';
import { DATA, SHARED_DATA_MISSING } from '../support/shared-data.ts';

const votesOf = (papers: readonly ListedPaper[]): number[] => papers.map((paper) => paper.upvotes!);
const learnt = (lists: readonly ListedPaper[][], without: Parameters<typeof createTraining>[0] = []) => {
  const training = createTraining(without);
  for (const papers of lists) training.learn(papers);
  return { model: training.fit()!, history: training.history };
};

describe('features', () => {
  const lists = madeUpLists(3);
  const history = createHistory();
  history.learn(lists[0]!);

  test('are there twice: as they are, and minus the mean of their day', () => {
    const x = featuresOf(lists[1]!, history);
    const names = featureNames();
    expect(x.width).toBe(names.length);
    for (const name of names.filter((one) => one.endsWith('*'))) {
      const column = names.indexOf(name);
      const plain = names.indexOf(name.slice(0, -1));
      const centred = lists[1]!.map((_, r) => rowOf(x, r)[column]!);
      expect(mean(centred)).toBeCloseTo(0);
      expect(rowOf(x, 0)[plain]! - rowOf(x, 1)[plain]!).toBeCloseTo(centred[0]! - centred[1]!);
    }
  });

  test('do not change with the votes of the day, nor with its order', () => {
    const papers = lists[1]!;
    const x = featuresOf(papers, history);
    const blind = featuresOf(
      papers.map((paper) => ({ ...paper, upvotes: null })),
      history,
    );
    expect(blind).toEqual(x);
    const turned = featuresOf(papers.toReversed(), history);
    for (const [i, value] of rowOf(turned, papers.length - 1).entries()) expect(value).toBeCloseTo(rowOf(x, 0)[i]!);
  });

  test.each(FEATURE_GROUPS)('can be had without %s', (group) => {
    const names = featureNames([group]);
    expect(names.some((name) => name.startsWith(`${group}.`))).toBe(false);
    expect(featuresOf(lists[1]!, history, [group]).width).toBe(names.length);
  });

  test('are numbers, whatever a source says', () => {
    const moment = fc.option(fc.date({ noInvalidDate: true }));
    const wild = fc.record({
      authors: fc.array(fc.string(), { maxLength: 400 }),
      submitter: fc.option(fc.string()),
      organisation: fc.option(fc.string()),
      repositoryOwner: fc.option(fc.string()),
      publishedAt: moment,
      pageAt: moment,
      titleLength: fc.nat(),
      abstractLength: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(wild, { maxLength: 5 }), (papers) => {
        const x = featuresOf(
          papers.map((over, i) => listed(String(i), over)),
          history,
        );
        expect(x.values.length).toBe(papers.length * x.width);
        expect(x.values.every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the model', () => {
  const lists = madeUpLists(60);
  const { model, history } = learnt(lists.slice(0, 50));

  test('foretells days that it has not seen', () => {
    const figures = lists.slice(50).map((papers) => spearman(foretell(model, papers, history), votesOf(papers)));
    expect(mean(figures)).toBeGreaterThan(0.75);
  });

  test('does without groups that are switched off, when it is fitted and when it foretells', () => {
    const papers = lists[50]!;
    const blind = learnt(lists.slice(0, 50), ['authors']);
    const others = papers.map((paper) => ({ ...paper, authors: ['Star 1'] }));
    expect(foretell(blind.model, others, blind.history)).toEqual(foretell(blind.model, papers, blind.history));
    expect(foretell(model, others, history, ['authors'])).not.toEqual(foretell(model, others, history));
    const off = (some: ListedPaper[]) => foretell(model, some, history, ['authors', 'count']);
    expect(off(others)).toEqual(off(papers));
  });

  test('is kept as JSON and read again', () => {
    const kept: unknown = JSON.parse(JSON.stringify(model));
    expect(foretell(readModel(kept)!, lists[50]!, history)).toEqual(foretell(model, lists[50]!, history));
  });

  test.each([
    ['another version', { ...model, version: 0 }],
    ['other features', { ...model, features: ['stars'] }],
    ['a weight too few', { ...model, ridge: { offset: 0, weights: [1] } }],
    ['nothing', null],
    ['text', 'model'],
    ['an empty object', {}],
    ['the version alone', { version: model.version }],
  ])('is not read from %s', (_name, kept) => expect(readModel(kept)).toBeNull());

  test('does not come of nothing', () => {
    expect(createTraining().fit()).toBeNull();
  });

  test('comes of a single list, and says finite things of papers that are nothing like it', () => {
    const small = learnt(lists.slice(0, 1));
    const odd = listed('odd', { authors: [], pageAt: new Date(0), publishedAt: new Date(0), abstractLength: 1e6 });
    expect(foretell(small.model, [odd], small.history).every(Number.isFinite)).toBe(true);
  });

  test('of the release is of this version and holds no names', () => {
    const shipped = shippedModel();
    expect(shipped.papers).toBeGreaterThan(3000);
    const { features, trainedUntil: _, ...figures } = shipped;
    expect(features).toEqual(featureNames());
    const texts = [...JSON.stringify(figures).matchAll(/"(\w+)"/g)].map(([, text]) => text);
    expect(new Set(texts)).toEqual(
      new Set(
        ['version', 'papers', 'without', 'means', 'ridge', 'offset', 'weights', 'trees'].concat([
          'column',
          'at',
          'left',
          'right',
          'roots',
          'mean',
          'deviation',
        ]),
      ),
    );
    expect(foretell(shipped, lists[0]!, createHistory()).every(Number.isFinite)).toBe(true);
  });
});

describe('walking forward', () => {
  const lists = madeUpLists(30).map((papers) =>
    papers.map((paper) => ({ ...paper, abstract: '', upvotes: paper.upvotes!, stars: 0 })),
  );
  const walk = { lists, from: '2026-01-20', trainUntil: null, without: [] };

  test('foretells each day by a model and a history of earlier ones', () => {
    let day = 19;
    for (const { papers, model, history } of walkForward(walk)) {
      expect(model.trainedUntil < papers[0]!.day).toBe(true);
      expect(history.days).toBe(day);
      day += 1;
    }
    expect(day).toBe(30);
  });

  test('keeps one model of the days up to a day, and goes on learning what names earn', () => {
    const mornings = [...walkForward({ ...walk, trainUntil: '2026-01-10' })];
    expect(new Set(mornings.map(({ model }) => model.trainedUntil))).toEqual(new Set(['2026-01-10']));
  });

  test('says so where there is nothing to learn from', () => {
    expect(() => [...walkForward({ ...walk, from: '2026-01-01' })]).toThrow('no list before 2026-01-01');
  });
});

describe.skipIf(SHARED_DATA_MISSING)('on recorded lists', () => {
  test('the model ranks a month that it has not seen far better than the number of authors does', () => {
    const lists = readLists([path.join(DATA, 'hf-daily-papers')]).filter(([paper]) => paper!.day < '2026-02-01');
    const figures = Array.from(
      walkForward({ lists, from: '2026-01-01', trainUntil: '2025-12-31', without: [] }),
      ({ papers, model, history }) => [
        ndcg(foretell(model, papers, history), votesOf(papers), 5),
        ndcg(
          papers.map((paper) => paper.authors.length),
          votesOf(papers),
          5,
        ),
      ],
    );
    const [ours, authors] = [0, 1].map((i) => mean(figures.map((day) => day[i]!)));
    expect(ours).toBeGreaterThan(0.6);
    expect(ours! - authors!).toBeGreaterThan(0.08);
  });
});
