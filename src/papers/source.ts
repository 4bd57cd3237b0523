import type { AppError } from '../errors.ts';
import type { Paper, Signal } from '../paper.ts';

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
  /** New versions of papers of before: those that are known change, the others are no news. */
  revised?: FetchedPaper[];
  /** Entries that could not be read and were left out. */
  skipped: number;
  /** Why a part of what was to be asked could not be had; the rest is here. */
  missed?: AppError;
}

/** A paper that others may speak of. */
export type LivePaper = Pick<Paper, 'id' | 'codeUrl'>;

/** What others say of papers that are known. */
export interface Observed {
  observations: Pick<Signal, 'paperId' | 'metric' | 'value'>[];
  /** Answers that could not be read. */
  skipped: number;
}

/** Where papers and signals come from. */
export interface PaperSource {
  /** As SOURCES names it; of a feed its address without what stands before the host. */
  readonly name: string;
  /** Whether it keeps a list of each day, also of days long gone. */
  readonly hasLists?: true;
  /** The papers of `date` (`YYYY-MM-DD`), or the newest for `null`, as they stand at `asOf`. */
  fetch(input: { date: string | null; asOf: Date; signal?: AbortSignal }): Promise<Fetched>;
  /**
   * What it observes of these papers, newest first. A source that has this brings no papers: it is
   * asked for nothing else.
   */
  observe?(input: { papers: readonly LivePaper[]; asOf: Date; signal?: AbortSignal }): Promise<Observed>;
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

/** A count that a source told, as a number or in digits; `null` for anything else. */
export function counted(value: unknown): number | null {
  const count = typeof value === 'string' && /^\d{1,11}$/.test(value.trim()) ? Number(value) : value;
  return typeof count === 'number' && count >= 0 && count <= MOST_COUNTED ? count : null;
}
/** More than there are people counts nothing. */
const MOST_COUNTED = 10_000_000_000;

/** The moment a source named, or `null` when it named none. */
export function moment(value: unknown): Date | null {
  if (typeof value !== 'string' || value === '') return null;
  const date = new Date(value);
  // No paper of ours is older than arXiv's oldest, and Postgres reads no five-digit year.
  return date.getUTCFullYear() >= 1900 && date.getUTCFullYear() < 2200 ? date : null;
}

export const unique = (values: readonly string[]): string[] => [...new Set(values.filter((v) => v !== ''))];
