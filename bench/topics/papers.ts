import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { NO_DETAILS } from '../../src/paper.ts';
import type { PaperToClassify } from '../../src/papers/classify.ts';
import { normalise } from '../../src/papers/normalise.ts';
import { papersIn } from '../recorded-papers.ts';

/** What a reader of title and abstract said about a paper. */
export interface Label {
  /** As arXiv gives it: `2405.13729`. */
  id: string;
  core: string[];
  also: string[];
}

/** The half of the labelled papers from which no weight is fitted, by a hash of the id. */
export const isHeldOut = (id: string): boolean => createHash('sha256').update(id).digest()[3]! % 2 === 1;

export const readLabels = (file: string): Label[] => JSON.parse(readFileSync(file, 'utf8'));

/** The papers of these ids in folders of recorded days, by id, as the product would have read them. */
export async function readPapers(
  folders: readonly string[],
  ids: ReadonlySet<string>,
): Promise<Map<string, PaperToClassify>> {
  const recorded = [...papersIn(folders).values()].filter((paper) => ids.has(paper.id));
  const { papers } = await normalise(
    recorded.map((paper) => ({
      ...paper,
      ...NO_DETAILS,
      authors: [],
      organisation: null,
      publishedAt: null,
      metrics: {},
    })),
  );
  return new Map(papers.map((paper) => [paper.id, paper]));
}
