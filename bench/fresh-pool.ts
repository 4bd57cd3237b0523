import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { AnnouncedPaper } from '../src/ranking/announced.ts';

/** The recorded pool knows when each paper was submitted. */
export type PooledPaper = AnnouncedPaper & { submittedAt: Date };

interface Line {
  id: string;
  title: string;
  abstract: string;
  authors: string[];
  categories: string[];
  primary: string;
  published: string;
}

/** What became of a paper of the pool. */
export interface Outcome {
  /** The day of the first list that had it. */
  listed: string;
  upvotes: number;
}

/** A recorded pool of arXiv papers, each once. */
export function readPool(folder: string): PooledPaper[] {
  const lines = globSync('*.jsonl.gz', { cwd: folder })
    .toSorted()
    .flatMap((file) =>
      gunzipSync(readFileSync(path.join(folder, file)))
        .toString()
        .split('\n'),
    )
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
  return [...new Map(lines.map((line) => [line.id, announced(line)])).values()];
}

const announced = ({ id, title, abstract, authors, categories, primary, published }: Line): PooledPaper => ({
  id,
  title,
  abstract,
  authors,
  categories: [primary, ...categories.filter((category) => category !== primary)],
  submittedAt: new Date(published),
});

export function readOutcomes(folder: string): Map<string, Outcome> {
  const { listed } = JSON.parse(readFileSync(path.join(folder, 'outcomes.json'), 'utf8')) as {
    listed: Record<string, Outcome>;
  };
  return new Map(Object.entries(listed));
}
