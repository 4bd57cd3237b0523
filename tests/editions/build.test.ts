import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { getEdition, latestEditionDate, listEditions, placesOn } from '../../src/db/editions.ts';
import { writePapers } from '../../src/db/papers.ts';
import { buildEdition } from '../../src/editions/build.ts';
import { orderPlaces, selectForReader } from '../../src/editions/select.ts';
import { createHttpClient } from '../../src/papers/fetch.ts';
import { createHuggingFace } from '../../src/papers/huggingface.ts';
import { ingest } from '../../src/papers/ingest.ts';
import { OVERALL } from '../../src/paper.ts';
import { syncTopics, topicsInForce } from '../../src/papers/topics.ts';
import { dump, paper, silent } from '../support/papers.ts';
import { recordedDay, recordedDays } from '../support/recorded-days.ts';
import { body, cutOff, dailyPapers, patientClock, sourceServer, type SourceServer } from '../support/source-server.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

const topics = topicsInForce();
const now = () => new Date('2026-06-30T12:00:00Z');
const day = (n: number) => new Date(Date.UTC(2026, 4, n, 12));

describe('an edition', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
    await syncTopics(database.db, topics);
    await writePapers(
      database.db,
      [
        paper('arxiv:2605.00001', { firstSeenAt: day(10), title: 'A humanoid robot' }),
        paper('arxiv:2605.00002', { firstSeenAt: day(10) }),
        paper('arxiv:2605.00003', { firstSeenAt: day(14), title: 'More humanoid robots' }),
        paper('arxiv:2605.00004', { firstSeenAt: day(2) }),
      ],
      now(),
    );
  });
  afterAll(() => database[Symbol.asyncDispose]());
  const build = (date: string) => buildEdition({ db: database.db, now, topics }, { date });
  const ids = async (date: string, topic: string) =>
    (await getEdition(database.db, date, topic))?.entries.map((e) => e.paper.id.at(-1));

  test('holds what was seen in the seven days before, per topic and overall', async () => {
    expect(await build('2026-05-14')).toEqual({ date: '2026-05-14', built: true, topics: 2, papers: 3 });
    expect(new Set(await ids('2026-05-14', OVERALL))).toEqual(new Set(['1', '2', '3']));
    expect(await ids('2026-05-14', 'robotics')).toEqual(expect.arrayContaining(['1', '3']));
  });
  test('is never built twice', async () => {
    const before = await dump(database.db, ['edition', 'edition_entry']);
    await writePapers(database.db, [paper('arxiv:2605.00009', { firstSeenAt: day(14) })], now());
    expect(await build('2026-05-14')).toEqual({ date: '2026-05-14', built: false, topics: 2, papers: 3 });
    expect(await dump(database.db, ['edition', 'edition_entry'])).toEqual(before);
  });
  test('does not show what led another day of its topic, earlier or later, and keeps it for who has not had it', async () => {
    expect(await build('2026-05-08')).toMatchObject({ built: true });
    expect(await ids('2026-05-08', OVERALL)).toEqual(['4']);
    expect(await build('2026-05-11')).toEqual({ date: '2026-05-11', built: false, topics: 0, papers: 0 });
    expect(await build('2026-05-15')).toMatchObject({ built: true, papers: 1 });
    expect(await ids('2026-05-15', OVERALL)).toEqual(['9']);
    const places = await placesOn(database.db, '2026-05-15', [OVERALL]);
    expect(new Set(places.map((place) => place.paper.id.at(-1)))).toEqual(new Set(['1', '2', '3', '9']));
  });
  test('without papers there is none, so that it can still be built', async () => {
    expect(await build('2026-01-01')).toEqual({ date: '2026-01-01', built: false, topics: 0, papers: 0 });
    expect(await getEdition(database.db, '2026-01-01', OVERALL)).toBeNull();
  });
  test('of a day to come is refused', async () => {
    await expect(build('2026-07-01')).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: '2026-07-01 lies in the future. Name today (2026-06-30, UTC) or an earlier day.',
    });
  });
  test('is listed by day, newest first', async () => {
    expect(await listEditions(database.db, { limit: 2 })).toEqual([
      { date: '2026-05-15', papers: 1, sample: false },
      { date: '2026-05-14', papers: 3, sample: false },
    ]);
    expect(await listEditions(database.db, { limit: 9, before: '2026-05-14' })).toEqual([
      { date: '2026-05-08', papers: 1, sample: false },
    ]);
    expect(await latestEditionDate(database.db)).toBe('2026-05-15');
    expect(await latestEditionDate(database.db, { onOrBefore: '2026-05-13' })).toBe('2026-05-08');
    expect(await latestEditionDate(database.db, { onOrBefore: '2026-05-01' })).toBeNull();
  });
  test('two builders at once make one edition', async () => {
    await writePapers(database.db, [paper('arxiv:2605.00010', { firstSeenAt: day(20) })], now());
    const results = await Promise.all([build('2026-05-20'), build('2026-05-20'), build('2026-05-20')]);
    expect(results.filter((r) => r.built)).toHaveLength(1);
  });
});

describe('ten recorded days, replayed', { timeout: 60_000 }, () => {
  const days = recordedDays().slice(-10);
  const TABLES = ['paper', 'signal', 'topic', 'edition', 'edition_entry'];
  let database: TestDatabase;
  let server: SourceServer;

  beforeAll(async () => {
    database = await testDatabase();
    await syncTopics(database.db, topics);
    server = await sourceServer(dailyPapers((date) => recordedDay(date!)));
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  async function replay(): Promise<{ added: number; signals: number; built: number }> {
    const sums = { added: 0, signals: 0, built: 0 };
    const sources = [
      createHuggingFace({ client: createHttpClient({ userAgent: 'test', ...patientClock() }), baseUrl: server.url }),
    ];
    for (const date of days) {
      const [result] = await ingest({ db: database.db, sources, now, log: silent }, { date });
      expect(result!.error).toBeUndefined();
      sums.added += result!.added;
      sums.signals += result!.signals;
      if ((await buildEdition({ db: database.db, now, topics }, { date })).built) sums.built++;
    }
    return sums;
  }

  test('make ten editions, through faults on the way', async () => {
    server.faults.push(body('', 429, { 'retry-after': '3' }), cutOff('[{"paper":'), body('Rate exceeded.'), body('[{'));
    const { added, built } = await replay();
    expect(built).toBe(10);
    expect(added).toBeGreaterThan(200);
    expect(await listEditions(database.db, { limit: 30 })).toEqual(
      days.toReversed().map((date) => ({ date, papers: expect.any(Number), sample: false })),
    );
  });

  test('no paper leads a topic twice, but for what is back', async () => {
    const { rows } = await database.db.$client.query(`
      select topic, paper_id
      from edition_entry
      where rank <= 10 and is_listed and back_since is null
      group by 1, 2
      having count(*) > 1`);
    expect(rows).toEqual([]);
  });

  test('each edition is full, ranked without gaps, and every place has a true reason', async () => {
    for (const date of days) {
      const { entries } = (await getEdition(database.db, date, OVERALL))!;
      expect(entries.map((e) => e.rank)).toEqual(entries.map((_, i) => i + 1));
      for (const { reasons } of entries) {
        expect(reasons.length).toBeGreaterThan(0);
        expect(reasons.length).toBeLessThanOrEqual(3);
      }
    }
  });

  test('a second run changes nothing', async () => {
    const before = await dump(database.db, TABLES);
    expect(await replay()).toEqual({ added: 0, signals: 0, built: 0 });
    expect(await dump(database.db, TABLES)).toEqual(before);
  });

  test.each([[[OVERALL]], [['agents', 'vision', 'safety']], [['robotics', 'language-models']]])(
    'a reader of %j never gets the same paper twice, but for a labelled return, and something of each topic',
    async (topics) => {
      const had = new Map<string, number>();
      let got = 0;
      for (const date of days) {
        const places = orderPlaces(await placesOn(database.db, date, topics), 'score');
        const chosen = selectForReader({ places, topics, had });
        for (const {
          paper: { id },
          backSince,
        } of chosen) {
          if (had.has(id)) expect(backSince).not.toBeNull();
          had.set(id, (had.get(id) ?? 0) + 1);
        }
        for (const topic of topics) {
          const fresh = new Set(places.filter((p) => p.topic === topic && !had.has(p.paper.id)).map((p) => p.paper.id));
          if (fresh.size > 0)
            expect(
              chosen.filter((c) => places.some((p) => p.topic === topic && p.paper.id === c.paper.id)),
            ).not.toEqual([]);
        }
        got += chosen.length;
      }
      expect(got).toBeGreaterThan(40);
    },
  );

  test('a weekly reader gets the best of the week, as it stands at its end', async () => {
    const places = orderPlaces(await placesOn(database.db, days.at(-1)!, [OVERALL]), 'weeklyScore');
    const digest = selectForReader({ places, topics: [OVERALL], had: new Map() });
    expect(digest).toHaveLength(10);
    expect(
      new Set(digest.map(({ paper: { firstSeenAt } }) => firstSeenAt.toISOString().slice(0, 10))).size,
    ).toBeGreaterThan(2);
  });
});
