import { and, asc, count, desc, eq, gt, lt, lte, sql } from 'drizzle-orm';
import { OVERALL, type Edition, type Paper } from '../paper.ts';
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
 * last day of the page before.
 */
export const listEditions = (db: Tx, page: { before?: string; limit: number }): Promise<EditionSummary[]> =>
  db
    .select({ date: edition.editionDate, papers: count(editionEntry.paperId), sample: edition.sample })
    .from(edition)
    .leftJoin(
      editionEntry,
      and(eq(editionEntry.editionDate, edition.editionDate), eq(editionEntry.topic, edition.topic)),
    )
    .where(
      and(eq(edition.topic, OVERALL), page.before === undefined ? undefined : lt(edition.editionDate, page.before)),
    )
    .groupBy(edition.editionDate, edition.topic)
    .orderBy(desc(edition.editionDate))
    .limit(page.limit);

export async function getEdition(db: Tx, date: string, topic: string): Promise<Edition | null> {
  const rows = await db
    .select({
      frozenAt: edition.frozenAt,
      sample: edition.sample,
      rank: editionEntry.rank,
      score: editionEntry.score,
      reasons: editionEntry.reasons,
      paper: PAPER_COLUMNS,
    })
    .from(edition)
    .innerJoin(
      editionEntry,
      and(eq(editionEntry.editionDate, edition.editionDate), eq(editionEntry.topic, edition.topic)),
    )
    .innerJoin(paper, eq(paper.id, editionEntry.paperId))
    .where(and(eq(edition.editionDate, date), eq(edition.topic, topic)))
    .orderBy(asc(editionEntry.rank));
  const [first] = rows;
  if (!first) return null;
  return {
    date,
    topic,
    frozenAt: first.frozenAt,
    sample: first.sample,
    entries: rows.map(({ rank, score, reasons, paper: p }) => ({ rank, score, reasons, paper: p })),
  };
}

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
        range.topic === undefined ? undefined : eq(edition.topic, range.topic),
      ),
    )
    .orderBy(desc(edition.editionDate))
    .limit(1);
  return found?.date ?? null;
}

/**
 * Where a paper stood in editions, newest first; the overall edition before the topics of its day.
 */
export const editionsOf = (db: Tx, paperId: string): Promise<{ date: string; topic: string; rank: number }[]> =>
  db
    .select({ date: editionEntry.editionDate, topic: editionEntry.topic, rank: editionEntry.rank })
    .from(editionEntry)
    .where(eq(editionEntry.paperId, paperId))
    .orderBy(desc(editionEntry.editionDate), asc(editionEntry.topic));

/**
 * The places in the editions of `topics` after `since` and up to `until`, each with the topics
 * among them whose editions on or before `since` carried the paper: all that choosing a reader's
 * papers needs.
 */
export async function entriesForWindow(
  db: Tx,
  window: { since: string; until: string; topics: readonly string[] },
): Promise<{ date: string; topic: string; score: number; reasons: string[]; paper: Paper; carriedBefore: string[] }[]> {
  const topics = sql`${sql.param([...window.topics])}::text[]`;
  return db
    .select({
      date: editionEntry.editionDate,
      topic: editionEntry.topic,
      score: editionEntry.score,
      reasons: editionEntry.reasons,
      paper: PAPER_COLUMNS,
      carriedBefore: sql<string[]>`array(
        select earlier.topic
        from edition_entry earlier
        where earlier.paper_id = ${editionEntry.paperId}
          and earlier.edition_date <= ${window.since}
          and earlier.topic = any(${topics})
        order by earlier.topic)`,
    })
    .from(editionEntry)
    .innerJoin(paper, eq(paper.id, editionEntry.paperId))
    .where(
      and(
        gt(editionEntry.editionDate, window.since),
        lte(editionEntry.editionDate, window.until),
        sql`${editionEntry.topic} = any(${topics})`,
      ),
    )
    .orderBy(asc(editionEntry.editionDate), asc(editionEntry.topic), asc(editionEntry.rank));
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
          and e.topic = ${OVERALL})`,
    })
    .from(edition)
    .where(eq(edition.editionDate, date));
  return found ?? { topics: 0, papers: 0 };
}

/** Which of these papers the editions of each topic carried, on any day. */
export async function carriedPapers(db: Tx, ids: readonly string[]): Promise<Map<string, Set<string>>> {
  const rows = await db
    .select({ topic: editionEntry.topic, paperId: editionEntry.paperId })
    .from(editionEntry)
    .where(sql`${editionEntry.paperId} = any(${sql.param([...ids])}::text[])`);
  return new Map(
    [...Map.groupBy(rows, (row) => row.topic)].map(([topic, entries]) => [
      topic,
      new Set(entries.map((entry) => entry.paperId)),
    ]),
  );
}

export async function freezeEdition(
  tx: Tx,
  frozen: {
    date: string;
    topic: string;
    frozenAt: Date;
    sample: boolean;
    entries: readonly { paperId: string; rank: number; score: number; reasons: string[] }[];
  },
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
