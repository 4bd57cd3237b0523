import path from 'node:path';
import { expect, test } from 'vitest';
import { figuresOf } from '../../bench/topics/figures.ts';
import { isHeldOut, readLabels, readPapers } from '../../bench/topics/papers.ts';
import { topicsInForce } from '../../src/papers/topics.ts';
import { DATA, SHARED_DATA_MISSING } from '../support/shared-data.ts';

// The half of the labels from which nothing was learned.
test.skipIf(SHARED_DATA_MISSING)('papers that no weight was fitted on are filed as a reader would', async () => {
  const labels = readLabels(path.join(DATA, 'paper-labels.json')).filter(({ id }) => isHeldOut(id));
  const papers = await readPapers([path.join(DATA, 'hf-daily-papers')], new Set(labels.map(({ id }) => id)));
  const { list, classify } = topicsInForce();
  const subjects = list.filter(({ kind }) => kind === 'subject').map(({ slug }) => slug);
  const filed = labels.map((label) => ({ label, slugs: classify(papers.get(label.id)!).map(({ slug }) => slug) }));
  const figures = figuresOf(filed, subjects);
  expect(figures.papers).toBeGreaterThan(100);
  expect(figures.precision).toBeGreaterThanOrEqual(0.9);
  expect(figures.recall).toBeGreaterThanOrEqual(0.9);
  expect(figures.untopiced).toBeLessThanOrEqual(0.04);
  expect(figures.maxTopics).toBeLessThanOrEqual(4);
});
