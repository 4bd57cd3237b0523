import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildEdition } from '../../src/editions/build.ts';
import { getEdition, latestEditionDate } from '../../src/db/editions.ts';
import { getPaper, latestSignals, listPapers, writePapers } from '../../src/db/papers.ts';
import { getTopic, listTopics } from '../../src/db/topics.ts';
import { AppError } from '../../src/errors.ts';
import { ingest } from '../../src/papers/ingest.ts';
import { OVERALL } from '../../src/paper.ts';
import { ensureSamples } from '../../src/papers/samples.ts';
import type { FetchedPaper, PaperSource } from '../../src/papers/source.ts';
import { syncTopics, topicsInForce } from '../../src/papers/topics.ts';
import { empty, testDatabase, type TestDatabase } from '../support/database.ts';
import { dump, paper, silent } from '../support/papers.ts';

const topics = topicsInForce();
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(() => empty(database.db, 'ingest_run', 'edition', 'empty_edition', 'fresh_pick', 'paper', 'topic'));

const fetched = (n: number, upvotes: number, over: Partial<FetchedPaper> = {}): FetchedPaper => {
  const { source: _s, firstSeenAt: _f, ...rest } = paper(`arxiv:2605.0000${n}`);
  return { ...rest, metrics: { upvotes, comments: 1 }, ...over };
};
/** A source in memory: the port is ours to implement. */
const source = (name: PaperSource['name'], papers: () => FetchedPaper[], skipped = 0): PaperSource => ({
  name,
  fetch: async () => ({ papers: papers(), skipped }),
});

let now = new Date('2026-05-29T12:00:00Z');
beforeEach(() => {
  now = new Date('2026-05-29T12:00:00Z');
});
const deps = (...sources: PaperSource[]) => ({ db: database.db, sources, now: () => now, log: silent, topics });
const TABLES = ['paper', 'signal'];
const signals = async () =>
  (
    await database.db.$client.query(
      'select paper_id, metric, observed_at, value from signal order by paper_id, metric, observed_at',
    )
  ).rows;

test('papers and signals are stored as of the moment, and once', async () => {
  const hf = source('huggingface', () => [fetched(1, 5), fetched(2, 7), fetched(2, 7)], 3);
  expect(await ingest(deps(hf))).toEqual([{ source: 'huggingface', papers: 2, added: 2, signals: 4, skipped: 3 }]);
  const before = await dump(database.db, TABLES);
  now = new Date('2026-05-29T18:00:00Z');
  expect(await ingest(deps(hf))).toEqual([{ source: 'huggingface', papers: 2, added: 0, signals: 0, skipped: 3 }]);
  expect(await dump(database.db, TABLES)).toEqual(before);
  expect(await getPaper(database.db, 'arxiv:2605.00001')).toEqual({
    ...paper('arxiv:2605.00001'),
    firstSeenAt: new Date('2026-05-29T12:00:00Z'),
  });
});

test('a value that changed is a new observation, and going back to an old value is one too', async () => {
  for (const [hour, upvotes] of [
    [1, 5],
    [2, 5],
    [3, 8],
    [4, 5],
  ] as const) {
    now = new Date(`2026-05-29T0${hour}:00:00Z`);
    await ingest(deps(source('huggingface', () => [fetched(1, upvotes, { metrics: { upvotes } })])));
  }
  expect(
    (await signals()).map((s: { observed_at: Date; value: number }) => [s.observed_at.getUTCHours(), s.value]),
  ).toEqual([
    [1, 5],
    [3, 8],
    [4, 5],
  ]);
  expect(await latestSignals(database.db, ['arxiv:2605.00001'])).toMatchObject([{ value: 5 }]);
  expect(await latestSignals(database.db, ['arxiv:2605.00001'], new Date('2026-05-29T03:30:00Z'))).toMatchObject([
    { value: 8 },
  ]);
});

test('a replayed day acts as on that day, and the earliest sight of a paper stands', async () => {
  const hf = source('huggingface', () => [fetched(1, 5)]);
  await ingest(deps(hf));
  await ingest(deps(hf), { date: '2026-05-20' });
  expect((await getPaper(database.db, 'arxiv:2605.00001'))!.firstSeenAt).toEqual(new Date('2026-05-20T23:59:59Z'));
  expect(await signals()).toHaveLength(4);
});

test('two sources complete each other, in either order, and settle', async () => {
  const hf = source('huggingface', () => [fetched(1, 5, { keywords: ['agents'] })]);
  const arxiv = source('arxiv', () => [
    fetched(1, 0, {
      title: 'From arXiv',
      abstract: 'A much longer abstract than that.',
      categories: ['cs.AI'],
      metrics: {},
      organisation: null,
    }),
  ]);
  await ingest(deps(hf, arxiv));
  expect(await getPaper(database.db, 'arxiv:2605.00001')).toMatchObject({
    source: 'huggingface',
    title: 'Paper arxiv:2605.00001',
    abstract: 'A much longer abstract than that.',
    categories: ['cs.AI'],
    keywords: ['agents'],
  });
  const before = await dump(database.db, TABLES);
  now = new Date('2026-05-29T19:00:00Z');
  await ingest(deps(arxiv, hf));
  expect(await dump(database.db, TABLES)).toEqual(before);
});

test('a source that fails is reported and recorded, and the others go on', async () => {
  const broken: PaperSource = {
    name: 'huggingface',
    fetch: async () => {
      throw new AppError('SOURCE_UNAVAILABLE', 'Cannot read it.');
    },
  };
  const [first, second] = await ingest(
    deps(
      broken,
      source('arxiv', () => [fetched(1, 1)]),
    ),
  );
  expect(first).toMatchObject({ source: 'huggingface', papers: 0, error: { code: 'SOURCE_UNAVAILABLE' } });
  expect(second).toMatchObject({ source: 'arxiv', papers: 1 });
  expect((await database.db.$client.query('select source, papers, error from ingest_run order by id')).rows).toEqual([
    { source: 'huggingface', papers: 0, error: 'Cannot read it.' },
    { source: 'arxiv', papers: 1, error: null },
  ]);
});

test('entries that were left out are warned about, with their number', async () => {
  const warnings: unknown[] = [];
  await ingest({
    ...deps(source('arxiv', () => [], 4)),
    log: {
      ...silent,
      warn: (fields: unknown) => {
        warnings.push(fields);
      },
    },
  });
  expect(warnings).toEqual([{ source: 'arxiv', skipped: 4 }]);
});

test('an unknown source, a bad date and a day to come are refused in a sentence', async () => {
  const hf = deps(source('huggingface', () => []));
  await expect(ingest(hf, { source: 'x' })).rejects.toThrow('There is no source named "x". Choose from huggingface');
  await expect(ingest(hf, { date: '2026-02-30' })).rejects.toThrow('is not a date');
  await expect(ingest(hf, { date: '2026-05-30' })).rejects.toThrow('lies in the future');
});

describe('papers that came without a category', () => {
  const asked: string[][] = [];
  beforeEach(() => {
    asked.length = 0;
  });
  const arxiv = (lookUp: (ids: readonly string[]) => FetchedPaper[]): PaperSource => ({
    ...source('arxiv', () => []),
    lookUp: async (ids) => {
      asked.push([...ids]);
      return lookUp(ids);
    },
  });
  const complete = { categories: ['cs.RO'], version: 1, versionAt: new Date('2026-05-28') };
  const hf = source('huggingface', () => [fetched(1, 5), fetched(2, 7), fetched(3, 1, complete)]);
  const categories = async () =>
    Object.fromEntries((await listPapers(database.db, { limit: 200 })).map((p) => [p.id.at(-1)!, p.categories.join()]));

  test('get arXiv’s, with the version, and nothing else of theirs changes', async () => {
    const knows = arxiv(() => [
      fetched(1, 0, {
        title: 'Otherwise',
        abstract: 'Very much longer than it was before.',
        categories: ['cs.AI', 'cs.CL'],
        version: 2,
        versionAt: new Date('2026-05-29T02:00:00Z'),
      }),
    ]);
    await ingest(deps(hf, knows));
    expect(asked).toEqual([['arxiv:2605.00001', 'arxiv:2605.00002']]);
    expect(await categories()).toEqual({ 1: 'cs.AI,cs.CL', 2: '', 3: 'cs.RO' });
    expect(await getPaper(database.db, 'arxiv:2605.00001')).toMatchObject({
      title: 'Paper arxiv:2605.00001',
      abstract: 'What it says.',
      version: 2,
      versionAt: new Date('2026-05-29T02:00:00Z'),
    });
    await ingest(deps(hf, knows), { source: 'huggingface' });
    expect(asked.at(-1)).toEqual(['arxiv:2605.00002']);
  });
  test('are never looked up for a replayed day, nor without arXiv, nor when they are old', async () => {
    const knows = arxiv(() => []);
    await ingest(deps(hf, knows), { date: '2026-05-20' });
    await ingest(deps(hf));
    await ingest(deps(hf, knows));
    expect(asked).toEqual([]);
  });
  test('are asked for in two requests of fifty at most, the newest first', async () => {
    await writePapers(
      database.db,
      Array.from({ length: 130 }, (_, i) =>
        paper(`arxiv:2605.1${String(i).padStart(4, '0')}`, { firstSeenAt: new Date(now.getTime() - i * 60_000) }),
      ),
      now,
    );
    await ingest(
      deps(
        source('huggingface', () => [fetched(3, 1, complete)]),
        arxiv(() => []),
      ),
    );
    expect(asked.map((ids) => [ids.length, ids[0]])).toEqual([
      [50, 'arxiv:2605.10000'],
      [50, 'arxiv:2605.10050'],
    ]);
  });
  test('come before those that only lack the day of their version', async () => {
    const crossed = fetched(4, 1, { categories: ['cs.RO'], version: 3 });
    await ingest(
      deps(
        source('huggingface', () => [crossed, fetched(9, 1)]),
        arxiv(() => []),
      ),
    );
    expect(asked).toEqual([['arxiv:2605.00009', 'arxiv:2605.00004']]);
  });
  test('stay as they are while arXiv fails, with a warning', async () => {
    const warnings: unknown[] = [];
    const broken = arxiv(() => {
      throw new AppError('SOURCE_UNAVAILABLE', 'Cannot read it.');
    });
    const results = await ingest({
      ...deps(hf, broken),
      log: {
        ...silent,
        warn: (fields: unknown) => {
          warnings.push(fields);
        },
      },
    });
    expect(results.map((r) => r.error)).toEqual([undefined, undefined]);
    expect(warnings).toMatchObject([{ source: 'arxiv', code: 'SOURCE_UNAVAILABLE' }]);
  });
});

describe('a new version', () => {
  const announced = (papers: FetchedPaper[], revised: FetchedPaper[]): PaperSource => ({
    name: 'arxiv',
    fetch: async () => ({ papers, revised, skipped: 0 }),
  });
  const first = fetched(1, 0, { version: 1, versionAt: new Date('2026-05-28T17:00:00Z') });
  const third = fetched(1, 0, {
    title: 'A new title',
    abstract: 'Shorter.',
    publishedAt: null,
    version: 3,
    versionAt: new Date('2026-06-03T04:00:00Z'),
  });
  const known = () => getPaper(database.db, 'arxiv:2605.00001');

  test('of a known paper changes it, and is no paper more', async () => {
    await ingest(deps(announced([first], [])));
    now = new Date('2026-06-03T12:00:00Z');
    expect(await ingest(deps(announced([], [third, fetched(2, 0, { version: 2 })])))).toMatchObject([
      { papers: 0, added: 0 },
    ]);
    expect(await known()).toMatchObject({
      title: 'A new title',
      abstract: 'Shorter.',
      publishedAt: first.publishedAt,
      firstSeenAt: new Date('2026-05-29T12:00:00Z'),
      version: 3,
      versionAt: third.versionAt,
    });
    expect(await getPaper(database.db, 'arxiv:2605.00002')).toBeNull();
    const before = await dump(database.db, ['paper']);
    await ingest(deps(announced([first], [third])));
    await ingest(deps(announced([first], [])));
    expect(await dump(database.db, ['paper'])).toEqual(before);
  });

  test('never takes the place of a sample', async () => {
    await writePapers(database.db, [paper('arxiv:2605.00001', { source: 'sample' })], now);
    await ingest(deps(announced([], [third])));
    expect(await known()).toMatchObject({ source: 'sample', version: null });
  });
});

describe('samples', () => {
  test('fill an empty database, make an edition, and leave when real papers come', async () => {
    await syncTopics(database.db, topics);
    expect(await ensureSamples(deps())).toBe(true);
    expect(await ensureSamples(deps())).toBe(false);
    const built = await buildEdition(deps(), { date: '2026-05-29', sampleOnly: true });
    expect(built).toMatchObject({ built: true, papers: 30 });
    expect(built.topics).toBeGreaterThan(8);
    const edition = (await getEdition(database.db, '2026-05-29', OVERALL))!;
    expect(edition.sample).toBe(true);
    for (const { paper: p } of edition.entries)
      expect(p).toMatchObject({
        source: 'sample',
        abstract: expect.stringMatching(/[.?]$/),
        authors: [expect.any(String), ...Array(p.authors.length - 1).fill(expect.any(String))],
      });

    expect(await buildEdition(deps(), { date: '2026-05-28' })).toMatchObject({ built: false });
    const taken = edition.entries[0]!.paper;
    const [result] = await ingest(
      deps(source('huggingface', () => [fetched(1, 5), fetched(2, 5, { id: taken.id, title: 'Really' })])),
    );
    expect(result).toMatchObject({ papers: 2, added: 2 });
    expect(await latestEditionDate(database.db)).toBeNull();
    expect((await listPapers(database.db, { limit: 100 })).map((p) => [p.id, p.source])).toEqual([
      ['arxiv:2605.00001', 'huggingface'],
      [taken.id, 'huggingface'],
    ]);
    expect(await getPaper(database.db, taken.id)).toMatchObject({ title: 'Really', firstSeenAt: now });
    expect(await buildEdition(deps(), { date: '2026-05-29' })).toMatchObject({ built: true, papers: 2 });
  });

  test('never join real papers', async () => {
    await ingest(deps(source('huggingface', () => [fetched(1, 5)])));
    expect(await ensureSamples(deps())).toBe(false);
  });
});

describe('queries', () => {
  test('papers are paged from the newest to the oldest without gaps or repeats', async () => {
    const papers = Array.from({ length: 25 }, (_, i) =>
      paper(`arxiv:2605.000${10 + i}`, { firstSeenAt: new Date(Date.UTC(2026, 4, 1 + Math.floor(i / 4))) }),
    );
    await writePapers(database.db, papers, now);
    const seen: string[] = [];
    for (
      let page = await listPapers(database.db, { limit: 4 });
      page.length > 0;
      page = await listPapers(database.db, { limit: 4, before: page.at(-1)! })
    )
      seen.push(...page.map((p) => p.id));
    expect(seen).toHaveLength(25);
    expect(new Set(seen).size).toBe(25);
  });

  test('topics are brought in once and in their order', async () => {
    await syncTopics(database.db, topics);
    await syncTopics(database.db, topics);
    const slugs = topics.list.map((topic) => topic.slug);
    expect((await listTopics(database.db)).map((topic) => topic.slug)).toEqual(slugs);
    const { name, description } = topics.list.find((topic) => topic.slug === 'agents')!;
    expect(await getTopic(database.db, 'agents')).toMatchObject({
      name,
      description,
      keywords: expect.arrayContaining(['agent']),
    });
    expect(await getTopic(database.db, 'nonsense')).toBeNull();
  });
});
