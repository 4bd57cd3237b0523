import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writePapers } from '../../src/db/papers.ts';
import { paperboyWith } from '../support/commands.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { paper } from '../support/papers.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'paperboy-own-topics-'));
const file = path.join(directory, 'topics.json');
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  const firstSeenAt = new Date(Date.now() - 86_400_000);
  await writePapers(
    database.db,
    [
      paper('arxiv:2605.00001', { firstSeenAt, title: 'A humanoid robot', keywords: ['robot manipulation'] }),
      paper('arxiv:2605.00002', { firstSeenAt, title: 'Knots', categories: ['math.GT'] }),
      paper('arxiv:2605.00003', { firstSeenAt, title: 'Hello' }),
    ],
    new Date(),
  );
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

const printed: string[] = [];
const run = (...argv: string[]) => {
  printed.length = 0;
  const onPrint = (text: string): void => void printed.push(text);
  return paperboyWith({ env: { PAPERBOY_DATA: directory }, onPrint }, database, 'topics', ...argv);
};

test.each([
  'arxiv:2605.00001',
  '2605.00001v2',
  'https://arxiv.org/abs/2605.00001',
  'https://huggingface.co/papers/2605.00001',
])('explain says why %s is where it is, and what came nearest', async (name) => {
  const lines = await run('explain', name);
  expect(lines.slice(0, 2)).toEqual(['A humanoid robot', 'arxiv:2605.00001']);
  expect(lines).toContainEqual(expect.stringMatching(/^robotics {2}\d+ %$/));
  expect(lines).toContainEqual(expect.stringMatching(/^ {2}\+\d\.\d {2}.*robot.* \(.*title/));
  expect(lines).toContain('Not under these, which need 30 %:');
});

test('explain is read by programs, and tells which papers it does not know', async () => {
  const told = JSON.parse((await run('explain', '2605.00001', '--json')).at(-1)!);
  expect(told).toMatchObject({ id: 'arxiv:2605.00001', topics: [{ slug: 'robotics', evidence: expect.any(Array) }] });
  expect(told.nearest).toHaveLength(3);
  await expect(run('explain', '2605.99999')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('test counts the papers under each topic, the operator’s included, and those under none', async () => {
  writeFileSync(file, JSON.stringify([{ slug: 'greetings', name: 'Greetings', keywords: ['hello'] }]));
  const told = JSON.parse((await run('test', '--json')).at(-1)!);
  expect(told).toMatchObject({ days: 30, papers: 3, own: 1, faults: [], none: { papers: 0 } });
  expect(told.topics).toEqual(
    expect.arrayContaining([
      { slug: 'robotics', papers: 1, examples: ['A humanoid robot'] },
      { slug: 'mathematics', papers: 1, examples: ['Knots'] },
      { slug: 'greetings', papers: 1, examples: ['Hello'] },
    ]),
  );
  const lines = await run('test', '--days', '7');
  expect(lines[0]).toBe('3 papers of the last 7 days');
  expect(lines).toContain('    1  greetings (your own)');
  await expect(run('test', '--days', '0')).rejects.toMatchObject({ code: 'INPUT_INVALID' });
});

test('test says plainly what is wrong with the operator’s file, and shows the topics that ship', async () => {
  writeFileSync(file, '[{"slug": "x"}]');
  await expect(run('test')).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('topics.json, topic 1 ("x"): "name" must be a text'),
  });
  expect(printed.join('\n')).toContain('1  robotics');
});
