import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { addDays } from '../src/day.ts';
import { MINUTE } from '../src/duration.ts';
import type { DatabaseAddress, Db } from '../src/db/client.ts';
import { monthOf, weekOf } from '../src/editions/periods.ts';
import { OVERALL } from '../src/paper.ts';
import { warmUp } from '../src/http/warm-up.ts';
import { editionPath, paperPath } from '../src/papers/links.ts';
import { syncTopics, topicsInForce } from '../src/papers/topics.ts';
import { run } from './child.ts';
import { atLength } from './search-corpus.ts';
import { summary, timed, type Timed } from './search-site.ts';

const PROLIFIC = 10;
const PAPERS_EACH = 2_000;
const DAYS = 300;
const LAST_DAY = '2026-07-10';
const ASKED = 100;

/**
 * What pages show beside papers: editions of some hundred days, the votes of what stood in them, names
 * with thousands of papers that were voted for, and neighbours.
 */
export async function fillPages(db: Db): Promise<void> {
  const topics = topicsInForce();
  await syncTopics(db, topics);
  const slugs = topics.list.map(({ slug }) => slug);
  const client = await db.$client.connect();
  const ask = (text: string, values?: unknown[]) => atLength(client, text, values);
  try {
    await ask('set statement_timeout = 0');
    await ask(`
      create temp table shuffled as
      select row_number() over (order by md5(id)) - 1 as n, id
      from paper`);
    await ask('create unique index on shuffled (n)');
    for (let n = 0; n < PROLIFIC; n++) await ask(NAMES, [n, PAPERS_EACH]);
    await ask(EDITIONS, [addDays(LAST_DAY, 1 - DAYS), LAST_DAY, [OVERALL, ...slugs]]);
    await ask(ENTRIES, [[OVERALL], 60, 25]);
    await ask(ENTRIES, [slugs, 20, 10]);
    await ask(LISTED, [OVERALL]);
    await ask(VOTES);
    await ask(RELATED, [2 * ASKED]);
    await ask('vacuum analyze paper, signal, edition, edition_entry, related');
  } finally {
    client.release(true);
  }
}

const NAMES = `
  update paper
  set author_keys = array_append(author_keys, 'prolific-' || $1::int),
    authors = array_append(authors, 'Prolific ' || $1::int),
    organisation_key = 'prolific-' || $1::int,
    organisation = 'Prolific ' || $1::int
  where id in (
    select id
    from shuffled
    where n >= $1::int * $2::int
      and n < ($1::int + 1) * $2::int
  )`;

const EDITIONS = `
  insert into edition (edition_date, topic, frozen_at)
  select day, topic, day + interval '4 hours'
  from generate_series($1::date, $2::date, interval '1 day') day
  cross join unnest($3::text[]) topic`;

const ENTRIES = `
  insert into edition_entry (edition_date, topic, rank, paper_id, score, reasons, is_listed)
  select
    e.edition_date,
    e.topic,
    rank,
    s.id,
    100 - rank,
    array['43 upvotes in a day, more than 96 of 100 papers of its age'],
    rank <= $3::int
  from edition e
  cross join generate_series(1, $2::int) rank
  join shuffled s
    on s.n = ((e.edition_date - date '2020-01-01') * 60 + rank * 17) % (select count(*) from shuffled)
  where e.topic = any($1::text[])`;

/** A list's papers are those of the overall edition of its day. */
const LISTED = `
  update paper p
  set listed_on = e.day
  from (
    select paper_id, min(edition_date) as day
    from edition_entry
    where topic = $1
    group by paper_id
  ) e
  where p.id = e.paper_id`;

const VOTES = `
  insert into signal (paper_id, source, metric, observed_at, value)
  select p.id, 'huggingface', 'upvotes', p.first_seen_at + i * interval '1 hour', i * (1 + abs(hashtext(p.id)) % 20)
  from paper p
  cross join generate_series(1, 30) i
  where p.listed_on is not null
    or (i <= 3 and p.organisation_key like 'prolific-%')
  on conflict do nothing`;

/** Of papers that stood in editions, so that their pages show all there is. A copy has no address. */
const RELATED = `
  insert into related (paper_id, others, scores)
  select
    a.paper_id,
    array_agg(b.id),
    array_agg(0.5::real)
  from (
    select paper_id, row_number() over (order by md5(paper_id)) as n
    from (
      select distinct paper_id
      from edition_entry
      where is_listed
        and paper_id !~ 'x[0-9]+$'
    ) stood
    limit $1::int
  ) a
  join shuffled b on b.n between a.n * 20 and a.n * 20 + 19
  group by a.paper_id
  on conflict (paper_id) do update set others = excluded.others, scores = excluded.scores`;

/** Addresses of each kind of page: each of them has much to show. */
async function addressesOf(db: Db): Promise<Record<string, string[]>> {
  const { rows } = await db.$client.query<{ id: string }>(`
    select paper_id as id
    from related r
    where paper_id !~ 'x[0-9]+$'
      and exists (
      select from edition_entry e
      where e.paper_id = r.paper_id
        and e.is_listed
    )
    order by md5(paper_id)
    limit ${2 * ASKED}`);
  const ids = rows.map(({ id }) => id);
  const days = Array.from({ length: ASKED }, (_, i) => addDays(LAST_DAY, -i));
  const names = Array.from({ length: PROLIFIC }, (_, n) => `prolific-${n}`);
  const slugs = topicsInForce().list.map(({ slug }) => slug);
  return {
    related: ids.map((id) => `/api/v1/papers/${encodeURIComponent(id)}/related`),
    papers: ids.map(paperPath),
    authors: names.flatMap((key) => [`/authors/${key}`, `/api/v1/authors/${key}`]),
    organisations: names.flatMap((key) => [`/organisations/${key}`, `/api/v1/organisations/${key}`]),
    topics: slugs.map((slug) => `/topics/${slug}`),
    days: days.map((day) => editionPath(day)),
    daysOfTopics: days.map((day, i) => editionPath(day, [slugs[i % slugs.length]!])),
    weeks: [...new Set(days.map((day) => weekOf(day).name))].map((name) => `/editions/${name}`),
    months: [...new Set(days.map((day) => monthOf(day).name))].map((name) => `/editions/${name}`),
    archive: days.map((day) => `/editions?before=${day}`),
    front: Array.from({ length: ASKED }, () => '/'),
  };
}

/** Each kind of page, every address asked for once; and the first look of a process of its own. */
export async function measurePages(
  app: FastifyInstance,
  db: Db,
  address: DatabaseAddress,
): Promise<Record<string, unknown>> {
  await warmUp(app, db, new AbortController().signal); // as a process does, once it listens
  const measured: Record<string, unknown> = {};
  for (const [kind, urls] of Object.entries(await addressesOf(db))) {
    const times: Timed[] = [];
    for (const [i, url] of urls.entries()) {
      // What is kept is shown at once: here each answer is made anew.
      if (kind === 'front') await db.$client.query('update content_version set version = version + 1');
      times.push(await timed(app, url, i));
    }
    measured[kind] = { ...summary(times), ...(await firstLooks(address, urls[0]!)) };
  }
  return measured;
}

/** What the first request of a process takes: right after its start, and after it has warmed up. */
async function firstLooks(address: DatabaseAddress, url: string): Promise<{ first: number; firstWarm: number }> {
  const ask = async (...how: string[]): Promise<number> => {
    const program = path.join(import.meta.dirname, 'search-first.ts');
    const { stdout } = await run(process.execPath, [program, JSON.stringify(address), url, ...how], {
      env: process.env,
      signal: AbortSignal.timeout(MINUTE),
    });
    return Math.round((JSON.parse(stdout) as Timed).ms);
  };
  return { first: await ask(), firstWarm: await ask('warm') };
}
