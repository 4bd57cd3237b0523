import type { FastifyInstance } from 'fastify';
import { getEdition, listEditions } from '../../db/editions.ts';
import { getTopic } from '../../db/topics.ts';
import { AppError } from '../../errors.ts';
import type { Edition } from '../../paper.ts';
import { topicPath } from '../paths.ts';
import type { SiteDeps } from '../deps.ts';
import { editionView } from './views.ts';

const DAYS = 5;

interface TopicRoute {
  Params: { slug: string };
}

export const noTopic = (): AppError =>
  new AppError('NOT_FOUND', 'There is no such topic: choose one from the front page.');

/** The topic's list in each of the newest editions, newest first; days without one are left out. */
export async function recentEditions(db: SiteDeps['db'], topic: string, days: number): Promise<Edition[]> {
  const dates = await listEditions(db, { limit: days });
  const editions = await Promise.all(dates.map((e) => getEdition(db, e.date, topic)));
  return editions.filter((e) => e !== null && e.entries.length > 0) as Edition[];
}

export async function topicPages(app: FastifyInstance, { db, render }: SiteDeps): Promise<void> {
  app.get<TopicRoute>('/topics/:slug', async (request, reply) => {
    const topic = await getTopic(db, request.params.slug);
    if (!topic) throw noTopic();
    const editions = await recentEditions(db, topic.slug, DAYS);
    return reply.type('text/html; charset=utf-8').send(
      render('topic', {
        title: topic.name,
        description: topic.description,
        path: topicPath(topic.slug),
        feed: { title: `Paperboy: ${topic.name}`, href: `${topicPath(topic.slug)}/feed.xml` },
        name: topic.name,
        about: topic.description,
        slug: topic.slug,
        editions: editions.map((e) => editionView(e, [topic])),
      }),
    );
  });
}
