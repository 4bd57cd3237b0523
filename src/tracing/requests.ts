import { type Api, markFailed, tracingApi } from './spans.ts';

export interface RequestSpan {
  /** Runs what answers the request. */
  within(answer: () => void): void;
  /** The request is answered, or (`null`) its client has gone before. */
  ended(status: number | null): void;
}

/** Begins the span of a request, by its route's pattern: an address can hold a token. */
export type BeginRequest = (method: string, route: string) => RequestSpan;

/** A span for each request. Without traces there is nothing to watch. */
export function watchRequests(): BeginRequest | undefined {
  const api = tracingApi();
  return api === null ? undefined : (method, route) => beginRequest(api, method, route);
}

function beginRequest({ context, ROOT_CONTEXT, SpanKind, trace }: Api, method: string, route: string): RequestSpan {
  const span = trace
    .getTracer('paperboy')
    .startSpan(
      `${method} ${route}`,
      { kind: SpanKind.SERVER, attributes: { 'http.request.method': method, 'http.route': route } },
      ROOT_CONTEXT,
    );
  return {
    within: (answer) => context.with(trace.setSpan(ROOT_CONTEXT, span), answer),
    ended(status) {
      if (status !== null) span.setAttribute('http.response.status_code', status);
      if (status !== null && status >= 500) markFailed(span, String(status));
      span.end();
    },
  };
}
