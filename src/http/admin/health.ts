import type { FastifyInstance } from 'fastify';
import { backupRuns } from '../../db/backup-runs.ts';
import { recordDeed } from '../../db/trail.ts';
import { AppError } from '../../errors.ts';
import { findingsNow } from '../../health/watch.ts';
import { AT_THE_DESK, type DeskDeps, page } from './deps.ts';
import { saidOf } from './fields.ts';
import { healthView } from './health-view.ts';

const RUNS_SHOWN = 14;

const DONE: Readonly<Record<string, string>> = {
  look: 'Everything was looked at again just now.',
  backup: 'A backup is being made and proved: load this page again to see how it went.',
};

/** How the installation is, check by check, and its backups. */
export async function healthPage(app: FastifyInstance, deps: DeskDeps): Promise<void> {
  const { db, now, clock, renderDesk, meta, tools } = deps;

  app.get<{ Querystring: { done?: string } }>('/health', async (request, reply) => {
    const [findings, runs] = await Promise.all([findingsNow(db), backupRuns(db, RUNS_SHOWN)]);
    const { backups, alertTo } = tools.config;
    const view = healthView({ now: now(), findings, runs, backups, isTold: alertTo !== null }, clock);
    const said = saidOf(DONE, request.query.done);
    return page(reply).send(renderDesk('health', { ...meta(request), title: 'Health', here: 'health', ...view, said }));
  });

  app.post('/health/look', async (_, reply) => {
    await tools.lookAtOnce();
    await recordDeed(db, AT_THE_DESK, { at: now(), did: 'health.look', about: 'installation' });
    return reply.redirect('/admin/health?done=look', 303);
  });

  app.post('/backups/now', async (_, reply) => {
    if (tools.backUp === null)
      throw new AppError(
        'INPUT_INVALID',
        'BACKUP_DIR names no directory for backups: set it, and start Paperboy again.',
      );
    await tools.backUp();
    await recordDeed(db, AT_THE_DESK, { at: now(), did: 'backup.make', about: 'installation' });
    return reply.redirect('/admin/health?done=backup#kept', 303);
  });
}
