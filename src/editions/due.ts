import type { Db } from '../db/client.ts';
import { editionState, type EditionState, latestEditionDate, recordEmpty } from '../db/editions.ts';
import { dayOf } from '../day.ts';
import { buildEdition, type BuildResult } from './build.ts';
import { HOUR } from '../duration.ts';

/**
 * A job may fire so much before its hour by this machine's clock: the scheduler's and the queue's
 * differ from it.
 */
const EARLY_MS = 5_000;
/** How long readers whose hour has come wait for the day's edition. */
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

/** How today's edition stands. */
interface Standing {
  now: Date;
  editionHour: number;
  today: EditionState;
}

/**
 * Readers whose hour is this moment or an earlier one get their digest now. While the day's edition
 * is to come, those whose hour is the edition's or a later one wait for it, at most until it is an
 * hour late. Pure.
 */
export function servedUntil({ now, editionHour, today }: Standing): Date {
  const hour = hourOn(dayOf(now), editionHour).getTime();
  const late = now.getTime() - hour;
  const waits = today === 'to come' && late >= 0 && late < PATIENCE_MS;
  return waits ? new Date(hour - 1) : now;
}

/** Whether readers have waited long enough for an edition that was not even tried. Pure. */
const isOverdue = ({ now, editionHour, today }: Standing): boolean =>
  today === 'to come' && now.getTime() - hourOn(dayOf(now), editionHour).getTime() >= PATIENCE_MS;

interface DueDeps {
  db: Db;
  now: () => Date;
  editionHour: number;
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
  const { date, hour } = due;
  if ((await editionState(db, date)) === 'frozen') return null;
  const built = await buildEdition({ db, now: () => laterOf(now(), hour) }, { date });
  if (built.topics === 0) await recordEmpty(db, date, now());
  return built;
}

/**
 * Builds today's edition when readers need wait no longer for it, as after a start late in the day:
 * of the papers there are, before the first ingest ends. Else their hours would pass a minute
 * before it.
 */
export async function buildEditionIfOverdue(deps: DueDeps): Promise<BuildResult | null> {
  const now = deps.now();
  const today = await editionState(deps.db, dayOf(now));
  return isOverdue({ now, editionHour: deps.editionHour, today }) ? buildEditionIfDue(deps) : null;
}

/** What is made some seconds early is made as of its hour. */
const laterOf = (one: Date, other: Date): Date => (one > other ? one : other);
