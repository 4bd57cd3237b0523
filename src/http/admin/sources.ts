import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { listEditions } from '../../db/editions.ts';
import { entriesBySource, lastAnswers, lastRuns, papersBySource } from '../../db/sources.ts';
import { recordDeed } from '../../db/trail.ts';
import { DAY } from '../../duration.ts';
import { AppError } from '../../errors.ts';
import { fieldsOf, textField } from '../plugins/forms.ts';
import { AT_THE_DESK, type DeskDeps, page } from './deps.ts';
import { keepCount } from './kept.ts';
import { RUNS_SHOWN, type SourcesFacts, sourcesView, titleOf } from './sources-view.ts';

const LOOKED_BACK_MS = 30 * DAY;

/** Where papers come from: each source's runs, when it is asked next, and asking it now. */
export async function sourcesPage(app: FastifyInstance, deps: DeskDeps): Promise<void> {
  const { db, now, clock, renderDesk, meta, tools, log } = deps;
  const names = tools.sources.map(({ name }) => name);
  const brought = keepCount(() => papersBySource(db, new Date(now().getTime() - LOOKED_BACK_MS)), now);

  /** The queue may be away: the page says less then, and still shows the runs. */
  const nextAsk = (name: string): Promise<Date | null> =>
    tools.nextAsk(name).catch((err: unknown) => {
      log.warn({ err }, 'Cannot ask the queue when a source is asked next');
      return null;
    });

  async function factsOf(said: string | null, problem: string | null): Promise<SourcesFacts> {
    const [runs, answers, papers, edition, next] = await Promise.all([
      lastRuns(db, names, RUNS_SHOWN),
      lastAnswers(db, names),
      brought(),
      listEditions(db, { limit: 1 }).then(([newest]) => newest ?? null),
      Promise.all(names.map(nextAsk)),
    ]);
    const inEdition = edition === null ? new Map<string, number>() : await entriesBySource(db, edition.date);
    return {
      now: now(),
      edition,
      said,
      problem,
      sources: tools.sources.map((source, i) => ({
        name: source.name,
        ...(source.hasLists && { hasLists: source.hasLists }),
        ...(source.observe && { observe: source.observe }),
        runs: runs.filter((run) => run.source === source.name),
        answeredAt: answers.get(source.name) ?? null,
        nextAt: next[i]!,
        papers: papers.value.get(source.name) ?? 0,
        inEdition: inEdition.get(source.name) ?? 0,
      })),
    };
  }

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    { said = null, problem = null }: { said?: string | null; problem?: string | null } = {},
  ): Promise<FastifyReply> {
    const view = sourcesView(await factsOf(said, problem), clock);
    return page(problem === null ? reply : reply.code(422)).send(
      renderDesk('sources', { ...meta(request), title: 'Sources', here: 'sources', ...view }),
    );
  }

  app.get('/sources', (request, reply) => {
    const asked = names.find((name) => name === (request.query as { asked?: unknown }).asked);
    const said =
      asked === undefined
        ? null
        : `${titleOf(asked)} is being asked: count again in a few seconds to see what it brought.`;
    return show(request, reply, { said });
  });

  app.post('/sources/ask', async (request, reply) => {
    const name = names.find((one) => one === textField(fieldsOf(request.body), 'source'));
    if (name === undefined)
      return show(request, reply, { problem: 'That source is not among those of SOURCES any more: choose one below.' });
    try {
      await tools.askSource(name);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return show(request, reply, {
        problem: `${titleOf(name)} cannot be asked now: the job queue does not answer. Try again.`,
      });
    }
    await recordDeed(db, AT_THE_DESK, { at: now(), did: 'source.ask', about: name });
    return reply.redirect(`/admin/sources?asked=${encodeURIComponent(name)}`, 303);
  });
}
