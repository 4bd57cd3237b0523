import type { Span, SpanContext } from '@opentelemetry/api';
import { createAllowance } from './allowance.ts';
import { type Api, markFailed, tracingApi } from './spans.ts';

/** More connections a minute than this are not told of. */
const PER_MINUTE = 100;

/** What hears of one connection to a relay. */
interface WatchedConnection {
  /** It carries a message that `asker` wants sent. */
  carries(asker: SpanContext | undefined): void;
  /** It is over; `failure` is a code, if it went wrong. */
  ended(failure: string | null): void;
}

/** What hears of connections to relays. */
interface ConnectionWatch {
  /** Who wants a message sent that is handed in now. */
  asker(): SpanContext | undefined;
  /** A connection is about to be opened; `null`: this one is not told of. */
  opened(host: string, port: number): WatchedConnection | null;
}

/**
 * A span for each connection to a relay, with a link to every batch whose messages it carried: they
 * share it, so it is no part of one. Without traces there is nothing to watch.
 */
export function watchConnections(): ConnectionWatch | undefined {
  const api = tracingApi();
  if (api === null) return undefined;
  const mayTell = createAllowance(PER_MINUTE);
  const asker = () => api.trace.getActiveSpan()?.spanContext();
  return {
    asker,
    opened: (host, port) => (mayTell() ? watchOne(begin(api, host, port), asker()) : null),
  };
}

const begin = ({ SpanKind, trace }: Api, host: string, port: number): Span =>
  trace.getTracer('paperboy').startSpan('send smtp', {
    kind: SpanKind.CLIENT,
    attributes: {
      'messaging.system': 'smtp',
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'network.protocol.name': 'smtp',
      'server.address': host,
      'server.port': port,
    },
  });

/** `opener`: who had the connection opened, whose span this is part of. */
function watchOne(span: Span, opener: SpanContext | undefined): WatchedConnection {
  const linked = new Set([opener?.spanId]);
  let messages = 0;
  return {
    carries(asker) {
      messages++;
      if (asker === undefined || linked.has(asker.spanId)) return;
      linked.add(asker.spanId);
      span.addLink({ context: asker });
    },
    ended(failure) {
      span.setAttribute('messaging.batch.message_count', messages);
      if (failure !== null) markFailed(span, failure);
      span.end();
    },
  };
}
