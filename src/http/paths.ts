import { OVERALL } from '../paper.ts';

export const editionPath = (date: string, topic: string = OVERALL): string =>
  `/editions/${date}${topic === OVERALL ? '' : `?topic=${encodeURIComponent(topic)}`}`;

/** Whether this is the address of a link in a reader's mail: all that can be wrong with it gets one answer. */
export const isTokenPath = (path: string): boolean => /^\/(?:confirm|preferences|unsubscribe)(?:\/|$)/.test(path);

export const topicPath = (slug: string): string => `/topics/${encodeURIComponent(slug)}`;
