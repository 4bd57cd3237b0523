import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Value = { stringValue?: string; intValue?: string | number; boolValue?: boolean };
type Attribute = { key: string; value: Value };

/** A span as a collector gets it. */
export interface SentSpan {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  kind: number;
  links: { traceId: string; spanId: string }[];
  attributes: Record<string, string | number | boolean | undefined>;
  failed: boolean;
  startedAt: bigint;
  endedAt: bigint;
  /** The `service.name` of its process. */
  service: string;
}

export interface Collector extends AsyncDisposable {
  /** What OTEL_EXPORTER_OTLP_ENDPOINT would say. */
  url: string;
  spans: SentSpan[];
  /** Every byte that came, headers and bodies. */
  text(): string;
}

/** A collector on loopback that takes OTLP over HTTP as JSON. `port`: where, if it matters. */
export async function collector({ port = 0 }: { port?: number } = {}): Promise<Collector> {
  const spans: SentSpan[] = [];
  const heard: string[] = [];
  const server = createServer((request, response) => void answer(request, response));
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString();
    heard.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}\n${body}`);
    if (request.url === '/v1/traces') spans.push(...spansIn(JSON.parse(body)));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  };
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    text: () => heard.join('\n'),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const valueOf = ({ stringValue, intValue, boolValue }: Value): string | number | boolean | undefined =>
  stringValue ?? boolValue ?? (intValue === undefined ? undefined : Number(intValue));
const attributesOf = (given: Attribute[] = []): SentSpan['attributes'] =>
  Object.fromEntries(given.map(({ key, value }) => [key, valueOf(value)]));

function spansIn(sent: any): SentSpan[] {
  return sent.resourceSpans.flatMap(({ resource, scopeSpans }: any) =>
    scopeSpans.flatMap(({ spans }: any) =>
      spans.map((span: any) => ({
        name: span.name,
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId || null,
        kind: span.kind,
        links: span.links ?? [],
        attributes: attributesOf(span.attributes),
        failed: span.status?.code === 2,
        startedAt: BigInt(span.startTimeUnixNano),
        endedAt: BigInt(span.endTimeUnixNano),
        service: attributesOf(resource.attributes)['service.name'],
      })),
    ),
  );
}
