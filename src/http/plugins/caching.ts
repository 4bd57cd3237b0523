import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

/** A browser asks again each time (and mostly gets a 304); a shared cache may answer for a minute. */
const PUBLIC = 'public, max-age=0, s-maxage=60, must-revalidate';

/** Gives what is the same for everybody an ETag, and a 304 to those who have it. Holds for the scope it is called in. */
export function cachePublicly(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    if (reply.statusCode !== 200 || !(typeof payload === 'string' || Buffer.isBuffer(payload))) return payload;
    const etag = `"${createHash('sha256').update(payload).digest('base64url').slice(0, 22)}"`;
    reply.header('etag', etag);
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', PUBLIC);
    if (!matches(request.headers['if-none-match'], etag)) return payload;
    reply.code(304).removeHeader('content-length');
    return null;
  });
}

/** If-None-Match: a list of tags, compared weakly, or `*` (RFC 9110 §13.1.2). */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}
