/** What the pages behind a link in a reader's mail begin with. */
export const TOKEN_PAGES = ['confirm', 'preferences', 'unsubscribe'] as const;
const TOKEN_PATH = new RegExp(`^/(?:${TOKEN_PAGES.join('|')})(?:/|$)`);

/** Whether this is such a page: all that can be wrong with its address gets one answer. */
export const isTokenPath = (path: string): boolean => TOKEN_PATH.test(path);

export const topicPath = (slug: string): string => `/topics/${encodeURIComponent(slug)}`;

/** The page of a search, or what belongs to it (its feeds). */
export const searchPath = (query: string, below = ''): string => `/search${below}?q=${encodeURIComponent(query)}`;
