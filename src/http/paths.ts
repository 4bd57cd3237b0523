import type { AppError } from '../errors.ts';
import { ReaderError } from '../words/reader-error.ts';

/** What the pages behind a link in a reader's mail begin with. */
export const TOKEN_PAGES = ['confirm', 'preferences', 'unsubscribe', 'say', 'move', 'stay'] as const;
const TOKEN_PATH = new RegExp(`^/(?:${TOKEN_PAGES.join('|')})(?:/|$)`);

/** Whether this is such a page: all that can be wrong with its address gets one answer. */
export const isTokenPath = (path: string): boolean => TOKEN_PATH.test(path);

export const topicPath = (slug: string): string => `/topics/${encodeURIComponent(slug)}`;

/** The page of a search, or what belongs to it (its feeds). */
export const searchPath = (query: string, below = ''): string => `/search${below}?q=${encodeURIComponent(query)}`;
export const authorPath = (key: string): string => `/authors/${encodeURIComponent(key)}`;
export const organisationPath = (key: string): string => `/organisations/${encodeURIComponent(key)}`;
export const picturePath = (id: string): string => `/pictures/${encodeURIComponent(id)}.png`;
export const periodPath = (name: string): string => `/editions/${name}`;
/** The search for these words as they stand together. */
export const phrasePath = (words: string): string =>
  `/search?q=${encodeURIComponent(`"${words.replaceAll('"', ' ')}"`)}`;

export const noName = (kind: 'author' | 'organisation'): AppError =>
  new ReaderError('NOT_FOUND', kind === 'author' ? 'no-author' : 'no-organisation', null);

/** Where the admin API is. */
export const ADMIN_API = '/api/v1/admin';
