import { afterAll, beforeAll, expect, test } from 'vitest';
import { relatedPapers } from '../../src/db/related.ts';
import { writePapers } from '../../src/db/papers.ts';
import { indexPapers } from '../../src/papers/index-papers.ts';
import { relatePapers } from '../../src/papers/relate-papers.ts';
import { topicsInForce } from '../../src/papers/topics.ts';
import type { Paper } from '../../src/paper.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { paper } from '../support/papers.ts';

const NOW = new Date('2026-05-29T08:00:00Z');
const topics = topicsInForce();
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

async function comes(...papers: Paper[]): Promise<number> {
  await writePapers(database.db, papers, NOW);
  await indexPapers({ db: database.db, topics });
  return relatePapers({ db: database.db });
}
const related = async (id: string) => (await relatedPapers(database.db, id, 5)).map((one) => one.paper.id);

test('papers are compared as they come, and known ones learn of their new neighbours', async () => {
  const bandits = paper('arxiv:1', { title: 'Best arm identification in linear bandits' });
  const robots = paper('arxiv:2', { title: 'Dexterous hands grasp tools', abstract: 'Robots grasp tools by touch.' });
  const hands = paper('arxiv:3', { title: 'Tools for dexterous hands', abstract: 'Touch lets robots grasp.' });
  expect(await comes(bandits, robots, hands)).toBe(3);
  expect(await related('arxiv:2')).toContain('arxiv:3');
  expect(await related('arxiv:1')).not.toContain('arxiv:2');
  expect(await comes(paper('arxiv:4', { title: 'Linear bandits and arm identification, best of all' }))).toBe(1);
  expect((await related('arxiv:1'))[0]).toBe('arxiv:4');
  expect((await related('arxiv:4'))[0]).toBe('arxiv:1');
  expect(await relatePapers({ db: database.db })).toBe(0);
});

test('a paper that was taken back is named beside no other', async () => {
  await comes(
    paper('arxiv:5', { title: 'Quantum walks on graphs' }),
    paper('arxiv:6', { title: 'Graphs of quantum walks' }),
  );
  expect((await related('arxiv:5'))[0]).toBe('arxiv:6');
  await writePapers(database.db, [paper('arxiv:6', { title: 'Graphs of quantum walks', isWithdrawn: true })], NOW);
  expect(await related('arxiv:5')).not.toContain('arxiv:6');
});
