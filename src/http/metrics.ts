import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { sameSecret } from '../same-secret.ts';

/**
 * The process in figures. They count notices among the rest, by which a visitor could tell whether
 * one was sent to an address: so on the site, where anyone may ask, they are for the bearer of
 * `token` alone, and to all others there is nothing.
 */
export async function metricsRoute(
  app: FastifyInstance,
  { registry, token }: { registry: Registry; token?: string },
): Promise<void> {
  app.get('/metrics', async (request, reply) => {
    if (token !== undefined && !isBearer(request.headers.authorization ?? '', token)) return reply.callNotFound();
    return reply
      .header('cache-control', 'no-store')
      .type(registry.contentType)
      .send(await registry.metrics());
  });
}

const isBearer = (authorization: string, token: string): boolean =>
  sameSecret(authorization.replace(/^bearer /i, 'Bearer '), `Bearer ${token}`);
