import type { FastifyInstance } from 'fastify';
import { getPaper, latestSignals, searchPapers } from '../../db/papers.ts';
import { AppError } from '../../errors.ts';
import { authorLine } from '../../papers/authors.ts';
import { canonicalId } from '../../papers/identity.ts';
import { paperPath } from '../../papers/links.ts';
import type { SiteDeps } from '../deps.ts';
import { cardOf, paperView } from './views.ts';

const MAX_QUERY = 200;
const MAX_RESULTS = 50;

interface PaperRoute {
  Params: { '*': string };
}
interface SearchRoute {
  Querystring: { q?: string | string[] };
}

/** One paper in full, and the search for papers. */
export async function paperPages(app: FastifyInstance, { db, render, limits }: SiteDeps): Promise<void> {
  // A wildcard: some proxies turn the %2F of an old identifier (arxiv:cs%2F0112017) into a slash.
  app.get<PaperRoute>('/papers/*', async (request, reply) => {
    const id = canonicalId(request.params['*']);
    const paper = id === null ? null : await getPaper(db, id);
    if (!paper)
      throw new AppError('NOT_FOUND', 'There is no paper at this address: look for it by its title in the search.');
    const signals = await latestSignals(db, [paper.id]);
    return reply.type('text/html; charset=utf-8').send(
      render('paper', {
        title: paper.title,
        description: `${authorLine(paper)}. ${paper.title}`,
        path: paperPath(paper.id),
        paper: paperView(paper, signals),
      }),
    );
  });

  app.get<SearchRoute>('/search', { onRequest: limits.search, config: { keep: false } }, async (request, reply) => {
    const query = [request.query.q].flat()[0]?.trim().slice(0, MAX_QUERY) ?? '';
    const papers = query === '' ? [] : await searchPapers(db, query, MAX_RESULTS);
    return reply.type('text/html; charset=utf-8').send(
      render('search', {
        title: query === '' ? 'Search' : `Search: ${query}`,
        noindex: true,
        here: 'search',
        query,
        cards: papers.map((p) => cardOf(p)),
      }),
    );
  });
}
