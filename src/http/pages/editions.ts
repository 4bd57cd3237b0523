import type { FastifyInstance } from 'fastify';
import { getEdition, listEditions } from '../../db/editions.ts';
import { listTopics } from '../../db/topics.ts';
import { AppError } from '../../errors.ts';
import { isDay } from '../../day.ts';
import { OVERALL } from '../../paper.ts';
import { editionPath } from '../paths.ts';
import type { SiteDeps } from '../deps.ts';
import { editionView, longDay, topicFilter } from './views.ts';

const PAGE = 30;

interface EditionRoute {
  Params: { date: string };
  Querystring: { topic?: string | string[] };
}
interface ArchiveRoute {
  Querystring: { before?: string | string[] };
}

const noEdition = (): AppError =>
  new AppError('NOT_FOUND', 'There is no edition at this address: look for its day in the archive of editions.');

/** The archive, and each day's list. */
export async function editionPages(app: FastifyInstance, { db, render }: SiteDeps): Promise<void> {
  app.get<ArchiveRoute>('/editions', { config: { query: ['before'] } }, async (request, reply) => {
    const before = String(request.query.before ?? '');
    const found = await listEditions(db, { limit: PAGE + 1, ...(isDay(before) ? { before } : {}) });
    const shown = found.slice(0, PAGE);
    return reply.type('text/html; charset=utf-8').send(
      render('editions', {
        title: 'All editions',
        description: 'Every daily edition of Paperboy, newest first.',
        path: '/editions',
        here: 'editions',
        feed: { title: 'Paperboy', href: '/feed.xml' },
        editions: shown.map((e) => ({ ...e, href: editionPath(e.date), day: longDay(e.date) })),
        older: found.length > PAGE ? `/editions?before=${shown.at(-1)!.date}` : null,
      }),
    );
  });

  app.get<EditionRoute>('/editions/:date', { config: { query: ['topic'] } }, async (request, reply) => {
    const { date } = request.params;
    const topic = String(request.query.topic ?? OVERALL);
    if (!isDay(date)) throw noEdition();
    const [overall, topics] = await Promise.all([getEdition(db, date, OVERALL), listTopics(db)]);
    if (!overall || (topic !== OVERALL && !topics.some((t) => t.slug === topic))) throw noEdition();
    const edition = topic === OVERALL ? overall : await getEdition(db, date, topic);
    // A day without papers on a topic has a page too, which says so.
    const view = editionView(edition ?? { ...overall, topic, entries: [] }, topics);
    return reply.type('text/html; charset=utf-8').send(
      render('edition', {
        title: `${view.topic ? `${view.topic.name}, ` : ''}${view.day.text}`,
        description: `The papers of ${view.day.text}${view.topic ? ` on ${view.topic.name}` : ''}, as Paperboy delivered them.`,
        path: editionPath(date, topic),
        edition: view,
        others: topicFilter(date, topics, topic),
      }),
    );
  });
}
