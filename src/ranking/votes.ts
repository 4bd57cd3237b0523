import type { RankingModel } from './model.ts';

/** What is known of a paper's votes at a moment. */
export interface VotesSoFar {
  upvotes: number;
  /** Hours since its page was made, or since it was first seen. */
  hours: number;
  /** What the model foretold, in standard deviations of its day. */
  standing: number;
}

/** Votes come ever more slowly: of those still to come, a share of 1 − 1/e in so many hours. */
const SLOWING_HOURS = 8;
/** A page of this age has its votes. */
const COMPLETE_HOURS = 27;
/**
 * How sure the forecast is of itself: as sure as one that was made of this many votes. Papers of the
 * same forecast differ as widely as a gamma distribution of this shape.
 */
const SHAPE = 1.5;
/** A forecast of nothing could never be refuted by votes. */
const LEAST_FORECAST = 0.5;

/** The share of a paper's votes that has come `hours` after its page was made. */
export function shareArrived(hours: number): number {
  const arrived = (h: number): number => 1 - Math.exp(-h / SLOWING_HOURS);
  return arrived(Math.min(Math.max(0, hours), COMPLETE_HOURS)) / arrived(COMPLETE_HOURS);
}

/** The votes that a standing stands for on a usual day. */
export function forecastOf(standing: number, { mean, deviation }: RankingModel['roots']): number {
  return Math.max(LEAST_FORECAST, Math.max(0, mean + deviation * standing) ** 2);
}

/**
 * The votes that a paper will have in the end: those it has, and as many more as its rate promises.
 * The rate is a gamma distribution around the forecast, sharpened by the votes so far (Poisson), which
 * count by the share of the time that they had. So the forecast decides before the first vote, and
 * the votes once a good part of them is in.
 */
export function expectedVotes({ upvotes, hours, standing }: VotesSoFar, roots: RankingModel['roots']): number {
  const exposure = shareArrived(hours);
  const rate = (SHAPE + upvotes) / (SHAPE / forecastOf(standing, roots) + exposure);
  return upvotes + rate * (1 - exposure);
}
