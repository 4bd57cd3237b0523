import type { FastifyInstance } from 'fastify';
import { getEdition, latestEditionDate, listEditions } from '../../db/editions.ts';
import { listTopics } from '../../db/topics.ts';
import { lastEditionDay } from '../../day.ts';
import { OVERALL } from '../../paper.ts';
import { editionPath } from '../paths.ts';
import type { SiteDeps } from '../deps.ts';
import { formView } from './subscription-form.ts';
import { editionView, longDay, topicLinks } from './views.ts';

const EARLIER = 7;

/** Today's paper and the form. */
export async function frontPage(app: FastifyInstance, { db, now, render }: SiteDeps): Promise<void> {
  app.get('/', async (_request, reply) => {
    const [topics, date] = await Promise.all([
      listTopics(db),
      latestEditionDate(db, { onOrBefore: lastEditionDay(now()) }),
    ]);
    const edition = date === null ? null : await getEdition(db, date, OVERALL);
    const earlier = date === null ? [] : await listEditions(db, { before: date, limit: EARLIER });
    return reply.type('text/html; charset=utf-8').send(
      render('front', {
        title: 'Paperboy: trending research papers by mail',
        description:
          'The research papers everybody is talking about, chosen daily and sent to your inbox at the hour you like.',
        path: '/',
        here: 'today',
        feed: { title: 'Paperboy', href: '/feed.xml' },
        edition: edition && editionView(edition, topics),
        topics: topicLinks(topics),
        earlier: earlier.map((e) => ({ label: longDay(e.date).text, href: editionPath(e.date) })),
        form: formView(topics),
      }),
    );
  });
}
