import { OVERALL, type Paper } from '../paper.ts';
import { byScore, inCodeOrder, score, trendingContext, type PaperSignals } from '../papers/trending.ts';

/** How many papers an edition holds. */
export const EDITION_SIZE = { overall: 30, topic: 15 } as const;
/** How long after it was first seen a paper can still enter an edition. */
export const CANDIDATE_DAYS = 7;
export const DIGEST_SIZE = 10;

export interface Selected {
  paperId: string;
  rank: number;
  score: number;
  reasons: string[];
}

/** A recent paper with what scoring looks at. */
export interface Candidate extends PaperSignals {
  paper: Paper;
}

export interface EditionChoice {
  /**
   * Everything recent at `asOf`; what an edition of the topic carried is among it, to measure the
   * others against.
   */
  recent: readonly Candidate[];
  /** The ids that some edition of this topic carried. */
  carried: ReadonlySet<string>;
  belongs: (paper: Paper) => boolean;
  asOf: Date;
  size: number;
}

/** The list of one edition: scored, not dominated by one organisation, ranked from 1. */
export function selectEdition({ recent, carried, belongs, asOf, size }: EditionChoice): Selected[] {
  const context = trendingContext(recent, asOf);
  const ranked = recent
    .filter(({ paper }) => !carried.has(paper.id) && belongs(paper))
    .map((candidate) => ({
      id: candidate.paper.id,
      organisation: candidate.paper.organisation,
      ...score(candidate, asOf, context),
    }))
    .toSorted(byScore);
  return diversify(ranked)
    .slice(0, size)
    .map(({ id, score: value, reasons }, i) => ({ paperId: id, rank: i + 1, score: value, reasons }));
}

/**
 * Lets at most `max` papers of one organisation into the first `within` places; the others follow
 * right after those.
 */
export function diversify<T extends { organisation: string | null }>(
  ranked: readonly T[],
  { within = 10, max = 3 } = {},
): T[] {
  const taken = new Map<string, number>();
  const head: T[] = [];
  const rest: T[] = [];
  for (const paper of ranked) {
    const name = paper.organisation?.toLowerCase();
    const before = name === undefined ? 0 : (taken.get(name) ?? 0);
    if (head.length >= within || before >= max) {
      rest.push(paper);
      continue;
    }
    head.push(paper);
    if (name !== undefined) taken.set(name, before + 1);
  }
  return [...head, ...rest];
}

/**
 * A place in some edition of a reader's window, and the topics that carried the paper before the
 * window.
 */
export interface WindowEntry {
  date: string;
  topic: string;
  score: number;
  reasons: string[];
  paper: Paper;
  carriedBefore: readonly string[];
}

/** Puts the entries of a window into the order in which digests take them. */
export const rankEntries = (entries: readonly WindowEntry[]): WindowEntry[] => entries.toSorted(inOrder);

/**
 * What one digest holds: the best of the editions in the reader's window, each paper once, without
 * what an earlier edition of a topic they follow carried. It depends on the window and the set of
 * topics alone, so all readers who share them share the answer. `ranked` is in the order of
 * `rankEntries`: it is ranked once, and read only as far as a digest goes.
 */
export function selectForReader(input: {
  ranked: readonly WindowEntry[];
  topics: readonly string[];
  limit?: number;
}): WindowEntry[] {
  const { limit = DIGEST_SIZE } = input;
  const followed = new Set(input.topics.length === 0 ? [OVERALL] : input.topics);
  const chosen = new Map<string, WindowEntry>();
  for (const entry of input.ranked) {
    if (chosen.size >= limit) break;
    if (
      !followed.has(entry.topic) ||
      chosen.has(entry.paper.id) ||
      entry.carriedBefore.some((topic) => followed.has(topic))
    )
      continue;
    chosen.set(entry.paper.id, entry);
  }
  return [...chosen.values()];
}

/** By score; between equals the newer edition, then the id, then the topic. */
const inOrder = (a: WindowEntry, b: WindowEntry): number =>
  b.score - a.score ||
  b.date.localeCompare(a.date) ||
  inCodeOrder(a.paper.id, b.paper.id) ||
  inCodeOrder(a.topic, b.topic);
