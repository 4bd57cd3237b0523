import type { Paper, Signal } from '../paper.ts';
import { DAY } from '../duration.ts';

/** What scoring looks at: a paper and its observations up to the moment, oldest first. */
export interface PaperSignals {
  paper: Pick<Paper, 'id' | 'source' | 'publishedAt' | 'firstSeenAt' | 'codeUrl'>;
  signals: readonly Signal[];
}

/** What a paper is measured against: the papers around it at the same moment. */
export interface TrendingContext {
  peers: readonly { id: string; ageDays: number; strength: number }[];
}

export interface Scored {
  score: number;
  /** What it is worth whatever its age. */
  weeklyScore: number;
  /** At most three short, true sentences for a reader. */
  reasons: string[];
}

/**
 * Attention counts by its order of magnitude, as in Reddit's "hot" (log of the votes): the tenth
 * upvote says more than the hundredth. A comment takes more effort than an upvote and there are
 * fewer, a star tells more of the code than of the paper.
 */
const WEIGHTS = { upvotes: 1, comments: 0.4, stars: 0.15 } as const;
/** Having code at all, for papers without a vote so far. */
const CODE_BONUS = 0.2;
/**
 * Hacker News divides by (age + 2 hours)^1.8; over log-scaled signals and days, a fall this gentle
 * lets the best of yesterday meet the good of today.
 */
const GRAVITY = 0.8;
const REASON_LIMIT = 3;
/** A percentile of fewer peers than this says nothing. */
const MIN_PEERS = 20;
const PEER_AGE_DAYS = 1;

/** The newest value of a metric, the highest where two sources tell it. */
export function latestValue(signals: readonly Signal[], metric: string): number {
  const bySource = new Map<string, Signal>();
  for (const signal of signals) {
    const known = bySource.get(signal.source);
    if (signal.metric === metric && (!known || known.observedAt <= signal.observedAt))
      bySource.set(signal.source, signal);
  }
  return Math.max(0, ...[...bySource.values()].map((signal) => signal.value));
}

function strengthOf({ paper, signals }: PaperSignals): number {
  const attention = Object.entries(WEIGHTS).map(
    ([metric, weight]) => weight * Math.log1p(latestValue(signals, metric)),
  );
  return attention.reduce((sum, part) => sum + part, paper.codeUrl === null ? 0 : CODE_BONUS);
}

const ageDays = (paper: PaperSignals['paper'], asOf: Date): number =>
  Math.max(0, (asOf.getTime() - paper.firstSeenAt.getTime()) / DAY);

/**
 * The context of a moment, from everything that was recent then, whether an edition carried it
 * already or not.
 */
export const trendingContext = (recent: readonly PaperSignals[], asOf: Date): TrendingContext => ({
  peers: recent.map((entry) => ({
    id: entry.paper.id,
    ageDays: ageDays(entry.paper, asOf),
    strength: strengthOf(entry),
  })),
});

/** How much a paper is trending at `asOf`, and why. */
export function score(entry: PaperSignals, asOf: Date, context: TrendingContext): Scored {
  const strength = strengthOf(entry);
  const value = strength / (1 + ageDays(entry.paper, asOf)) ** GRAVITY;
  return {
    score: Number(value.toFixed(4)),
    weeklyScore: Number(strength.toFixed(4)),
    reasons: reasonsFor(entry, asOf, strength, context).slice(0, REASON_LIMIT),
  };
}

/**
 * Highest score first; the id decides between equals, so that the same signals give the same list
 * everywhere.
 */
export const byScore = (a: { score: number; id: string }, b: { score: number; id: string }): number =>
  b.score - a.score || inCodeOrder(a.id, b.id);

/** By code units: an order that depends on no locale. */
export const inCodeOrder = (a: string, b: string): number => Number(a > b) - Number(a < b);

function reasonsFor(entry: PaperSignals, asOf: Date, strength: number, context: TrendingContext): string[] {
  const upvotes = latestValue(entry.signals, 'upvotes');
  const comments = latestValue(entry.signals, 'comments');
  const stars = latestValue(entry.signals, 'stars');
  const reasons = [
    topPercent(entry, asOf, strength, context),
    upvotes >= 2 ? `${count(upvotes, 'upvote')}${within(entry.paper, asOf)}` : null,
    stars >= 50 ? `${count(stars, 'star')} on GitHub` : null,
    entry.paper.codeUrl !== null && stars < 50 ? 'Code available' : null,
    comments >= 5 ? `${count(comments, 'comment')}` : null,
  ].filter((reason) => reason !== null);
  return reasons.length > 0 || entry.paper.source === 'sample'
    ? reasons
    : [asOf.getTime() - entry.paper.firstSeenAt.getTime() < DAY ? 'New today' : 'New this week'];
}

/** "Top 2 % for its age", among the papers that came within a day of it. */
function topPercent(entry: PaperSignals, asOf: Date, strength: number, context: TrendingContext): string | null {
  const age = ageDays(entry.paper, asOf);
  const peers = context.peers.filter((peer) => Math.abs(peer.ageDays - age) <= PEER_AGE_DAYS);
  if (peers.length < MIN_PEERS || strength === 0) return null;
  const notWeaker = peers.filter((peer) => peer.id !== entry.paper.id && peer.strength >= strength).length + 1;
  const percent = Math.ceil((100 * notWeaker) / peers.length);
  return percent <= 10 ? `Top ${percent} % for its age` : null;
}

const count = (n: number, noun: string): string => `${n.toLocaleString('en-US')} ${noun}${n === 1 ? '' : 's'}`;

/** Since it was published, as long as that is news. */
function within(paper: PaperSignals['paper'], asOf: Date): string {
  if (paper.publishedAt === null) return '';
  const days = Math.ceil((asOf.getTime() - paper.publishedAt.getTime()) / DAY);
  if (days < 1 || days > 14) return '';
  return days === 1 ? ' in a day' : ` in ${days} days`;
}
