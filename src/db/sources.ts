import { sql } from 'drizzle-orm';
import { OVERALL } from '../paper.ts';
import type { Tx } from './client.ts';

/** One run of a source. */
export interface Run {
  source: string;
  startedAt: Date;
  finishedAt: Date;
  papers: number;
  skipped: number;
  error: string | null;
}

/** The last runs of each of these sources, newest first. */
export async function lastRuns(tx: Tx, sources: readonly string[], limit: number): Promise<Run[]> {
  const { rows } = await tx.execute<
    Omit<Run, 'startedAt' | 'finishedAt'> & { startedAt: string; finishedAt: string } & Record<string, unknown>
  >(sql`
    select
      r.source,
      r.started_at as "startedAt",
      r.finished_at as "finishedAt",
      r.papers,
      r.skipped,
      r.error
    from unnest(${sql.param([...sources])}::text[]) as s(name)
      cross join lateral (
        select source, started_at, finished_at, papers, skipped, error
        from ingest_run
        where source = s.name
        order by started_at desc
        limit ${limit}
      ) r
    order by r.started_at desc`);
  return rows.map((row) => ({ ...row, startedAt: new Date(row.startedAt), finishedAt: new Date(row.finishedAt) }));
}

/** When each of these sources last brought something; one that never did is not among them. */
export async function lastAnswers(tx: Tx, sources: readonly string[]): Promise<Map<string, Date>> {
  const { rows } = await tx.execute<{ source: string; at: string }>(sql`
    select s.name as source, r.started_at as at
    from unnest(${sql.param([...sources])}::text[]) as s(name)
      cross join lateral (
        select started_at
        from ingest_run
        where source = s.name
          and (error is null or papers > 0)
        order by started_at desc
        limit 1
      ) r`);
  return new Map(rows.map(({ source, at }) => [source, new Date(at)]));
}

/** How many papers each source brought first since a moment. */
export async function papersBySource(tx: Tx, since: Date): Promise<Map<string, number>> {
  const { rows } = await tx.execute<{ source: string; papers: number }>(sql`
    select source, count(*)::int as papers
    from paper
    where first_seen_at >= ${since}
    group by source`);
  return new Map(rows.map(({ source, papers }) => [source, papers]));
}

/** How many papers of an edition are of each source. */
export async function entriesBySource(tx: Tx, date: string): Promise<Map<string, number>> {
  const { rows } = await tx.execute<{ source: string; papers: number }>(sql`
    select p.source, count(*)::int as papers
    from edition_entry e
      join paper p on p.id = e.paper_id
    where e.edition_date = ${date}
      and e.topic = ${OVERALL}
      and e.is_listed
    group by p.source`);
  return new Map(rows.map(({ source, papers }) => [source, papers]));
}
