import { and, desc, eq, sql } from 'drizzle-orm';
import type { Paper } from '../paper.ts';
import type { Tx } from './client.ts';
import { PAPER_COLUMNS } from './papers.ts';
import { paper, say, taste } from './schema.ts';

/** The reader in what `READ_READY` tells of a taste. */
export const readerOfTaste = (mark: string): number => Number(mark.slice(0, mark.indexOf('@')));

/** A line of a reader's taste. */
export interface TasteLine {
  trait: string;
  label: string;
  /** What their words come to, or the level that they set: 2 for "much more", -1 for "less". */
  weight: number;
  /** Set by the reader, and not by what they said. */
  isOwn: boolean;
}

/** A reader's taste, the strongest lines first. */
export const tasteLines = (tx: Tx, subscriberId: number): Promise<TasteLine[]> =>
  tx
    .select({ trait: taste.trait, label: taste.label, weight: taste.weight, isOwn: taste.isOwn })
    .from(taste)
    .where(eq(taste.subscriberId, subscriberId))
    .orderBy(desc(sql`abs(${taste.weight})`), taste.trait);

/** Puts these lines in the place of all others of a reader. Inside a transaction that holds the reader. */
export async function replaceTaste(
  tx: Tx,
  subscriberId: number,
  lines: readonly TasteLine[],
  now: Date,
): Promise<void> {
  await tx.delete(taste).where(eq(taste.subscriberId, subscriberId));
  if (lines.length > 0) await tx.insert(taste).values(lines.map((line) => ({ subscriberId, ...line })));
  const at = lines.length > 0 ? now : null;
  await tx.execute(sql`update subscriber set taste_at = ${at} where id = ${subscriberId}`);
}

/** What a reader said of a paper; `null`: nothing. */
export async function saidOf(tx: Tx, subscriberId: number, paperId: string): Promise<boolean | null> {
  const rows = await tx
    .select({ liked: say.liked })
    .from(say)
    .where(and(eq(say.subscriberId, subscriberId), eq(say.paperId, paperId)));
  return rows[0]?.liked ?? null;
}

/** Keeps what a reader says of a paper, in the place of what they said before; `null` takes it back. */
export async function keepSay(
  tx: Tx,
  {
    subscriberId,
    paperId,
    liked,
    saidAt,
  }: { subscriberId: number; paperId: string; liked: boolean | null; saidAt: Date },
): Promise<void> {
  if (liked === null) await tx.delete(say).where(and(eq(say.subscriberId, subscriberId), eq(say.paperId, paperId)));
  else
    await tx
      .insert(say)
      .values({ subscriberId, paperId, liked, saidAt })
      .onConflictDoUpdate({ target: [say.subscriberId, say.paperId], set: { liked, saidAt } });
}

/** The readers who said something of a paper. */
export async function readersWithSays(tx: Tx): Promise<number[]> {
  const rows = await tx.selectDistinct({ id: say.subscriberId }).from(say);
  return rows.map(({ id }) => id);
}

export const countSays = (tx: Tx, subscriberId: number): Promise<number> =>
  tx.$count(say, eq(say.subscriberId, subscriberId));

/** Forgets all that a reader said. */
export const forgetSays = async (tx: Tx, subscriberId: number): Promise<void> => {
  await tx.delete(say).where(eq(say.subscriberId, subscriberId));
};

/** What a reader said last, of up to `limit` papers. */
export const saysOf = (
  tx: Tx,
  subscriberId: number,
  limit: number,
): Promise<{ paper: Paper; liked: boolean; saidAt: Date }[]> =>
  tx
    .select({ paper: PAPER_COLUMNS, liked: say.liked, saidAt: say.saidAt })
    .from(say)
    .innerJoin(paper, eq(paper.id, say.paperId))
    .where(eq(say.subscriberId, subscriberId))
    .orderBy(desc(say.saidAt), say.paperId)
    .limit(limit);
