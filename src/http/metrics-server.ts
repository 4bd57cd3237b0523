import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Registry } from 'prom-client';
import { healthRoutes, type Readiness } from './health.ts';
import type { Logger } from '../telemetry.ts';

/** Health and metrics alone, for a process that has no site. */
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
  });
  await app.register(healthRoutes, { ready, registry: metrics });
  return app;
}
