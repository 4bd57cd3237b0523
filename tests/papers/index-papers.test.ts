import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unindexedPapers, writePapers } from '../../src/db/papers.ts';
import { indexPapers } from '../../src/papers/index-papers.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { paper } from '../support/papers.ts';

let database: TestDatabase;
beforeAll(async () => void (database = await testDatabase()));
afterAll(() => database[Symbol.asyncDispose]());

const NOW = new Date('2026-05-29T08:00:00Z');
const keys = async (): Promise<unknown[]> =>
  (await database.db.execute(sql`select author_keys, organisation_key from paper order by id`)).rows;

test('a paper is keyed as it is written, and one of an older Paperboy afterwards', async () => {
  const { db } = database;
  const written = [
    paper('arxiv:2605.00001', { authors: ['José García', 'Jose Garcia'], organisation: 'Télécom Paris' }),
    paper('arxiv:2605.00002', { authors: [] }),
  ];
  await writePapers(db, written, NOW);
  const keyed = [
    { author_keys: ['jose-garcia'], organisation_key: 'telecom-paris' },
    { author_keys: [], organisation_key: null },
  ];
  expect(await keys()).toEqual(keyed);
  await db.execute(sql`update paper set author_keys = null, organisation_key = null`);
  expect(await indexPapers({ db })).toBe(2);
  expect(await keys()).toEqual(keyed);
  expect(await unindexedPapers(db, 10)).toEqual([]);
});

test('what is written again is indexed again, once', async () => {
  const { db } = database;
  await writePapers(db, [paper('arxiv:2605.00001', { authors: ['Ada Lovelace'] })], new Date(NOW.getTime() + 1));
  expect((await unindexedPapers(db, 10)).map(({ id }) => id)).toEqual(['arxiv:2605.00001']);
  expect(await indexPapers({ db })).toBe(1);
  expect(await indexPapers({ db })).toBe(0);
});
