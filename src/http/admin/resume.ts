import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { requireTrueClock } from '../../db/clock.ts';
import { resumeAfterRestore } from '../../delivery/resume.ts';
import { AppError } from '../../errors.ts';
import { fieldsOf, textField } from '../plugins/forms.ts';
import { AT_THE_DESK, type DeskDeps, page } from './deps.ts';
import { isSure } from './fields.ts';
import { readResume } from './resume-plan.ts';
import { resumeView } from './resume-view.ts';

/** After a restore or from a copy: what would go to whom, and the button that lets mail go out. */
export async function resumePage(app: FastifyInstance, deps: DeskDeps): Promise<void> {
  const { db, now, clock, renderDesk, meta } = deps;
  const { resumer, planned } = readResume(deps);

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
      await resumeAfterRestore(resumer, { sendToday, dryRun: false, by: AT_THE_DESK });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return show(request, reply, error.message);
    }
    return reply.redirect('/admin?done=after-restore', 303);
  });
}
