import type { Db } from '../db/client.ts';
import { latestEditionDate } from '../db/editions.ts';
import { dayOf } from '../day.ts';
import { buildEdition, type BuildResult } from './build.ts';

/**
 * Builds today's edition when its hour (UTC) has come and it is not frozen yet, or at once when there is no edition at all. Run by the
 * schedule, at every start and after every ingest, so that a missed hour is made up for.
 */
export async function buildEditionIfDue(deps: {
  db: Db;
  now: () => Date;
  editionHour: number;
}): Promise<BuildResult | null> {
  const now = deps.now();
  const date = dayOf(now);
  const latest = await latestEditionDate(deps.db, {});
  const due = latest === null || (latest < date && now.getUTCHours() >= deps.editionHour);
  return due ? buildEdition(deps, { date }) : null;
}
