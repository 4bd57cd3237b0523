import { and, asc, desc, eq, gte, lte, sql } from 'drizzle-orm';
import type { Paper } from '../paper.ts';
import type { Tx } from './client.ts';
import { paper, rankingModel, signal } from './schema.ts';

/** A paper on a list that readers vote on, as far as ranking looks at it. */
export type ListedRow = Pick<
  Paper,
  | 'id'
  | 'title'
  | 'authors'
  | 'submitter'
  | 'organisation'
  | 'codeUrl'
  | 'projectUrl'
  | 'hasMedia'
  | 'publishedAt'
  | 'pageAt'
> & {
  listedOn: string;
  /** In bytes, which Postgres knows without unpacking the text. */
  titleLength: number;
  abstractLength: number;
  /** What it had two days after its list began, or as soon as that was looked at; null if never. */
  upvotes: number | null;
};

/** The source whose list it is, and whose votes count. */
const LIST = 'huggingface';
/** A list gathers its votes on its day and the night after. */
const SETTLED = sql.raw(`interval '2 days'`);

/** The papers of the lists from `from` to `until`, by day, with the votes that were seen by `asOf`. */
export async function listedPapers(
  db: Tx,
  { from, until, asOf }: { from: string; until: string; asOf: Date },
): Promise<ListedRow[]> {
  const settled = sql`(${paper.listedOn}::timestamp at time zone 'UTC' + ${SETTLED})`;
  // With the source, the primary key gives them in order: a third of the time, and none of the sorting.
  const votes = sql`
    ${signal.paperId} = ${paper.id}
      and ${signal.source} = ${LIST}
      and ${signal.metric} = 'upvotes'`;
  const rows = await db
    .select({
      id: paper.id,
      title: paper.title,
      listedOn: paper.listedOn,
      titleLength: sql<number>`octet_length(${paper.title})`,
      abstractLength: sql<number>`octet_length(${paper.abstract})`,
      authors: paper.authors,
      submitter: paper.submitter,
      organisation: paper.organisation,
      codeUrl: paper.codeUrl,
      projectUrl: paper.projectUrl,
      hasMedia: paper.hasMedia,
      publishedAt: paper.publishedAt,
      pageAt: paper.pageAt,
      upvotes: sql<number | null>`coalesce(
        (select ${signal.value}
         from ${signal}
         where ${votes}
           and ${signal.observedAt} <= least(${asOf}::timestamptz, ${settled})
         order by ${signal.observedAt} desc
         limit 1),
        (select ${signal.value}
         from ${signal}
         where ${votes}
           and ${signal.observedAt} <= ${asOf}
         order by ${signal.observedAt}
         limit 1))`,
    })
    .from(paper)
    .where(and(gte(paper.listedOn, from), lte(paper.listedOn, until)))
    .orderBy(asc(paper.listedOn), asc(paper.id));
  return rows.map((row) => ({ ...row, listedOn: row.listedOn! }));
}

/** The day of the first list; `null` where there is none. */
export async function firstListedDay(db: Tx): Promise<string | null> {
  const [row] = await db.select({ day: sql<string | null>`min(${paper.listedOn})` }).from(paper);
  return row?.day ?? null;
}

export async function saveModel(db: Tx, row: typeof rankingModel.$inferInsert): Promise<void> {
  await db.insert(rankingModel).values(row);
}

/** What was fitted last of a kind, up to a moment. */
export async function newestModel(db: Tx, kind: string, until: Date) {
  const [row] = await db
    .select()
    .from(rankingModel)
    .where(and(eq(rankingModel.kind, kind), lte(rankingModel.fittedAt, until)))
    .orderBy(desc(rankingModel.fittedAt), desc(rankingModel.id))
    .limit(1);
  return row ?? null;
}
