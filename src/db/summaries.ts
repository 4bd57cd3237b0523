import { sql } from 'drizzle-orm';
import type { Paper } from '../paper.ts';
import type { Tx } from './client.ts';

/**
 * The papers first seen after `after` that have no summary and of which no model was asked, those
 * with most upvotes first: as many as the day's budget leaves.
 */
export async function papersToSummarise(
  db: Tx,
  { after, day, budget }: { after: Date; day: string; budget: number },
): Promise<Pick<Paper, 'id' | 'title' | 'abstract'>[]> {
  const { rows } = await db.execute<Pick<Paper, 'id' | 'title' | 'abstract'>>(sql`
    select p.id, p.title, p.abstract
    from paper p
    left join lateral (
      select max(s.value) as upvotes
      from signal s
      where s.paper_id = p.id
        and s.metric = 'upvotes'
    ) votes on true
    where p.first_seen_at > ${after}
      and p.source <> 'sample'
      and p.summary is null
      and p.abstract <> ''
      and not p.is_withdrawn
      and not exists (select from summary_run r where r.paper_id = p.id)
    order by votes.upvotes desc nulls last, p.first_seen_at desc, p.id
    limit greatest(0, ${budget} - (select count(*) from summary_run where asked_at >= ${day}::date))`);
  return rows;
}

/** Keeps what a model answered, or that it did not. A source's own summary stays. */
export async function recordSummary(
  db: Tx,
  { paperId, model, summary, now }: { paperId: string; model: string; summary: string | null; now: Date },
): Promise<void> {
  await db.execute(sql`
    with run as (
      insert into summary_run (paper_id, model, asked_at, summary)
      values (${paperId}, ${model}, ${now}, ${summary})
      on conflict do nothing
    )
    update paper
    set summary = ${summary}, summary_by = ${model}, updated_at = ${now}
    where id = ${paperId}
      and summary is null
      and ${summary}::text is not null`);
}
