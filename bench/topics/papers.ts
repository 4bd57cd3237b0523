import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { NO_DETAILS } from '../../src/paper.ts';
import type { PaperToClassify } from '../../src/papers/classify.ts';
import { fromEntries } from '../../src/papers/huggingface.ts';
import { normalise } from '../../src/papers/normalise.ts';

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

/**
 * The papers of these ids, as the product would have read them: from days of Hugging Face
 * (DATE.json) and pools of arXiv (DATE.jsonl.gz). One that is in both has the words of the first
 * and the categories of the second.
 */
export async function readPapers(
  folders: readonly string[],
  ids: ReadonlySet<string>,
): Promise<Map<string, PaperToClassify>> {
  const files = folders.flatMap((folder) => readdirSync(folder).map((name) => path.join(folder, name)));
  const entries = files.filter((file) => /\d{4}-\d{2}-\d{2}\.json$/.test(file)).flatMap(readJson);
  const lines = files.filter((file) => file.endsWith('.jsonl.gz')).flatMap(readLines);
  const listed = await fromEntries(entries.filter((entry) => ids.has(entry.paper.id)));
  const pooled = await normalise(lines.filter((line) => ids.has(line.id)).map(rawOf));
  const papers = new Map<string, PaperToClassify>();
  for (const paper of [...listed.papers, ...pooled.papers]) {
    const id = paper.id.replace(/^arxiv:/, '');
    const known = papers.get(id);
    papers.set(id, known ? { ...known, categories: paper.categories } : paper);
  }
  return papers;
}

interface PooledPaper {
  id: string;
  title: string;
  abstract: string;
  categories: string[];
}

const readJson = (file: string): { paper: { id: string } }[] => JSON.parse(readFileSync(file, 'utf8'));

const readLines = (file: string): PooledPaper[] =>
  gunzipSync(readFileSync(file))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): PooledPaper => JSON.parse(line));

const rawOf = ({ id, title, abstract, categories }: PooledPaper) => ({
  id: `arxiv:${id}`,
  title,
  abstract,
  categories,
  authors: [],
  organisation: null,
  publishedAt: null,
  keywords: [],
  ...NO_DETAILS,
  metrics: {},
});
