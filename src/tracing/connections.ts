import { type Span, type SpanContext, SpanKind, trace } from '@opentelemetry/api';
import { createAllowance } from './allowance.ts';
import { isTracing, markFailed } from './spans.ts';

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
  if (!isTracing()) return undefined;
  const mayTell = createAllowance(PER_MINUTE);
  return {
    asker: () => trace.getActiveSpan()?.spanContext(),
    opened: (host, port) => (mayTell() ? watchOne(begin(host, port)) : null),
  };
}

const begin = (host: string, port: number): Span =>
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

function watchOne(span: Span): WatchedConnection {
  const linked = new Set([trace.getActiveSpan()?.spanContext().spanId]);
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
