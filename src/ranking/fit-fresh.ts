import { abstractsOf, announcedPapers, type AnnouncedRow, countAnnounced } from '../db/fresh.ts';
import { newestModel, saveModel } from '../db/ranking.ts';
import { addDays, dayOf } from '../day.ts';
import { DAY } from '../duration.ts';
import type { AnnouncedPaper } from './announced.ts';
import { daysOf, LOOKED_BACK_DAYS, type RankingDeps, SETTLED_DAYS, WEEK_MS } from './fit.ts';
import { createFreshTraining, readFreshModel } from './fresh.ts';

/** What a fit of the forecasts came to. */
export interface FreshFitReport {
  trainedUntil: string;
  /** Announced papers that were learnt from, and how many of them were listed. */
  announced: number;
  listed: number;
}

/** Under this name the model of the forecasts is kept. */
export const FRESH_KIND = 'fresh';
const ANNOUNCED_DAYS = 45;
/** Of fewer papers one learns less than what ships with the release. */
const LEAST_ANNOUNCED = 3000;
const LEAST_LISTED = 100;

/** Fits the forecasts anew when their model is a week old, or is that of the release. */
export async function fitFreshIfDue(deps: RankingDeps): Promise<FreshFitReport | null> {
  const newest = await newestModel(deps.db, FRESH_KIND, deps.now());
  const isRecent = newest !== null && deps.now().getTime() - newest.fittedAt.getTime() < WEEK_MS;
  return isRecent && readFreshModel(newest.model) !== null ? null : fitFreshWeekly(deps);
}

/**
 * Fits the forecasts from what was announced and what was listed of it, and keeps the model. Returns
 * `null` where there is too little to learn from.
 */
export async function fitFreshWeekly({ db, now }: RankingDeps): Promise<FreshFitReport | null> {
  const asOf = now();
  const today = dayOf(asOf);
  const since = addDays(today, -ANNOUNCED_DAYS);
  const { announced, listed } = await countAnnounced(db, { since, until: today });
  if (announced < LEAST_ANNOUNCED || listed < LEAST_LISTED) return null;
  const training = createFreshTraining();
  let next = since;
  // A morning at a time: the papers of all of arXiv in six weeks are a hundred megabytes.
  const learnMornings = async (until: string): Promise<void> => {
    for (; next <= until && next < today; next = addDays(next, 1)) {
      const morning = { after: new Date(Date.parse(next) - 1), until: new Date(Date.parse(next) + DAY - 1) };
      const papers = (await announcedPapers(db, morning)).map(asAnnounced);
      training.learnMorning(
        next,
        papers.filter(({ id }) => !training.isListed(id)),
      );
    }
  };
  const range = { from: addDays(today, -LOOKED_BACK_DAYS), until: addDays(today, -SETTLED_DAYS), asOf };
  for await (const papers of daysOf(db, range)) {
    await learnMornings(papers[0]!.day);
    const abstracts = await abstractsOf(
      db,
      papers.map(({ id }) => id),
    );
    training.learnList(papers.map((paper) => ({ ...paper, abstract: abstracts.get(paper.id) ?? '' })));
  }
  await learnMornings(today);
  const model = training.fit(today);
  if (model === null) return null;
  const { trainedUntil } = model;
  const figures = { announced: training.announced, listed };
  await saveModel(db, { kind: FRESH_KIND, fittedAt: asOf, trainedUntil, model, figures });
  return { trainedUntil, ...figures };
}

/** A row of the database as forecasts see it. arXiv's feeds tell the day alone. */
export const asAnnounced = ({ id, title, abstract, authors, categories }: AnnouncedRow): AnnouncedPaper => ({
  id,
  title,
  abstract,
  authors,
  categories,
  submittedAt: null,
});
