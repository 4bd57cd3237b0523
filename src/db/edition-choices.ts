import { sql } from 'drizzle-orm';
import type { Tx } from './client.ts';

/** What an operator decided about a paper of an edition that is to come. */
export interface EditionChoice {
  paperId: string;
  title: string;
  choice: 'pin' | 'drop';
  /** The day from which it holds. */
  date: string;
  why: string | null;
  by: string;
  at: Date;
}

/** The choices that hold for a day's edition: its pins, and all drops up to it; the oldest first. */
export async function choicesFor(tx: Tx, date: string): Promise<EditionChoice[]> {
  const { rows } = await tx.execute<Omit<EditionChoice, 'at'> & { at: string } & Record<string, unknown>>(sql`
    select
      c.paper_id as "paperId",
      p.title,
      c.choice,
      c.edition_date::text as date,
      c.why,
      c.chosen_by as by,
      c.chosen_at as at
    from edition_choice c
      join paper p on p.id = c.paper_id
    where (c.choice = 'pin' and c.edition_date = ${date})
      or (c.choice = 'drop' and c.edition_date <= ${date})
    order by c.chosen_at, c.paper_id`);
  return rows.map((row) => ({ ...row, at: new Date(row.at) }));
}

/** The ids of the papers that are dropped. */
export const droppedOf = (choices: readonly EditionChoice[]): Set<string> =>
  new Set(choices.filter(({ choice }) => choice === 'drop').map(({ paperId }) => paperId));

/** Keeps a choice; another one of the same paper and day is replaced. */
export async function choose(
  tx: Tx,
  { date, paperId, choice, why, by, at }: Omit<EditionChoice, 'title'>,
): Promise<void> {
  await tx.execute(sql`
    insert into edition_choice (edition_date, paper_id, choice, why, chosen_by, chosen_at)
    values (${date}, ${paperId}, ${choice}, ${why}, ${by}, ${at})
    on conflict (edition_date, paper_id) do update
    set choice = excluded.choice,
      why = excluded.why,
      chosen_by = excluded.chosen_by,
      chosen_at = excluded.chosen_at`);
}

/** Takes back what was chosen about a paper and holds for that day. Returns whether there was something. */
export async function unchoose(tx: Tx, date: string, paperId: string): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    delete from edition_choice
    where paper_id = ${paperId}
      and (edition_date = ${date} or (choice = 'drop' and edition_date < ${date}))`);
  return (rowCount ?? 0) > 0;
}

export interface EditionNote {
  words: string;
  savedAt: Date;
}

export async function noteOf(tx: Tx, date: string): Promise<EditionNote | null> {
  const { rows } = await tx.execute<{ words: string; at: string }>(sql`
    select words, saved_at as at
    from edition_note
    where edition_date = ${date}`);
  return rows[0] ? { words: rows[0].words, savedAt: new Date(rows[0].at) } : null;
}

/** Keeps the note of a day; empty words take it away. */
export async function saveNote(tx: Tx, date: string, words: string, now: Date): Promise<void> {
  if (words === '') {
    await tx.execute(sql`
      delete from edition_note
      where edition_date = ${date}`);
    return;
  }
  await tx.execute(sql`
    insert into edition_note (edition_date, words, saved_at)
    values (${date}, ${words}, ${now})
    on conflict (edition_date) do update
    set words = excluded.words, saved_at = excluded.saved_at`);
}
