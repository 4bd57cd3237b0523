import type { FastifyInstance } from 'fastify';
import { editionState, getEdition, latestEditionDate, listEditions } from '../../db/editions.ts';
import { latestPicksDate } from '../../db/fresh.ts';
import { listTopics } from '../../db/topics.ts';
import { addDays, dayOf, lastEditionDay } from '../../day.ts';
import { OVERALL } from '../../paper.ts';
import { editionPath } from '../../papers/links.ts';
import type { SiteDeps } from '../deps.ts';
import { formView } from './subscription-form.ts';
import { editionView, longDay, topicLinks } from './views.ts';

const EARLIER = 7;

/** The newest paper and the form. */
export async function frontPage(app: FastifyInstance, { db, now, render }: SiteDeps): Promise<void> {
  app.get('/', async (_request, reply) => {
    const [topics, date] = await Promise.all([
      listTopics(db),
      latestEditionDate(db, { onOrBefore: lastEditionDay(now()) }),
    ]);
    const edition = date === null ? null : await getEdition(db, date, OVERALL);
    const fresh = await latestPicksDate(db, lastEditionDay(now()));
    const today = dayOf(now());
    const isEmpty = date !== null && date < today && (await editionState(db, today)) === 'empty';
    const earlier = date === null ? [] : await listEditions(db, { before: date, limit: EARLIER });
    return reply.type('text/html; charset=utf-8').send(
      render('front', {
        title: 'Paperboy: trending research papers by mail',
        description:
          'The research papers everybody is talking about, chosen daily and sent to your inbox at the hour you like.',
        path: '/',
        here: 'front',
        feed: { title: 'Paperboy', href: '/feed.xml' },
        edition: edition && editionView(edition, topics),
        age: ageOf(date, today),
        missing: isEmpty ? NO_PAPERS : null,
        topics: topicLinks(topics),
        earlier: earlier.map((e) => ({ label: longDay(e.date).text, href: editionPath(e.date) })),
        hasFresh: fresh !== null,
        form: formView(topics, now()),
      }),
    );
  });
}

const NO_PAPERS =
  'There is no edition today: no new papers came. The next is due tomorrow; until then, this was the last.';

/** Over a weekend no edition may come; after that a reader wonders. */
const OLD_AFTER_DAYS = 2;

function ageOf(date: string | null, today: string): 'today' | 'earlier' | 'old' {
  if (date === today) return 'today';
  return date !== null && date < addDays(today, -OLD_AFTER_DAYS) ? 'old' : 'earlier';
}
