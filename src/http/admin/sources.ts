import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { recordDeed } from '../../db/trail.ts';
import { AppError } from '../../errors.ts';
import { fieldsOf, listField, textField } from '../plugins/forms.ts';
import { AT_THE_DESK, type DeskDeps, page } from './deps.ts';
import { sourcesFacts } from './sources-facts.ts';
import { sourcesView, titleOf } from './sources-view.ts';

/** Where papers come from: each source's runs, when it is asked next, and asking it now. */
export async function sourcesPage(app: FastifyInstance, deps: DeskDeps): Promise<void> {
  const { db, now, clock, renderDesk, meta, tools } = deps;
  const names = tools.sources.map(({ name }) => name);

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    { said = null, problem = null }: { said?: string | null; problem?: string | null } = {},
  ): Promise<FastifyReply> {
    const view = sourcesView({ now: now(), said, problem, ...(await sourcesFacts(deps)) }, clock);
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
    const fields = fieldsOf(request.body);
    const wanted = listField(fields, 'source');
    const asked = names.filter((name) => wanted.includes(name));
    if (asked.length === 0)
      return show(request, reply, { problem: 'That source is not among those of SOURCES any more: choose one below.' });
    for (const name of asked) {
      try {
        await tools.askSource(name);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return show(request, reply, {
          problem: `${titleOf(name)} cannot be asked now: the job queue does not answer. Try again.`,
        });
      }
      await recordDeed(db, AT_THE_DESK, { at: now(), did: 'source.ask', about: name });
    }
    const isFromToday = textField(fields, 'from') === 'today';
    return reply.redirect(
      isFromToday ? '/admin?done=ask' : `/admin/sources?asked=${encodeURIComponent(asked[0]!)}`,
      303,
    );
  });
}
