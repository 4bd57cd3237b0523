import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadConfig } from '../src/config.ts';
import { createComposer } from '../src/delivery/compose.ts';
import { clusterIn } from '../src/embedded/cluster.ts';
import { findPostmaster } from '../src/embedded/postmaster.ts';
import { addDays } from '../src/day.ts';
import { openStore, type Store } from '../src/store.ts';
import { createLogger } from '../src/telemetry.ts';
import type { Bench } from './comparison.ts';
import { mean } from '../src/ranking/standing.ts';
import { openSink, type Sink } from './sink.ts';

/** How large the mail is: some papers, each with some reasons. */
export interface Mail {
  papers: number;
  reasons: number;
}
export const MAIL_20_KB: Mail = { papers: 3, reasons: 2 };
export const MAIL_50_KB: Mail = { papers: 10, reasons: 15 };

export interface SceneOptions {
  readers: number;
  mail: Mail;
  /**
   * Every reader follows other topics than any other reader; else all follow the overall edition.
   */
  topicSets?: boolean;
  /** Switches of smtp-sink. */
  relay?: readonly string[];
}

/**
 * A scratch Paperboy: an embedded database with active readers, a sink that takes their mail, and
 * nothing else.
 */
export interface Scene extends AsyncDisposable {
  readers: number;
  store: Store;
  sink: Sink;
  /** The environment of a Paperboy process of this scene. */
  env: Record<string, string>;
  scratch: string;
  /** Of Postgres. */
  postmaster: number;
  /** Of a message, on average. */
  bytes: number;
  /** Which has an edition that nobody is sent by a worker. */
  firstDay: string;
  /**
   * Freezes an edition for one more day, and returns the day: one that no reader has had. Whoever
   * is not sent its digest gets its papers with the next one.
   */
  nextDay: () => Promise<string>;
}

const FIRST_DAY = '2026-01-01';
/**
 * With those that Paperboy brings: enough for a different set of them for each of 16 million
 * readers.
 */
const TOPICS = 24;
/**
 * Coprime to the number of sets, so that different readers have different ones; and a set is half
 * the topics, in no order.
 */
const SHUFFLE = 10_368_889;
const TOPIC_PLACES = 15;
const PAPERS_OF_TOPICS = 60;

export async function openScene(
  bench: Bench,
  { readers, mail, topicSets = false, relay = [] }: SceneOptions,
): Promise<Scene> {
  await using opening = new AsyncDisposableStack();
  const sink = opening.use(await openSink(bench.signal, relay));
  const scratch = realpathSync(mkdtempSync(path.join(tmpdir(), 'paperboy-bench-')));
  opening.defer(() => rmSync(scratch, { recursive: true, force: true }));
  const env = {
    PATH: process.env['PATH'] ?? '',
    PAPERBOY_DATA: scratch,
    SMTP_URL: sink.url,
    SMTP_CONNECTIONS: String(bench.connections),
    PUBLIC_URL: 'https://papers.example',
    LOG_LEVEL: 'warn',
  };
  const store = opening.use(await openStore(loadConfig(env), createLogger('warn'), { signal: bench.signal }));
  if (topicSets) await addTopics(store);
  await addReaders(store, { readers, topicSets });
  let days = 0;
  const nextDay = async (): Promise<string> => {
    const day = { number: ++days, date: addDays(FIRST_DAY, days) };
    await addEdition(store, day, mail);
    if (topicSets) await addTopicEditions(store, day, mail);
    return day.date;
  };
  const firstDay = await nextDay();
  const bytes = await meanSize(store, firstDay);
  await store.db.$client.query('vacuum analyze');
  await store.db.$client.query('checkpoint');
  const opened = opening.move();
  return {
    readers,
    store,
    sink,
    env,
    scratch,
    bytes,
    firstDay,
    nextDay,
    postmaster: findPostmaster(clusterIn(path.join(scratch, 'postgres')))!.pid,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function addReaders(
  { db }: Store,
  { readers, topicSets }: { readers: number; topicSets: boolean },
): Promise<void> {
  const topics = topicSets
    ? `(select array_agg(slug order by slug) from numbered where (i::bigint * ${SHUFFLE} % ${2 ** TOPICS}) >> place & 1 = 1)`
    : `'{all}'`;
  await db.$client.query(
    `
    with numbered as (select slug, (row_number() over (order by slug) - 1)::int as place from topic)
    insert into subscriber (email, status, topics, frequency, timezone, send_hour, created_at, confirmed_at)
    select 'reader' || i || '@example.net', 'active', ${topics}, 'daily', 'UTC', 8, now(), now() from generate_series(1, $1) i`,
    [readers],
  );
}

async function addTopics({ db }: Store): Promise<void> {
  await db.$client.query(
    `
    insert into topic (slug, name, description, categories, keywords, position)
    select 'topic-' || n, 'Topic ' || n, '', '{}', '{}', n from generate_series((select count(*) from topic) + 1, $1::int) n`,
    [TOPICS],
  );
}

interface Day {
  number: number;
  date: string;
}

/**
 * The day's papers and the overall edition of the first of them. Numbers have the same length every
 * day, so the mail has the same size.
 */
async function addEdition({ db }: Store, { number, date }: Day, { papers, reasons }: Mail): Promise<void> {
  await db.$client.query(
    `
    insert into paper (id, source, title, abstract, authors, published_at, first_seen_at, categories, keywords, code_url, updated_at)
    select ${PAPER_ID}, 'huggingface', 'Verifiable rewards for language models, part ' || 100 + i || ' of day ' || 100 + $1::int,
      repeat('This paper studies reinforcement learning with verifiable rewards. ', 5), array['A. Author', 'B. Author', 'C. Author'], now(), now(), '{}', '{}', 'https://github.com/example/code', now()
    from generate_series(0, $2::int - 1) i`,
    [number, Math.max(papers, PAPERS_OF_TOPICS)],
  );
  await db.$client.query(`insert into edition (edition_date, topic, frozen_at) values ($1, 'all', now())`, [date]);
  await db.$client.query(
    `
    insert into edition_entry (edition_date, topic, rank, paper_id, score, reasons)
    select $2, 'all', i + 1, ${PAPER_ID}, 100 - i, ${REASONS} from generate_series(0, $3::int - 1) i`,
    [number, date, papers, reasons],
  );
}

/** Every topic has papers that some other topics have too. */
async function addTopicEditions({ db }: Store, { number, date }: Day, { reasons }: Mail): Promise<void> {
  await db.$client.query(`insert into edition (edition_date, topic, frozen_at) select $1, slug, now() from topic`, [
    date,
  ]);
  await db.$client.query(
    `
    insert into edition_entry (edition_date, topic, rank, paper_id, score, reasons)
    select $2, slug, rank, ${PAPER_ID}, 100 - i, ${REASONS}
    from (select slug, rank, (row_number() over (partition by rank order by slug) * 7 + rank * ${PAPERS_OF_TOPICS / TOPIC_PLACES}) % ${PAPERS_OF_TOPICS} as i
          from topic, generate_series(1, $3::int) rank) places`,
    [number, date, TOPIC_PLACES, reasons],
  );
}

const PAPER_ID = `'arxiv:2601.' || lpad(($1::int * 100 + i)::text, 5, '0')`;
/** $4 of them. */
const REASONS = `array(select '143 upvotes in the 2 days to hour ' || 100 + n from generate_series(1, $4::int) n)`;

const SAMPLE = 100;

/** Composes the mail of some readers, from first to last. */
async function meanSize(store: Store, date: string): Promise<number> {
  const { compose } = createComposer(store);
  const { rows } = await store.db.$client.query<{ id: number; email: string; topics: string[] }>(
    `
    select id::float8 as id, email::text as email, topics from subscriber where id % greatest((select count(*) from subscriber) / $1, 1) = 0 limit $1`,
    [SAMPLE],
  );
  const sizes = await Promise.all(
    rows.map(async ({ id, email, topics }) => {
      const outgoing = await compose(date, {
        subscriberId: id,
        email,
        topics,
        since: addDays(date, -1),
        frozenAt: new Date(),
        wantsFresh: true,
        length: 10,
        taste: '',
        had: '',
      });
      return outgoing!.message.reduce((sum, piece) => sum + piece.length, 0);
    }),
  );
  return Math.round(mean(sizes));
}
