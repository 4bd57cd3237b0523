import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../../errors.ts';
import { noLongerWorks } from '../../subscribers/tokens.ts';
import { isTokenPath } from '../paths.ts';

/** Headers that every answer carries. Nothing is loaded but our own stylesheet, script and icon, and nothing inline runs. */
export async function secureHeaders(app: FastifyInstance, publicUrl: string): Promise<void> {
  const https = publicUrl.startsWith('https:');
  await app.register(helmet, {
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
  // Postgres cannot store U+0000, so nothing we keep can be found under it.
  app.addHook('onRequest', async (request) => {
    const url = request.raw.url ?? '';
    if (!url.includes('%00')) return;
    if (isTokenPath(url)) throw noLongerWorks();
    throw new AppError(
      'INPUT_INVALID',
      'The address holds a character that no address can hold: check it and try again.',
    );
  });
}
