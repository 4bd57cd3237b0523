import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Pool, PoolClient, QueryConfig, QueryResult, QueryResultRow } from 'pg';
import { transaction, type Db } from '../src/db/client.ts';
import { appendSignals, writePapers } from '../src/db/papers.ts';
import { HOUR } from '../src/duration.ts';
import { NO_DETAILS, type Paper, type Signal } from '../src/paper.ts';
import { fromEntries } from '../src/papers/huggingface.ts';
import { indexPapers } from '../src/papers/index-papers.ts';
import { mergePaper } from '../src/papers/merge.ts';
import { normalise } from '../src/papers/normalise.ts';
import type { FetchedPaper } from '../src/papers/source.ts';
import { type Topics, topicsInForce } from '../src/papers/topics.ts';
import { readPool } from './fresh-pool.ts';

/** Everything of the recorded data, as an ingest of those days would have left it. */
export interface Corpus {
  papers: Paper[];
  signals: Signal[];
}

/** Reads all lists and pools below a folder of recorded data. */
export async function readCorpus(data: string): Promise<Corpus> {
  const papers = new Map<string, Paper>();
  const signals: Signal[] = [];
  const hear = (said: readonly FetchedPaper[], source: string, firstSeenAt: Date): void => {
    for (const { metrics, seenAt: _, ...rest } of said) {
      const paper = { ...rest, source, firstSeenAt };
      const known = papers.get(paper.id);
      papers.set(paper.id, known ? mergePaper(known, paper, false) : paper);
      for (const [metric, value] of Object.entries(metrics))
        signals.push({ paperId: paper.id, source, metric, observedAt: firstSeenAt, value });
    }
  };
  for (const file of globSync('hf-daily-papers*/????-??-??.json', { cwd: data }).toSorted()) {
    const day = new Date(`${path.basename(file, '.json')}T12:00:00Z`);
    const entries = JSON.parse(readFileSync(path.join(data, file), 'utf8')) as unknown[];
    hear((await fromEntries(entries)).papers, 'huggingface', day);
  }
  for (const folder of globSync('arxiv-pool*', { cwd: data })) {
    for (const pooled of readPool(path.join(data, folder))) {
      const { id, title, abstract, authors, categories, submittedAt } = pooled;
      const raw = {
        id: `arxiv:${id}`,
        title,
        abstract,
        authors: [...authors],
        categories: [...categories],
        keywords: [],
        organisation: null,
      };
      const { papers: read } = await normalise([{ ...NO_DETAILS, ...raw, publishedAt: submittedAt, metrics: {} }]);
      hear(read, 'arxiv', submittedAt);
    }
  }
  return { papers: [...papers.values()], signals };
}

const AT_ONCE = 500;

/** What of a corpus is wanted: all of it, or less where that is enough. */
interface Wanted {
  topics: Pick<Topics, 'classify'>;
  /** Which of the indexes of words. */
  isWanted: (definition: string) => boolean;
}
const EVERYTHING: Wanted = { topics: topicsInForce(), isWanted: () => true };

/** Stores a corpus as an ingest does, and indexes it; the indexes of words are made at the end, which is faster. */
export async function storeCorpus(
  db: Db,
  { papers, signals }: Corpus,
  { topics, isWanted }: Wanted = EVERYTHING,
): Promise<void> {
  const indexes = await dropWordIndexes(db);
  for (let i = 0; i < papers.length; i += AT_ONCE) {
    const portion = papers.slice(i, i + AT_ONCE);
    await transaction(db, (tx) => writePapers(tx, portion, portion[0]!.firstSeenAt));
  }
  for (let i = 0; i < signals.length; i += 5_000) await appendSignals(db, signals.slice(i, i + 5_000));
  await indexPapers({ db, topics });
  for (const definition of [...indexes.filter(isWanted), 'vacuum analyze']) await atLength(db.$client, definition);
}

/** Runs what takes minutes on a busy machine, longer than any query of ours may. */
export const atLength = <Row extends QueryResultRow>(
  client: Pool | PoolClient,
  text: string,
  values: unknown[] = [],
): Promise<QueryResult<Row>> => client.query<Row>({ text, values, query_timeout: HOUR } as QueryConfig);

/** Returns what makes them again. */
export async function dropWordIndexes(db: Db): Promise<string[]> {
  const { rows } = await db.$client.query<{ name: string; definition: string }>(`
    select indexname as name, indexdef as definition
    from pg_indexes
    where tablename in ('search_entry', 'search_word')
      and indexdef like '%USING gin%'`);
  for (const { name } of rows) await db.$client.query(`drop index ${name}`);
  return rows.map(({ definition }) => definition);
}
