import type { FastifyInstance } from 'fastify';

/** Each part a request may need, and whether it answers. */
export type Readiness = Readonly<Record<string, boolean>>;

export async function healthRoutes(app: FastifyInstance, deps: { ready: () => Promise<Readiness> }): Promise<void> {
  app.addHook('onSend', async (_request, reply) => void reply.header('cache-control', 'no-store'));

  app.get('/health/live', () => ({ status: 'ok' }));

  app.get('/health/ready', async (_request, reply) => {
    const parts = await deps.ready().catch((): Readiness => ({ database: false }));
    const ready = Object.values(parts).every(Boolean);
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'unavailable', parts });
  });
}
