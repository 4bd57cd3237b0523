import type { FastifyInstance } from 'fastify';
import type { SiteDeps } from '../deps.ts';
import { docsView, type Document } from './docs-view.ts';

/**
 * The OpenAPI document, for programs and for people. Made from the routes themselves, so it cannot
 * fall behind.
 */
export async function docsPage(app: FastifyInstance, { look, render }: SiteDeps): Promise<void> {
  app.get('/openapi.json', async (_request, reply) =>
    reply.type('application/json; charset=utf-8').serializer(JSON.stringify).send(documentOf(app, look().brand.name)),
  );

  app.get('/docs', async ({ words }, reply) =>
    reply.type('text/html; charset=utf-8').send(
      render(words, 'docs', {
        title: 'The API',
        description: `How programs read the papers and editions of ${look().brand.name}, and subscribe.`,
        path: '/docs',
        ...docsView(documentOf(app, look().brand.name)),
      }),
    ),
  );
}

/** The document under the name of the newspaper, which may have changed since it was made. */
function documentOf(app: FastifyInstance, title: string): Document {
  const document = app.swagger() as unknown as Document & { info: object };
  return { ...document, info: { ...document.info, title } } as Document;
}
