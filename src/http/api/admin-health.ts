import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { headlineOf, worstFirst } from '../../health/finding.ts';
import { findingsNow } from '../../health/watch.ts';
import type { AdminDeps } from './admin-deps.ts';
import { Health, REFUSED } from './admin-schemas.ts';
import { query } from './schemas.ts';

export const adminHealth: FastifyPluginAsyncTypebox<AdminDeps> = async (app, { db }) => {
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
    async () => {
      const findings = worstFirst(await findingsNow(db));
      return {
        sentence: headlineOf(findings),
        findings: findings.map((finding) => ({
          ...finding,
          since: finding.since.toISOString(),
          lookedAt: finding.lookedAt.toISOString(),
        })),
      };
    },
  );
};
