import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import type { Scope } from '../../api-key.ts';
import type { SiteDeps } from '../deps.ts';
import type { AdminDeps } from './admin-deps.ts';
import { adminDigests } from './admin-digests.ts';
import { adminEditions } from './admin-editions.ts';
import { adminHealth } from './admin-health.ts';
import { adminLists } from './admin-lists.ts';
import { adminReaderList } from './admin-reader-list.ts';
import { adminReaders } from './admin-readers.ts';
import { adminReaderAnswer } from './admin-reader-answer.ts';
import { adminToday } from './admin-today.ts';
import { adminWays } from './admin-ways.ts';
import { requireKeys } from './key-holder.ts';
import { createOnce } from './once.ts';
import { nameSchemas } from './openapi.ts';

const TAGS = {
  Health: 'How the installation does.',
  Digests: 'What goes out: its sums, and what stops it.',
  Editions: 'The edition to come, and what an operator makes of it.',
  Sources: 'Where papers come from.',
  Topics: 'What papers are filed under.',
  Numbers: 'What it came to, over time.',
  Settings: 'What the newspaper is called and how it looks.',
  Webhooks: 'Where programs are told what happens.',
  Keys: 'What programs show here.',
  Backups: 'How they went.',
  Trail: 'Who did what.',
  Resume: 'Mail after a restore.',
  Readers:
    'Masked, but for what may see addresses. Those stand in bodies alone, because logs keep what stands in a URL.',
} as const;

/** Where the document of the admin API is, apart from that of the public one. */
const DOCUMENT = '/openapi.json';

/**
 * What the desk does, for programs with a key: below /api/v1/admin, and only where there is a desk. Its document
 * is open, for it says nothing of the installation.
 */
export async function adminApi(
  app: FastifyInstance,
  options: SiteDeps & Pick<AdminDeps, 'tools' | 'standings' | 'counts'>,
): Promise<void> {
  const { config } = options;
  await app.register(swagger, {
    decorator: 'adminSwagger',
    hideUntagged: true,
    exposeHeadRoutes: false,
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Paperboy, for its operator',
        version: '1',
        description:
          'What the desk does, for programs. Make a key with “paperboy keys add” or at the desk, and send it as ' +
          '`Authorization: Bearer pb_…`; each route names the scope that it asks for. What sends mail wants an ' +
          '`Idempotency-Key`. 600 requests a minute are answered for each key.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: config.publicUrl }],
      security: [{ key: [] }],
      tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'A key of the desk.' } } },
    },
    transform: ({ schema, url, route }) => ({ schema: withScope(schema, route.config?.scope), url }),
    transformObject: nameSchemas,
  });
  app.get(DOCUMENT, { schema: { hide: true } }, async (_request, reply) =>
    reply.header('cache-control', 'no-store').send(app.adminSwagger()),
  );

  await app.register(async (keyed) => {
    requireKeys(keyed, options);
    const deps: AdminDeps = { ...options, once: createOnce(options) };
    await keyed.register(adminHealth, deps);
    await keyed.register(adminDigests, deps);
    await keyed.register(adminEditions, deps);
    await keyed.register(adminReaders, deps);
    await keyed.register(adminLists, deps);
    await keyed.register(adminReaderList, deps);
    await keyed.register(adminReaderAnswer, deps);
    await keyed.register(adminToday, deps);
    await keyed.register(adminWays, deps);
  });
}

declare module 'fastify' {
  interface FastifyInstance {
    adminSwagger(): object;
  }
}

const withScope = <S extends { description?: string }>(schema: S, scope: Scope | undefined): S =>
  scope === undefined
    ? schema
    : { ...schema, description: `${schema.description ?? ''}\n\nScope: \`${scope}\``.trim() };
