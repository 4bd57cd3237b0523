import type { FastifyInstance } from 'fastify';
import { AppError } from '../errors.ts';
import type { Received } from '../feedback/webhooks/receive.ts';

/** SendGrid gathers events up to this size. */
const LONGEST = 1024 * 1024;

export interface WebhookDeps {
  receive: (
    provider: string,
    request: { headers: Record<string, string | string[] | undefined>; body: Buffer },
  ) => Promise<Received>;
}

/**
 * What providers tell of bounces and complaints. The body is kept as its bytes are, which the
 * signature is over. A request that could not be kept is answered with 5xx, and sent again.
 */
export async function webhookRoutes(app: FastifyInstance, { receive }: WebhookDeps): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', async (request) => {
    request.headers['content-type'] ??= 'application/octet-stream';
  });
  app.post<{ Params: { provider: string } }>(
    '/webhooks/:provider',
    { bodyLimit: LONGEST },
    async ({ params, headers, body }, reply) => {
      const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
      const received = await receive(params.provider, { headers, body: bytes });
      if (received === 'unknown') return reply.callNotFound();
      if (received === 'refused')
        throw new AppError(
          'SIGNATURE_INVALID',
          'The request is not signed as it should be: check the key in WEBHOOK_KEYS.',
        );
      return reply.header('cache-control', 'no-store').send(received);
    },
  );
}
