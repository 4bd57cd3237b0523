/** Whether this is the address of a link in a reader's mail: all that can be wrong with it gets one answer. */
export const isTokenPath = (path: string): boolean => /^\/(?:confirm|preferences|unsubscribe)(?:\/|$)/.test(path);

export const topicPath = (slug: string): string => `/topics/${encodeURIComponent(slug)}`;
