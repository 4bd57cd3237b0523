import type { FastifyInstance } from 'fastify';
import type { SiteDeps } from '../deps.ts';
import { docsView, type Document } from './docs-view.ts';

/**
 * The OpenAPI document, for programs and for people. Made from the routes themselves, so it cannot
 * fall behind.
 */
export async function docsPage(app: FastifyInstance, { render }: SiteDeps): Promise<void> {
  app.get('/openapi.json', async (_request, reply) =>
    reply.type('application/json; charset=utf-8').serializer(JSON.stringify).send(app.swagger()),
  );

  app.get('/docs', async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(
      render('docs', {
        title: 'The API',
        description: 'How programs read Paperboy’s papers and editions, and subscribe.',
        path: '/docs',
        ...docsView(app.swagger() as unknown as Document),
      }),
    ),
  );
}
