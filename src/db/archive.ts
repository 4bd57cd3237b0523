import { and, asc, eq, gt, inArray, ne, or, sql } from 'drizzle-orm';
import type { Paper, Signal } from '../paper.ts';
import type { Tx } from './client.ts';
import { PAPER_COLUMNS } from './papers.ts';
import { edition, editionEntry, paper, signal } from './schema.ts';

/** A paper with every observation of it. */
export interface ArchivedPaper {
  paper: Paper;
  signals: Omit<Signal, 'paperId'>[];
}

/** A frozen edition of one topic, by the ids of its papers. */
export interface ArchivedEdition {
  date: string;
  topic: string;
  frozenAt: Date;
  entries: Omit<typeof editionEntry.$inferSelect, 'editionDate' | 'topic'>[];
}

/** Up to `limit` papers after `afterId`, in the order of their ids; no samples. */
export async function papersToArchive(db: Tx, afterId: string, limit: number): Promise<ArchivedPaper[]> {
  const papers = await db
    .select(PAPER_COLUMNS)
    .from(paper)
    .where(and(gt(paper.id, afterId), ne(paper.source, 'sample')))
    .orderBy(asc(paper.id))
    .limit(limit);
  if (papers.length === 0) return [];
  const rows = await db
    .select()
    .from(signal)
    .where(
      inArray(
        signal.paperId,
        papers.map(({ id }) => id),
      ),
    )
    .orderBy(asc(signal.paperId), asc(signal.observedAt), asc(signal.source), asc(signal.metric));
  const signals = Map.groupBy(rows, (row) => row.paperId);
  return papers.map((one) => ({
    paper: one,
    signals: (signals.get(one.id) ?? []).map(({ paperId: _, ...observed }) => observed),
  }));
}

/** Up to `limit` editions after that of a topic on a day, in that order; no samples. */
export async function editionsToArchive(
  db: Tx,
  after: { date: string; topic: string },
  limit: number,
): Promise<ArchivedEdition[]> {
  const editions = await db
    .select()
    .from(edition)
    .where(
      and(
        eq(edition.sample, false),
        or(
          gt(edition.editionDate, after.date),
          and(eq(edition.editionDate, after.date), gt(edition.topic, after.topic)),
        ),
      ),
    )
    .orderBy(asc(edition.editionDate), asc(edition.topic))
    .limit(limit);
  return Promise.all(
    editions.map(async ({ editionDate: date, topic, frozenAt }) => {
      const entries = await db
        .select()
        .from(editionEntry)
        .where(and(eq(editionEntry.editionDate, date), eq(editionEntry.topic, topic)))
        .orderBy(asc(editionEntry.rank));
      return { date, topic, frozenAt, entries: entries.map(({ editionDate: _, topic: __, ...entry }) => entry) };
    }),
  );
}

/** Keeps an edition as it was frozen elsewhere. False: that day and topic has one, or lacks a paper of it. */
export async function restoreEdition(tx: Tx, { date, topic, frozenAt, entries }: ArchivedEdition): Promise<boolean> {
  const { rows } = await tx.execute<{ known: number }>(sql`
    select count(*)::int as known
    from paper
    where id = any(${sql.param(entries.map((entry) => entry.paperId))}::text[])`);
  if (rows[0]!.known < new Set(entries.map((entry) => entry.paperId)).size) return false;
  const added = await tx
    .insert(edition)
    .values({ editionDate: date, topic, frozenAt, sample: false })
    .onConflictDoNothing()
    .returning({ topic: edition.topic });
  if (added.length === 0) return false;
  await tx.insert(editionEntry).values(entries.map((entry) => ({ editionDate: date, topic, ...entry })));
  return true;
}
