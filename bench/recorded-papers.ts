import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

/** A paper of recorded data, as its source wrote it. */
export interface RecordedPaper {
  id: string;
  title: string;
  abstract: string;
}

/**
 * The papers in folders of recorded days: lists of Hugging Face (`DATE.json`) and pools of arXiv
 * (`DATE.jsonl.gz`), each once, by its bare arXiv id.
 */
export function papersIn(folders: readonly string[]): Map<string, RecordedPaper> {
  const papers = new Map<string, RecordedPaper>();
  for (const folder of folders) {
    for (const name of readdirSync(folder).toSorted()) {
      const file = path.join(folder, name);
      if (/^\d{4}-\d\d-\d\d\.json$/.test(name)) {
        for (const { paper } of JSON.parse(readFileSync(file, 'utf8')) as {
          paper: RecordedPaper & { summary: string };
        }[])
          papers.set(paper.id, { id: paper.id, title: paper.title, abstract: paper.summary ?? '' });
      } else if (name.endsWith('.jsonl.gz')) {
        for (const line of gunzipSync(readFileSync(file)).toString().split('\n'))
          if (line !== '') papers.set((JSON.parse(line) as RecordedPaper).id, JSON.parse(line) as RecordedPaper);
      }
    }
  }
  return papers;
}
