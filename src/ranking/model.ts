import { askTrees, fitTrees, type Tree } from './trees.ts';
import { featureNames, featuresOf, groupOf, type FeatureGroup } from './features.ts';
import { createHistory, type History } from './history.ts';
import type { ListedPaper } from './listed.ts';
import { rowOf, stack, type Matrix } from './matrix.ts';
import { fitRidge, weighedSum, type Ridge } from './ridge.ts';
import { mean, spreadOf, standingsOf } from './standing.ts';

/** What was learnt of how papers come to stand on their day: figures, and no names. */
export interface RankingModel {
  version: typeof VERSION;
  /** The last day it was fitted on. */
  trainedUntil: string;
  /** Papers it was fitted on. */
  papers: number;
  features: string[];
  /** Groups of features it does not look at. */
  without: FeatureGroup[];
  /** What stands for a feature that is not to be looked at. */
  means: number[];
  ridge: Ridge;
  trees: Tree[];
  /** Square roots of the votes on a usual day: what a standing is worth in votes. */
  roots: { mean: number; deviation: number };
}

/** Rises when the features or their meaning change: a model of another version is fitted anew. */
const VERSION = 1;
/** All of these were chosen on lists before March 2026: bench/results-content.md. */
const STRENGTH = 300;
const TREES = { trees: 300, depth: 2, rate: 0.05, leastRows: 30, penalty: 10, columns: 0.4 } as const;
const SHARE_OF_TREES = 0.5;
/** How much a vote is worth changes within months. */
const USUAL_DAYS = 40;
/** More do not make the model better, only slower: the newest are taken. */
const MOST_LESSONS = 10_000;

/** A day as a lesson: what could be seen before, and how the papers came to stand. */
interface Lesson {
  day: string;
  features: Matrix;
  standings: number[];
  roots: number[];
}

export interface Training {
  readonly history: History;
  /** Papers that a fit would look at. */
  readonly papers: number;
  /** Takes in a day whose votes are known. Days come in order, each once. */
  learn(papers: readonly ListedPaper[]): void;
  /** The model of what was learnt so far; `null` before the first day. */
  fit(): RankingModel | null;
}

/** Learns day by day. What a lesson says of the names in it was earned on days before it. */
export function createTraining(without: readonly FeatureGroup[] = []): Training {
  const history = createHistory();
  let lessons: Lesson[] = [];
  const size = (): number => lessons.reduce((sum, { standings }) => sum + standings.length, 0);
  return {
    history,
    get papers() {
      return size();
    },
    learn(papers) {
      const known = papers.filter((paper) => paper.upvotes !== null);
      if (known.length === 0) return;
      const upvotes = known.map((paper) => paper.upvotes!);
      lessons.push({
        day: known[0]!.day,
        features: featuresOf(known, history, without),
        standings: standingsOf(upvotes),
        roots: upvotes.map(Math.sqrt),
      });
      while (size() > MOST_LESSONS && lessons.length > 1) lessons = lessons.slice(1);
      history.learn(known);
    },
    fit: () => (lessons.length === 0 ? null : fitModel(lessons, without)),
  };
}

function fitModel(lessons: readonly Lesson[], without: readonly FeatureGroup[]): RankingModel {
  const features = featureNames(without);
  const x = stack(
    features.length,
    lessons.map((lesson) => lesson.features),
  );
  const y = Float64Array.from(lessons.flatMap((lesson) => lesson.standings));
  return {
    version: VERSION,
    trainedUntil: lessons.at(-1)!.day,
    papers: y.length,
    features,
    without: [...without],
    means: Array.from({ length: x.width }, (_, c) =>
      mean(Array.from({ length: y.length }, (_row, r) => rowOf(x, r)[c]!)),
    ),
    ridge: fitRidge(x, y, STRENGTH),
    trees: fitTrees(x, y, TREES),
    roots: spreadOf(lessons.slice(-USUAL_DAYS).flatMap((lesson) => lesson.roots)),
  };
}

/** Says how papers will stand, without looking at some groups of features. */
type Foreteller = (without?: readonly FeatureGroup[]) => number[];

/**
 * How the papers of one day will stand among each other, in standard deviations. Groups named in
 * `without` are not looked at, though the model knows them: every paper is taken as average there.
 */
export const foretell = (
  model: RankingModel,
  papers: readonly ListedPaper[],
  history: History,
  without: readonly FeatureGroup[] = [],
): number[] => foreteller(model, papers, history)(without);

/** The same for several choices of groups: what is known of the papers is gathered once. */
export function foreteller(model: RankingModel, papers: readonly ListedPaper[], history: History): Foreteller {
  const x = featuresOf(papers, history, model.without);
  const row = new Float64Array(x.width);
  return (without = []) => {
    const hidden = [...model.features.keys()].filter((c) =>
      without.some((group) => group === groupOf(model.features[c]!)),
    );
    return papers.map((_, r) => {
      row.set(rowOf(x, r));
      for (const c of hidden) row[c] = model.means[c]!;
      return (1 - SHARE_OF_TREES) * weighedSum(model.ridge, row) + SHARE_OF_TREES * askTrees(model.trees, row);
    });
  };
}

/**
 * A model that was kept as JSON, or `null` where it was kept by another version, whose features meant
 * something else.
 */
export function readModel(kept: unknown): RankingModel | null {
  const model = kept as RankingModel;
  const isOurs =
    model?.version === VERSION &&
    JSON.stringify(model.features) === JSON.stringify(featureNames(model.without)) &&
    model.ridge.weights.length === model.features.length;
  return isOurs ? model : null;
}
