import { afterAll, beforeAll, expect, test } from 'vitest';
import { choicesFor, noteOf } from '../../src/db/edition-choices.ts';
import { writePapers } from '../../src/db/papers.ts';
import { paperboy } from '../support/commands.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { samplePaper } from '../support/site.ts';

const DATE = '2026-05-30';
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await writePapers(database.db, [samplePaper(1, DATE)], new Date());
});
afterAll(() => database[Symbol.asyncDispose]());

const run = (...argv: string[]) => paperboy(database, ...argv);

test('what the desk chooses for an edition a command does too, and the trail has it', async () => {
  const { id } = samplePaper(1, DATE);
  const link = `https://arxiv.org/abs/${id.slice('arxiv:'.length)}`;
  expect(await run('edition', 'pin', link, '--date', DATE)).toEqual([expect.stringContaining('at the head')]);
  expect(await run('edition', 'drop', id, '--date', DATE, '--why', 'withdrawn')).toEqual([
    expect.stringContaining('stands in no edition'),
  ]);
  expect(await choicesFor(database.db, DATE)).toMatchObject([{ paperId: id, choice: 'drop', why: 'withdrawn' }]);
  await run('edition', 'back', id, '--date', DATE);
  expect(await choicesFor(database.db, DATE)).toEqual([]);
  await run('edition', 'note', '--date', DATE, '--words', 'Good *morning*.');
  expect((await noteOf(database.db, DATE))?.words).toBe('Good *morning*.');
  expect(await run('trail', '--about', DATE)).toHaveLength(4);
  await expect(run('edition', 'pin', 'nonsense', '--date', DATE)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
});

test('what an earlier day dropped is pinned all the same', async () => {
  const { id } = samplePaper(1, DATE);
  await run('edition', 'drop', id, '--date', '2026-05-29');
  await run('edition', 'pin', id, '--date', DATE);
  expect(await choicesFor(database.db, DATE)).toMatchObject([{ paperId: id, choice: 'pin' }]);
});
