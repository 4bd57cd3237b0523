import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Registry } from 'prom-client';
import { healthRoutes, type Readiness } from './health.ts';
import { metricsRoute } from './metrics.ts';
import { compilersFactory } from './schema-compilers.ts';
import type { Logger } from '../telemetry.ts';

/** Health and metrics alone, on a port that is not for the public. */
export async function buildMetricsServer({
  log,
  metrics,
  ready,
}: {
  log: Logger;
  metrics: Registry;
  ready: () => Promise<Readiness>;
}): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    schemaController: { compilersFactory },
  });
  await app.register(healthRoutes, { ready });
  await app.register(metricsRoute, { registry: metrics });
  return app;
}
