import type { Db, Tx } from '../db/client.ts';
import { firstListedDay, listedPapers, newestModel, saveModel } from '../db/ranking.ts';
import { addDays, dayOf } from '../day.ts';
import { DAY, HOUR } from '../duration.ts';
import type { FeatureGroup } from './features.ts';
import { ndcg, spearman } from './figures.ts';
import { createMemory, type Memory } from './memory.ts';
import { asListed, type ListedPaper } from './listed.ts';
import { createTraining, foretell, readModel, type RankingModel } from './model.ts';
import { shippedModel } from './shipped.ts';
import { mean } from './standing.ts';

export interface RankingDeps {
  db: Db;
  now(): Date;
  /** Groups of features that the operator switched off. */
  without?: readonly FeatureGroup[];
}

/** What a fit came to. */
export interface FitReport {
  trainedUntil: string;
  papers: number;
  figures: HeldOut;
}

/** How a model that had not seen the last days foretold them. */
export interface HeldOut {
  days: number;
  ndcg5: number;
  spearman: number;
}

export const KIND = 'listed';
/** Names fade by half in four months: what lies further back than this moves nothing. */
export const LOOKED_BACK_DAYS = 550;
/** A list gathers its votes on its own day: yesterday's tells, today's does not. */
export const SETTLED_DAYS = 1;
const HELD_OUT_DAYS = 14;
/** A week, but for what a schedule may be early. */
export const WEEK_MS = 7 * DAY - HOUR;
/** Of fewer papers or days one learns less than what ships with the release. */
const LEAST_PAPERS = 600;
const LEAST_DAYS = 40;
/** Read at a time, so that the lists of a year never lie in memory together. */
const CHUNK_DAYS = 10;

/**
 * Fits the model anew from the lists whose votes have settled, measures it on the last two weeks of
 * them, and keeps it. Returns `null` where there is too little to learn from.
 */
export async function fitWeekly(deps: RankingDeps): Promise<FitReport | null> {
  const asOf = deps.now();
  const today = dayOf(asOf);
  const training = createTraining(deps.without);
  const last = addDays(today, -SETTLED_DAYS);
  const held = addDays(last, -HELD_OUT_DAYS);
  const figures: Omit<HeldOut, 'days'>[] = [];
  let unseeing: RankingModel | null = null;
  for await (const papers of daysOf(deps.db, { from: addDays(today, -LOOKED_BACK_DAYS), until: last, asOf })) {
    if (papers[0]!.day > held) {
      unseeing ??= training.fit();
      if (unseeing !== null) figures.push(judged(papers, foretell(unseeing, papers, training.history)));
    }
    training.learn(papers);
  }
  if (training.papers < LEAST_PAPERS || training.history.days < LEAST_DAYS) return null;
  const model = training.fit()!;
  const heldOut = {
    days: figures.length,
    ndcg5: mean(figures.map((one) => one.ndcg5)),
    spearman: mean(figures.map((one) => one.spearman)),
  };
  const { trainedUntil, papers } = model;
  await saveModel(deps.db, { kind: KIND, fittedAt: asOf, trainedUntil, model, figures: heldOut });
  return { trainedUntil, papers, figures: heldOut };
}

/** Fits anew when the model in force is a week old, or is that of the release. */
export async function fitIfDue(deps: RankingDeps): Promise<FitReport | null> {
  const newest = await newestModel(deps.db, KIND, deps.now());
  const isFresh = newest !== null && deps.now().getTime() - newest.fittedAt.getTime() < WEEK_MS;
  return isFresh && readModel(newest.model) !== null ? null : fitWeekly(deps);
}

function judged(papers: readonly ListedPaper[], standings: readonly number[]): Omit<HeldOut, 'days'> {
  const known = papers.flatMap(({ upvotes }, i) => (upvotes === null ? [] : { upvotes, standing: standings[i]! }));
  const votes = known.map(({ upvotes }) => upvotes);
  const scores = known.map(({ standing }) => standing);
  return { ndcg5: ndcg(scores, votes, 5), spearman: spearman(scores, votes) };
}

/** What ranks at a moment: the newest model, and what is remembered of earlier lists. */
export interface Ranking extends Memory {
  model: RankingModel;
}

/**
 * The model in force at a moment, and the history of all lists that were voted on before its day. A
 * model that another version kept is passed over for the one of the release.
 */
export async function rankingAt(db: Tx, asOf: Date): Promise<Ranking> {
  const kept = await newestModel(db, KIND, asOf);
  const model = (kept && readModel(kept.model)) ?? shippedModel();
  const memory = createMemory();
  const today = dayOf(asOf);
  const range = { from: addDays(today, -LOOKED_BACK_DAYS), until: addDays(today, -SETTLED_DAYS), asOf };
  for await (const papers of daysOf(db, range)) memory.learn(papers);
  return { model, history: memory.history, companions: memory.companions };
}

interface Range {
  from: string;
  until: string;
  /** Votes seen later do not count. */
  asOf: Date;
}

/** The lists of a range, day by day. */
export async function* daysOf(db: Tx, { from, until, asOf }: Range): AsyncGenerator<ListedPaper[]> {
  const first = await firstListedDay(db);
  let start = first === null || first < from ? from : first;
  while (first !== null && start <= until) {
    const end = addDays(start, CHUNK_DAYS - 1);
    const rows = await listedPapers(db, { from: start, until: end < until ? end : until, asOf });
    for (const papers of Map.groupBy(rows, (row) => row.listedOn).values()) yield papers.map(asListed);
    start = addDays(end, 1);
  }
}
