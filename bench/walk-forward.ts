import type { FeatureGroup } from '../src/ranking/features.ts';
import { namesOf, type History } from '../src/ranking/history.ts';
import { dayNumber } from '../src/ranking/listed.ts';
import { createTraining, type RankingModel } from '../src/ranking/model.ts';
import { mean } from '../src/ranking/standing.ts';
import type { VotedPaper } from './ranking-lists.ts';

export interface Walk {
  /** Oldest first. */
  lists: readonly VotedPaper[][];
  /** The first day that is foretold. */
  from: string;
  /** One model, fitted on the days up to this one; `null`: fitted anew each week. */
  trainUntil: string | null;
  without: readonly FeatureGroup[];
}

/** A morning: the day's papers, and the model and history that know only what lies before it. */
export interface Morning {
  papers: VotedPaper[];
  model: RankingModel;
  history: History;
}

/** As the service does it. */
const REFIT_DAYS = 7;

/** Walks through the days; each is learnt after the caller has seen its morning. */
export function* walkForward({ lists, from, trainUntil, without }: Walk): Generator<Morning> {
  const training = createTraining(without);
  let model: RankingModel | null = null;
  let fitted = -Infinity;
  for (const papers of lists) {
    const { day } = papers[0]!;
    if (isFitDue(day)) {
      model = training.fit();
      fitted = dayNumber(day);
    }
    if (day >= from) {
      if (model === null) throw new Error(`There is no list before ${trainUntil ?? from} to learn from`);
      yield { papers, model, history: training.history };
    }
    training.learn(papers);
  }
  function isFitDue(day: string): boolean {
    if (trainUntil !== null) return model === null && day > trainUntil;
    return day >= from && dayNumber(day) - fitted >= REFIT_DAYS;
  }
}

/**
 * What its authors earned before, alone: the mean over all of them, a new one counting 0. It is
 * the plainest use of such a history.
 */
export const authorHistory = (morning: Morning): number[] => earnedByAuthors(morning, (earned) => mean(earned));

/** The strongest that author history alone can do: the sum of what is above the average. */
export const authorSum = (morning: Morning): number[] =>
  earnedByAuthors(morning, (earned) => earned.reduce((sum, one) => sum + Math.max(0, one), 0));

const earnedByAuthors = ({ papers, history }: Morning, score: (earned: number[]) => number): number[] =>
  papers.map((paper) =>
    score(namesOf('author', paper).map((name) => history.earned('author', name, dayNumber(paper.day))?.flat ?? 0)),
  );
