import cors from '@fastify/cors';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { Registry } from 'prom-client';
import { dayOf } from '../day.ts';
import { contentVersion } from '../db/content-version.ts';
import { deskPages } from './admin/desk.ts';
import { adminApi } from './api/admin.ts';
import { describeApi } from './api/openapi.ts';
import { readApi } from './api/read.ts';
import { subscriptionsApi } from './api/subscriptions.ts';
import { loadAssets, serveAssets } from './assets.ts';
import { createCounts } from './counts.ts';
import type { ServerDeps, SiteDeps } from './deps.ts';
import { healthRoutes } from './health.ts';
import { mcpEndpoint } from './mcp.ts';
import { metricsRoute } from './metrics.ts';
import { crawlerFiles } from './pages/crawlers.ts';
import { docsPage } from './pages/docs.ts';
import { editionPages } from './pages/editions.ts';
import { feeds } from './pages/feeds.ts';
import { freshPage } from './pages/fresh.ts';
import { frontPage } from './pages/front.ts';
import { ownPagesOf } from './pages/own.ts';
import { paperPages } from './pages/papers.ts';
import { paperPictures } from './pages/pictures.ts';
import { searchPages } from './pages/search.ts';
import { subscribePage } from './pages/subscribe.ts';
import { tokenPages } from './pages/tokens.ts';
import { namePages } from './pages/names.ts';
import { topicPages } from './pages/topics.ts';
import { publicCache } from './plugins/caching.ts';
import { handleErrors } from './plugins/errors.ts';
import { secureHeaders } from './plugins/headers.ts';
import { limitRequests } from './plugins/limits.ts';
import { observeRequests } from './plugins/requests.ts';
import { ADMIN_API } from './paths.ts';
import { createRenderer } from './render.ts';
import { compilersFactory } from './schema-compilers.ts';
import { createStandings } from './standings.ts';
import { wordsIn } from '../brand/look.ts';
import { webhookRoutes } from './webhooks.ts';

export type { FastifyInstance as FastifyServer };

/**
 * Builds the site and the API, ready to `listen` or `inject`. The caller owns the database and
 * closes it afterwards.
 */
export async function buildServer(deps: ServerDeps): Promise<FastifyInstance> {
  const assets = loadAssets(deps.look);
  const render = createRenderer({ publicUrl: deps.config.publicUrl, assets, look: deps.look });
  const registry = deps.metrics ?? new Registry();

  const app: FastifyInstance = Fastify({
    loggerInstance: deps.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    // One proxy stands in front and appends; believing more of X-Forwarded-For than its last entry
    // would believe the client.
    trustProxy: deps.config.trustProxy && ((_address: string, hop: number) => hop === 0),
    bodyLimit: 64 * 1024,
    requestTimeout: 30_000,
    forceCloseConnections: 'idle',
    schemaController: { compilersFactory },
    // Tokens of any length reach the check that turns them all away alike.
    routerOptions: { maxParamLength: 16_384, ignoreTrailingSlash: true },
    rewriteUrl: ({ url = '/' }) => readable(url),
  });
  app.setSchemaErrorFormatter(([first], context) => new Error(schemaSentence(context, first)));

  speak(app, deps.look);
  observeRequests(app, registry);
  secureHeaders(app, deps.config.publicUrl);
  handleErrors(app, render);
  const site: SiteDeps = { ...deps, render, limits: await limitRequests(app, deps.config) };
  await describeApi(app, deps.config.publicUrl);

  // Files need no database: pages that say that the database is away need them too.
  await app.register(async (files) => {
    publicCache(async () => deps.look().version)(files);
    serveAssets(files, assets);
  });
  const cachePublicly = publicCache(
    async () => `${await contentVersion(deps.db)} ${dayOf(deps.now())} ${deps.look().version}`,
  );
  await app.register(async (pub) => {
    cachePublicly(pub);
    await pub.register(frontPage, site);
    await pub.register(editionPages, site);
    await pub.register(freshPage, site);
    await pub.register(paperPages, site);
    await pub.register(paperPictures, { ...site, assets });
    await pub.register(searchPages, site);
    await pub.register(topicPages, site);
    await pub.register(namePages, site);
    await pub.register(feeds, site);
    await pub.register(docsPage, site);
    await pub.register(ownPagesOf, site);
    await pub.register(crawlerFiles, site);
  });
  await app.register(
    async (api) => {
      await api.register(cors, { origin: '*', methods: ['GET', 'HEAD'], strictPreflight: false });
      cachePublicly(api);
      await api.register(readApi, site);
    },
    { prefix: '/api/v1' },
  );
  await app.register(mcpEndpoint, site);
  await app.register(subscribePage, site);
  await app.register(tokenPages, site);
  await app.register(subscriptionsApi, { ...site, prefix: '/api/v1' });
  if (deps.webhooks) await app.register(webhookRoutes, { receive: deps.webhooks });
  await app.register(healthRoutes, { ready: deps.ready });
  const { desk: tools } = deps;
  if (tools !== null) {
    await app.register(metricsRoute, { registry, token: tools.token });
    const shared = {
      ...site,
      tools,
      standings: createStandings({ ...deps, ...tools }),
      counts: createCounts({ ...deps, editionHour: deps.config.editionHour }),
    };
    await app.register((admin) => deskPages(admin, { ...shared, assets }), { prefix: '/admin' });
    await app.register((admin) => adminApi(admin, shared), { prefix: ADMIN_API });
  }
  return app;
}

/** Every request is answered in the newsletter's language, until it is known whose it is. */
function speak(app: FastifyInstance, look: ServerDeps['look']): void {
  // Each request has its own from its first hook on.
  app.decorateRequest('words', null as never);
  app.addHook('onRequest', async (request) => {
    request.words = wordsIn(look());
  });
}

/**
 * An address that cannot be decoded is taken literally: it names nothing, and goes the way of all
 * such.
 */
function readable(url: string): string {
  try {
    decodeURIComponent(url.split('?', 1)[0]!);
    return url;
  } catch {
    return url.replaceAll('%', '%25');
  }
}

function schemaSentence(context: string, first: { instancePath?: string; message?: string } | undefined): string {
  const field = first?.instancePath?.slice(1).replaceAll('/', '.');
  const where = field ? `"${field}" in the ${context}` : `the ${context}`;
  return `Cannot read ${where}: it ${first?.message ?? 'is not as documented'}. See /docs for what is expected.`;
}
