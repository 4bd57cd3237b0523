import type { SourceName } from '../config.ts';
import type { Paper } from '../paper.ts';

/**
 * What a source says about a paper; the text fields are already readable Unicode, each of bounded
 * length.
 */
export type FetchedPaper = Omit<Paper, 'source' | 'firstSeenAt'> & {
  /** The metrics observed with it, such as `upvotes`, `comments`, `stars`. */
  metrics: Readonly<Record<string, number>>;
  /** When the paper came to be seen; without it, the moment of the ingest. */
  seenAt?: Date;
};

export interface Fetched {
  papers: FetchedPaper[];
  /** Entries that could not be read and were left out. */
  skipped: number;
}

/** Where papers and signals come from. */
export interface PaperSource {
  readonly name: SourceName | 'sample';
  /** Whether it keeps a list of each day, also of days long gone. */
  readonly hasLists?: true;
  /** The papers of `date` (`YYYY-MM-DD`), or the newest for `null`, as they stand at `asOf`. */
  fetch(input: { date: string | null; asOf: Date; signal?: AbortSignal }): Promise<Fetched>;
  /**
   * What it says about these papers, at most `LOOKED_UP_AT_ONCE`, in one request; only of a source
   * that can be asked for single papers.
   */
  lookUp?(ids: readonly string[], signal?: AbortSignal): Promise<FetchedPaper[]>;
}

export const LOOKED_UP_AT_ONCE = 50;

/** An http(s) address as the source gave it, or `null` for anything else: it will be an href. */
export function webAddress(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const url = URL.parse(value.trim());
  return url && (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '' ? url.href : null;
}

/** The moment a source named, or `null` when it named none. */
export function moment(value: unknown): Date | null {
  if (typeof value !== 'string' || value === '') return null;
  const date = new Date(value);
  // No paper of ours is older than arXiv's oldest, and Postgres reads no five-digit year.
  return date.getUTCFullYear() >= 1900 && date.getUTCFullYear() < 2200 ? date : null;
}

export const unique = (values: readonly string[]): string[] => [...new Set(values.filter((v) => v !== ''))];
