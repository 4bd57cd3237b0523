import { and, desc, eq, getTableColumns, gt, inArray, isNull, lte, ne, or, sql } from 'drizzle-orm';
import type { Paper, Signal } from '../paper.ts';
import { nameKey } from '../search/fold.ts';
import type { Ask, Tx } from './client.ts';
import { heatPapers, lockSearch } from './search-index.ts';
import { ingestRun, paper, signal } from './schema.ts';

/** The columns of a paper, also for queries that join it. */
export const PAPER_COLUMNS = {
  id: paper.id,
  source: paper.source,
  title: paper.title,
  abstract: paper.abstract,
  authors: paper.authors,
  organisation: paper.organisation,
  publishedAt: paper.publishedAt,
  firstSeenAt: paper.firstSeenAt,
  categories: paper.categories,
  keywords: paper.keywords,
  codeUrl: paper.codeUrl,
  projectUrl: paper.projectUrl,
  hasMedia: paper.hasMedia,
  summary: paper.summary,
  summaryBy: paper.summaryBy,
  titleTex: paper.titleTex,
  abstractTex: paper.abstractTex,
  submitter: paper.submitter,
  listedOn: paper.listedOn,
  pageAt: paper.pageAt,
  isWithdrawn: paper.isWithdrawn,
  version: paper.version,
  versionAt: paper.versionAt,
};

const PAPER_KEYS = Object.keys(PAPER_COLUMNS) as (keyof Paper)[];

/** How a column is asked for. Arrays come as JSON: Postgres' own form takes the program longer to read. */
const asked = ({ name, dataType }: { name: string; dataType: string }): string => {
  if (dataType === 'array') return `array_to_json(p.${name})`;
  return dataType === 'string' ? `p.${name}::text` : `p.${name}`;
};

/** The columns of a paper for a statement written by hand, in which the table is called `p`. */
export const PAPER_OF_P = sql.raw(
  Object.entries(PAPER_COLUMNS)
    .map(([key, column]) => `${asked(column)} as "${key}"`)
    .join(', '),
);

/** The paper of a row that holds more. */
export const paperOfRow = (row: Paper): Paper =>
  Object.fromEntries(PAPER_KEYS.map((key) => [key, row[key]])) as unknown as Paper;

/** One paper, asked for beside other statements of `onConnection`. */
export async function paperById(ask: Ask, id: string): Promise<Paper | null> {
  const [row] = await ask<Paper>(sql`select ${PAPER_OF_P} from paper p where p.id = ${id}`);
  return row === undefined ? null : paperOfRow(row);
}

/** Where a page of papers ended. */
export interface PaperCursor {
  firstSeenAt: Date;
  id: string;
}

export async function getPaper(db: Tx, id: string): Promise<Paper | null> {
  const [found] = await db.select(PAPER_COLUMNS).from(paper).where(eq(paper.id, id));
  return found ?? null;
}

/**
 * Newest first; `before` is the last paper of the page before. The order is that of the index
 * paper_first_seen_at.
 */
export async function listPapers(db: Tx, page: { before?: PaperCursor; limit: number }): Promise<Paper[]> {
  const { before, limit } = page;
  return db
    .select(PAPER_COLUMNS)
    .from(paper)
    .where(
      before &&
        or(
          sql`${paper.firstSeenAt} < ${before.firstSeenAt}`,
          and(eq(paper.firstSeenAt, before.firstSeenAt), gt(paper.id, before.id)),
        ),
    )
    .orderBy(desc(paper.firstSeenAt), paper.id)
    .limit(limit);
}

/** The newest observation of each metric of these papers, up to `until` when it is given. */
export async function latestSignals(db: Tx, ids: readonly string[], until?: Date): Promise<Signal[]> {
  if (ids.length === 0) return [];
  return db
    .selectDistinctOn([signal.paperId, signal.source, signal.metric])
    .from(signal)
    .where(and(inArray(signal.paperId, [...ids]), until && lte(signal.observedAt, until)))
    .orderBy(signal.paperId, signal.source, signal.metric, desc(signal.observedAt));
}

/** Every observation of these papers up to `until`, oldest first. */
export async function signalsUntil(db: Tx, ids: readonly string[], until: Date): Promise<Signal[]> {
  if (ids.length === 0) return [];
  return db
    .select()
    .from(signal)
    .where(and(sql`${signal.paperId} = any(${sql.param([...ids])}::text[])`, lte(signal.observedAt, until)))
    .orderBy(signal.paperId, signal.observedAt, signal.source, signal.metric);
}

/** What is counted of a paper, and where. */
export type Metric = Pick<Signal, 'source' | 'metric'>;

/** Every observation of these metrics up to `until` of the papers of one day's list, oldest first. */
export async function signalsOfList(
  db: Tx,
  listedOn: string,
  { metrics, until }: { metrics: readonly Metric[]; until: Date },
): Promise<Signal[]> {
  return db
    .select(getTableColumns(signal))
    .from(paper)
    .innerJoin(signal, eq(signal.paperId, paper.id))
    .where(
      and(
        eq(paper.listedOn, listedOn),
        or(...metrics.map(({ source, metric }) => and(eq(signal.source, source), eq(signal.metric, metric)))),
        lte(signal.observedAt, until),
      ),
    )
    .orderBy(signal.observedAt, signal.paperId);
}

/**
 * The papers first seen after `after` and no later than `until`, but for withdrawn ones: the
 * samples, or all others.
 */
export const papersFirstSeen = (db: Tx, range: { after: Date; until: Date; sample: boolean }): Promise<Paper[]> =>
  db
    .select(PAPER_COLUMNS)
    .from(paper)
    .where(
      and(
        gt(paper.firstSeenAt, range.after),
        lte(paper.firstSeenAt, range.until),
        range.sample ? eq(paper.source, 'sample') : ne(paper.source, 'sample'),
        eq(paper.isWithdrawn, false),
      ),
    )
    .orderBy(paper.id);

export async function hasPapers(db: Tx): Promise<boolean> {
  return (await db.select({ id: paper.id }).from(paper).limit(1)).length > 0;
}

/**
 * One ingest at a time, so that a paper that two sources bring is merged and not overwritten. Held
 * to the end of the transaction.
 */
export const lockIngest = async (tx: Tx): Promise<void> => {
  await lockSearch(tx); // as the indexing does first: both write papers and what is found of them
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('paperboy ingest'))`);
};

export const papersById = (db: Tx, ids: readonly string[]): Promise<Paper[]> =>
  db
    .select(PAPER_COLUMNS)
    .from(paper)
    .where(sql`${paper.id} = any(${sql.param([...ids])}::text[])`);

/** The papers with these ids, in their order. */
export async function papersInOrder(db: Tx, ids: readonly string[]): Promise<Paper[]> {
  const found = new Map((await papersById(db, ids)).map((one) => [one.id, one]));
  return ids.flatMap((id) => found.get(id) ?? []);
}

/** What the pages of authors and organisations find a paper by. */
const keysOf = ({ authors, organisation }: Pick<Paper, 'authors' | 'organisation'>) => ({
  authorKeys: [...new Set(authors.map(nameKey).filter(Boolean))],
  organisationKey: (organisation !== null && nameKey(organisation)) || null,
});

/**
 * The papers that are not indexed as they stand, newest first: those of an older Paperboy, and what
 * was written since.
 */
export const unindexedPapers = (db: Tx, limit: number): Promise<(Paper & { updatedAt: Date })[]> =>
  db
    .select({ ...PAPER_COLUMNS, updatedAt: paper.updatedAt })
    .from(paper)
    .where(sql`${paper.indexedAt} is distinct from ${paper.updatedAt}`)
    .orderBy(desc(paper.firstSeenAt), paper.id)
    .limit(limit);

/** Keys papers and says that they are indexed, but for those that changed since they were read. */
export async function markIndexed(db: Tx, papers: readonly (Paper & { updatedAt: Date })[]): Promise<void> {
  const indexed = papers.map((p) => ({ id: p.id, updatedAt: p.updatedAt, ...keysOf(p) }));
  await db.execute(sql`
    update paper p
    set author_keys = i."authorKeys",
      organisation_key = i."organisationKey",
      indexed_at = p.updated_at
    from jsonb_to_recordset(${JSON.stringify(indexed)}::jsonb) as i(
      id text,
      "updatedAt" timestamptz,
      "authorKeys" text[],
      "organisationKey" text)
    where p.id = i.id
      and date_trunc('milliseconds', p.updated_at) = i."updatedAt"`);
}

/**
 * Inserts or replaces these papers in one statement. One JSON parameter carries them all: a row
 * each would pass Postgres's limit of 65,535. They are found by the search once they are indexed.
 */
export async function writePapers(db: Tx, papers: readonly Paper[], updatedAt: Date): Promise<void> {
  if (papers.length === 0) return;
  await db.execute(sql`
    insert into paper (
      id, source, title, abstract, authors, organisation, published_at, first_seen_at,
      categories, keywords, code_url, project_url, has_media, summary, summary_by, title_tex, abstract_tex,
      submitter, listed_on, page_at, is_withdrawn, version, version_at,
      author_keys, organisation_key, updated_at)
    select
      p.id, p.source, p.title, p.abstract, p.authors, p.organisation, p."publishedAt", p."firstSeenAt",
      p.categories, p.keywords, p."codeUrl", p."projectUrl", p."hasMedia", p.summary, p."summaryBy",
      p."titleTex", p."abstractTex", p.submitter, p."listedOn", p."pageAt", p."isWithdrawn", p.version, p."versionAt",
      p."authorKeys", p."organisationKey", ${updatedAt}
    from jsonb_to_recordset(${JSON.stringify(papers.map((p) => ({ ...p, ...keysOf(p) })))}::jsonb) as p(
      id text,
      source text,
      title text,
      abstract text,
      authors text[],
      organisation text,
      "publishedAt" timestamptz,
      "firstSeenAt" timestamptz,
      categories text[],
      keywords text[],
      "codeUrl" text,
      "projectUrl" text,
      "hasMedia" boolean,
      summary text,
      "summaryBy" text,
      "titleTex" text,
      "abstractTex" text,
      submitter text,
      "listedOn" date,
      "pageAt" timestamptz,
      "isWithdrawn" boolean,
      version smallint,
      "versionAt" timestamptz,
      "authorKeys" text[],
      "organisationKey" text)
    on conflict (id) do update set
      source = excluded.source,
      title = excluded.title,
      abstract = excluded.abstract,
      authors = excluded.authors,
      organisation = excluded.organisation,
      published_at = excluded.published_at,
      first_seen_at = excluded.first_seen_at,
      categories = excluded.categories,
      keywords = excluded.keywords,
      code_url = excluded.code_url,
      project_url = excluded.project_url,
      has_media = excluded.has_media,
      summary = excluded.summary,
      summary_by = excluded.summary_by,
      title_tex = excluded.title_tex,
      abstract_tex = excluded.abstract_tex,
      submitter = excluded.submitter,
      listed_on = excluded.listed_on,
      page_at = excluded.page_at,
      is_withdrawn = excluded.is_withdrawn,
      version = excluded.version,
      version_at = excluded.version_at,
      author_keys = excluded.author_keys,
      organisation_key = excluded.organisation_key,
      updated_at = excluded.updated_at`);
}

/** The papers first seen after `after` and up to `until`, newest first; no samples. */
export const livePapers = (
  db: Tx,
  { after, until, limit }: { after: Date; until: Date; limit: number },
): Promise<Pick<Paper, 'id' | 'codeUrl'>[]> =>
  db
    .select({ id: paper.id, codeUrl: paper.codeUrl })
    .from(paper)
    .where(and(gt(paper.firstSeenAt, after), lte(paper.firstSeenAt, until), ne(paper.source, 'sample')))
    .orderBy(desc(paper.firstSeenAt), paper.id)
    .limit(limit);

/**
 * The papers first seen after `after` of which no category is known, or not when their version came,
 * those without a category first, then the newest; samples are as they are.
 */
export async function papersToLookUp(db: Tx, after: Date, limit: number): Promise<string[]> {
  const rows = await db
    .select({ id: paper.id })
    .from(paper)
    .where(
      and(
        gt(paper.firstSeenAt, after),
        ne(paper.source, 'sample'),
        or(sql`cardinality(${paper.categories}) = 0`, isNull(paper.versionAt)),
      ),
    )
    .orderBy(desc(sql`cardinality(${paper.categories}) = 0`), desc(paper.firstSeenAt), paper.id)
    .limit(limit);
  return rows.map((row) => row.id);
}

/**
 * Appends the observations that tell something new: whose value differs from the one that stood at
 * their moment. Returns how many.
 */
export async function appendSignals(db: Tx, signals: readonly Signal[]): Promise<number> {
  if (signals.length === 0) return 0;
  const { rowCount } = await db.execute(sql`
    insert into signal (paper_id, source, metric, observed_at, value)
    select s."paperId", s.source, s.metric, s."observedAt", s.value
    from jsonb_to_recordset(${JSON.stringify(signals)}::jsonb) as s(
      "paperId" text,
      source text,
      metric text,
      "observedAt" timestamptz,
      value double precision)
    where s.value is distinct from (
      select known.value
      from signal known
      where known.paper_id = s."paperId"
        and known.source = s.source
        and known.metric = s.metric
        and known.observed_at <= s."observedAt"
      order by known.observed_at desc
      limit 1)
    on conflict do nothing`);
  if (rowCount)
    await heatPapers(
      db,
      signals.map(({ paperId }) => paperId),
    );
  return rowCount ?? 0;
}

/** Takes the samples away, with their signals. Their editions must be gone by then. */
export async function deleteSamples(db: Tx): Promise<void> {
  await db.delete(signal).where(eq(signal.source, 'sample'));
  await db.delete(paper).where(eq(paper.source, 'sample'));
}

/** When a source last answered usefully; `null`: none has yet. */
export async function lastIngestAt(db: Tx): Promise<Date | null> {
  const { rows } = await db.execute<{ at: string | null }>(sql`
    select max(started_at) as at
    from ingest_run
    where error is null`);
  return rows[0]!.at === null ? null : new Date(rows[0]!.at);
}

/** The days from `since` on whose lists were taken in as they stood at their ends. */
export async function listsTaken(db: Tx, source: string, since: string): Promise<string[]> {
  const { rows } = await db.execute<{ day: string }>(sql`
    select distinct (as_of at time zone 'UTC')::date::text as day
    from ingest_run
    where source = ${source}
      and error is null
      and as_of >= ${since}::timestamp at time zone 'UTC'
      and as_of = date_trunc('day', as_of, 'UTC') + interval '1 day' - interval '1 second'`);
  return rows.map((row) => row.day);
}

/**
 * Keeps one observation a day, the last, of what was observed before `before`. Takes away at most
 * `limit`, and returns how many those were.
 */
export async function thinSignals(db: Tx, before: Date, limit: number): Promise<number> {
  const { rowCount } = await db.execute(sql`
    delete from signal
    where ctid = any(array(
      select s.ctid
      from signal s
      where s.observed_at < ${before}
        and exists (
          select
          from signal later
          where later.paper_id = s.paper_id
            and later.source = s.source
            and later.metric = s.metric
            and later.observed_at > s.observed_at
            and later.observed_at < date_trunc('day', s.observed_at, 'UTC') + interval '1 day'
        )
      limit ${limit}))`);
  return rowCount ?? 0;
}

export const recordIngestRun = async (db: Tx, run: typeof ingestRun.$inferInsert): Promise<void> => {
  await db.insert(ingestRun).values(run);
};

/** When the first ingest within these moments began, or `null`. */
export async function firstIngest(db: Tx, { after, until }: { after: Date; until: Date }): Promise<Date | null> {
  const { rows } = await db.execute<{ began: string | null }>(sql`
    select min(started_at) as began
    from ingest_run
    where started_at > ${after}
      and started_at <= ${until}`);
  const began = rows[0]?.began ?? null;
  return began === null ? null : new Date(began);
}

/** Has the papers first seen since a moment filed anew, by the job that indexes. */
export const fileAnew = async (tx: Tx, since: Date): Promise<void> => {
  await tx.execute(sql`
    update paper
    set indexed_at = null
    where first_seen_at >= ${since}
      and indexed_at is not null`);
};
