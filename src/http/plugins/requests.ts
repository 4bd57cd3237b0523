import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Histogram, type Registry } from 'prom-client';
import { type BeginRequest, type RequestSpan, watchRequests } from '../../tracing/requests.ts';

const QUIET = /^\/(?:health|metrics|assets)\b/;

/**
 * Logs and measures every answer by its route's pattern. The URL itself is never written down:
 * it can hold a token, and a search can hold anything.
 */
export function observeRequests(app: FastifyInstance, registry: Registry): void {
  const durations = new Histogram({
    name: 'paperboy_http_request_duration_seconds',
    help: 'Time to answer HTTP requests, by route, method and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2],
    registers: [registry],
  });
  const begin = watchRequests();
  if (begin) traceRequests(app, begin);
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unmatched';
    const { method } = request;
    const { statusCode: status, elapsedTime } = reply;
    durations.observe({ method, route, status }, elapsedTime / 1000);
    request.log[QUIET.test(route) ? 'debug' : 'info'](
      { method, route, status, ms: Math.round(elapsedTime) },
      'request',
    );
  });
}

/**
 * A span for each answer, by its route. Whose trace a client says it is of is not believed: anyone
 * could add to ours.
 */
function traceRequests(app: FastifyInstance, begin: BeginRequest): void {
  const under = new WeakMap<FastifyRequest, RequestSpan>();
  app.addHook('onRequest', (request, _reply, done) => {
    const route = request.routeOptions.url;
    if (route === undefined || QUIET.test(route)) return done();
    const span = begin(request.method, route);
    under.set(request, span);
    span.within(done);
  });
  app.addHook('onResponse', async (request, reply) => under.get(request)?.ended(reply.statusCode));
  app.addHook('onRequestAbort', async (request) => under.get(request)?.ended(null));
}
