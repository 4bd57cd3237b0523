import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDays } from '../../src/day.ts';
import { getEdition, listEditions } from '../../src/db/editions.ts';
import { signalsOfList } from '../../src/db/papers.ts';
import { bestOf, leadsOf, newestOf, placesOf, topicSizes } from '../../src/db/places.ts';
import { relatedPapers } from '../../src/db/related.ts';
import { filedTopics } from '../../src/db/search-index.ts';
import { OVERALL } from '../../src/paper.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { plansOf } from '../support/plans.ts';

const DAY = '2026-05-29';
const DAYS = Array.from({ length: 30 }, (_, i) => addDays(DAY, -i));
const UPVOTES = { source: 'huggingface', metric: 'upvotes' };
let database: TestDatabase;

/** Editions of two hundred days, with the votes of their papers. */
beforeAll(async () => {
  database = await testDatabase();
  const run = (text: string) => database.db.$client.query(text);
  await run(`
    insert into paper (id, source, title, abstract, authors, first_seen_at, categories, keywords, updated_at, listed_on)
    select
      'arxiv:' || i,
      'huggingface',
      'T' || i,
      repeat('abstract ', 150),
      '{}',
      now() - i * interval '1 minute',
      '{}',
      '{}',
      now(),
      date '${DAY}' - i % 200
    from generate_series(1, 6400) i`);
  await run(`
    insert into edition (edition_date, topic, frozen_at)
    select date '${DAY}' - i, topic, now()
    from generate_series(0, 199) i
    cross join unnest(array['${OVERALL}', 'a', 'b']) topic`);
  await run(`
    insert into edition_entry (edition_date, topic, rank, paper_id, score, reasons, is_listed)
    select e.edition_date, e.topic, rank, 'arxiv:' || (date '${DAY}' - e.edition_date + 200 * rank), 1, '{}', rank <= 15
    from edition e
    cross join generate_series(1, 30) rank`);
  await run(`
    insert into signal (paper_id, source, metric, observed_at, value)
    select id, 'huggingface', metric, now() - i * interval '1 hour', i
    from paper
    cross join unnest(array['upvotes', 'comments', 'stars']) metric
    cross join generate_series(1, 3) i`);
  await run(`
    insert into search_entry (paper_id, document, head, day, first_seen_at, has_code)
    select id, '', '', '${DAY}', first_seen_at, false
    from paper`);
  await run(`
    insert into related (paper_id, others, scores)
    select 'arxiv:' || i, array['arxiv:' || (i + 1), 'arxiv:' || (i + 2)], '{1, 0.5}'
    from generate_series(1, 5000) i`);
  await run('analyze');
});
afterAll(() => database[Symbol.asyncDispose]());

test.each<[string, RegExp, () => Promise<unknown>]>([
  [
    'a list’s votes',
    /paper_listed_on/,
    () => signalsOfList(database.db, DAY, { metrics: [UPVOTES], until: new Date() }),
  ],
  ['what led a month of editions', /Limit.*\n.*edition_entry_edition_date/, () => leadsOf(database.db, DAYS)],
  [
    'the best of a week',
    /edition_entry_edition_date/,
    () => bestOf(database.db, { topic: OVERALL, from: addDays(DAY, -6), until: DAY, limit: 20 }),
  ],
  ['a page of the archive', /edition_edition_date_topic_pk/, () => listEditions(database.db, { limit: 31 })],
  ['an edition', /edition_entry_edition_date/, () => getEdition(database.db, DAY, OVERALL)],
  ['the sizes of a day’s topics', /edition_entry_edition_date/, () => topicSizes(database.db, DAY)],
  ['where a paper stood', /edition_entry_paper_once/, () => placesOf(database.db, 'arxiv:201')],
  ['related papers', /related_pkey/, () => relatedPapers(database.db, 'arxiv:7', 10)],
  ['the topics of thirty papers', /search_entry_pkey/, () => filedTopics(database.db, ['arxiv:1', 'arxiv:2'])],
  ['the newest paper', /paper_first_seen_at/, () => newestOf(database.db)],
])('%s are read through an index, and no table as a whole', async (_, index, work) => {
  const plans = await plansOf(database.db.$client, work);
  expect(plans.join('\n')).toMatch(index);
  for (const plan of plans)
    expect(plan).not.toMatch(/Seq Scan on (?:paper|signal|edition|edition_entry|related|search_entry)\b/);
});

test('of a list’s votes only the wanted metrics come, oldest first', async () => {
  const signals = await signalsOfList(database.db, DAY, { metrics: [UPVOTES], until: new Date() });
  expect(new Set(signals.map(({ metric }) => metric))).toEqual(new Set(['upvotes']));
  expect(signals).toHaveLength(32 * 3);
  expect(signals.map(({ observedAt }) => observedAt.getTime())).toEqual(
    signals.map(({ observedAt }) => observedAt.getTime()).toSorted((a, b) => a - b),
  );
  expect(await signalsOfList(database.db, DAY, { metrics: [UPVOTES], until: new Date(0) })).toEqual([]);
});

test('each day is led by the first that its overall edition shows; a day without one by none', async () => {
  const leads = await leadsOf(database.db, [DAY, '2020-01-01', addDays(DAY, -1)]);
  expect([...leads].map(([date, { id }]) => [date, id])).toEqual([
    [DAY, 'arxiv:200'],
    [addDays(DAY, -1), 'arxiv:201'],
  ]);
});
