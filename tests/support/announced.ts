import { addDays } from '../../src/day.ts';
import { announcementOf } from '../../src/announcement.ts';
import type { AnnouncedPaper } from '../../src/ranking/announced.ts';
import type { ListedPaper } from '../../src/ranking/listed.ts';
import { seeded } from '../../src/ranking/seeded.ts';
import { listed } from './lists.ts';

/** A new paper, to vary. */
export const announced = (id: string, over: Partial<AnnouncedPaper> = {}): AnnouncedPaper => ({
  id,
  title: `Paper ${id}`,
  abstract: 'What it says.',
  authors: ['Ada Lovelace'],
  categories: ['cs.LG'],
  submittedAt: null,
  ...over,
});

/** A day of a made-up world: what a morning announces, and what the list of that day holds of it. */
export interface MadeUpDay {
  day: string;
  papers: AnnouncedPaper[];
  list: (ListedPaper & { abstract: string })[];
}

/** Those days, of which each announces what was submitted on the day before: Wednesday to Friday. */
export const inStep = (days: readonly MadeUpDay[]): MadeUpDay[] =>
  days.filter(({ day, papers }) => announcementOf(papers[0]!.submittedAt!).morning === day);

/**
 * A world with a rule: papers of three teams are listed nine times in ten, others once in fifty;
 * the first team gets most votes.
 */
export function madeUpMornings(days: number, { from = '2026-01-01', papers = 40, seed = 1 } = {}): MadeUpDay[] {
  const random = seeded(seed);
  return Array.from({ length: days }, (_day, d) => {
    const day = addDays(from, d);
    const entries = Array.from({ length: papers }, (_paper, p) => {
      const team = p < 3 ? p : null;
      const names = ['First', 'Second', 'Third'].map((name) => `${name} of team ${team}`);
      const strangers = ['A', 'B', 'C'].map((name) => `${name} ${Math.floor(random() * 1e6)}`);
      const paper = announced(`${day}/${p}`, {
        title: `${team === null ? 'On' : 'Agents'} number ${p}`,
        authors: team === null ? strangers : [...names, strangers[0]!],
        submittedAt: new Date(Date.parse(`${day}T12:00:00Z`) - 86_400_000),
      });
      const isListed = random() < (team === null ? 0.02 : 0.9);
      return { paper, isListed, upvotes: Math.round(team === null ? 2 : 90 - 30 * team + 5 * random()) };
    });
    const list = entries
      .filter(({ isListed }) => isListed)
      .map(({ paper: { id, title, abstract, authors, submittedAt }, upvotes }) => ({
        ...listed(id, { day, title, authors, publishedAt: submittedAt, upvotes }),
        abstract,
      }));
    return { day, papers: entries.map(({ paper }) => paper), list };
  });
}
