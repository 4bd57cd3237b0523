import { OVERALL, type Paper } from '../paper.ts';

export interface PaperLinks {
  /** The abstract page at the source; we never serve a PDF ourselves. */
  page: string;
  pdf: string;
  code: string | null;
  project: string | null;
}

export function paperLinks(paper: Pick<Paper, 'id' | 'codeUrl' | 'projectUrl'>): PaperLinks {
  const id = paper.id.replace(/^arxiv:/, '');
  return {
    page: `https://arxiv.org/abs/${id}`,
    pdf: `https://arxiv.org/pdf/${id}`,
    code: paper.codeUrl,
    // Some call their repository their project's page.
    project: paper.projectUrl === paper.codeUrl ? null : paper.projectUrl,
  };
}

/**
 * The paper's page on this site, below PUBLIC_URL: the colon is readable and allowed, an old-style
 * id's slash is escaped.
 */
export const paperPath = (id: string): string => `/papers/${encodeURIComponent(id).replaceAll('%3A', ':')}`;

/** The page of a day's papers on these topics, below PUBLIC_URL. */
export function editionPath(date: string, topics: readonly string[] = [OVERALL]): string {
  const slugs = topics.includes(OVERALL) ? [] : topics.map(encodeURIComponent);
  const query = slugs.length > 0 ? `?${slugs.length > 1 ? 'topics' : 'topic'}=${slugs.join(',')}` : '';
  return `/editions/${date}${query}`;
}

/** The page of a digest, the same for all whose digest holds the same. It names no reader. */
export const digestPath = (date: string, selectionId: number): string => `/editions/${date}?digest=${selectionId}`;
