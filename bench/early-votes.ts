import { foretell } from '../src/ranking/model.ts';
import { expectedVotes } from '../src/ranking/votes.ts';
import { pairedBootstrap, spearman } from '../src/ranking/figures.ts';
import { mean } from '../src/ranking/standing.ts';
import type { VotedPaper } from './ranking-lists.ts';
import { ARRIVALS, pageHour, simulateArrivals, type Arrivals } from './vote-arrivals.ts';
import type { Morning } from './walk-forward.ts';

/** Hours of the list's day at which an edition could be made. */
const HOURS = [2, 3, 4, 5, 6, 8, 12] as const;
/** Each day is simulated so often. */
const SEEDS = [1, 2, 3, 4, 5] as const;
/** Fewer papers with a page say nothing about an order. */
const LEAST_PAPERS = 4;

/**
 * `there`: the papers that have a page at the hour. `listed`: all that the day's list will hold, where
 * a paper without a page has no votes yet and the hour of its page is not known.
 */
const SCOPES = ['there', 'listed'] as const;
type Scope = (typeof SCOPES)[number];

const asSeen = (paper: VotedPaper, hour: number): VotedPaper =>
  pageHour(paper) <= hour ? paper : { ...paper, pageAt: null };

/** One hour of one morning: Spearman with the votes in the end, over the papers that had a page. */
interface Glimpse {
  scope: Scope;
  arrivals: Arrivals;
  hour: number;
  papers: number;
  fused: number;
  votes: number;
  model: number;
}

/**
 * Ranks the papers that have a page at each hour by the votes so far, by the model, and by both.
 * Which of the simulated arrivals it is, is not known to what ranks.
 */
export const glimpsesOf = (morning: Morning): Glimpse[] =>
  ARRIVALS.flatMap((arrivals) =>
    HOURS.flatMap((hour) => SCOPES.flatMap((scope) => glimpseAt(morning, hour, arrivals, scope) ?? [])),
  );

function glimpseAt(
  { papers, model, history }: Morning,
  hour: number,
  arrivals: Arrivals,
  scope: Scope,
): Glimpse | null {
  const there = papers.filter((paper) => scope === 'listed' || pageHour(paper) <= hour);
  if (there.length < LEAST_PAPERS) return null;
  const final = there.map((paper) => paper.upvotes);
  const standings = foretell(
    model,
    there.map((paper) => asSeen(paper, hour)),
    history,
  );
  const seen = SEEDS.map((seed) => {
    const votes = simulateArrivals(there, arrivals, seed).map((moments) => moments.filter((m) => m <= hour).length);
    const fused = there.map((paper, i) => {
      const soFar = { upvotes: votes[i]!, hours: hour - pageHour(paper), standing: standings[i]! };
      return expectedVotes(soFar, model.roots);
    });
    return { fused: spearman(fused, final), votes: spearman(votes, final) };
  });
  return {
    scope,
    arrivals,
    hour,
    papers: there.length,
    fused: mean(seen.map((one) => one.fused)),
    votes: mean(seen.map((one) => one.votes)),
    model: spearman(standings, final),
  };
}

/** The means of each hour, and what fusing gains over the votes alone. */
export const earlyFigures = (glimpses: readonly Glimpse[]) =>
  ARRIVALS.flatMap((arrivals) =>
    SCOPES.map((scope) => ({
      ...arrivals,
      scope,
      hours: HOURS.map((hour) =>
        figuresAt(
          hour,
          glimpses.filter((one) => one.arrivals === arrivals && one.scope === scope && one.hour === hour),
        ),
      ),
    })),
  );

function figuresAt(hour: number, glimpses: readonly Glimpse[]) {
  const column = (name: 'papers' | 'fused' | 'votes' | 'model') => glimpses.map((glimpse) => glimpse[name]);
  return {
    hour,
    days: glimpses.length,
    papers: mean(column('papers')),
    fused: mean(column('fused')),
    votes: mean(column('votes')),
    model: mean(column('model')),
    gain: pairedBootstrap(column('fused'), column('votes')),
  };
}
