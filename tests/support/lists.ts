import { addDays } from '../../src/day.ts';
import type { ListedPaper } from '../../src/ranking/listed.ts';
import { seeded } from '../../src/ranking/seeded.ts';

/** A paper of a list, to vary. */
export const listed = (id: string, over: Partial<ListedPaper> = {}): ListedPaper => ({
  id,
  day: '2026-03-02',
  title: `Paper ${id}`.padEnd(60, '.'),
  titleLength: 60,
  abstractLength: 1200,
  authors: [],
  submitter: null,
  organisation: null,
  repositoryOwner: null,
  hasCode: false,
  hasProject: false,
  hasMedia: false,
  publishedAt: null,
  pageAt: null,
  upvotes: 0,
  ...over,
});

/**
 * Lists of a world with a rule: papers of some authors, with code and of the morning get the votes,
 * give or take some.
 */
export function madeUpLists(days: number, { from = '2026-01-01', papers = 20, seed = 1 } = {}): ListedPaper[][] {
  const random = seeded(seed);
  return Array.from({ length: days }, (_day, d) => {
    const day = addDays(from, d);
    return Array.from({ length: papers }, (_paper, p) => {
      const star = random() < 0.3;
      const hasCode = random() < 0.5;
      const hour = 1 + Math.floor(random() * 6);
      const liked = (star ? 4 : 0) + (hasCode ? 2 : 0) - hour / 3 + random() * 2;
      return listed(`${day}/${String(p).padStart(3, '0')}`, {
        day,
        authors: [`${star ? 'Star' : 'Plain'} ${Math.floor(random() * 8)}`, `Passer-by ${Math.floor(random() * 1000)}`],
        hasCode,
        pageAt: new Date(Date.parse(`${day}T00:00:00Z`) + hour * 3_600_000),
        upvotes: Math.round(Math.max(0, liked + 2) ** 2),
      });
    });
  });
}
