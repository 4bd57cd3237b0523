import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { headlineOf, worstFirst } from '../../health/finding.ts';
import { findingsNow } from '../../health/watch.ts';
import { recordDeed } from '../../db/trail.ts';
import { noAlertTo, TEST_NOT_SENT, testAlert } from '../../delivery/alert.ts';
import { AppError } from '../../errors.ts';
import type { AdminDeps } from './admin-deps.ts';
import { DONE, Done, Health, OncePossible, OnceWanted, REFUSED, REFUSED_ONCE } from './admin-schemas.ts';
import { holderOf } from './key-holder.ts';
import { query } from './schemas.ts';

export const adminHealth: FastifyPluginAsyncTypebox<AdminDeps> = async (app, { db, now, tools, once }) => {
  app.get(
    '/health',
    {
      config: { scope: 'health:read' },
      schema: {
        operationId: 'getHealth',
        tags: ['Health'],
        summary: 'What was found at the last looks',
        querystring: query({}),
        response: { 200: Health, ...REFUSED },
      },
    },
    healthOut,
  );

  async function healthOut() {
    const findings = worstFirst(await findingsNow(db));
    return {
      sentence: headlineOf(findings),
      findings: findings.map((finding) => ({
        ...finding,
        since: finding.since.toISOString(),
        lookedAt: finding.lookedAt.toISOString(),
      })),
    };
  }

  app.post(
    '/health/look',
    {
      config: { scope: 'health:write' },
      schema: {
        operationId: 'lookNow',
        tags: ['Health'],
        summary: 'Look at everything now; the answer is what was found',
        headers: OncePossible,
        response: { 200: Health, ...REFUSED_ONCE },
      },
    },
    (request) =>
      once(request, async () => {
        await tools.lookAtOnce();
        await recordDeed(db, holderOf(request), { at: now(), did: 'health.look', about: 'installation' });
        return healthOut();
      }),
  );

  app.post(
    '/health/alert',
    {
      config: { scope: 'health:write' },
      schema: {
        operationId: 'testAlert',
        tags: ['Health'],
        summary: 'Mail a test to ALERT_TO',
        headers: OnceWanted,
        response: { 200: Done, ...REFUSED_ONCE },
      },
    },
    (request) =>
      once(request, async () => {
        if (tools.testAlert === null) throw noAlertTo();
        if (!(await testAlert({ db, now, alert: tools.testAlert }, holderOf(request))))
          throw new AppError('RELAY_UNAVAILABLE', TEST_NOT_SENT);
        return DONE;
      }),
  );
};
