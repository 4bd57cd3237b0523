import type { FastifyInstance } from 'fastify';
import { addDays, dayOf, lastEditionDay } from '../../day.ts';
import { getEdition, latestEditionDate, listEditions } from '../../db/editions.ts';
import { bestOf, topicSizes } from '../../db/places.ts';
import { getTopic, listTopics } from '../../db/topics.ts';
import type { AppError } from '../../errors.ts';
import { ReaderError } from '../../words/reader-error.ts';
import type { Edition } from '../../paper.ts';
import { topicIn, topicsIn } from '../../papers/topic-words.ts';
import { topicPath } from '../paths.ts';
import type { SiteDeps } from '../deps.ts';
import { editionView, headlineOf } from './cards.ts';
import { longDay, shortDay } from './views.ts';

const DAYS = 5;
/** Of the days before the newest only what led them stands on the page. */
const OF_EARLIER = 5;
const BEST_DAYS = 30;
const MOST_BEST = 10;

interface TopicRoute {
  Params: { slug: string };
}

export const noTopic = (): AppError => new ReaderError('NOT_FOUND', 'no-topic', null);

/** The topic's list in each of the newest editions, newest first; days without one are left out. */
export async function recentEditions(db: SiteDeps['db'], topic: string, days: number): Promise<Edition[]> {
  const dates = await listEditions(db, { limit: days });
  const editions = await Promise.all(dates.map((e) => getEdition(db, e.date, topic)));
  return editions.filter((e) => e !== null && e.entries.length > 0) as Edition[];
}

/** What topics there are, and each with its newest editions and its best of a month. */
export async function topicPages(app: FastifyInstance, { db, now, look, render }: SiteDeps): Promise<void> {
  app.get('/topics', async ({ words }, reply) => {
    const [topics, date] = await Promise.all([
      listTopics(db),
      latestEditionDate(db, { onOrBefore: lastEditionDay(now()) }),
    ]);
    const sizes = new Map(
      (date === null ? [] : await topicSizes(db, date)).map(({ topic, papers }) => [topic, papers]),
    );
    return reply.type('text/html; charset=utf-8').send(
      render(words, 'topics', {
        title: words.t('site-topics'),
        description: words.t('topics-description', { site: look().brand.name }),
        path: '/topics',
        here: 'topics',
        day: date === null ? null : longDay(words, date),
        topics: topicsIn(words, topics).map(({ slug, name, description }) => ({
          name,
          about: description,
          href: topicPath(slug),
          papers: sizes.get(slug) ?? 0,
        })),
      }),
    );
  });

  app.get<TopicRoute>('/topics/:slug', async (request, reply) => {
    const { words } = request;
    const found = await getTopic(db, request.params.slug);
    if (!found) throw noTopic();
    const topic = topicIn(words, found);
    const editions = await recentEditions(db, topic.slug, DAYS);
    const until = editions[0]?.date ?? dayOf(now());
    const span = { topic: topic.slug, from: addDays(until, -BEST_DAYS), until, limit: MOST_BEST };
    const best = await bestOf(db, span);
    return reply.type('text/html; charset=utf-8').send(
      render(words, 'topic', {
        title: topic.name,
        description: topic.description,
        path: topicPath(topic.slug),
        here: 'topics',
        feed: { title: `${look().brand.name}: ${topic.name}`, href: `${topicPath(topic.slug)}/feed.xml` },
        name: topic.name,
        about: topic.description,
        hasPitch: true,
        slug: topic.slug,
        offer: { kind: 'topic', value: topic.slug, words: words.t('topic-offer') },
        editions: editions.map((e, i) =>
          editionView(words, i === 0 ? e : { ...e, entries: e.entries.slice(0, OF_EARLIER) }, [topic]),
        ),
        best: best.map(({ paper, upvotes, date }) =>
          headlineOf(
            words,
            paper,
            upvotes,
            words.t('comma') + words.t('topic-first-on', { day: shortDay(words, date) }),
          ),
        ),
      }),
    );
  });
}
