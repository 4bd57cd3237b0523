import type pg from 'pg';
import { addDays, dayOf } from '../src/day.ts';
import { singleClient } from '../src/db/client.ts';
import { openDigest } from '../src/db/digests.ts';
import { writePapers } from '../src/db/papers.ts';
import { NO_DETAILS, type Paper } from '../src/paper.ts';
import { indexPapers } from '../src/papers/index-papers.ts';
import { seeded } from '../src/ranking/seeded.ts';
import type { Store } from '../src/store.ts';

const BATCH = 500;
const READERS_AT_ONCE = 100_000;
const PAPERS_A_DAY = 100;
const SUBJECTS = [
  'robot manipulation',
  'large language models',
  'diffusion models of video',
  'speech recognition',
  'graph neural networks',
  'reinforcement learning',
  'quantum error correction',
  'protein structure',
];

type Query = (text: string, values?: unknown[]) => Promise<pg.QueryResult>;

/** What a newspaper of a year looks like: readers who came and went, and digests of the last days. */
export async function fillDesk(
  store: Store,
  { readers, days, say }: { readers: number; days: number; say: (text: string) => void },
): Promise<{ date: string; frozen: number }> {
  const { now } = store;
  // Nothing bounds what is asked of this one: a month of deliveries takes minutes.
  const client = singleClient(store.address);
  await client.connect();
  await using filling = new AsyncDisposableStack();
  filling.defer(() => client.end());
  const query: Query = (text, values = []) => client.query(text, values);
  await query('set synchronous_commit = off');
  const today = dayOf(now());
  const dates = Array.from({ length: days }, (_, i) => addDays(today, i + 1 - days));
  say('readers of a year');
  for (let first = 2; first <= readers; first += READERS_AT_ONCE)
    await query(READERS, [first, Math.min(readers, first + READERS_AT_ONCE - 1)]);
  await query(YEAR_OF_READERS);
  say(`deliveries of ${days} days`);
  let frozen = 0;
  for (const [month, ofMonth] of Map.groupBy(dates, (date) => date.slice(0, 7))) {
    const table = `delivery_${month.replace('-', '_')}`;
    // Filled before it is attached: then its indexes are made once, of rows that are there.
    const isNew = (await query('select to_regclass($1) is null as missing', [table])).rows[0].missing as boolean;
    if (isNew)
      await query(
        `create table ${table} (like delivery including defaults including constraints) with (fillfactor = 60)`,
      );
    for (const date of ofMonth) frozen += await fillDay(store, query, { date, readers, table, isLast: date === today });
    say(`  ${month}: ${frozen} so far`);
    if (isNew)
      await query(
        `alter table delivery attach partition ${table} for values from ('${month}-01') to ('${addDays(`${month}-28`, 4).slice(0, 7)}-01')`,
      );
  }
  say('what came back, and what was said');
  await query(FEEDBACK, [dates[0]]);
  await query(SAYS, [dates[0]]);
  say('papers, runs and deeds');
  await addPapers(store, today);
  await query(EDITIONS, [dates[0], today]);
  await query(ENTRIES, [dates[0], today]);
  await query(RUNS);
  await query(DEEDS);
  await query('vacuum analyze');
  await query('checkpoint');
  return { date: today, frozen };
}

const READERS = `
  insert into subscriber (email, status, topics, frequency, timezone, send_hour, created_at, confirmed_at)
  select 'reader' || i || '@example.net', 'active', '{all}', 'daily', 'UTC', 8, now(), now()
  from generate_series($1::int, $2::int) i`;

// Ids are 1 to n: the readers of a scratch database. Ninety-two of a hundred still read.
const YEAR_OF_READERS = `
  update subscriber
  set confirmed_at = now() - (id % 360) * interval '1 day',
    created_at = now() - (id % 360) * interval '1 day',
    status = case
      when id % 100 < 92 then 'active'
      when id % 100 < 98 then 'unsubscribed'
      when id % 100 = 98 then 'bounced'
      else case when id % 1000 = 99 then 'complained' else 'unsubscribed' end
    end,
    ended_at = case when id % 100 < 92 then null else now() - (id % 360 / 2) * interval '1 day' end,
    frequency = case when id % 10 < 7 then 'daily' when id % 10 < 9 then 'weekdays' else 'weekly' end,
    timezone = (array['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Tokyo', 'Asia/Kolkata'])[1 + id % 5],
    send_hour = 5 + id % 6,
    topics = case
      when id % 3 = 0 then '{all}'::text[]
      when id % 3 = 1 then '{robotics,vision}'::text[]
      else '{language-models,agents,reasoning}'::text[]
    end,
    next_due_at = case
      when id % 100 < 92 then date_trunc('hour', now()) + (1 + id % 24) * interval '1 hour'
      else null
    end`;

async function fillDay(
  { db, now }: Store,
  query: Query,
  { date, readers, table, isLast }: { date: string; readers: number; table: string; isLast: boolean },
): Promise<number> {
  // The table of the month is there, so this adds the digest alone.
  await openDigest(db, date, now());
  const batches = Math.ceil(readers / BATCH);
  const { rows } = await query(
    `
    with made as (
      insert into batch (digest_date, kind, state, created_at, due_at, fence)
      select
        $1::date,
        'digest',
        case when $3 and b > 0.8 * $2 then 'open' else 'done' end,
        $1::date + (5 + 6 * b / $2::float8) * interval '1 hour',
        $1::date + (5 + 6 * b / $2::float8) * interval '1 hour',
        1
      from generate_series(0, $2::int - 1) b
      order by b
      returning id
    )
    select min(id)::float8 as first
    from made`,
    [date, batches, isLast],
  );
  await query(`insert into selection (digest_date, papers) values ($1, '{}') on conflict do nothing`, [date]);
  const { rowCount } = await query(
    `
    insert into ${table} (
      digest_date, kind, subscriber_id, batch_id, since, selection_id, state, reason, attempts, last_reply, frozen_at,
      updated_at)
    select
      $1::date,
      'digest',
      i,
      $2::bigint + (i - 1) / ${BATCH},
      $1::date - 1,
      (select id from selection where digest_date = $1::date limit 1),
      case
        when $4 and (i - 1) / ${BATCH} > 0.8 * $5::int then 'pending'
        when hashint8(i * 31 + $6::int) % 1000 = 0 then 'rejected'
        when hashint8(i * 31 + $6::int) % 1000 in (1, -1) then 'skipped'
        when hashint8(i * 31 + $6::int) % 50000 = 2 then 'unknown'
        else 'accepted'
      end,
      case
        when hashint8(i * 31 + $6::int) % 1000 = 0 then 'unknown-user'
        when hashint8(i * 31 + $6::int) % 1000 in (1, -1) then 'unsubscribed'
      end,
      1,
      '250 2.0.0 ok',
      $1::date + interval '6 hours',
      $1::date + interval '6 hours'
    from generate_series(1, $3::int) i`,
    [date, rows[0].first, readers, isLast, batches, Number(date.replaceAll('-', ''))],
  );
  return rowCount ?? 0;
}

const FEEDBACK = `
  insert into feedback (key, subscriber_id, digest_date, kind, permanent, reason, via, words, heard_at, judged_at)
  select
    'f' || d.digest_date || '-' || d.subscriber_id,
    d.subscriber_id,
    d.digest_date,
    case when d.subscriber_id % 30 = 0 then 'complaint' else 'hard' end,
    d.subscriber_id % 30 <> 0,
    'unknown-user',
    'smtp',
    '550 5.1.1 no such user',
    d.frozen_at,
    d.frozen_at
  from delivery d
  where d.digest_date >= $1
    and d.state = 'rejected'`;

const SAYS = `
  insert into say (subscriber_id, paper_id, liked, said_at)
  select s.id, p.id, s.id % 4 > 0, $1::date + ((s.id / 7) % 30) * interval '1 day' + interval '9 hours'
  from subscriber s, lateral (select id from paper order by id offset s.id % 40 limit 1) p
  where s.id % 7 = 0
  on conflict do nothing`;

async function addPapers(store: Store, today: string): Promise<void> {
  const random = seeded(7);
  const papers: Paper[] = Array.from({ length: 30 * PAPERS_A_DAY }, (_, i) => {
    const date = addDays(today, -Math.floor(i / PAPERS_A_DAY));
    const subject = SUBJECTS[Math.floor(random() * SUBJECTS.length)]!;
    return {
      id: `arxiv:${date.slice(2, 4)}${date.slice(5, 7)}.${String(10_000 + i).padStart(5, '0')}`,
      source: i % 2 === 0 ? 'huggingface' : 'arxiv',
      title: `On ${subject}, part ${i}`,
      abstract: `We study ${subject} and find what it takes. ${'It works on all benchmarks that we tried. '.repeat(12)}`,
      authors: [`Author ${i % 500}`, `Author ${i % 333}`],
      organisation: null,
      publishedAt: new Date(`${date}T00:00:00Z`),
      firstSeenAt: new Date(Math.min(Date.parse(`${date}T06:00:00Z`), store.now().getTime())),
      categories: ['cs.LG'],
      keywords: [subject],
      ...NO_DETAILS,
    };
  });
  await writePapers(store.db, papers, store.now());
  await indexPapers(store);
}

const EDITIONS = `
  insert into edition (edition_date, topic, frozen_at)
  select d::date, 'all', d + interval '4 hours'
  from generate_series($1::date, $2::date, interval '1 day') d
  on conflict do nothing`;

const ENTRIES = `
  insert into edition_entry (edition_date, topic, rank, paper_id, score, reasons)
  select day, 'all', place, id, 100 - place, '{43 upvotes in a day}'
  from (
    select id, first_seen_at::date as day, row_number() over (partition by first_seen_at::date order by id) as place
    from paper
    where first_seen_at >= $1::date
      and first_seen_at < $2::date + interval '1 day'
      and id like 'arxiv:____.1%'
  ) ranked
  where place <= 40
  on conflict do nothing`;

const RUNS = `
  insert into ingest_run (source, as_of, started_at, finished_at, papers, skipped, error)
  select source, at, at, at + interval '4 seconds', 40, 0, case when extract(hour from at) = 3 then 'It did not answer.' end
  from unnest(array['huggingface', 'arxiv']) source,
    generate_series(now() - interval '30 days', now(), interval '30 minutes') at`;

const DEEDS = `
  insert into trail (at, who, via, did, about)
  select now() - i * interval '10 minutes', 'operator', 'desk', 'digest.pause', (now() - i * interval '10 minutes')::date::text
  from generate_series(1, 10000) i`;
