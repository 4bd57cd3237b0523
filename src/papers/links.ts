import { addDays } from '../day.ts';
import { OVERALL, type Paper } from '../paper.ts';

export interface PaperLinks {
  /** The abstract page at the source; we never serve a PDF ourselves. */
  page: string;
  pdf: string;
  code: string | null;
}

export function paperLinks(paper: Pick<Paper, 'id' | 'codeUrl'>): PaperLinks {
  const id = paper.id.replace(/^arxiv:/, '');
  return { page: `https://arxiv.org/abs/${id}`, pdf: `https://arxiv.org/pdf/${id}`, code: paper.codeUrl };
}

/**
 * The paper's page on this site, below PUBLIC_URL: the colon is readable and allowed, an old-style
 * id's slash is escaped.
 */
export const paperPath = (id: string): string => `/papers/${encodeURIComponent(id).replaceAll('%3A', ':')}`;

/**
 * The page of what readers of these topics got on a day, below PUBLIC_URL. `since` is the day
 * before the first one that their digest holds, where that is not the day itself. It names no
 * reader.
 */
export function editionPath(date: string, topics: readonly string[] = [OVERALL], since = addDays(date, -1)): string {
  const slugs = topics.includes(OVERALL) ? [] : topics.map(encodeURIComponent);
  const query = [
    slugs.length > 0 && `${slugs.length > 1 ? 'topics' : 'topic'}=${slugs.join(',')}`,
    since < addDays(date, -1) && `since=${since}`,
  ].filter(Boolean);
  return `/editions/${date}${query.length > 0 ? '?' : ''}${query.join('&')}`;
}
