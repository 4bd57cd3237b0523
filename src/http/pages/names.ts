import type { FastifyInstance } from 'fastify';
import { bestNamed, countNamed, papersNamed } from '../../db/names.ts';
import { type Name, spelledName } from '../../papers/authors.ts';
import { nameKey } from '../../search/fold.ts';
import { followWords } from '../../subscribers/follows.ts';
import { isCursor, readCursor, writeCursor } from '../api/cursor.ts';
import { atomFeed } from '../feed.ts';
import { authorPath, noName, organisationPath } from '../paths.ts';
import type { SiteDeps } from '../deps.ts';
import { cardOf, headlineOf } from './cards.ts';
import { feedItem } from './feeds.ts';

const PAGE = 20;
const MOST_BEST = 8;
const IN_FEED = 30;

interface NameRoute {
  Params: { key: string };
  Querystring: { before?: string | string[] };
}

const ADDRESS = { author: authorPath, organisation: organisationPath };

/** What each author and each organisation brought, as a page and as a feed. */
export async function namePages(
  app: FastifyInstance,
  { db, look, render, config: { publicUrl } }: SiteDeps,
): Promise<void> {
  const before = (asked: unknown): string | null => (isCursor(String(asked)) ? String(asked) : null);

  for (const kind of ['author', 'organisation'] as const) {
    const route = `/${kind}s/:key`;
    app.get<NameRoute>(route, { config: { reads: (query) => before(query['before']) } }, async (request, reply) => {
      const { words } = request;
      const name: Name = { kind, key: nameKey(request.params.key) };
      const path = ADDRESS[kind](name.key);
      // One address for each name: what is spelt otherwise leads there.
      if (name.key !== '' && name.key !== request.params.key) return reply.redirect(path, 301);
      const cursor = before(request.query.before);
      const [found, papers, best] = await Promise.all([
        papersNamed(db, name, { limit: PAGE + 1, ...(cursor && { before: readCursor(cursor) }) }),
        countNamed(db, name),
        bestNamed(db, name, MOST_BEST),
      ]);
      if (found.length === 0) throw noName(kind);
      const shown = found.slice(0, PAGE);
      const spelled = spelledName(name, found);
      return reply.type('text/html; charset=utf-8').send(
        render(words, 'name', {
          title: spelled,
          description: words.t(`name-about-${kind}`, { name: spelled, site: look().brand.name }),
          path,
          ...(cursor !== null && { noindex: true }),
          feed: { title: `${look().brand.name}: ${spelled}`, href: `${path}/feed.xml` },
          feedHref: `${path}/feed.xml`,
          hasPitch: true,
          kind,
          name: spelled,
          papers,
          cards: shown.map((paper) => cardOf(words, paper)),
          best: best.map(({ paper, upvotes }) => headlineOf(words, paper, upvotes, '')),
          offer: { kind, value: name.key, words: followWords(words, { kind, value: name.key, label: spelled }) },
          older: found.length > PAGE ? `${path}?before=${writeCursor(shown.at(-1)!)}` : null,
        }),
      );
    });

    app.get<NameRoute>(`${route}/feed.xml`, async (request, reply) => {
      const { words } = request;
      const name: Name = { kind, key: nameKey(request.params.key) };
      const papers = await papersNamed(db, name, { limit: IN_FEED });
      if (papers.length === 0) throw noName(kind);
      const spelled = spelledName(name, papers);
      const homeUrl = publicUrl + ADDRESS[kind](name.key);
      return reply.type('application/atom+xml; charset=utf-8').send(
        atomFeed(request.words, {
          title: `${look().brand.name}: ${spelled}`,
          site: look().brand.name,
          about: words.t(`name-about-${kind}`, { name: spelled, site: look().brand.name }),
          homeUrl,
          selfUrl: `${homeUrl}/feed.xml`,
          items: papers.map((paper) => feedItem(publicUrl, paper, { reasons: [], published: paper.firstSeenAt })),
        }),
      );
    });
  }
}
