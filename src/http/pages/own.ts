import type { FastifyInstance } from 'fastify';
import type { Brand } from '../../brand/brand.ts';
import { markdownToHtml } from '../../brand/markdown.ts';
import { IMPRINT_PATH, PRIVACY_PATH } from '../../editions/nameplate.ts';
import type { SiteDeps } from '../deps.ts';

const PAGES = [
  { path: IMPRINT_PATH, title: 'imprint', textOf: (brand: Brand) => brand.imprint },
  { path: PRIVACY_PATH, title: 'privacy', textOf: (brand: Brand) => brand.privacy },
] as const;

/** The pages that the operator wrote; one that they did not write is not there. */
export async function ownPagesOf(app: FastifyInstance, { look, render }: SiteDeps): Promise<void> {
  for (const { path, title, textOf } of PAGES)
    app.get(path, async ({ words }, reply) => {
      const text = textOf(look().brand);
      if (text === null) return reply.callNotFound();
      return reply
        .type('text/html; charset=utf-8')
        .send(render(words, 'own', { title: words.t(title), path, html: markdownToHtml(text) }));
    });
}
