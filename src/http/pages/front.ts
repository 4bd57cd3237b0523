import type { FastifyInstance } from 'fastify';
import { noteOf } from '../../db/edition-choices.ts';
import { editionState, getEdition, latestEditionDate, listEditions } from '../../db/editions.ts';
import { latestPicksDate, picksOn } from '../../db/fresh.ts';
import { leadsOf, risingSince, topicSizes } from '../../db/places.ts';
import { listTopics } from '../../db/topics.ts';
import { addDays, dayOf, lastEditionDay } from '../../day.ts';
import { capitalised } from '../../figures.ts';
import { freshRecord, recordWords, telling } from '../../editions/fresh.ts';
import { chanceWords, reasonWords } from '../../editions/facts.ts';
import { OVERALL } from '../../paper.ts';
import { topicsIn } from '../../papers/topic-words.ts';
import { paperPath } from '../../papers/links.ts';
import type { SiteDeps } from '../deps.ts';
import { earlierView, editionView, headlineHtml, headlineOf, topicLinks, topicNamer } from './cards.ts';
import type { Words } from '../../words/words.ts';
import { formView, offered, languagesOf } from './subscription-form.ts';
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
  app.get('/', async ({ words }, reply) => {
    const [known, date] = await Promise.all([
      listTopics(db),
      latestEditionDate(db, { onOrBefore: lastEditionDay(now()) }),
    ]);
    const topics = topicsIn(words, known);
    const edition = date === null ? null : await getEdition(db, date, OVERALL);
    const today = dayOf(now());
    const isEmpty = date !== null && date < today && (await editionState(db, today)) === 'empty';
    const earlier = date === null ? [] : await listEditions(db, { before: date, limit: EARLIER });
    const leads = await leadsOf(
      db,
      earlier.map((e) => e.date),
    );
    return reply.type('text/html; charset=utf-8').send(
      render(words, 'front', {
        title: `${look().brand.name}: ${look().brand.tagline}`,
        description: words.t('front-description'),
        path: '/',
        here: 'front',
        feed: { title: look().brand.name, href: '/feed.xml' },
        edition:
          edition && editionView(words, edition, topics, topicNamer(words, inForce), await noteOf(db, edition.date)),
        age: ageOf(date, today),
        missing: isEmpty ? noPapers(words, today) : null,
        topics: date === null ? [] : topicLinks(date, await topicSizes(db, date), topics),
        rising: date === null ? [] : await risingAt(words, date),
        earlier: earlier.map((e) => earlierView(words, e, leads)),
        fresh: await freshBlock(words),
        form: formView(words, offered(words, known, inForce), now(), {}, { languages: languagesOf(look().brand) }),
      }),
    );
  });

  async function risingAt(words: Words, date: string): Promise<HeadlineView[]> {
    const range = { date, from: addDays(date, -RISING_DAYS), places: RISING_PLACES, limit: MOST_RISING };
    const rising = await risingSince(db, range);
    return rising.map((paper) => {
      const since = words.t('front-since', { votes: paper.gained, day: shortDay(words, paper.date) });
      return headlineOf(words, paper, paper.upvotes, words.t('comma') + since);
    });
  }

  async function freshBlock(words: Words): Promise<FreshBlock | null> {
    const date = await latestPicksDate(db, lastEditionDay(now()));
    if (date === null) return null;
    const picks = telling(await picksOn(db, date), inForce).slice(0, MOST_FORESEEN);
    return {
      day: { iso: date, text: shortDay(words, date) },
      picks: picks.map(({ paper, likelihood, reasons }) => ({
        href: paperPath(paper.id),
        titleHtml: headlineHtml(paper),
        likelihood: capitalised(chanceWords(words, likelihood)),
        reason: reasonWords(words, reasons[0] ?? ''),
      })),
      record: recordWords(words, await freshRecord(db, date)),
    };
  }
}

const noPapers = (words: Words, day: string): string =>
  words.t('front-no-papers', { day: longDay(words, day).text, next: longDay(words, addDays(day, 1)).text });

/** Over a weekend no edition may come; after that a reader wonders. */
const OLD_AFTER_DAYS = 2;

function ageOf(date: string | null, today: string): 'today' | 'earlier' | 'old' {
  if (date === today) return 'today';
  return date !== null && date < addDays(today, -OLD_AFTER_DAYS) ? 'old' : 'earlier';
}
