import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { appendSignals, getPaper, signalsUntil, thinSignals } from '../../src/db/papers.ts';
import { createHttpClient } from '../../src/papers/fetch.ts';
import { createHuggingFace } from '../../src/papers/huggingface.ts';
import { rememberLists, rememberSome, watchLists } from '../../src/papers/lists.ts';
import { writePapers } from '../../src/db/papers.ts';
import { empty, testDatabase, type TestDatabase } from '../support/database.ts';
import { paper, silent } from '../support/papers.ts';
import { body, dailyPapers, patientClock, sourceServer, type SourceServer } from '../support/source-server.ts';

/** A Friday. */
const NOW = new Date('2026-05-29T10:00:00Z');
const idOf = (date: string): string => `${date.slice(2, 4)}${date.slice(5, 7)}.${date.slice(8)}001`;

describe('lists of past days', () => {
  let database: TestDatabase;
  let server: SourceServer;
  let upvotes: number;
  /** The day of which the source gives the list, whatever it is asked for; `null`: the right one. */
  let stuckAt: string | null;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database[Symbol.asyncDispose]());
  beforeEach(async () => {
    await empty(database.db, 'ingest_run', 'edition_entry', 'fresh_pick', 'paper');
    [upvotes, stuckAt] = [7, null];
    server = await sourceServer(
      dailyPapers((asked) => {
        const date = stuckAt ?? asked ?? '2026-05-29';
        const paper = { id: idOf(date), title: 'T', upvotes, submittedOnDailyAt: `${date}T00:00:00.000Z` };
        return [{ paper }];
      }),
    );
  });
  afterEach(() => server[Symbol.asyncDispose]());
  const deps = (now = NOW) => ({
    db: database.db,
    now: () => now,
    log: silent,
    sources: [
      createHuggingFace({
        client: createHttpClient({ userAgent: 'test', ...patientClock(), attempts: 1 }),
        baseUrl: server.url,
      }),
    ],
  });
  const asked = () => [
    ...new Set(server.requests.map(({ path }) => new URL(path, 'http://x').searchParams.get('date'))),
  ];
  const votes = async (date: string) =>
    (await signalsUntil(database.db, [`arxiv:${idOf(date)}`], new Date('2030-01-01'))).map((s) => [
      s.observedAt.toISOString(),
      s.value,
    ]);

  test('are taken in newest first, as of the end of their days, without weekends, and once', async () => {
    const told: string[] = [];
    const tell = ({ date, done, days }: { date: string; done: number; days: number }) =>
      void told.push(`${date} ${done}/${days}`);
    expect(await rememberLists(deps(), { since: '2026-05-22', tell })).toBe('done');
    expect(asked()).toEqual(['2026-05-28', '2026-05-27', '2026-05-26', '2026-05-25', '2026-05-22']);
    expect(told).toEqual(['2026-05-28 1/5', '2026-05-27 2/5', '2026-05-26 3/5', '2026-05-25 4/5', '2026-05-22 5/5']);
    expect(await votes('2026-05-25')).toEqual([['2026-05-25T23:59:59.000Z', 7]]);
    expect((await getPaper(database.db, `arxiv:${idOf('2026-05-25')}`))!).toMatchObject({
      listedOn: '2026-05-25',
      firstSeenAt: new Date('2026-05-25T23:59:59Z'),
    });
    server.requests.length = 0;
    expect(await rememberLists(deps(), { since: '2026-05-21' })).toBe('done');
    expect(asked()).toEqual(['2026-05-21']);
  });
  test('go on where they failed', async () => {
    server.faults.push(body('', 404));
    expect(await rememberLists(deps(), { since: '2026-05-27' })).toBe('failed');
    server.requests.length = 0;
    expect(await rememberLists(deps(), { since: '2026-05-27' })).toBe('done');
    expect(asked()).toEqual(['2026-05-28']);
  });
  test('leave a source alone that fails day after day', async () => {
    server.faults.push(...Array.from({ length: 9 }, () => body('', 404)));
    expect(await rememberLists(deps(), { since: '2026-05-01' })).toBe('failed');
    expect(asked()).toHaveLength(3);
  });
  test('of half a year come in portions in the background', async () => {
    expect(await rememberSome(deps())).toEqual(new Date(NOW.getTime() + 10_000));
    expect(asked()).toHaveLength(5);
    server.faults.push(body('', 404));
    expect(await rememberSome(deps())).toEqual(new Date(NOW.getTime() + 30 * 60_000));
    for (let i = 0; i < 30 && (await rememberSome(deps())) !== null; i++);
    expect(asked()).toHaveLength(131);
    expect(await rememberSome(deps())).toBeNull();
  });
  test('are not taken for those of a source that gives another day’s instead: nothing is dated back', async () => {
    stuckAt = '2026-05-29';
    await rememberLists(deps(), { since: '2026-05-26' });
    expect(await getPaper(database.db, `arxiv:${idOf('2026-05-29')}`)).toBeNull();
  });
  test('are looked at again while votes go on, each look as of now', async () => {
    await rememberLists(deps(), { since: '2026-05-27' });
    upvotes = 40;
    await watchLists(deps());
    expect(await votes('2026-05-27')).toEqual([
      ['2026-05-27T23:59:59.000Z', 7],
      ['2026-05-29T10:00:00.000Z', 40],
    ]);
    expect(asked().filter((date) => date !== null && date >= '2026-05-22')).toHaveLength(6);
    expect(asked()).not.toContain('2026-05-21');
  });
});

test('what was observed long ago is kept once a day, the last of it, and newer observations all', async () => {
  await using database = await testDatabase();
  const { db } = database;
  await writePapers(db, [paper('arxiv:2605.00001')], NOW);
  const at = (time: string, value: number, metric = 'upvotes') => ({
    paperId: 'arxiv:2605.00001',
    source: 'huggingface',
    metric,
    observedAt: new Date(time),
    value,
  });
  await appendSignals(db, [
    at('2026-01-01T01:00:00Z', 1),
    at('2026-01-01T02:00:00Z', 2),
    at('2026-01-01T02:00:00Z', 9, 'comments'),
    at('2026-01-01T23:59:59Z', 3),
    at('2026-01-02T00:00:00Z', 4),
    at('2026-05-01T01:00:00Z', 5),
    at('2026-05-01T02:00:00Z', 6),
  ]);
  expect(await thinSignals(db, new Date('2026-02-01'), 1)).toBe(1);
  expect(await thinSignals(db, new Date('2026-02-01'), 100)).toBe(1);
  const left = await signalsUntil(db, ['arxiv:2605.00001'], NOW);
  expect(left.filter((s) => s.metric === 'upvotes').map((s) => s.value)).toEqual([3, 4, 5, 6]);
  expect(left.filter((s) => s.metric === 'comments')).toHaveLength(1);
});
