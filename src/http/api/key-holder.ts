import type { FastifyInstance } from 'fastify';
import { hashOfKey, type Scope } from '../../api-key.ts';
import { type ApiKey, findKey, noteKeyUse } from '../../db/api-keys.ts';
import type { Actor } from '../../db/trail.ts';
import { MINUTE } from '../../duration.ts';
import { AppError } from '../../errors.ts';
import type { SiteDeps } from '../deps.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The key that a request of the admin API came with; `null` elsewhere. */
    apiKey: ApiKey | null;
  }
  interface FastifyContextConfig {
    /** What a key must be allowed for this route of the admin API. */
    scope?: Scope;
  }
}

/** When a key was used last is known to the minute. */
const USE_EVERY_MS = MINUTE;
const BEARER = /^Bearer +(\S+)$/i;

/**
 * Lets no request in without a key that is in force and has the scope of its route. Every route of the app names
 * one. Cookies are not read here, so that no page in a browser can act by a login at the desk.
 */
export function requireKeys(app: FastifyInstance, { db, now, limits }: SiteDeps): void {
  app.decorateRequest('apiKey', null);
  app.addHook('onRoute', ({ config, url }) => {
    if (config?.scope === undefined) throw new Error(`${url} names no scope`);
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const hash = hashOfKey(BEARER.exec(request.headers.authorization ?? '')?.[1] ?? '');
    const key = hash && (await findKey(db, hash));
    if (!key) {
      await limits.keyless(request, reply);
      reply.header('www-authenticate', 'Bearer');
      throw new AppError(
        'KEY_INVALID',
        'This needs a key of the admin API that is in force: send it as "Authorization: Bearer pb_…".',
      );
    }
    request.apiKey = key;
    await limits.key(request, reply);
    if (!key.scopes.includes(request.routeOptions.config.scope!))
      throw new AppError('SCOPE_MISSING', 'This key may do other things: make one with the scope that is documented.');
    // A note that a key is in use is no change of what is asked for (RFC 9110 section 9.2.1).
    await noteKeyUse(db, key.id, now(), USE_EVERY_MS);
  });
}

/** Who acts, for the trail. */
export const holderOf = ({ apiKey }: { apiKey: ApiKey | null }): Actor => ({ who: apiKey!.name, via: 'api' });
