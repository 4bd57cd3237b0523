import type { FastifyInstance } from 'fastify';
import { listEditions } from '../../db/editions.ts';
import { listTopics } from '../../db/topics.ts';
import { editionPath } from '../../papers/links.ts';
import type { SiteDeps } from '../deps.ts';
import { element } from '../feed.ts';
import { TOKEN_PAGES, topicPath } from '../paths.ts';

/** The protocol of sitemaps takes no more in one file. */
const MOST_URLS = 50_000;

/** What search engines ask for: where they are not to go, and where there is something to read. */
export async function crawlerFiles(app: FastifyInstance, { db, config: { publicUrl } }: SiteDeps): Promise<void> {
  app.get('/robots.txt', async (_request, reply) => {
    const below = new URL(publicUrl).pathname.replace(/\/$/, '');
    const closed = TOKEN_PAGES.map((page) => `Disallow: ${below}/${page}/\n`).join('');
    return reply
      .type('text/plain; charset=utf-8')
      .send(`User-agent: *\n${closed}Allow: /\n\nSitemap: ${publicUrl}/sitemap.xml\n`);
  });

  app.get('/sitemap.xml', async (_request, reply) => {
    const topics = await listTopics(db);
    const pages = ['/', '/topics', '/editions', '/fresh', '/docs', ...topics.map((t) => topicPath(t.slug))];
    const editions = await listEditions(db, { limit: MOST_URLS - pages.length });
    const urls = [
      ...pages.map((path) => ({ path, changed: null })),
      ...editions.filter((e) => !e.sample).map((e) => ({ path: editionPath(e.date), changed: e.date })),
    ];
    const body = urls.map(({ path, changed }) => {
      const lastmod = changed === null ? '' : element('lastmod', changed);
      return `<url>${element('loc', publicUrl + path)}${lastmod}</url>\n`;
    });
    const head =
      '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n';
    return reply.type('application/xml; charset=utf-8').send(`${head}${body.join('')}</urlset>\n`);
  });
}
