import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inStep, madeUpMornings } from '../support/announced.ts';

const run = promisify(execFile);
const ROOT = path.join(import.meta.dirname, '../..');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'fresh-'));
  for (const name of ['pool', 'lists', 'empty']) mkdirSync(path.join(folder, name));
  const days = inStep(madeUpMornings(31));
  const outcomes: Record<string, object> = {};
  for (const { day, papers, list } of days) {
    const lines = papers.map((one) =>
      JSON.stringify({ ...one, primary: one.categories[0], published: one.submittedAt!.toISOString() }),
    );
    writeFileSync(path.join(folder, 'pool', `${day}.jsonl.gz`), gzipSync(lines.join('\n')));
    for (const { id, upvotes } of list) outcomes[id] = { listed: day, upvotes };
    const entries = list.map(({ id, title, authors, upvotes, publishedAt }) => ({
      paper: { id, title, summary: '', authors: authors.map((name) => ({ name })), upvotes, publishedAt },
    }));
    writeFileSync(path.join(folder, 'lists', `${day}.json`), JSON.stringify(entries));
  }
  writeFileSync(path.join(folder, 'pool', 'outcomes.json'), JSON.stringify({ listed: outcomes }));
});
afterAll(() => rmSync(folder, { recursive: true }));

const bench = (...args: string[]) =>
  run(process.execPath, [path.join(ROOT, 'bench/fresh.ts'), ...args], { timeout: 20_000, cwd: folder });

describe('bench:fresh', () => {
  test('foretells each morning from the third on, and prints one JSON object last', async () => {
    const { stdout } = await bench('--pool', 'pool', '--data', 'lists', '--json');
    const result = JSON.parse(stdout.trim());
    expect(result.mornings).toBeGreaterThan(8);
    expect(result.captured20).toBeGreaterThan(0.9);
    expect(result.auc).toBeGreaterThan(0.8);
    expect(result.calibration).toHaveLength(5);
    expect(Object.keys(result.baselines)).toEqual(['random', 'authors', 'companions']);
    expect(result.baselines.random.captured20).toBeLessThan(result.captured20);
  });
  test.each([
    [['--data', 'lists'], 'name the pool and the folders'],
    [['--pool', 'empty', '--data', 'lists'], 'there is no DATE.jsonl.gz in empty'],
    [['--pool', 'pool', '--data', 'empty'], 'there is no list DATE.json'],
    [['--pool', 'pool', '--data', 'lists', '--from', 'soon'], '--from must be a day'],
    [['--pool', 'pool', '--data', 'lists', '--from', '2027-01-01'], 'no morning to foretell'],
  ])('says in a sentence what is wrong with %j', async (args, message) => {
    await expect(bench(...args)).rejects.toThrow(message);
  });
});
