import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Failure, failureOf, methodNotAllowed, notFound, tokenInvalid } from '../failures.ts';
import { isTokenPath } from '../paths.ts';
import type { Render } from '../render.ts';

/**
 * One way out for everything that fails: a page for people, `application/problem+json` (RFC 9457)
 * for programs.
 */
export function handleErrors(app: FastifyInstance, render: Render): void {
  const allowedMethods = collectRoutes(app);

  app.setErrorHandler((error, request, reply) => {
    const failure = failureOf(error);
    if (failure.status >= 500)
      request.log.error({ err: error, method: request.method, route: request.routeOptions.url }, 'request failed');
    return sendFailure(render, request, reply, failure);
  });

  app.setNotFoundHandler((request, reply) => {
    const path = pathOf(request);
    const allowed = allowedMethods(path);
    // A route that hides itself has its method allowed, and is not here all the same.
    if (allowed.length > 0 && !allowed.includes(request.method))
      return sendFailure(render, request, reply.header('allow', allowed.join(', ')), methodNotAllowed(allowed));
    return sendFailure(render, request, reply, isTokenPath(path) ? tokenInvalid() : notFound());
  });
}

function sendFailure(render: Render, request: FastifyRequest, reply: FastifyReply, failure: Failure): FastifyReply {
  const { status, code, title, detail, page } = failure;
  reply.code(status).header('cache-control', 'no-store').header('vary', 'accept');
  if (status === 503) reply.header('retry-after', '60');
  if (isStillComing(request)) reply.header('connection', 'close');
  if (wantsPage(request))
    return reply
      .type('text/html; charset=utf-8')
      .send(render(request.words, 'error', { status, ...page(request.words), noindex: true }));
  return reply
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send({ type: 'about:blank', title, status, detail, code });
}

/**
 * A body that is refused would else be read to its end, gigabytes if need be, only to reach the
 * next request.
 */
const isStillComing = ({ headers, raw }: FastifyRequest): boolean =>
  !raw.complete && (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0);

const pathOf = (request: FastifyRequest): string => request.raw.url?.split('?', 1)[0] ?? '/';

/** The API always answers in JSON; elsewhere a page, unless the client names JSON and not HTML. */
function wantsPage(request: FastifyRequest): boolean {
  if (/^\/(?:api|health)\//.test(pathOf(request))) return false;
  const accept = request.headers.accept ?? '';
  return accept.includes('text/html') || !/\bapplication\/(?:[\w.-]+\+)?json\b/.test(accept);
}

/**
 * Remembers every route as it is added; answers which methods a path has, so that a wrong one gets
 * 405 and not 404.
 */
function collectRoutes(app: FastifyInstance): (path: string) => string[] {
  const routes = new Map<string, { pattern: RegExp; methods: Set<string> }>();
  app.addHook('onRoute', ({ url, method }) => {
    if (method === 'OPTIONS') return; // asked by browsers, of addresses that lead nowhere too
    const route = routes.get(url) ?? { pattern: pathPattern(url), methods: new Set<string>() };
    for (const m of [method].flat()) route.methods.add(m);
    routes.set(url, route);
  });
  return (path) => [...routes.values()].filter((r) => r.pattern.test(path)).flatMap((r) => [...r.methods]);
}

/** `/papers/:id` → `^/papers/[^/]+/?$`; `*` matches the rest. */
function pathPattern(url: string): RegExp {
  const source = url
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/:\w+/g, '[^/]+')
    .replace(/\*$/, '.+')
    .replace(/\/$/, '');
  return new RegExp(`^${source}/?$`);
}
