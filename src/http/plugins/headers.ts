import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import helmet from 'helmet';
import { ReaderError } from '../../words/reader-error.ts';
import { noLongerWorks } from '../../subscribers/tokens.ts';
import { isTokenPath } from '../paths.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route reads a text as people paste it, and lets nothing else of its address reach Postgres. */
    takesAnyText?: boolean;
  }
}

/**
 * Headers that every answer carries. Nothing is loaded but our own stylesheet, script and icon, and
 * nothing inline runs.
 */
export function secureHeaders(app: FastifyInstance, publicUrl: string): void {
  const headers = headersFor(publicUrl);
  app.addHook('onRequest', async (_request, reply) => void reply.headers(headers));
  // Postgres cannot store U+0000, so nothing we keep can be found under it.
  app.addHook('onRequest', async (request) => {
    const url = request.raw.url ?? '';
    if (!url.includes('%00') || request.routeOptions.config.takesAnyText === true) return;
    if (isTokenPath(url)) throw noLongerWorks();
    throw new ReaderError('INPUT_INVALID', 'address-of-page-unreadable', null);
  });
}

/**
 * What helmet sets. It is asked once: the answer is always the same, and took a twentieth of the
 * time of a kept page.
 */
function headersFor(publicUrl: string): Record<string, string> {
  const https = publicUrl.startsWith('https:');
  const headers: Record<string, string> = {};
  const answer = {
    setHeader: (name: string, value: string) => (headers[name.toLowerCase()] = value),
    removeHeader: () => {},
  };
  const set = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: https && { maxAge: 31_536_000, includeSubDomains: false },
    // Browsers ignore it on plain http and complain about it in the console.
    crossOriginOpenerPolicy: https && { policy: 'same-origin' },
    originAgentCluster: false,
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
  });
  set({} as IncomingMessage, answer as unknown as ServerResponse, () => {});
  return headers;
}
