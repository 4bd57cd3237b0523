import type { ListedRow } from '../db/ranking.ts';
import { DAY } from '../duration.ts';

/**
 * A paper on the list of one day, as far as ranking looks at it. Comments, stars and claimed
 * accounts follow the votes, so they are no part of it; the votes are what is to be foretold.
 */
export interface ListedPaper {
  id: string;
  /** The day of the list, `YYYY-MM-DD`. */
  day: string;
  title: string;
  /** In bytes. */
  titleLength: number;
  abstractLength: number;
  authors: readonly string[];
  /** Who put it on the list: an account's name at the source. */
  submitter: string | null;
  organisation: string | null;
  /** The account that holds its code. */
  repositoryOwner: string | null;
  hasCode: boolean;
  hasProject: boolean;
  hasMedia: boolean;
  publishedAt: Date | null;
  /** When its page at the source was made. */
  pageAt: Date | null;
  /** What it got; null as long as that is not known. */
  upvotes: number | null;
}

/** A day's number, for differences between days. */
export const dayNumber = (day: string): number => Date.parse(`${day}T00:00:00Z`) / DAY;

/**
 * A name as it is compared: "José García-López" and "Jose Garcia Lopez" are one. What is written in
 * no alphabet stays as it is.
 */
export const comparable = (name: string): string =>
  withoutMarks(name)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** Names in comparable form, each once. */
export const distinctNames = (names: readonly string[]): string[] => [
  ...new Set(names.map(comparable).filter((name) => name !== '')),
];

const withoutMarks = (name: string): string =>
  /^[\x20-\x7e]*$/.test(name) ? name : name.normalize('NFKD').replace(/\p{M}/gu, '');

/** The account of a repository's address on GitHub, or `null` for other addresses. */
export function repositoryOwnerOf(codeUrl: string | null): string | null {
  const url = codeUrl === null ? null : URL.parse(codeUrl);
  if (!url || !/^(?:www\.)?github\.com$/.test(url.hostname)) return null;
  return url.pathname.split('/')[1]?.toLowerCase() || null;
}

/** A row of the database as ranking sees it. */
export const asListed = (row: ListedRow): ListedPaper => ({
  id: row.id,
  day: row.listedOn,
  title: row.title,
  titleLength: row.titleLength,
  abstractLength: row.abstractLength,
  authors: row.authors,
  submitter: row.submitter,
  organisation: row.organisation,
  repositoryOwner: repositoryOwnerOf(row.codeUrl),
  hasCode: row.codeUrl !== null,
  hasProject: row.projectUrl !== null,
  hasMedia: row.hasMedia,
  publishedAt: row.publishedAt,
  pageAt: row.pageAt,
  upvotes: row.upvotes,
});
