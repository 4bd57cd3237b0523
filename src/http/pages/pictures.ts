import type { FastifyInstance } from 'fastify';
import { getPaper } from '../../db/papers.ts';
import { AppError } from '../../errors.ts';
import { ReaderError } from '../../words/reader-error.ts';
import { authorLine } from '../../papers/authors.ts';
import { canonicalId } from '../../papers/identity.ts';
import { newsOf } from '../../papers/news.ts';
import type { Assets } from '../assets.ts';
import type { SiteDeps } from '../deps.ts';
import { createPainter } from '../picture/draw.ts';

/** Who shows a link keeps its picture for a day. */
const KEEP = 'public, max-age=86400';

/** A picture for each paper, with which links to it are shown. */
export async function paperPictures(app: FastifyInstance, deps: SiteDeps & { assets: Assets }): Promise<void> {
  const { db, look, log, limits, assets } = deps;
  const painter = createPainter();
  app.addHook('onClose', () => painter.close());

  app.get<{ Params: { '*': string } }>('/pictures/*', { onRequest: limits.search }, async (request, reply) => {
    const { words, params } = request;
    const id = params['*'].endsWith('.png') ? canonicalId(params['*'].slice(0, -'.png'.length)) : null;
    const paper = id === null ? null : await getPaper(db, id);
    if (paper === null) throw new ReaderError('NOT_FOUND', 'no-paper', null);
    const { brand } = look();
    const png = await painter
      .draw({
        site: brand.name,
        accent: brand.accent,
        title: paper.title,
        authors: paper.authors,
        authorLine: (authors) => authorLine(words, { authors: [...authors], organisation: paper.organisation }),
        news: newsOf(paper).text,
      })
      .catch((error: unknown) => {
        const isBusy = error instanceof AppError && error.code === 'OVERLOADED';
        log[isBusy ? 'debug' : 'warn'](
          { err: error },
          'Cannot draw the picture of a paper: the one of the site takes its place.',
        );
        return null;
      });
    if (png === null) return reply.redirect(assets.href(look(), 'card.png'), 302);
    return reply.type('image/png').header('cache-control', KEEP).send(png);
  });
}
