import { OVERALL } from '../papers/paper.ts';

export const editionPath = (date: string, topic: string = OVERALL): string =>
  `/editions/${date}${topic === OVERALL ? '' : `?topic=${encodeURIComponent(topic)}`}`;

export const topicPath = (slug: string): string => `/topics/${encodeURIComponent(slug)}`;

/** A real day of the calendar, as `YYYY-MM-DD`. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
