import type { FastifyInstance } from 'fastify';
import { getPaper, latestSignals } from '../../db/papers.ts';
import { AppError } from '../../errors.ts';
import { authorLine } from '../../papers/authors.ts';
import { canonicalId } from '../../papers/identity.ts';
import { paperPath } from '../../papers/links.ts';
import type { SiteDeps } from '../deps.ts';
import { paperView } from './views.ts';

interface PaperRoute {
  Params: { '*': string };
}

/** One paper in full. */
export async function paperPages(app: FastifyInstance, { db, render }: SiteDeps): Promise<void> {
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
}
