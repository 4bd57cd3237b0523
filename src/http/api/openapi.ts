import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { ADMIN_API } from '../paths.ts';

const TAGS = {
  Subscriptions: 'Asking for mail. Everything else about a subscription is done by the links in the mail.',
  Editions: 'The frozen, dated lists of papers, overall and by topic.',
  Papers: 'What has been gathered, with its newest signals.',
  Topics: 'The filters that readers can follow.',
} as const;

/** Collects the schemas of the routes that carry a tag into /openapi.json. */
export async function describeApi(app: FastifyInstance, publicUrl: string): Promise<void> {
  await app.register(swagger, {
    hideUntagged: true,
    exposeHeadRoutes: false,
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'The API', // in its place comes the name of the newspaper, which can change
        version: '1',
        description:
          'Trending research papers, frozen into daily editions. Everything here is public and needs no key.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: publicUrl }],
      security: [],
      tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    },
    // What needs a key has a document of its own.
    transform: ({ schema, url }) => ({
      schema: url.startsWith(`${ADMIN_API}/`) ? { ...schema, hide: true } : schema,
      url,
    }),
    transformObject: nameSchemas,
  });
}

export const nameSchemas = (document: object): never =>
  withNamedSchemas((document as { openapiObject: Described }).openapiObject) as never;

interface Described {
  paths?: object;
  components?: { schemas?: object };
}

/**
 * Moves each schema that has a title to the components, where programs that generate code look for
 * names.
 */
export function withNamedSchemas<D extends Described>(document: D): D {
  const schemas: Record<string, unknown> = {};
  const moved = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(moved);
    if (typeof part !== 'object' || part === null) return part;
    const copy = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, moved(value)]));
    if (typeof copy['title'] !== 'string' || copy['type'] !== 'object') return copy;
    schemas[copy['title']] = copy;
    return { $ref: `#/components/schemas/${copy['title']}` };
  };
  const paths = moved(document.paths);
  return { ...document, paths, components: { ...document.components, schemas } };
}
