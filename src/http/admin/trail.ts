import type { FastifyInstance } from 'fastify';
import { readTrail } from '../../db/trail.ts';
import { type DeskDeps, page } from './deps.ts';

const PAGE = 100;

/** Who did what, newest first. */
export async function trailPage(app: FastifyInstance, { db, renderDesk, meta, clock }: DeskDeps): Promise<void> {
  app.get('/trail', async (request, reply) => {
    const { before } = request.query as { before?: string };
    const from = /^\d{1,15}$/.test(before ?? '') ? Number(before) : undefined;
    const entries = await readTrail(db, { limit: PAGE + 1, ...(from !== undefined && { before: from }) });
    return page(reply).send(
      renderDesk('trail', {
        ...meta(request),
        title: 'Who did what',
        entries: entries.slice(0, PAGE).map(({ at, who, via, did, about, words }) => ({
          at: clock.moment(at),
          who: via === 'desk' ? `${who}, at the desk` : `${who}, by ${via === 'api' ? 'the API' : 'a command'}`,
          says: `${did} ${about}${words === undefined ? '' : `: ${words}`}`,
        })),
        older: entries.length > PAGE ? `/admin/trail?before=${entries[PAGE - 1]!.id}` : null,
      }),
    );
  });
}
