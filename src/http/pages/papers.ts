import type { FastifyInstance } from 'fastify';
import { getPaper, searchPapers, signalsOfList, signalsUntil } from '../../db/papers.ts';
import { placesAround, placesOf } from '../../db/places.ts';
import { AppError } from '../../errors.ts';
import type { Paper } from '../../paper.ts';
import { authorLine } from '../../papers/authors.ts';
import { type CitationForm, citationFile } from '../../papers/citation.ts';
import { canonicalId } from '../../papers/identity.ts';
import { paperPath } from '../../papers/links.ts';
import { newsOf } from '../../papers/news.ts';
import type { SiteDeps } from '../deps.ts';
import { cardOf } from './cards.ts';
import { bestPlace, citationMeta, paperView } from './paper-view.ts';

const MAX_QUERY = 200;
const MAX_RESULTS = 50;

interface PaperRoute {
  Params: { '*': string };
}
interface SearchRoute {
  Querystring: { q?: string | string[] };
}

const noPaper = (): AppError =>
  new AppError('NOT_FOUND', 'There is no paper at this address: look for it by its title in the search.');

/** One paper in full, its citation as a file, and the search for papers. */
export async function paperPages(
  app: FastifyInstance,
  { db, now, render, limits, topics, config: { publicUrl } }: SiteDeps,
): Promise<void> {
  // A wildcard: some proxies turn the %2F of an old identifier (arxiv:cs%2F0112017) into a slash.
  app.get<PaperRoute>('/papers/*', async (request, reply) => {
    const [, name = '', form] = /^(.*?)(?:\/cite\.(bib|ris|json))?$/.exec(request.params['*']) ?? [];
    const id = canonicalId(name);
    const paper = id === null ? null : await getPaper(db, id);
    if (!paper) throw noPaper();
    if (form === undefined) return reply.type('text/html; charset=utf-8').send(await paperPage(paper));
    const { key, type, text } = citationFile(paper, form as CitationForm);
    return reply.type(type).header('content-disposition', `attachment; filename="${key}.${form}"`).send(text);
  });

  async function paperPage(paper: Paper): Promise<string> {
    const [signals, places, peers] = await Promise.all([
      signalsUntil(db, [paper.id], now()),
      placesOf(db, paper.id),
      paper.listedOn === null ? [] : signalsOfList(db, paper.listedOn, now()),
    ]);
    const best = bestPlace(places);
    const around = best === null ? [] : await placesAround(db, best);
    const news = newsOf(paper);
    return render('paper', {
      title: paper.title,
      description: news.text || `${authorLine(paper)}. ${paper.title}`,
      path: paperPath(paper.id),
      hasPitch: true,
      citation: citationMeta(paper, publicUrl + paperPath(paper.id)),
      paper: paperView({ paper, signals, peers, places, around }, topics),
    });
  }

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
