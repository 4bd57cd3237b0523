import type { Db } from '../db/client.ts';
import { editionState, type EditionState, hasOwnEdition, latestEditionDate, recordEmpty } from '../db/editions.ts';
import { addDays, dayOf, newestEdition } from '../day.ts';
import type { Topics } from '../papers/topics.ts';
import { buildEdition, type BuildResult } from './build.ts';
import type { FeatureGroup } from '../ranking/features.ts';
import { HOUR } from '../duration.ts';

/**
 * A job may fire so much before its hour by this machine's clock: the scheduler's and the queue's
 * differ from it.
 */
const EARLY_MS = 5_000;
/** How long readers whose hour has come wait for the newest edition. */
const PATIENCE_MS = HOUR;

const hourOn = (date: string, hour: number): Date => new Date(Date.parse(`${date}T00:00:00Z`) + hour * HOUR);

/**
 * The edition whose hour (UTC) has come today, or comes within seconds: its date and that hour.
 * Pure.
 */
export function editionDue(now: Date, editionHour: number): { date: string; hour: Date } | null {
  const soon = new Date(now.getTime() + EARLY_MS);
  const date = dayOf(soon);
  const hour = hourOn(date, editionHour);
  return soon >= hour ? { date, hour } : null;
}

/** The edition that papers are for which are taken in now: the day's, until it is frozen, then the next day's. */
export async function editionFed({
  db,
  now,
  editionHour,
}: Pick<DueDeps, 'db' | 'now' | 'editionHour'>): Promise<string> {
  const due = editionDue(now(), editionHour);
  if (due === null) return dayOf(now());
  return (await hasOwnEdition(db, due.date)) ? addDays(due.date, 1) : due.date;
}

/** How the newest edition that there can be stands. The hour late of 23 o'clock ends at midnight. */
interface Standing {
  now: Date;
  editionHour: number;
  newest: EditionState;
}

/** When the last edition hour that has passed was. */
const lastHour = ({ now, editionHour }: Omit<Standing, 'newest'>): Date =>
  hourOn(newestEdition(now, editionHour), editionHour);

/**
 * Readers whose hour is this moment or an earlier one get their digest now. While the newest
 * edition is to come, those whose hour is the edition's or a later one wait for it, at most until
 * it is an hour late. Pure.
 */
export function servedUntil(standing: Standing): Date {
  const waits = standing.newest === 'to come' && !isOverdue(standing);
  return waits ? new Date(lastHour(standing).getTime() - 1) : standing.now;
}

/** Whether readers have waited long enough for an edition that was not even tried. Pure. */
const isOverdue = (standing: Standing): boolean =>
  standing.newest === 'to come' && standing.now.getTime() - lastHour(standing).getTime() >= PATIENCE_MS;

interface DueDeps {
  db: Db;
  now: () => Date;
  editionHour: number;
  /** The topics in force. */
  topics: Topics;
  /** What ranking is not to look at. */
  without?: readonly FeatureGroup[];
}

/**
 * Builds today's edition when its hour has come and it is not frozen yet, or at once when there is
 * no edition at all. Run by the schedule, at every start and after every ingest, so that a missed
 * hour is made up for.
 */
export async function buildEditionIfDue(deps: DueDeps): Promise<BuildResult | null> {
  const { db, now, editionHour } = deps;
  const due = editionDue(now(), editionHour);
  if (!due) return (await latestEditionDate(db)) === null ? buildEdition(deps, { date: dayOf(now()) }) : null;
  return (await editionState(db, due.date)) === 'frozen' ? null : buildOrFindEmpty(deps, due);
}

/**
 * Builds the newest edition that there can be when readers need wait no longer for it, as after a
 * start late in the day: of the papers there are, before the first ingest ends. Else their hours
 * would pass a minute before it. After midnight it is made as of its own day.
 */
export async function buildEditionIfOverdue(deps: DueDeps): Promise<BuildResult | null> {
  const { db, editionHour } = deps;
  const now = deps.now();
  const date = newestEdition(now, editionHour);
  const newest = await editionState(db, date);
  if (!isOverdue({ now, editionHour, newest })) return null;
  const today = dayOf(now);
  if (date < today && !(await comesNext(db, { date, today }))) return null;
  return buildOrFindEmpty(deps, { date, hour: lastHour({ now, editionHour }) });
}

/**
 * Whether the edition of a day gone by would be the newest. The first of all is of today, and what
 * comes after a later one would get only the papers that one left.
 */
async function comesNext(db: Db, { date, today }: { date: string; today: string }): Promise<boolean> {
  const latest = await latestEditionDate(db, { onOrBefore: today });
  return latest !== null && latest < date;
}

async function buildOrFindEmpty(deps: DueDeps, { date, hour }: { date: string; hour: Date }): Promise<BuildResult> {
  const built = await buildEdition({ ...deps, now: () => laterOf(deps.now(), hour) }, { date });
  if (built.topics === 0) await recordEmpty(deps.db, date, deps.now());
  return built;
}

/** What is made some seconds early is made as of its hour. */
const laterOf = (one: Date, other: Date): Date => (one > other ? one : other);
