import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';

/** Collects the schemas of the routes that carry a tag into /openapi.json. */
export async function describeApi(app: FastifyInstance, publicUrl: string): Promise<void> {
  await app.register(swagger, {
    hideUntagged: true,
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Paperboy',
        version: '1',
        description:
          'Trending research papers, frozen into daily editions. Everything here is public and needs no key.',
      },
      servers: [{ url: publicUrl }],
      tags: ['Subscriptions', 'Editions', 'Papers', 'Topics'].map((name) => ({ name })),
    },
  });
}
