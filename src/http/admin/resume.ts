import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { requireTrueClock } from '../../db/clock.ts';
import { findInstallation } from '../../db/installation.ts';
import { recordDeed } from '../../db/trail.ts';
import { resumeAfterRestore, type Resumed } from '../../delivery/resume.ts';
import { AppError } from '../../errors.ts';
import { fieldsOf, textField } from '../plugins/forms.ts';
import { AT_THE_DESK, type DeskDeps, page } from './deps.ts';
import { isSure } from './fields.ts';
import { type Kept, keepCount } from './kept.ts';
import { resumeView } from './resume-view.ts';

/** After a restore or from a copy: what would go to whom, and the button that lets mail go out. */
export async function resumePage(app: FastifyInstance, deps: DeskDeps): Promise<void> {
  const { db, now, clock, renderDesk, meta, tools, config } = deps;
  const { dataDir, databaseUrl } = tools.config;
  const resumer = { db, now, editionHour: config.editionHour, dataDir, embedded: databaseUrl === null };
  /** It goes through all readers, so what it came to is kept as long as the same is closed. */
  let plan: { closedAt: number; read: () => Promise<Kept<Resumed>> } | null = null;

  async function planned(): Promise<Resumed | null> {
    const closed = (await findInstallation(db))?.closed ?? null;
    if (closed === null) return null;
    const closedAt = closed.at.getTime();
    if (plan?.closedAt !== closedAt)
      plan = {
        closedAt,
        read: keepCount(() => resumeAfterRestore(resumer, { sendToday: false, dryRun: true }), now),
      };
    return (await plan.read()).value;
  }

  async function show(request: FastifyRequest, reply: FastifyReply, problem: string | null): Promise<FastifyReply> {
    const found = await planned();
    const view = { ...meta(request), title: 'After a restore' };
    if (found === null)
      return page(reply).send(
        renderDesk('message', {
          ...view,
          heading: 'Mail is sent as always.',
          lines: ['Nothing is closed, so there is nothing to let go on.'],
          links: [{ label: 'Today', href: '/admin' }],
        }),
      );
    return page(problem === null ? reply : reply.code(422)).send(
      renderDesk('resume', { ...view, ...resumeView(found, clock), problem }),
    );
  }

  app.get('/resume', (request, reply) => show(request, reply, null));

  app.post('/resume', async (request, reply) => {
    const fields = fieldsOf(request.body);
    if (!isSure(fields))
      return show(request, reply, 'Tick that this is the installation that goes on, and press the button again.');
    try {
      await requireTrueClock({ db, now });
      const sendToday = textField(fields, 'today') === 'yes';
      const { because } = await resumeAfterRestore(resumer, { sendToday, dryRun: false });
      const words = sendToday ? 'with the digest of the day' : 'without the digest of the day';
      await recordDeed(db, AT_THE_DESK, { at: now(), did: 'mail.resume', about: because, words });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return show(request, reply, error.message);
    }
    return reply.redirect('/admin?done=after-restore', 303);
  });
}
