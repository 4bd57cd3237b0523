import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

/** A paper of recorded data, as its source wrote it. */
export interface RecordedPaper {
  id: string;
  title: string;
  abstract: string;
  /** Of Hugging Face's lists alone. */
  keywords: string[];
  /** Of arXiv's pools alone. */
  categories: string[];
}

/**
 * The papers in folders of recorded days: lists of Hugging Face (`DATE.json`) and pools of arXiv
 * (`DATE.jsonl.gz`), each once, by its bare arXiv id, with what both say of it.
 */
export function papersIn(folders: readonly string[]): Map<string, RecordedPaper> {
  const papers = new Map<string, RecordedPaper>();
  const hear = (said: Said): void =>
    void papers.set(said.id, { keywords: [], categories: [], ...papers.get(said.id), ...said });
  for (const folder of folders)
    for (const name of readdirSync(folder).toSorted()) {
      const file = path.join(folder, name);
      if (/^\d{4}-\d\d-\d\d\.json$/.test(name)) listedIn(file).forEach(hear);
      else if (name.endsWith('.jsonl.gz')) pooledIn(file).forEach(hear);
    }
  return papers;
}

type Said = Pick<RecordedPaper, 'id' | 'title' | 'abstract'> & Partial<RecordedPaper>;

interface ListEntry {
  paper: { id: string; title: string; summary?: string; ai_keywords?: string[] };
}

const listedIn = (file: string): Said[] =>
  (JSON.parse(readFileSync(file, 'utf8')) as ListEntry[]).map(({ paper }) => ({
    id: paper.id,
    title: paper.title,
    abstract: paper.summary ?? '',
    keywords: paper.ai_keywords ?? [],
  }));

const pooledIn = (file: string): Said[] =>
  gunzipSync(readFileSync(file))
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { id, title, abstract, categories } = JSON.parse(line) as RecordedPaper;
      return { id, title, abstract, categories };
    });
