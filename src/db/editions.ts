import { and, asc, count, desc, eq, gte, lt, lte, sql } from 'drizzle-orm';
import { OVERALL, type Edition, type EditionEntry } from '../paper.ts';
import type { Tx } from './client.ts';
import { PAPER_COLUMNS } from './papers.ts';
import { edition, editionEntry, emptyEdition, paper } from './schema.ts';

export interface EditionSummary {
  date: string;
  papers: number;
  sample: boolean;
}

/**
 * The days that have an edition, newest first, with the size of the overall one. `before` is the
 * last day of the page before, `from` the first day of all.
 */
export const listEditions = (
  db: Tx,
  page: { before?: string; from?: string; limit: number },
): Promise<EditionSummary[]> =>
  db
    .select({ date: edition.editionDate, papers: count(editionEntry.paperId), sample: edition.sample })
    .from(edition)
    .leftJoin(
      editionEntry,
      and(
        eq(editionEntry.editionDate, edition.editionDate),
        eq(editionEntry.topic, edition.topic),
        eq(editionEntry.isListed, true),
      ),
    )
    .where(
      and(
        eq(edition.topic, OVERALL),
        page.before === undefined ? undefined : lt(edition.editionDate, page.before),
        page.from === undefined ? undefined : gte(edition.editionDate, page.from),
      ),
    )
    .groupBy(edition.editionDate, edition.topic)
    .orderBy(desc(edition.editionDate))
    .limit(page.limit);

const ENTRY_COLUMNS = {
  topic: editionEntry.topic,
  rank: editionEntry.rank,
  score: editionEntry.score,
  weeklyScore: sql<number>`coalesce(${editionEntry.weeklyScore}, ${editionEntry.score})`,
  reasons: editionEntry.reasons,
  backSince: editionEntry.backSince,
  paper: PAPER_COLUMNS,
};

/** What an edition shows. */
export async function getEdition(db: Tx, date: string, topic: string): Promise<Edition | null> {
  const rows = await db
    .select({ frozenAt: edition.frozenAt, sample: edition.sample, ...ENTRY_COLUMNS })
    .from(edition)
    .innerJoin(
      editionEntry,
      and(
        eq(editionEntry.editionDate, edition.editionDate),
        eq(editionEntry.topic, edition.topic),
        eq(editionEntry.isListed, true),
      ),
    )
    .innerJoin(paper, eq(paper.id, editionEntry.paperId))
    .where(and(eq(edition.editionDate, date), eq(edition.topic, topic)))
    .orderBy(asc(editionEntry.rank));
  const [first] = rows;
  if (!first) return null;
  const { frozenAt, sample } = first;
  return { date, topic, frozenAt, sample, entries: rows.map(({ frozenAt: _, sample: __, ...entry }) => entry) };
}

const SHOWS_SOMETHING = sql`exists (
  select
  from edition_entry e
  where e.edition_date = ${edition.editionDate}
    and e.topic = ${edition.topic}
    and e.is_listed)`;

/** The newest day that has an edition, up to `onOrBefore` and of `topic` when they are given. */
export async function latestEditionDate(
  db: Tx,
  range: { onOrBefore?: string; topic?: string } = {},
): Promise<string | null> {
  const [found] = await db
    .select({ date: edition.editionDate })
    .from(edition)
    .where(
      and(
        range.onOrBefore === undefined ? undefined : lte(edition.editionDate, range.onOrBefore),
        range.topic === undefined ? undefined : and(eq(edition.topic, range.topic), SHOWS_SOMETHING),
      ),
    )
    .orderBy(desc(edition.editionDate))
    .limit(1);
  return found?.date ?? null;
}

/**
 * All places in the editions of `topics` on a day, shown or not, in the order of topics and ranks.
 */
export const placesOn = (
  db: Tx,
  date: string,
  topics: readonly string[],
): Promise<(EditionEntry & { topic: string; isListed: boolean })[]> =>
  db
    .select({ ...ENTRY_COLUMNS, isListed: editionEntry.isListed })
    .from(editionEntry)
    .innerJoin(paper, eq(paper.id, editionEntry.paperId))
    .where(and(eq(editionEntry.editionDate, date), sql`${editionEntry.topic} = any(${sql.param([...topics])}::text[])`))
    .orderBy(asc(editionEntry.topic), asc(editionEntry.rank));

/** Whether an edition of one of these topics holds anything on a day. */
export async function hasPlaces(db: Tx, date: string, topics: readonly string[]): Promise<boolean> {
  const { rows } = await db.execute<{ some: boolean }>(sql`
    select exists (
      select
      from edition_entry
      where edition_date = ${date}
        and topic = any(${sql.param([...topics])}::text[])
    ) as some`);
  return rows[0]!.some;
}

/** `empty`: it was tried at its hour, and there were no papers for it. */
export type EditionState = 'frozen' | 'empty' | 'to come';

/** How the edition of a day stands. */
export async function editionState(db: Tx, date: string): Promise<EditionState> {
  const { rows } = await db.execute<{ state: EditionState }>(sql`
    select
      case
        when exists (select from edition where edition_date = ${date}) then 'frozen'
        when exists (select from empty_edition where edition_date = ${date}) then 'empty'
        else 'to come'
      end as state`);
  return rows[0]!.state;
}

/** Whether a day has an edition of real papers, not of the samples. */
export async function hasOwnEdition(db: Tx, date: string): Promise<boolean> {
  const { rows } = await db.execute<{ has: boolean }>(sql`
    select exists (
      select
      from edition
      where edition_date = ${date}
        and not sample
    ) as has`);
  return rows[0]!.has;
}

/**
 * Records that the edition of a day was tried at its hour, and that there were no papers for it.
 */
export const recordEmpty = async (db: Tx, date: string, now: Date): Promise<void> => {
  await db.insert(emptyEdition).values({ editionDate: date, foundAt: now }).onConflictDoNothing();
};

/** One build at a time, wherever it is started. Held to the end of the transaction. */
export const lockEditions = async (tx: Tx): Promise<void> => {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('paperboy edition'))`);
};

/** How many topics have an edition on that day, and how many papers the overall one holds. */
export async function editionSize(db: Tx, date: string): Promise<{ topics: number; papers: number }> {
  const [found] = await db
    .select({
      topics: sql<number>`count(*)::int`,
      papers: sql<number>`(
        select count(*)::int
        from edition_entry e
        where e.edition_date = ${date}
          and e.topic = ${OVERALL}
          and e.is_listed)`,
    })
    .from(edition)
    .where(eq(edition.editionDate, date));
  return found ?? { topics: 0, papers: 0 };
}

/**
 * Which of these papers were among the first `places` that an edition showed, by topic: on which day
 * last, whether one of those times was a return, and how many votes were expected of it.
 */
export async function ledBefore(
  db: Tx,
  ids: readonly string[],
  places: number,
): Promise<Map<string, Map<string, { last: string; returned: boolean; expectedVotes: number }>>> {
  const rows = await db
    .select({
      topic: editionEntry.topic,
      paperId: editionEntry.paperId,
      last: sql<string>`max(${editionEntry.editionDate})::text`,
      returned: sql<boolean>`bool_or(${editionEntry.backSince} is not null)`,
      // The weekly score is ln(1 + votes).
      expectedVotes: sql<number>`max(exp(coalesce(${editionEntry.weeklyScore}, ${editionEntry.score})) - 1)`,
    })
    .from(editionEntry)
    .where(
      and(
        sql`${editionEntry.paperId} = any(${sql.param([...ids])}::text[])`,
        eq(editionEntry.isListed, true),
        lte(editionEntry.rank, places),
      ),
    )
    .groupBy(editionEntry.topic, editionEntry.paperId);
  return new Map(
    [...Map.groupBy(rows, (row) => row.topic)].map(([topic, led]) => [
      topic,
      new Map(led.map(({ paperId, topic: _, ...when }) => [paperId, when])),
    ]),
  );
}

/** A place in an edition that is to be frozen. */
export interface FrozenEntry {
  paperId: string;
  rank: number;
  score: number;
  weeklyScore: number;
  reasons: string[];
  isListed: boolean;
  backSince: string | null;
}

export async function freezeEdition(
  tx: Tx,
  frozen: { date: string; topic: string; frozenAt: Date; sample: boolean; entries: readonly FrozenEntry[] },
): Promise<void> {
  const { date: editionDate, topic, frozenAt, sample, entries } = frozen;
  await tx.insert(edition).values({ editionDate, topic, frozenAt, sample });
  await tx.insert(editionEntry).values(entries.map((entry) => ({ editionDate, topic, ...entry })));
}

/** Takes away the editions that were made of samples, with their entries. */
export async function deleteSampleEditions(db: Tx): Promise<void> {
  // Who got samples gets the real edition of that day with the next digest.
  await db.execute(sql`
    update subscriber
    set last_digest_date = last_digest_date - 1
    where last_digest_date in (select edition_date from edition where sample)`);
  await db.delete(edition).where(eq(edition.sample, true));
}

/** When the overall edition of a day was frozen; `null` for a day without one, and for samples. */
export async function frozenAt(db: Tx, date: string): Promise<Date | null> {
  const [found] = await db
    .select({ at: edition.frozenAt })
    .from(edition)
    .where(and(eq(edition.editionDate, date), eq(edition.topic, OVERALL), eq(edition.sample, false)));
  return found?.at ?? null;
}
