import type { Paper } from '../paper.ts';

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

/** The paper's page on this site, below PUBLIC_URL: the colon is readable and allowed, an old-style id's slash is escaped. */
export const paperPath = (id: string): string => `/papers/${encodeURIComponent(id).replaceAll('%3A', ':')}`;
