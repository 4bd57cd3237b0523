import type { FastifyInstance } from 'fastify';
import { latestPicksDate, type Outcome, picksOn } from '../../db/fresh.ts';
import { lastEditionDay } from '../../day.ts';
import { capitalised, freshRecord, telling } from '../../editions/fresh.ts';
import { editionPath, paperPath } from '../../papers/links.ts';
import type { SiteDeps } from '../deps.ts';
import { cardOf, upvoteWords } from './cards.ts';
import { longDay, type OutcomeView } from './views.ts';

/** What is likely to be talked about, and how earlier forecasts came out. */
export async function freshPage(app: FastifyInstance, { db, now, render, topics }: SiteDeps): Promise<void> {
  app.get('/fresh', async (_request, reply) => {
    const date = await latestPicksDate(db, lastEditionDay(now()));
    const picks = date === null ? [] : telling(await picksOn(db, date), topics);
    const record = date === null ? null : await freshRecord(db, date);
    return reply.type('text/html; charset=utf-8').send(
      render('fresh', {
        title: date === null ? 'Fresh' : `Fresh on ${longDay(date).text}`,
        description: 'Papers just announced that are likely to be talked about, and how earlier forecasts came out.',
        path: '/fresh',
        hasPitch: true,
        day: date === null ? null : longDay(date),
        edition: date === null ? null : editionPath(date),
        cards: picks.map(({ paper, likelihood, reasons }, i) =>
          cardOf(paper, { rank: i + 1, reasons: [capitalised(likelihood), ...reasons.map(capitalised)] }),
        ),
        record: record && {
          from: longDay(record.from),
          until: longDay(record.until),
          picks: record.picks,
          listed: record.listed,
          cameTrue: record.cameTrue.map(outcomeView),
          missed: record.missed.map(outcomeView),
        },
      }),
    );
  });
}

const outcomeView = ({ id, title, upvotes }: Outcome): OutcomeView => ({
  title,
  href: paperPath(id),
  votes: upvoteWords(upvotes),
});
