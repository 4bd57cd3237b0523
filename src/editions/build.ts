import { type Db, transaction, type Tx } from '../db/client.ts';
import { carriedPapers, editionSize, freezeEdition, lockEditions } from '../db/editions.ts';
import { papersFirstSeen, signalsUntil } from '../db/papers.ts';
import { asOf } from '../day.ts';
import { OVERALL, type Paper } from '../paper.ts';
import type { Topics } from '../papers/topics.ts';
import { CANDIDATE_DAYS, EDITION_SIZE, selectEdition, type Candidate } from './select.ts';

export interface BuildResult {
  date: string;
  /** False when the day's edition was frozen before, or no paper is there to make one of. */
  built: boolean;
  /**
   * How many topics have an edition on that day, OVERALL among them, and how many papers the
   * overall one holds.
   */
  topics: number;
  papers: number;
}

interface BuildDeps {
  now: () => Date;
  /** The topics in force. */
  topics: Topics;
}

interface BuildInput {
  date: string;
  sampleOnly?: boolean;
}

/**
 * Freezes the edition of a day, overall and for every topic, as of that day. What is frozen stays:
 * a second build changes nothing. Without candidates nothing is written, so that the day can still
 * be built when papers have come.
 */
export const buildEdition = ({ db, ...deps }: BuildDeps & { db: Db }, input: BuildInput): Promise<BuildResult> =>
  transaction(db, (tx) => buildEditionWithin({ ...deps, tx }, input));

/** The same as a part of the caller's transaction. */
export async function buildEditionWithin(
  { tx, now, topics }: BuildDeps & { tx: Tx },
  { date, sampleOnly: sample = false }: BuildInput,
): Promise<BuildResult> {
  const moment = asOf(date, now());
  await lockEditions(tx);
  const frozen = await editionSize(tx, date);
  if (frozen.topics > 0) return { date, built: false, ...frozen };
  const lists = await selectLists({ tx, topics }, moment, sample);
  for (const { topic, entries } of lists) await freezeEdition(tx, { date, topic, frozenAt: now(), sample, entries });
  return { date, built: lists.length > 0, topics: lists.length, papers: lists[0]?.entries.length ?? 0 };
}

/** The lists that hold anything, the overall one first. */
async function selectLists({ tx, topics }: { tx: Tx; topics: Topics }, moment: Date, sample: boolean) {
  const recent = await recentPapers(tx, moment, sample);
  const carried = await carriedPapers(
    tx,
    recent.map((candidate) => candidate.paper.id),
  );
  const filed = new Map(recent.map(({ paper }) => [paper.id, new Set(topics.classify(paper).map(({ slug }) => slug))]));
  const filters = topics.list.map(({ slug }) => ({
    slug,
    size: EDITION_SIZE.topic,
    belongs: (paper: Paper) => filed.get(paper.id)?.has(slug) ?? false,
  }));
  return [{ slug: OVERALL, size: EDITION_SIZE.overall, belongs: () => true }, ...filters]
    .map(({ slug, size, belongs }) => ({
      topic: slug,
      entries: selectEdition({ recent, carried: carried.get(slug) ?? new Set(), belongs, asOf: moment, size }),
    }))
    .filter(({ entries }) => entries.length > 0);
}

async function recentPapers(tx: Tx, until: Date, sample: boolean): Promise<Candidate[]> {
  const after = new Date(until.getTime() - CANDIDATE_DAYS * 86_400_000);
  const papers = await papersFirstSeen(tx, { after, until, sample });
  const signals = Map.groupBy(
    await signalsUntil(
      tx,
      papers.map((paper) => paper.id),
      until,
    ),
    (signal) => signal.paperId,
  );
  return papers.map((paper) => ({ paper, signals: signals.get(paper.id) ?? [] }));
}
