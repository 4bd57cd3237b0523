import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addDays } from '../../src/day.ts';
import { appendSignals, writePapers } from '../../src/db/papers.ts';
import { latestPicksDate, picksOn } from '../../src/db/fresh.ts';
import { newestModel } from '../../src/db/ranking.ts';
import { buildEdition } from '../../src/editions/build.ts';
import { freshRecord, picksFor, recordWords, telling, type TellingPick } from '../../src/editions/fresh.ts';
import { syncTopics, topicsInForce } from '../../src/papers/topics.ts';
import { fitFreshIfDue, fitFreshWeekly, FRESH_KIND } from '../../src/ranking/fit-fresh.ts';
import { madeUpMornings } from '../support/announced.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { paper } from '../support/papers.ts';
import { wordsOf } from '../../src/words/words.ts';

const topics = topicsInForce();
const FROM = '2026-01-01';
const days = madeUpMornings(42, { from: FROM, papers: 80 });
const LAST = days.at(-1)!.day;
const midnight = () => new Date(`${LAST}T00:00:00Z`);
const now = () => new Date(`${LAST}T05:00:00Z`);

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await syncTopics(database.db, topics);
  for (const { day, papers, list } of days) {
    const listed = new Set(list.map(({ id }) => id));
    const rows = papers.map((one) =>
      paper(`arxiv:${one.id}`, {
        source: 'arxiv',
        title: one.title,
        authors: [...one.authors],
        categories: ['cs.RO'],
        firstSeenAt: new Date(`${day}T01:00:00Z`),
        // Lists of the day that is being lived are read already, and not known to its forecasts.
        listedOn: listed.has(one.id) && day < LAST ? addDays(day, 1) : null,
      }),
    );
    await writePapers(database.db, rows, now());
    const votes = list.map(({ id, upvotes }) => ({
      paperId: `arxiv:${id}`,
      source: 'huggingface',
      metric: 'upvotes',
      observedAt: new Date(`${addDays(day, 1)}T23:00:00Z`),
      value: upvotes!,
    }));
    await appendSignals(database.db, votes);
  }
}, 60_000);
afterAll(() => database[Symbol.asyncDispose]());

const build = (date: string, at = `${date}T04:00:00Z`) =>
  buildEdition({ db: database.db, now: () => new Date(at), topics }, { date });

describe('the forecasts of a morning', () => {
  test('are fitted once a week from what was announced and listed', async () => {
    expect(await fitFreshWeekly({ db: database.db, now: () => new Date(`${addDays(FROM, 9)}T00:00:00Z`) })).toBeNull();
    const report = (await fitFreshIfDue({ db: database.db, now: midnight }))!;
    expect(report.announced).toBe(41 * 80);
    expect(report.listed).toBeGreaterThan(100);
    expect(await newestModel(database.db, FRESH_KIND, now())).toMatchObject({ trainedUntil: addDays(LAST, -1) });
    expect(await fitFreshIfDue({ db: database.db, now })).toBeNull();
  });

  test('pick what known teams wrote, say why, and are frozen with the edition', async () => {
    for (const before of [14, 13, 12, 11, 10, 9, 8, 1, 0]) await build(addDays(LAST, -before));
    expect(await latestPicksDate(database.db, LAST)).toBe(LAST);
    const picks = await picksOn(database.db, LAST);
    expect(picks).toHaveLength(20);
    expect(picks.slice(0, 3).map(({ paper: { id } }) => id)).toEqual([0, 1, 2].map((n) => `arxiv:${LAST}/${n}`));
    expect(picks[0]!.reasons).toEqual([expect.stringMatching(/^by three authors of a paper that got \d+ upvotes$/)]);
    expect(picks[0]!.chance).toBeGreaterThan(0.7);
    expect(await build(LAST)).toMatchObject({ built: false });
  });

  test('name no paper twice, and none that was listed by that morning', async () => {
    const { rows } = await database.db.$client.query(`
      select count(*)::int as picks, count(distinct paper_id)::int as papers,
        count(*) filter (where p.listed_on <= f.edition_date)::int as listed
      from fresh_pick f
      join paper p on p.id = f.paper_id`);
    expect(rows[0]).toMatchObject({ picks: rows[0].papers, listed: 0 });
  });

  test('are counted when a week has shown what came of them', async () => {
    const record = (await freshRecord(database.db, LAST))!;
    expect(record).toMatchObject({ from: addDays(LAST, -14), until: addDays(LAST, -8), picks: 70 });
    expect(record.listed).toBe(record.cameTrue.length);
    const votes = record.cameTrue.map(({ upvotes }) => upvotes);
    expect(votes).toEqual(votes.toSorted((a, b) => b - a));
    const picked = new Set(record.cameTrue.map(({ id }) => id));
    for (const { id } of record.missed) expect(picked.has(id)).toBe(false);
    expect(recordWords(wordsOf('en'), record)).toBe(`${record.listed} of the 70 of 28 January – 3 February came true`);
    expect(await freshRecord(database.db, addDays(LAST, -7))).toBeNull();
    expect(recordWords(wordsOf('en'), null)).toBeNull();
  });
});

describe('the picks for a reader', () => {
  const pick = (id: string, chance: number, slugs: string[]) =>
    ({
      rank: 1,
      chance,
      expectedVotes: 1,
      reasons: [],
      paper: paper(id),
      topics: new Set(slugs),
    }) as unknown as TellingPick;
  const picks = [pick('1', 0.9, ['agents']), pick('2', 0.8, ['robotics']), pick('3', 0.6, ['agents', 'robotics'])];
  const known = new Set<string>();

  test.each([
    ['of everything', ['all'], ['1', '2', '3']],
    ['of one topic', ['robotics'], ['2', '3']],
    ['of two', ['agents', 'robotics'], ['1', '2', '3']],
    ['of another', ['theory'], []],
  ])('%s are those of the topics followed', (_who, followed, ids) =>
    expect(picksFor(picks, { topics: followed, known })).toEqual(ids),
  );
  test('leave out what the reader has or had, and are five at most', () => {
    expect(picksFor(picks, { topics: ['all'], known: new Set(['1']) })).toEqual(['2', '3']);
    const many = Array.from({ length: 9 }, (_, i) => pick(String(i), 0.9, []));
    expect(picksFor(many, { topics: [], known })).toHaveLength(5);
  });
  test('are only those that are likely enough to be told', () => {
    const told = telling([pick('1', 0.36, []), pick('2', 0.34, [])], topics);
    expect(told.map(({ paper: { id }, likelihood }) => [id, likelihood])).toEqual([['1', 'possible']]);
  });
});
