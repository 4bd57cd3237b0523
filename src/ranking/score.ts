import { DAY, HOUR } from '../duration.ts';
import { dayOf } from '../day.ts';
import type { Paper, Signal } from '../paper.ts';
import type { FeatureGroup } from './features.ts';
import type { Ranking } from './fit.ts';
import { asListed, type ListedPaper } from './listed.ts';
import { type Candidate, type Ranked, rankList } from './reasons.ts';
import { latestValue } from './signals.ts';

/** A recent paper and its observations up to the moment. */
export interface Observed {
  paper: Paper;
  signals: readonly Signal[];
}

export interface Scored {
  paper: Paper;
  /** How much it is trending. */
  score: number;
  /** What it is worth, its age left aside. */
  weeklyScore: number;
  /** Whether it stands on a list or was voted for: most papers that are announced never are. */
  isSpokenOf: boolean;
  /** Why, in a reader's words; each of them moved the score. */
  reasons: string[];
}

/**
 * Of a paper that is on no list, as of most that arXiv announces, one in so many will get votes at
 * all: 700 of 9,700 were listed in 2026-06 and 07.
 */
const ONE_IN = 14;
/**
 * A day older, a paper needs so many times the votes to stand as high: what led yesterday has been
 * read, and what is 6 days old has had its week.
 */
const VOTES_PER_DAY = 2.5;

/** Scores papers as of a moment by the votes that they will have in the end. Pure. */
export function scorePapers(
  observed: readonly Observed[],
  {
    ranking,
    asOf,
    without = [],
  }: { ranking: Pick<Ranking, 'model' | 'history'>; asOf: Date; without?: readonly FeatureGroup[] },
): Scored[] {
  const candidates = observed.map((entry) => candidateOf(entry, asOf));
  const peers = candidates.map(({ paper: { id }, upvotes, hours }) => ({ id, upvotes, hours }));
  const surroundings = { ...ranking, without, peers: peers.filter((_, i) => candidates[i]!.isListed) };
  // The papers of a day are measured against each other; listed ones against listed ones.
  const days = Map.groupBy(candidates, ({ paper, isListed }) => `${isListed} ${paper.day}`);
  const ranked = new Map<string, Ranked>();
  for (const day of days.values()) for (const entry of rankList(day, surroundings)) ranked.set(entry.id, entry);
  return observed.map(({ paper }, i) => scored(paper, candidates[i]!, ranked.get(paper.id)!, asOf));
}

interface DayCandidate extends Candidate {
  isListed: boolean;
}

function candidateOf({ paper, signals }: Observed, asOf: Date): DayCandidate {
  // A replayed day does not know what came after it.
  const listedOn = paper.listedOn !== null && paper.listedOn <= dayOf(asOf) ? paper.listedOn : null;
  const since = paper.pageAt !== null && paper.pageAt <= asOf ? paper.pageAt : paper.firstSeenAt;
  return {
    isListed: listedOn !== null,
    paper: asListedPaper({ ...paper, listedOn }),
    upvotes: latestValue(signals, 'upvotes'),
    hours: Math.max(0, (asOf.getTime() - since.getTime()) / HOUR),
  };
}

const asListedPaper = (paper: Paper): ListedPaper =>
  asListed({
    ...paper,
    listedOn: paper.listedOn ?? dayOf(paper.firstSeenAt),
    titleLength: Buffer.byteLength(paper.title),
    abstractLength: Buffer.byteLength(paper.abstract),
    upvotes: null,
  });

function scored(paper: Paper, { isListed, upvotes }: DayCandidate, { score, reasons }: Ranked, asOf: Date): Scored {
  const votes = isListed || upvotes > 0 ? score : score / ONE_IN;
  const ageDays = Math.max(0, (asOf.getTime() - paper.firstSeenAt.getTime()) / DAY);
  const weeklyScore = Math.log1p(votes);
  return {
    paper,
    score: rounded(weeklyScore - Math.log(VOTES_PER_DAY) * ageDays),
    weeklyScore: rounded(weeklyScore),
    isSpokenOf: isListed || upvotes > 0,
    reasons: reasons.length > 0 || paper.source === 'sample' ? reasons : [ageDays < 1 ? 'New today' : 'New this week'],
  };
}

const rounded = (value: number): number => Number(value.toFixed(4));
