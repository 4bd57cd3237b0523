import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface SourceServer extends AsyncDisposable {
  url: string;
  /** What was asked, in order. */
  requests: { path: string; headers: IncomingMessage['headers'] }[];
  /** Answers that come before the regular one, first in, first out. */
  faults: Answer[];
}

/** A source on loopback that can be told to misbehave. */
export async function sourceServer(answer: Answer): Promise<SourceServer> {
  const requests: SourceServer['requests'] = [];
  const faults: Answer[] = [];
  const server = createServer((request, response) => {
    requests.push({ path: request.url!, headers: request.headers });
    (faults.shift() ?? answer)(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    faults,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export const body =
  (text: string, status = 200, headers: Record<string, string> = {}): Answer =>
  (_, response) => {
    response.writeHead(status, headers).end(text);
  };
/** Never answers. */
export const hang: Answer = () => {};
/** Promises more than it sends, and hangs up. */
export const cutOff =
  (text: string): Answer =>
  (_, response) => {
    response.writeHead(200, { 'content-length': String(text.length + 1000) }).write(text, () => response.destroy());
  };

/**
 * Hugging Face's answer: `days` maps a date to its entries; without a date the newest day. Pages
 * have `pageSize` entries at most.
 */
export const dailyPapers =
  (days: (date: string | null) => unknown[]): Answer =>
  (request, response) => {
    const query = new URL(request.url!, 'http://x').searchParams;
    const limit = Number(query.get('limit') ?? 50);
    const page = Number(query.get('p') ?? 0);
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify(days(query.get('date')).slice(page * limit, (page + 1) * limit)));
  };

/** A clock that only waiting moves. */
export function patientClock(start = '2026-05-29T12:00:00Z') {
  let time = Date.parse(start);
  const waits: number[] = [];
  return {
    waits,
    now: () => new Date(time),
    wait: async (ms: number, signal?: AbortSignal) => {
      signal?.throwIfAborted();
      waits.push(ms);
      time += ms;
    },
  };
}
