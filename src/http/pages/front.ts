import type { FastifyInstance } from 'fastify';
import { noteOf } from '../../db/edition-choices.ts';
import { editionState, getEdition, latestEditionDate, listEditions } from '../../db/editions.ts';
import { latestPicksDate, picksOn } from '../../db/fresh.ts';
import { leadsOf, risingSince, topicSizes } from '../../db/places.ts';
import { listTopics } from '../../db/topics.ts';
import { addDays, dayOf, lastEditionDay } from '../../day.ts';
import { capitalised, freshRecord, recordWords, telling } from '../../editions/fresh.ts';
import { OVERALL } from '../../paper.ts';
import { paperPath } from '../../papers/links.ts';
import type { SiteDeps } from '../deps.ts';
import { earlierView, editionView, headlineHtml, headlineOf, topicLinks, topicNamer } from './cards.ts';
import { formView } from './subscription-form.ts';
import { type FreshBlock, type HeadlineView, longDay, shortDay } from './views.ts';

const EARLIER = 5;
/** What led an edition of so many days before may still be rising. */
const RISING_DAYS = 7;
const RISING_PLACES = 3;
const MOST_RISING = 3;
const MOST_FORESEEN = 5;

/** The newest paper and the form. */
export async function frontPage(
  app: FastifyInstance,
  { db, now, look, render, topics: inForce }: SiteDeps,
): Promise<void> {
  app.get('/', async (_request, reply) => {
    const [topics, date] = await Promise.all([
      listTopics(db),
      latestEditionDate(db, { onOrBefore: lastEditionDay(now()) }),
    ]);
    const edition = date === null ? null : await getEdition(db, date, OVERALL);
    const today = dayOf(now());
    const isEmpty = date !== null && date < today && (await editionState(db, today)) === 'empty';
    const earlier = date === null ? [] : await listEditions(db, { before: date, limit: EARLIER });
    const leads = await leadsOf(
      db,
      earlier.map((e) => e.date),
    );
    return reply.type('text/html; charset=utf-8').send(
      render('front', {
        title: `${look().brand.name}: ${look().brand.tagline}`,
        description:
          'The research papers everybody is talking about, chosen daily and sent to your inbox at the hour you like.',
        path: '/',
        here: 'front',
        feed: { title: look().brand.name, href: '/feed.xml' },
        edition: edition && editionView(edition, topics, topicNamer(inForce), await noteOf(db, edition.date)),
        age: ageOf(date, today),
        missing: isEmpty ? noPapers(today) : null,
        topics: date === null ? [] : topicLinks(date, await topicSizes(db, date), topics),
        rising: date === null ? [] : await risingAt(date),
        earlier: earlier.map((e) => earlierView(e, leads)),
        fresh: await freshBlock(),
        form: formView(topics, now()),
      }),
    );
  });

  async function risingAt(date: string): Promise<HeadlineView[]> {
    const range = { date, from: addDays(date, -RISING_DAYS), places: RISING_PLACES, limit: MOST_RISING };
    const rising = await risingSince(db, range);
    return rising.map((paper) => headlineOf(paper, paper.upvotes, `, ${paper.gained} since ${shortDay(paper.date)}`));
  }

  async function freshBlock(): Promise<FreshBlock | null> {
    const date = await latestPicksDate(db, lastEditionDay(now()));
    if (date === null) return null;
    const picks = telling(await picksOn(db, date), inForce).slice(0, MOST_FORESEEN);
    return {
      day: { iso: date, text: shortDay(date) },
      picks: picks.map(({ paper, likelihood, reasons }) => ({
        href: paperPath(paper.id),
        titleHtml: headlineHtml(paper),
        likelihood: capitalised(likelihood),
        reason: reasons[0] ?? '',
      })),
      record: recordWords(await freshRecord(db, date)),
    };
  }
}

const noPapers = (day: string): string =>
  `There is no edition of ${longDay(day).text}: no new papers came. The next is due on ` +
  `${longDay(addDays(day, 1)).text}; until then, this was the last.`;

/** Over a weekend no edition may come; after that a reader wonders. */
const OLD_AFTER_DAYS = 2;

function ageOf(date: string | null, today: string): 'today' | 'earlier' | 'old' {
  if (date === today) return 'today';
  return date !== null && date < addDays(today, -OLD_AFTER_DAYS) ? 'old' : 'earlier';
}
