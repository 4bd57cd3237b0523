import type { NoticeCaps } from '../db/spent-notices.ts';
import { DAY, HOUR } from '../duration.ts';

const perHourAndDay = (hour: number, day: number): { most: number; withinMs: number }[] => [
  { most: hour, withinMs: HOUR },
  { most: day, withinMs: DAY },
];

/**
 * How many notices go, in any hour and in any day, over all processes together. The form's answer
 * never tells of them.
 */
export const NOTICE_CAPS: NoticeCaps = {
  // Who waits asks again once or twice. Five mails a day that were not asked for are a nuisance and no flood.
  mailbox: perHourAndDay(3, 5),
  // A lecture hall behind one address signs up within the hour; a bombing network reaches few more.
  network: perHourAndDay(30, 100),
  // More than a day on the front page of Hacker News brings, and less than what costs a sender its name.
  total: perHourAndDay(3_000, 20_000),
  // A flood from many networks leaves a fifth to networks that have asked for few.
  busy: { most: 5, withinMs: HOUR },
  totalOfBusy: perHourAndDay(2_400, 16_000),
};
