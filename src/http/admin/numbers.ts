import type { FastifyInstance, FastifyRequest } from 'fastify';
import { dayOf } from '../../day.ts';
import { sumsCountedAt } from '../../db/sums.ts';
import { loadSums, type Period, PERIODS } from '../../delivery/sums.ts';
import { type DeskDeps, page } from './deps.ts';

/** What draws its charts is loaded with the first look at them. */
const view = () => import('./numbers-view.ts');

/** Readers, deliveries and what comes back over time, of sums that a job keeps. */
export async function numbersPage(app: FastifyInstance, deps: DeskDeps): Promise<void> {
  const { db, now, clock, renderDesk, meta, counts } = deps;

  app.get('/numbers', async (request, reply) => {
    const period = periodOf(request) ?? 'month';
    const [sums, countedAt, habits] = await Promise.all([
      loadSums(db, period, dayOf(now())),
      sumsCountedAt(db),
      counts.readersByFrequency(),
    ]);
    const { numbersView } = await view();
    const shown = numbersView({ period, sums, countedAt, frequencies: habits.value }, clock);
    return page(reply).send(renderDesk('numbers', { ...meta(request), title: 'Numbers', here: 'numbers', ...shown }));
  });

  app.get('/numbers.csv', async (request, reply) => {
    const period = periodOf(request) ?? 'month';
    const today = dayOf(now());
    const { numbersCsv } = await view();
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="numbers-by-${period}-${today}.csv"`)
      .send(numbersCsv(await loadSums(db, period, today)));
  });
}

const periodOf = ({ query }: FastifyRequest): Period | undefined =>
  PERIODS.find((period) => period === (query as { by?: unknown }).by);
