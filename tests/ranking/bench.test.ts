import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readLists } from '../../bench/ranking-lists.ts';
import { simulateArrivals } from '../../bench/vote-arrivals.ts';
import { madeUpLists } from '../support/lists.ts';

const run = promisify(execFile);
const ROOT = path.join(import.meta.dirname, '../..');
let folder: string;

/** As Hugging Face sends it. The order follows the votes, and so do what else leaks. */
const recorded = (upvotes: number, id: string, pageAt: Date, over: object = {}) => ({
  paper: {
    id,
    title: 'A title',
    summary: 'A summary.',
    authors: [{ name: 'Ada', hidden: false, user: { user: 'ada' } }],
    upvotes,
    discussionId: `${Math.floor(pageAt.getTime() / 1000).toString(16)}0123456789abcdef`,
    publishedAt: '2026-01-01T00:00:00.000Z',
    submittedOnDailyBy: { user: 'member1' },
    ...over,
  },
  numComments: upvotes,
});

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lists-'));
  for (const papers of madeUpLists(12)) {
    const entries = papers.map((one) =>
      recorded(one.upvotes!, one.id, one.pageAt!, {
        authors: one.authors.map((name) => ({ name })),
        ...(one.hasCode && { githubRepo: 'https://github.com/Lab/code', githubStars: one.upvotes }),
      }),
    );
    writeFileSync(path.join(folder, `${papers[0]!.day}.json`), JSON.stringify(entries));
  }
  writeFileSync(path.join(folder, 'capture-hours.json'), '{}');
});
afterAll(() => rmSync(folder, { recursive: true }));

const bench = (...args: string[]) =>
  run(process.execPath, [path.join(ROOT, 'bench/trending.ts'), '--data', folder, ...args], { timeout: 20_000 });

describe('bench:trending', () => {
  test('prints one JSON object last, with the figures of the days after the first 60 %', async () => {
    const { stdout } = await bench('--early');
    const result = JSON.parse(stdout.trim().split('\n').at(-1)!);
    expect(result).toMatchObject({ days: 4, papers: 80, from: '2026-01-09' });
    expect(result.spearman).toBeGreaterThan(result.baselines.random.spearman + 0.3);
    expect(Object.keys(result.baselines)).toEqual(['random', 'authors', 'stars', 'authorHistory', 'authorSum']);
    expect(result.early[0].hours[0].fused).toBeGreaterThan(0);
  });

  test('prints nothing else with --json, and takes days and groups', async () => {
    const { stdout } = await bench(
      '--json',
      '--train-until',
      '2026-01-06',
      '--until',
      '2026-01-10',
      '--without',
      'hour',
    );
    expect(JSON.parse(stdout)).toMatchObject({ days: 4, from: '2026-01-07', without: ['hour'] });
  });

  test.each([
    [['--from', 'tomorrow'], '--from must be a day such as 2026-03-02, not "tomorrow"'],
    [['--without', 'stars'], 'not "stars"'],
    [['--from', '2026-01-05', '--train-until', '2026-01-06'], 'must be later than --train-until'],
    [['--from', '2027-01-01'], 'there is no list DATE.json to foretell'],
  ])('says in a sentence what is wrong with %j', async (args, message) => {
    await expect(bench(...args)).rejects.toThrow(message);
  });
});

describe('recorded lists', () => {
  test('are read oldest first, by id and not in the order of the votes, without what leaks', () => {
    const [first] = readLists([folder]);
    expect(first!.map(({ id }) => id)).toEqual(first!.map(({ id }) => id).toSorted());
    expect(Object.keys(first![0]!).toSorted()).toEqual(
      [
        'abstract',
        'abstractLength',
        'authors',
        'day',
        'hasCode',
        'hasMedia',
        'hasProject',
        'id',
        'organisation',
        'pageAt',
      ]
        .concat(['publishedAt', 'repositoryOwner', 'stars', 'submitter', 'title', 'titleLength', 'upvotes'])
        .toSorted(),
    );
  });
});

test('simulated votes come after the page is made, all within their time, the same for the same seed', () => {
  const [papers] = readLists([folder]);
  const arrivals = { slowingHours: 8, lastsHours: 27 };
  const moments = simulateArrivals(papers!, arrivals, 1);
  expect(simulateArrivals(papers!, arrivals, 1)).toEqual(moments);
  for (const [i, paper] of papers!.entries()) {
    const hour = (paper.pageAt!.getTime() - Date.parse(`${paper.day}T00:00:00Z`)) / 3_600_000;
    expect(moments[i]!.length).toBe(paper.upvotes);
    expect(moments[i]!.every((moment) => moment >= hour && moment <= hour + 27)).toBe(true);
  }
});
