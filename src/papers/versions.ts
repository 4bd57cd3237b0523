import type { Paper } from '../paper.ts';
import { paperLinks } from './links.ts';

export interface Versions {
  newest: number;
  /** When it came, and the first; `null`: not known. */
  newestAt: Date | null;
  firstAt: Date | null;
  /** A page at arXiv each, the first version first. */
  links: { version: number; href: string }[];
  /** Whether some after the first have no link. */
  hasGap: boolean;
}

/** So many are linked each; of more the first, and the newest of them. */
const MOST_LINKED = 6;
const NEWEST_LINKED = 4;

/** What is known of the versions of a paper, `null` where that is nothing. */
export function versionsOf(
  paper: Pick<Paper, 'id' | 'version' | 'versionAt' | 'publishedAt' | 'codeUrl' | 'projectUrl'>,
): Versions | null {
  const { version: newest, versionAt: newestAt, publishedAt } = paper;
  if (newest === null) return null;
  const { page } = paperLinks(paper);
  // What is told of a cross-list may be its day, after the newest version.
  const isFirst = newest > 1 && publishedAt !== null && newestAt !== null && publishedAt < newestAt;
  const numbers = linked(newest);
  return {
    newest,
    newestAt,
    firstAt: isFirst ? publishedAt : null,
    links: numbers.map((version) => ({ version, href: `${page}v${version}` })),
    hasGap: numbers.length < newest,
  };
}

function linked(newest: number): number[] {
  const all = newest <= MOST_LINKED;
  const from = all ? 1 : newest - NEWEST_LINKED + 1;
  const run = Array.from({ length: newest - from + 1 }, (_, i) => from + i);
  return all ? run : [1, ...run];
}
