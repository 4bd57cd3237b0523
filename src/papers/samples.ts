import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Db } from '../db/client.ts';
import { hasPapers } from '../db/papers.ts';
import { ingest, type IngestDeps } from './ingest.ts';
import type { PaperSource } from './source.ts';
import { HOUR } from '../duration.ts';
import { NO_DETAILS } from '../paper.ts';

interface Sample {
  id: string;
  title: string;
  authors: string[];
  organisation: string | null;
  date: string;
  categories: string[];
  keywords: string[];
  code: string | null;
  summary: string;
}

const FILE = path.join(import.meta.dirname, '..', '..', 'samples', 'papers.json');
/**
 * The samples count as seen over the last days, newest first, so that today's edition can be made
 * of them.
 */
const APART_MS = 2 * HOUR;

/**
 * Real papers that ship with Paperboy, with summaries of our own, for a first look without any
 * network.
 */
export const sampleSource: PaperSource = {
  name: 'sample',
  async fetch({ asOf }) {
    const { papers } = JSON.parse(await readFile(FILE, 'utf8')) as { papers: Sample[] };
    const newestFirst = papers.toSorted((a, b) => b.date.localeCompare(a.date) || a.id.localeCompare(b.id));
    return {
      skipped: 0,
      papers: newestFirst.map((sample, i) => ({
        id: sample.id,
        title: sample.title,
        abstract: sample.summary,
        authors: sample.authors,
        organisation: sample.organisation,
        publishedAt: new Date(`${sample.date}T00:00:00Z`),
        categories: sample.categories,
        keywords: sample.keywords,
        ...NO_DETAILS,
        codeUrl: sample.code,
        metrics: {},
        seenAt: new Date(asOf.getTime() - i * APART_MS),
      })),
    };
  },
};

/** Loads the samples into a database that has no paper at all. Returns whether it did. */
export async function ensureSamples(deps: Omit<IngestDeps, 'sources' | 'db'> & { db: Db }): Promise<boolean> {
  if (await hasPapers(deps.db)) return false;
  const [result] = await ingest({ ...deps, sources: [sampleSource] });
  if (result?.error) throw result.error;
  return true;
}
