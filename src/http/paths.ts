import { OVERALL } from '../papers/paper.ts';

export const editionPath = (date: string, topic: string = OVERALL): string =>
  `/editions/${date}${topic === OVERALL ? '' : `?topic=${encodeURIComponent(topic)}`}`;

export const topicPath = (slug: string): string => `/topics/${encodeURIComponent(slug)}`;
