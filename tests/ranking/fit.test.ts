import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appendSignals, writePapers } from '../../src/db/papers.ts';
import { listedPapers, newestModel, saveModel } from '../../src/db/ranking.ts';
import { rankingModel } from '../../src/db/schema.ts';
import { addDays } from '../../src/day.ts';
import { fitIfDue, fitWeekly, KIND, rankingAt } from '../../src/ranking/fit.ts';
import { asListed, comparable, dayNumber, type ListedPaper } from '../../src/ranking/listed.ts';
import { foretell } from '../../src/ranking/model.ts';
import { shippedModel } from '../../src/ranking/shipped.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { madeUpLists } from '../support/lists.ts';
import { paper } from '../support/papers.ts';

const FROM = '2026-01-01';
const lists = madeUpLists(60, { from: FROM });
const NOW = new Date(`${addDays(FROM, 60)}T05:00:00Z`);
const now = () => NOW;

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

/** As ingest would have kept it: seen at the end of its day. */
const kept = (listed: ListedPaper) =>
  paper(listed.id, {
    title: listed.title,
    abstract: 'y'.repeat(listed.abstractLength),
    authors: [...listed.authors],
    publishedAt: null,
    listedOn: listed.day,
    pageAt: listed.pageAt,
    codeUrl: listed.hasCode ? 'https://github.com/Lab/code' : null,
  });
const votes = (listed: ListedPaper, value: number, moment: string) => ({
  paperId: listed.id,
  source: 'huggingface',
  metric: 'upvotes',
  observedAt: new Date(moment),
  value,
});
async function ingest(papers: readonly ListedPaper[]) {
  await writePapers(database.db, papers.map(kept), NOW);
  await appendSignals(
    database.db,
    papers.map((one) => votes(one, one.upvotes!, `${one.day}T23:59:59Z`)),
  );
}

test('without enough lists nothing is fitted, and the model of the release is in force', async () => {
  expect(await fitWeekly({ db: database.db, now })).toBeNull();
  await ingest(lists.slice(0, 10).flat());
  expect(await fitWeekly({ db: database.db, now })).toBeNull();
  expect((await rankingAt(database.db, NOW)).model).toBe(shippedModel());
});

describe('with two months of lists', () => {
  beforeAll(() => ingest(lists.slice(10).flat()));

  test('a model is fitted, measured on days that it had not seen, kept and in force', async () => {
    const report = (await fitWeekly({ db: database.db, now }))!;
    expect(report).toMatchObject({ trainedUntil: addDays(FROM, 59), papers: 1200, figures: { days: 14 } });
    expect(report.figures.spearman).toBeGreaterThan(0.7);
    const row = (await newestModel(database.db, KIND, NOW))!;
    expect(row).toMatchObject({ trainedUntil: report.trainedUntil, figures: report.figures });
    const { model, history } = await rankingAt(database.db, NOW);
    expect(model).toEqual(row.model);
    expect(history.days).toBe(60);
    expect(foretell(model, lists[59]!, history).every(Number.isFinite)).toBe(true);
  });

  test('what is switched off is not in the model', async () => {
    const later = new Date(NOW.getTime() + 1000);
    await fitWeekly({ db: database.db, now: () => later, without: ['authors', 'submitter'] });
    const { model } = await rankingAt(database.db, later);
    expect(model.without).toEqual(['authors', 'submitter']);
    expect(model.features.some((name) => name.startsWith('authors.'))).toBe(false);
  });

  test('a day that is replayed sees no later model, no later list and no later votes', async () => {
    const asOf = new Date(`${addDays(FROM, 30)}T05:00:00Z`);
    const { model, history } = await rankingAt(database.db, asOf);
    expect(model).toBe(shippedModel());
    expect(history.days).toBe(30);
    const name = comparable(lists[45]!.flatMap((one) => one.authors).find((author) => author.startsWith('Passer-by'))!);
    const before = lists
      .slice(0, 30)
      .some((papers) => papers.some((one) => one.authors.map(comparable).includes(name)));
    expect(history.earned('author', name, dayNumber(addDays(FROM, 30))) !== null).toBe(before);
  });

  test('a model of another version is passed over for the one of the release', async () => {
    const fittedAt = new Date(NOW.getTime() + 5000);
    await saveModel(database.db, { kind: KIND, fittedAt, trainedUntil: FROM, model: { version: 0 }, figures: {} });
    expect((await rankingAt(database.db, fittedAt)).model).toBe(shippedModel());
    await database.db.delete(rankingModel);
  });
});

describe('the votes of a list', () => {
  const [first] = madeUpLists(1, { from: '2025-06-02', papers: 1 });
  const one = { ...first![0]!, id: 'arxiv:2506.00001' };
  const seenBy = async (asOf: string) =>
    (await listedPapers(database.db, { from: '2025-06-02', until: '2025-06-02', asOf: new Date(asOf) })).map(
      asListed,
    )[0];

  beforeAll(async () => {
    await writePapers(database.db, [kept(one)], NOW);
    await appendSignals(database.db, [
      votes(one, 5, '2025-06-02T08:00:00Z'),
      votes(one, 40, '2025-06-03T20:00:00Z'),
      votes(one, 99, '2025-08-01T00:00:00Z'),
    ]);
  });

  test.each([
    ['2025-06-02T07:00:00Z', null],
    ['2025-06-02T09:00:00Z', 5],
    ['2025-06-04T00:00:00Z', 40],
    ['2026-01-01T00:00:00Z', 40],
  ])('as of %s are %s: those of two days, and what comes later counts for nothing', async (asOf, upvotes) => {
    expect((await seenBy(asOf))!.upvotes).toBe(upvotes);
  });

  test('that was read months later are those that were seen first', async () => {
    await database.db.$client.query(`delete from signal where paper_id = $1 and observed_at < '2025-07-01'`, [one.id]);
    expect((await seenBy('2026-01-01T00:00:00Z'))!.upvotes).toBe(99);
  });

  test('come with the paper as ranking sees it', async () => {
    const { upvotes: _, ...seen } = (await seenBy('2026-01-01T00:00:00Z'))!;
    const { upvotes: _votes, ...listed } = one;
    expect(seen).toEqual({ ...listed, repositoryOwner: listed.hasCode ? 'lab' : null });
  });

  test('it is fitted anew after a week, and at once when another version kept the model', async () => {
    const after = (days: number) => new Date(NOW.getTime() + days * 86_400_000);
    const fitted = async (at: Date) => (await fitIfDue({ db: database.db, now: () => at })) !== null;
    await fitWeekly({ db: database.db, now });
    expect([await fitted(after(6)), await fitted(after(7))]).toEqual([false, true]);
    const other = { kind: KIND, fittedAt: after(8), trainedUntil: FROM, model: { version: 0 }, figures: {} };
    await saveModel(database.db, other);
    expect(await fitted(after(9))).toBe(true);
  });
});
