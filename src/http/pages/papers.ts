import type { FastifyInstance } from 'fastify';
import { getPaper, signalsOfList, signalsUntil } from '../../db/papers.ts';
import { placesAround, placesOf } from '../../db/places.ts';
import { relatedPapers } from '../../db/related.ts';
import type { AppError } from '../../errors.ts';
import { ReaderError } from '../../words/reader-error.ts';
import type { Paper } from '../../paper.ts';
import { authorLine } from '../../papers/authors.ts';
import { type CitationForm, citationFile } from '../../papers/citation.ts';
import { canonicalId } from '../../papers/identity.ts';
import { paperPath } from '../../papers/links.ts';
import { newsOf } from '../../papers/news.ts';
import type { Words } from '../../words/words.ts';
import type { SiteDeps } from '../deps.ts';
import { picturePath } from '../paths.ts';
import { headlineOf } from './cards.ts';
import { bestPlace, citationMeta, DRAWN, paperView } from './paper-view.ts';

interface PaperRoute {
  Params: { '*': string };
}

/** How many related papers a page names. */
const RELATED = 6;

const noPaper = (): AppError => new ReaderError('NOT_FOUND', 'no-paper', null);

/** One paper in full, and its citation as a file. */
export async function paperPages(
  app: FastifyInstance,
  { db, now, render, topics, config: { publicUrl } }: SiteDeps,
): Promise<void> {
  // A wildcard: some proxies turn the %2F of an old identifier (arxiv:cs%2F0112017) into a slash.
  app.get<PaperRoute>('/papers/*', async (request, reply) => {
    const [, name = '', form] = /^(.*?)(?:\/cite\.(bib|ris|json))?$/.exec(request.params['*']) ?? [];
    const id = canonicalId(name);
    const paper = id === null ? null : await getPaper(db, id);
    if (!paper) throw noPaper();
    if (form === undefined) return reply.type('text/html; charset=utf-8').send(await paperPage(request.words, paper));
    const { key, type, text } = citationFile(paper, form as CitationForm);
    return reply.type(type).header('content-disposition', `attachment; filename="${key}.${form}"`).send(text);
  });

  async function paperPage(words: Words, paper: Paper): Promise<string> {
    const [signals, places, peers, related] = await Promise.all([
      signalsUntil(db, [paper.id], now()),
      placesOf(db, paper.id),
      paper.listedOn === null ? [] : signalsOfList(db, paper.listedOn, { metrics: DRAWN, until: now() }),
      relatedPapers(db, paper.id, RELATED),
    ]);
    const best = bestPlace(places);
    const around = best === null ? [] : await placesAround(db, best);
    const news = newsOf(paper);
    return render(words, 'paper', {
      title: paper.title,
      description: news.text || `${authorLine(words, paper)}. ${paper.title}`,
      path: paperPath(paper.id),
      hasPitch: true,
      picture: { href: picturePath(paper.id), alt: [paper.title, authorLine(words, paper)].filter(Boolean).join('. ') },
      citation: citationMeta(paper, publicUrl + paperPath(paper.id)),
      paper: paperView(words, { paper, signals, peers, places, around }, topics),
      related: related.map((one) => headlineOf(words, one.paper, null, '')),
    });
  }
}
