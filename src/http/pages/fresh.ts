import type { FastifyInstance } from 'fastify';
import { latestPicksDate, type Outcome, picksOn } from '../../db/fresh.ts';
import { lastEditionDay } from '../../day.ts';
import { capitalised } from '../../figures.ts';
import { freshRecord, telling } from '../../editions/fresh.ts';
import { editionPath, paperPath } from '../../papers/links.ts';
import type { SiteDeps } from '../deps.ts';
import { chanceWords, reasonWords } from '../../editions/facts.ts';
import type { Words } from '../../words/words.ts';
import { cardOf } from './cards.ts';
import { type CardView, longDay, type OutcomeView } from './views.ts';

/** What is likely to be talked about, and how earlier forecasts came out. */
export async function freshPage(app: FastifyInstance, { db, now, render, topics }: SiteDeps): Promise<void> {
  app.get('/fresh', async ({ words }, reply) => {
    const date = await latestPicksDate(db, lastEditionDay(now()));
    const picks = date === null ? [] : telling(await picksOn(db, date), topics);
    const record = date === null ? null : await freshRecord(db, date);
    return reply.type('text/html; charset=utf-8').send(
      render(words, 'fresh', {
        title: date === null ? words.t('fresh-title') : words.t('fresh-title-on', { day: longDay(words, date).text }),
        description: words.t('fresh-description'),
        path: '/fresh',
        hasPitch: true,
        day: date === null ? null : longDay(words, date),
        edition: date === null ? null : editionPath(date),
        cards: picks.map(({ paper, likelihood, reasons }, i) => ({
          ...cardOf(words, paper, { rank: i + 1, reasons: [] }),
          ...forecastFacts(words, likelihood, reasons),
        })),
        record: record && {
          from: longDay(words, record.from),
          until: longDay(words, record.until),
          picks: record.picks,
          listed: record.listed,
          cameTrue: record.cameTrue.map((one) => outcomeView(words, one)),
          missed: record.missed.map((one) => outcomeView(words, one)),
        },
      }),
    );
  });
}

/** How likely it is, and why, as the facts of a card. */
function forecastFacts(
  words: Words,
  likelihood: string,
  reasons: readonly string[],
): Pick<CardView, 'reasons' | 'reasonShort'> {
  const said = [chanceWords(words, likelihood), ...reasons.map((reason) => reasonWords(words, reason))];
  const facts = said.map((text) => ({ count: '', text: capitalised(text) }));
  return { reasons: facts, reasonShort: facts[0]! };
}

const outcomeView = (words: Words, { id, title, upvotes }: Outcome): OutcomeView => ({
  title,
  href: paperPath(id),
  votes: words.t('votes', { votes: upvotes }),
});
