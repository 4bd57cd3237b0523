import type { FrozenEntry } from '../db/editions.ts';
import type { Scored } from '../ranking/score.ts';
import { OVERALL, type EditionEntry, type Paper } from '../paper.ts';
import { byScore, inCodeOrder } from '../order.ts';

/** How many papers an edition shows. */
export const EDITION_SIZE = { overall: 30, topic: 15 } as const;
/**
 * How many papers stand in an edition altogether: what it does not show is for readers whose mail
 * did not hold it yet. A daily reader of everything has 80 papers of eight days behind them, and
 * lists have 30 papers a day.
 */
const EDITION_DEPTH = { overall: 240, topic: 80 } as const;
export const DIGEST_SIZE = 10;

/** When a paper led an edition of a topic. */
export interface Led {
  /** The last of those days. */
  last: string;
  /** Whether it was a return by then. */
  returned: boolean;
  /** The votes that were expected of it in the end. */
  expectedVotes: number;
}

export interface EditionChoice {
  topic: string;
  /** Every recent paper of the topic, best first. */
  ranked: readonly Scored[];
  /** Which of them were among the first of an edition of this topic, where digests take from. */
  led: ReadonlyMap<string, Led>;
  /** Whether a paper got far more attention than was expected when it led. */
  rises: (paper: Paper, led: Led) => boolean;
  /** The ids of papers that an operator put at its head, in this order. */
  pinned?: readonly string[];
}

/** Why a paper stands at the head of an edition: not for its votes. */
export const CHOSEN_REASON = 'Chosen by the editor';

/**
 * One edition: first what it shows, not dominated by one organisation, without what led another
 * edition of the topic, but for what rises again, once; then the others. Ranked from 1.
 */
export function selectEdition({ topic, ranked, led, rises, pinned = [] }: EditionChoice): FrozenEntry[] {
  const size = topic === OVERALL ? EDITION_SIZE.overall : EDITION_SIZE.topic;
  const depth = topic === OVERALL ? EDITION_DEPTH.overall : EDITION_DEPTH.topic;
  const isBack = ({ paper }: Scored): boolean => {
    const before = led.get(paper.id);
    return before !== undefined && !before.returned && rises(paper, before);
  };
  const isNews = (scored: Scored): boolean => !led.has(scored.paper.id) || isBack(scored);
  const head = atTheHead(ranked, pinned);
  const isPinned = new Set(pinned);
  const news = ranked.filter((scored) => !isPinned.has(scored.paper.id) && isNews(scored));
  const listed = [...head, ...diversify(news)].slice(0, size);
  const shown = new Set(listed);
  const left = ranked.filter((scored) => !isPinned.has(scored.paper.id) && !shown.has(scored));
  // A thousand new papers a day, of which nothing is heard, must not crowd out those of the week.
  const others = [...left.filter((scored) => scored.isSpokenOf), ...left.filter((scored) => !scored.isSpokenOf)].slice(
    0,
    depth - listed.length,
  );
  return [...listed, ...others].map((scored, i) => ({
    paperId: scored.paper.id,
    rank: i + 1,
    score: scored.score,
    weeklyScore: scored.weeklyScore,
    reasons: scored.reasons,
    isListed: i < listed.length,
    backSince: isBack(scored) ? led.get(scored.paper.id)!.last : null,
  }));
}

/**
 * The pinned papers of a list, in the order in which they were pinned. Digests order papers by their
 * scores, so theirs lie above all others.
 */
function atTheHead(ranked: readonly Scored[], pinned: readonly string[]): Scored[] {
  const found = pinned.flatMap((id) => ranked.find(({ paper }) => paper.id === id) ?? []);
  const top = (of: 'score' | 'weeklyScore'): number => ranked.reduce((most, one) => Math.max(most, one[of]), 0);
  const [score, weeklyScore] = [top('score'), top('weeklyScore')];
  return found.map((scored, i) => ({
    ...scored,
    score: score + found.length - i,
    weeklyScore: weeklyScore + found.length - i,
    reasons: [CHOSEN_REASON, ...scored.reasons],
  }));
}

/** Best first; the id decides between equals. */
export const rankPapers = (scored: readonly Scored[]): Scored[] =>
  scored.toSorted((a, b) => byScore({ score: a.score, id: a.paper.id }, { score: b.score, id: b.paper.id }));

/**
 * Lets at most `max` papers of one organisation into the first `within` places; the others follow
 * right after those.
 */
export function diversify<T extends { paper: Pick<Paper, 'organisation'> }>(
  ranked: readonly T[],
  { within = DIGEST_SIZE, max = 3 } = {},
): T[] {
  const taken = new Map<string, number>();
  const head: T[] = [];
  const rest: T[] = [];
  for (const entry of ranked) {
    const name = entry.paper.organisation?.toLowerCase();
    const before = name === undefined ? 0 : (taken.get(name) ?? 0);
    if (head.length >= within || before >= max) {
      rest.push(entry);
      continue;
    }
    head.push(entry);
    if (name !== undefined) taken.set(name, before + 1);
  }
  return [...head, ...rest];
}

/** A place in an edition of the day, of any topic. */
export type Place = EditionEntry & { topic: string };

/** A paper of a digest: under which topic it stands there, and since when it is back. */
export interface Chosen {
  topic: string;
  paper: Paper;
  reasons: string[];
  backSince: string | null;
}

export interface ReaderChoice {
  /** The editions of the day, of any topics, in the order of `orderPlaces`. */
  places: readonly Place[];
  /** Those that the reader follows; none: everything. */
  topics: readonly string[];
  /** How many digests of the reader held a paper. */
  had: ReadonlyMap<string, number>;
  /** How many papers the reader wants. */
  limit?: number;
  /** By how much a reader's taste moves a paper; it is in the order of `by` otherwise. */
  leaning?: Leaning;
}

/** The score that places are ordered by, and what a reader's taste adds to it. */
export interface Leaning {
  by: 'score' | 'weeklyScore';
  of: (paper: Paper) => number;
}

/** So many of ten papers come by their score alone: no reader's taste moves them, no. 1 among them. */
const BY_SCORE_ALONE = 0.3;

/** How many papers of each topic a digest of several holds at least, where there are so many. */
const OF_EACH = 2;
/** A digest of many topics grows up to this. */
const LONGEST_DIGEST = 24;

/**
 * What one digest holds: the best papers of the day's editions of the topics that the reader
 * follows, each once, without what their digests held before, but for a labelled return. Each topic
 * has two papers at least, where it has so many. Best first.
 */
export function selectForReader({ places, topics, had, limit = DIGEST_SIZE, leaning }: ReaderChoice): Chosen[] {
  const followed = topics.length === 0 ? [OVERALL] : topics;
  const byScore = [...candidatesOf(places, new Set(followed), had).values()];
  const candidates = leaning ? leant(byScore, leaning) : byScore;
  const size = Math.max(limit, Math.min(OF_EACH * followed.length, LONGEST_DIGEST));
  const ofEach = Math.max(1, Math.min(OF_EACH, Math.floor(size / followed.length)));
  const sizes = new Map<string, number>();
  for (const topic of candidates.flatMap((candidate) => candidate.topics))
    sizes.set(topic, (sizes.get(topic) ?? 0) + 1);
  // The topic that fewest candidates are of says most.
  const narrowestFirst = (a: string, b: string): number => sizes.get(a)! - sizes.get(b)! || inCodeOrder(a, b);
  const chosen = new Map<Candidate, string>();
  const count = new Map<string, number>();
  const take = (candidate: Candidate, open: readonly string[]): void => {
    const topic = open.length === 1 ? open[0]! : open.toSorted(narrowestFirst)[0]!;
    chosen.set(candidate, topic);
    count.set(topic, (count.get(topic) ?? 0) + 1);
  };
  const alone = leaning ? byScore.slice(0, Math.ceil(BY_SCORE_ALONE * size)) : [];
  for (const candidate of alone) take(candidate, candidate.topics);
  for (const candidate of candidates) {
    // A return is welcome, and no reason to leave out what is new.
    const open = candidate.topics.filter((topic) => (count.get(topic) ?? 0) < ofEach);
    const isFree = !chosen.has(candidate) && chosen.size < size;
    if (open.length > 0 && isFree && candidate.backSince === null) take(candidate, open);
  }
  for (const candidate of candidates) {
    if (chosen.size >= size) break;
    if (!chosen.has(candidate)) take(candidate, candidate.topics);
  }
  return candidates
    .filter((candidate) => chosen.has(candidate))
    .map((candidate) => ({ ...candidate.place, topic: chosen.get(candidate)!, backSince: candidate.backSince }))
    .map(({ topic, paper, reasons, backSince }) => ({ topic, paper, reasons, backSince }));
}

/** In the order of score and taste. */
function leant(candidates: readonly Candidate[], { by, of }: Leaning): Candidate[] {
  const worth = new Map(candidates.map((one) => [one, one.place[by] + of(one.place.paper)]));
  return candidates.toSorted((a, b) => worth.get(b)! - worth.get(a)!);
}

interface Candidate {
  place: Place;
  topics: string[];
  backSince: string | null;
}

/** The papers that a reader may get, with the topics that they follow it by. */
function candidatesOf(
  places: readonly Place[],
  followed: ReadonlySet<string>,
  had: ReadonlyMap<string, number>,
): Map<string, Candidate> {
  const candidates = new Map<string, Candidate>();
  for (const place of places) {
    if (!followed.has(place.topic)) continue;
    const known = candidates.get(place.paper.id);
    const times = had.get(place.paper.id) ?? 0;
    // A return is one only for who had the paper, and comes back once.
    const backSince = times === 1 ? place.backSince : null;
    if (times > 0 && backSince === null) continue;
    if (known) known.topics.push(place.topic);
    else candidates.set(place.paper.id, { place, topics: [place.topic], backSince });
  }
  return candidates;
}

/** The order in which digests take places: by the day's score, or by the week's. */
export const orderPlaces = (places: readonly Place[], by: 'score' | 'weeklyScore'): Place[] =>
  places.toSorted((a, b) => b[by] - a[by] || inCodeOrder(a.paper.id, b.paper.id) || inCodeOrder(a.topic, b.topic));
